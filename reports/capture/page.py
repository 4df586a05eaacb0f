"""The page Capture health."""

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from attribution import roles
from attribution.capture import doors
from attribution.models import Company, IngestKey, Refusal
from reports import formatting
from reports.capture import words
from reports.capture.chart import Bar, bars
from reports.capture.reading import At, Health, days, hours, read
from reports.company_page import company_page
from reports.days import day_text

RIGHT = "capture.view"
MOST_ROWS = 40
logger = logging.getLogger(__name__)


@require_safe
@company_page(RIGHT)
def capture(request: HttpRequest, company: Company, companies: list[Company]) -> HttpResponse:
    health = read(company)
    if not health.holds:
        # An event that arrives between two of the queries may part them for a moment.
        health = read(company)
    if not health.holds:
        logger.error("Captured events do not add up: company %s", company.pk)
    context = admin.site.each_context(request) | {
        "title": gettext("Capture health"),
        "companies": [one for one in companies if roles.may(request.user, RIGHT, one.pk)],
        **context_of(request, health),
    }
    return TemplateResponse(request, "reports/capture/capture.html", context)


def context_of(request: HttpRequest, health: Health) -> dict[str, Any]:
    company = health.company
    return {
        "company": company,
        "health": health,
        "period": words.period(health),
        "alarms": _alarms(request, health),
        "cards": list(_cards(health)),
        "charts": list(_charts(health)),
        "sums": list(_sums(request, health)),
        "proof": words.proof(health),
        "ways": list(_ways(health)),
        "by_hand": [
            (doors.words(way), formatting.count(number))
            for way, number in sorted(health.by_hand.items())
        ],
        "bands": [
            (words.band(name), formatting.count(number)) for name, number in health.bands.items()
        ],
        "keys": list(_keys(health)),
        "sources": list(_sources(health)),
        "waiting": words.waits(health.waiting, health.now - health.oldest_waiting)
        if health.oldest_waiting
        else "",
        "waiting_url": _list(request, company, "waitingbooking"),
        "refusals_url": _list(request, company, "refusal"),
    }


def _alarms(request: HttpRequest, health: Health) -> list[words.Alarm]:
    """Without links that lead those who may not see them to a refusal."""
    may = roles.may(request.user, "refusal.view", health.company.pk)
    return [one if may else words.Alarm(one.text) for one in words.alarms(health)]


def _list(request: HttpRequest, company: Company, name: str) -> str:
    if not roles.may(request.user, f"{name}.view", company.pk):
        return ""
    url = reverse(f"admin:attribution_{name}_changelist")
    return f"{url}?{urlencode({'company': company.slug})}"


def _cards(health: Health) -> Iterator[tuple[str, str, str]]:
    """Label, figure, and a word on it."""
    now = health.now
    yield (
        gettext("Last lead"),
        words.ago(health.last, now),
        words.moment(health.last, health.company),
    )
    yield gettext("Received"), formatting.count(health.by_time.received), ""
    yield gettext("Counted"), formatting.count(health.counted), ""
    yield gettext("Excluded"), formatting.count(health.excluded), ""
    yield gettext("Refused"), formatting.count(health.refused), ""
    repeated = gettext("stored before, and stored once")
    yield gettext("Sent again"), formatting.count(health.repeated), repeated
    yield gettext("Over the rate"), formatting.count(health.over_rate), gettext("to come again")


def _charts(health: Health) -> Iterator[dict[str, Any]]:
    zone = health.company.zone
    by_hour = [
        Bar(
            date_format(start.astimezone(zone), "D j M, H:i"),
            day_text(start.astimezone(zone).date()) if start.astimezone(zone).hour == 0 else "",
            at,
        )
        for start, at in hours(health)
    ]
    by_day = [Bar(day_text(day, "D j M"), day_text(day), at) for day, at in days(health).items()]
    yield _chart("hours", gettext("Events an hour, 48 hours"), gettext("Hour from"), by_hour)
    yield _chart("days", gettext("Events a day"), gettext("Day"), by_day)


def _chart(name: str, title: str, head: str, rows: list[Bar]) -> dict[str, Any]:
    total = sum((row.at for row in rows), At())
    said = gettext("%(title)s: %(n)s received. The numbers are in the table below.")
    return {
        "name": name,
        "title": title,
        "head": head,
        "svg": bars(rows, said % {"title": title, "n": formatting.count(total.received)}),
        "rows": [(row.label, *_numbers(row.at)) for row in rows],
    }


def _numbers(at: At) -> list[str]:
    return [formatting.count(n) for n in (at.received, at.counted, at.excluded, at.refused)]


def _sums(request: HttpRequest, health: Health) -> Iterator[tuple[str, list[Any], str]]:
    """The three parts of what was received, each with its rows and its sum."""
    primary = [(key, n) for key, n in health.kinds.most_common() if key[0] == "primary"]
    others = [(key, n) for key, n in health.kinds.most_common() if key[0] != "primary"]
    for title, found, total in (
        (gettext("Counted"), primary, health.counted),
        (gettext("Excluded"), others, health.excluded),
    ):
        rows = [
            (words.kind(*key), formatting.count(n), words.leads_url(health, *key))
            for key, n in found[:MOST_ROWS]
        ]
        rest = sum(n for __, n in found[MOST_ROWS:])
        if rest:
            rows.append((gettext("Others"), formatting.count(rest), ""))
        yield title, rows, formatting.count(total)
    may = roles.may(request.user, "refusal.view", health.company.pk)
    refused = [
        (
            str(Refusal.Why(why).label),
            formatting.count(number),
            words.refused_url(health, why) if may else "",
        )
        for why, number in health.reasons.most_common()
    ]
    if health.not_kept:
        refused.append((gettext("No longer kept"), formatting.count(health.not_kept), ""))
    yield gettext("Refused"), refused, formatting.count(health.refused)


def _ways(health: Health) -> Iterator[tuple[str, str, str, str]]:
    keys = {key.pk: key for key in health.keys}
    for way in health.ways[:MOST_ROWS]:
        yield (
            words.way(way.came_by, keys, way.key),
            formatting.count(way.leads),
            words.moment(way.last, health.company),
            words.ago(way.last, health.now),
        )


def _keys(health: Health) -> Iterator[tuple[str, str, str, str, str]]:
    """Those in use, and those given up that something still came by."""
    used = {way.key for way in health.ways}
    for key in health.keys:
        if key.revoked_at is None or key.pk in used:
            yield (
                f"{key.name} ({key.prefix}…)",
                gettext("browser") if key.kind == IngestKey.Kind.BROWSER else gettext("server"),
                words.key_problem(key, health.now),
                words.ago(key.last_used_at, health.now),
                words.moment(key.expires_at, health.company),
            )


def _sources(health: Health) -> Iterator[tuple[str, str, str]]:
    for source in health.sources:
        yield (
            source.name,
            words.source_problem(source, health.now),
            words.ago(source.last_used_at, health.now),
        )
