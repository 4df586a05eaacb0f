"""Why the report has nothing to show, and what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from attribution import roles
from attribution.models import Company
from reports.answer import Report
from reports.filters import Address
from reports.formatting import count

DAYS = 91  # that are offered around the latest lead


@dataclass(frozen=True)
class Way:
    """A link that helps."""

    label: str
    url: str


@dataclass(frozen=True)
class Empty:
    """What stands in place of figures."""

    title: str
    text: str
    ways: list[Way]


def why_empty(request: HttpRequest, report: Report, address: Address, clear: str) -> Empty | None:
    """None where there is something to show; `clear` is the address without the filters."""
    if report.rows or report.total.leads or report.proof.received:
        return None
    company = report.query.company
    if report.outside:
        return Empty(
            gettext("No lead fits these filters"),
            ngettext(
                "One lead of this period is left out by the filters.",
                "%(n)s leads of this period are left out by the filters.",
                int(report.outside),
            )
            % {"n": count(report.outside)},
            [Way(gettext("Clear filters"), clear)],
        )
    latest: datetime | None = getattr(company, "latest_lead_at", None)  # see `companies_of`
    if latest is None:
        return _no_lead_at_all(request.user, company)
    return _none_in_the_period(request.user, company, latest, address)


def _no_lead_at_all(user: Any, company: Company) -> Empty:
    ways = list(
        _allowed(
            user,
            company,
            ("tag.view", "tag:page", gettext("Put the website tag in")),
            ("webhook.view", "admin:attribution_webhooksource_changelist", gettext("Webhooks")),
            ("lead.import", "admin:attribution_lead_import", gettext("Import leads")),
            ("spend.import", "admin:spend_spendentry_import", gettext("Import spend")),
        )
    )
    text = gettext(
        "%(company)s has no lead so far. They come from the website by its tag, from other "
        "programs by webhooks and the API, or from a file."
    )
    if not roles.may(user, "lead.import", company.pk):
        text += " " + gettext("Owners and company admins bring files in.")
    return Empty(gettext("No lead has come yet"), text % {"company": company.name}, ways)


def _none_in_the_period(user: Any, company: Company, latest: datetime, address: Address) -> Empty:
    day = latest.astimezone(company.zone).date()
    around = address.replace(
        **{
            "period": "custom",
            "from": (day - timedelta(days=DAYS - 1)).isoformat(),
            "to": day.isoformat(),
        }
    )
    imports = _allowed(
        user,
        company,
        ("lead.import", "admin:attribution_lead_import", gettext("Import leads")),
        ("spend.import", "admin:spend_spendentry_import", gettext("Import spend")),
    )
    text = gettext("The latest lead came on %(day)s. Choose other days, or bring in a file.")
    return Empty(
        gettext("Nothing was received in this period"),
        text % {"day": date_format(day, "j M Y")},
        [Way(gettext("Show the %(n)s days up to then") % {"n": DAYS}, str(around)), *imports],
    )


def _allowed(user: Any, company: Company, *ways: tuple[str, str, str]) -> Iterator[Way]:
    for right, page, label in ways:
        if roles.may(user, right, company.pk):
            yield Way(label, f"{reverse(page)}?company={company.slug}")
