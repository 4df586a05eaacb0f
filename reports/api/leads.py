"""Leads as plain values, newest first: where each counts and what became of it, nobody's person.

Left out is all that can name somebody: name, e-mail, phone, IP address, the lead's own id (shops
use addresses for it), click ids, and the addresses of pages, which can hold anything.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import QueryDict

from attribution.models import Booking, Campaign, Company, Lead
from attribution.money import decimal_of
from attribution.utm import Reason
from reports.api import asking
from reports.api.paging import with_parameter
from reports.api.problems import invalid

LEADS = "/api/v1/leads"
CHOICES = {
    "kind": ("kind", Lead.Kind.values),
    "reason": ("unattributed_reason", Reason.values),
    "channel": ("campaign__channel", Campaign.Channel.values),
    "status": ("campaign__status", Campaign.Status.values),
}
TEXTS = {
    "source": "source",
    "medium": "medium",
    "country": "country",
    "visit_channel": "channel",
    "origin": "origin",
}
TEXTS["campaign"] = "campaign__key"
FLAGS = ("booked", "completed", "attributed")
LISTS = (*CHOICES, *TEXTS)
PARAMETERS = ("company", "from", "to", *LISTS, *FLAGS, "rows", "after")
LONGEST = 500
AFTER = re.compile(r"(-?[0-9]{1,18})-([0-9]{1,18})")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def leads_answer(parameters: QueryDict, company: Company) -> dict[str, Any]:
    """A page of the company's leads under these filters. Raises Problem.

    There is no number of all leads: the report counts them.
    """
    asking.named(parameters, PARAMETERS, LISTS)
    asking.own_company(parameters, company)
    rows = asking.rows_of(parameters)
    found = list(_filtered(parameters, company)[: rows + 1])
    shown = found[:rows]
    more = len(found) > rows
    place = _place(shown[-1]) if more else ""
    return {
        "company": company.slug,
        "currency": company.currency,
        "time_zone": company.timezone,
        "leads": [_plain(lead, company) for lead in shown],
        "rows_a_page": rows,
        "next": with_parameter(parameters, LEADS, "after", place) if more else None,
    }


def _filtered(parameters: QueryDict, company: Company) -> QuerySet[Lead]:
    rows = Lead.objects.filter(company=company).select_related("campaign")
    for name, (column, values) in CHOICES.items():
        rows = _among(rows, parameters, name, column, values)
    for name, column in TEXTS.items():
        rows = _among(rows, parameters, name, column)
    for name in FLAGS:
        if (flag := asking.yes_or_no(parameters, name)) is not None:
            wanted = {"campaign__isnull": not flag} if name == "attributed" else {name: flag}
            rows = rows.filter(**wanted)
    first, last = _day(parameters, "from"), _day(parameters, "to")
    if first and last and last < first:
        raise invalid("to", str(last), "The last day comes before the first day.")
    rows = rows.filter(day__gte=first) if first else rows
    rows = rows.filter(day__lte=last) if last else rows
    lacking = Booking.objects.filter(
        company=company,
        lead=OuterRef("pk"),
        status=Booking.Status.COMPLETED,
        value_minor__isnull=True,
    )
    rows = rows.annotate(rate_missing=Subquery(lacking.values("currency")[:1]))
    return _after(rows, parameters).order_by("-received_at", "-pk")


def _among(
    rows: QuerySet[Lead],
    parameters: QueryDict,
    name: str,
    column: str,
    known: list[str] | None = None,
) -> QuerySet[Lead]:
    values = [value for value in parameters.getlist(name) if value]
    for value in values:
        if known is not None and value not in known:
            detail = f"“{value[:60]}” is no {name}. There are: {', '.join(known)}."
            raise invalid(name, value, detail)
        if len(value) > LONGEST:
            raise invalid(name, value, f"At most {LONGEST} characters are taken as {name}.")
    return rows.filter(**{f"{column}__in": values}) if values else rows


def _day(parameters: QueryDict, name: str) -> date | None:
    text = parameters.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        detail = f"“{text[:60]}” is no day. Write 2026-03-31 for 31 March 2026."
        raise invalid(name, text, detail) from None


def _place(lead: Lead) -> str:
    """Behind which lead the next page begins; leads that come meanwhile move nothing."""
    return f"{(lead.received_at - EPOCH) // MICROSECOND}-{lead.pk}"


def _after(rows: QuerySet[Lead], parameters: QueryDict) -> QuerySet[Lead]:
    text = parameters.get("after", "")
    if not text:
        return rows
    found = AFTER.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        moment = EPOCH + timedelta(microseconds=int(found[1]))
    except (ValueError, OverflowError):
        detail = "Take after from the address in next, as it stands there."
        raise invalid("after", text, detail) from None
    return rows.filter(received_at__lte=moment).exclude(received_at=moment, pk__gte=int(found[2]))


def _plain(lead: Any, company: Company) -> dict[str, Any]:
    return {
        "id": lead.pk,
        "received_at": lead.received_at.astimezone(company.zone).isoformat(),
        "day": lead.day.isoformat(),
        "kind": lead.kind,
        "campaign": lead.campaign.key if lead.campaign else None,
        "reason": lead.unattributed_reason or None,
        "source": lead.source,
        "medium": lead.medium,
        "content": lead.content,
        "term": lead.term,
        "origin": lead.origin,
        "visit_channel": lead.channel,
        "country": lead.country,
        "region": lead.region,
        "city": lead.city,
        "booked": lead.booked,
        "completed": lead.completed,
        "revenue": None if lead.rate_missing else _money(lead.revenue_minor, company.currency),
        "corrected": lead.corrected,
    }


def _money(minor: int, currency: str) -> str:
    return f"{decimal_of(minor, currency):f}"
