"""The page Maturity: how long leads take to book, and from which leads that is known."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from attribution import calendar, roles
from attribution.days import day_range
from attribution.models import Campaign, Company
from reports import formatting
from reports.company_page import company_page
from reports.days import day_text
from reports.maturity.chart import draw
from reports.maturity.curve import ENOUGH, Curve
from reports.maturity.kept import Lags, lags, young_since
from reports.maturity.table import leads_from
from reports.models import LagMade
from reports.snapshot import snapshot

RIGHT = "report.view"
MOST_ROWS = 40  # of the table of numbers


@require_safe
@company_page(RIGHT)
def maturity(request: HttpRequest, company: Company, companies: list[Company]) -> HttpResponse:
    with snapshot():
        context = context_of(company)
    context |= admin.site.each_context(request) | {
        "title": gettext("Maturity"),
        "companies": [one for one in companies if roles.may(request.user, RIGHT, one.pk)],
    }
    return TemplateResponse(request, "reports/maturity/maturity.html", context)


def context_of(company: Company) -> dict[str, Any]:
    found = lags(company)
    made = LagMade.objects.filter(company=company).first()
    today = calendar.today(company.zone)
    first = young_since(found, today)
    known = [one for one in (found.booked[""], found.completed[""]) if one.is_known]
    return {
        "company": company,
        "made": made,
        "made_of": _made_of(made) if made else "",
        "young": _young((today - first).days + 1) if first <= today else "",
        "cards": list(_cards(found)),
        "curves": known,
        "chart": _chart(known, found) if known else None,
        "channels": list(_channels(found)),
        "enough": ENOUGH,
    }


def _days(days: int | None) -> str:
    if days is None:
        return formatting.DASH
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": formatting.count(days)}


def _young(days: int) -> str:
    """A plain sentence, since what is young decides what is not ranked."""
    words = ngettext(
        "Leads younger than %(n)s day count as young. A row or a day is marked maturing while "
        "most of its leads are.",
        "Leads younger than %(n)s days count as young. A row or a day is marked maturing while "
        "most of its leads are.",
        days,
    )
    return words % {"n": formatting.count(days)}


def _cards(found: Lags) -> Iterator[tuple[str, str, str]]:
    """Label, figure and a word on it."""
    for curve, label in (
        (found.booked[""], gettext("Booked")),
        (found.completed[""], gettext("Completed")),
    ):
        outcomes = _outcomes(curve)
        half = gettext("%(outcome)s: half within") % {"outcome": label}
        most = gettext("%(outcome)s: 80 %% within") % {"outcome": label}
        yield half, _days(curve.median), outcomes
        yield most, _days(curve.p80), ""


def _outcomes(curve: Curve) -> str:
    if not curve.is_known:
        return gettext("not known yet")
    return ngettext("from %(n)s outcome", "from %(n)s outcomes", curve.outcomes) % {
        "n": formatting.count(curve.outcomes)
    }


def _chart(curves: list[Curve], found: Lags) -> dict[str, Any]:
    last = max(found.ripe, 1)
    title = gettext("Share of those who ever book, by days since the lead")
    step = -(-(last + 1) // MOST_ROWS)
    days = sorted({*range(0, last, step), last})
    return {
        "title": title,
        "svg": draw(curves, last, gettext("%(title)s. The numbers are below.") % {"title": title}),
        "rows": [
            (formatting.count(day), [_rate(curve.share(day)) for curve in curves]) for day in days
        ],
    }


def _channels(found: Lags) -> Iterator[tuple[str, list[tuple[str, list[str]]]]]:
    """Of each outcome all leads, and each channel that has enough."""
    names = {"": gettext("All leads"), **dict(Campaign.Channel.choices)}
    for outcome, curves in (
        (gettext("Booked"), found.booked),
        (gettext("Completed"), found.completed),
    ):
        known = [(names[channel], curve) for channel, curve in curves.items() if curve.is_known]
        yield outcome, [(str(name), _numbers(curve)) for name, curve in known]


def _numbers(curve: Curve) -> list[str]:
    outcomes = formatting.count(curve.outcomes)
    return [outcomes, _days(curve.median), _days(curve.p80), _rate(curve.final)]


def _rate(share: float) -> str:
    return formatting.rate(Decimal(repr(round(share, 6))))


def _made_of(made: LagMade) -> str:
    last = made.made_on - timedelta(days=1)
    said = gettext(
        "Made on %(day)s from %(leads)s counted leads received since %(since)s: the days of "
        "waiting that fall into %(period)s."
    ) % {
        "day": day_text(made.made_on, "j M Y"),
        "leads": formatting.count(made.leads),
        "since": day_text(leads_from(made.first_day), "j M Y"),
        "period": day_range(made.first_day, last),
    }
    if made.every > 1:
        more = gettext("There are many, so only those of every %(n)s days were looked at.")
        said += " " + more % {"n": made.every}
    return said
