"""The fact tables behind a report: what they hold, added up in the database.

Leads and spend are never joined: each is added up on its own, and the groups meet by key.
A lead carries its outcome, so bookings are not read at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, Case, Count, Q, QuerySet, Sum, Value, When

from attribution.models import Booking, Campaign, Company, Lead
from reports.query import CampaignBrief, ReportQuery
from spend.models import SpendEntry

SPEND_COUNTS = ("impressions", "clicks", "sends", "opens")
PRIMARY = Q(kind=Lead.Kind.PRIMARY)
EXCLUDED_KINDS = tuple(kind for kind in Lead.Kind.values if kind != Lead.Kind.PRIMARY)
MATURITY_SAMPLE = 1000  # latest bookings that tell how long a booking takes
MATURITY_SHARE = 80  # per cent of them


@dataclass(frozen=True, slots=True)
class LeadGroup:
    """Leads that are alike in everything a report may ask for."""

    before: bool  # of the period compared with
    campaign_id: int | None
    reason: str
    source: str  # empty unless the query asks for sources; likewise the medium
    medium: str
    received: int  # of any kind
    excluded: dict[str, int]  # by kind
    leads: int  # from here on: kind primary
    booked: int
    completed: int
    revenue_minor: int
    young: int


@dataclass(frozen=True, slots=True)
class SpendGroup:
    """Spend entries that are alike in everything a report may ask for."""

    before: bool
    campaign_id: int | None
    source: str
    medium: str
    amount_minor: int
    counts: dict[str, int | None]


def how_many(condition: Q) -> Count:
    """The number of facts for which it holds; counts a column that the report's index holds."""
    return Count("day", filter=condition)


def in_period(query: ReportQuery) -> Q:
    """Facts of one company whose day lies in the period."""
    return Q(company_id=query.company.pk, day__gte=query.start, day__lte=query.end)


def _in_either(query: ReportQuery) -> Q:
    """The period and, when compared, the one just before it: one range of days."""
    start = query.start if query.compare == "none" else query.previous().start
    return Q(company_id=query.company.pk, day__gte=start, day__lte=query.end)


def _before(query: ReportQuery) -> Case:
    return Case(
        When(day__lt=query.start, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )


def lead_groups(query: ReportQuery, young_since: date) -> Iterator[LeadGroup]:
    """All leads of the period, and of the period compared with, whatever the other filters say.

    Kinds are columns and not groups, and source and medium only group when they are asked for:
    the fewer groups, the less the database has to sort.
    """
    utm = [name for name in ("source", "medium") if query.asks_for(name)]
    rows: QuerySet[Lead, dict[str, Any]] = (
        Lead.objects.filter(_in_either(query))
        .annotate(before=_before(query))
        .values("before", "campaign_id", "unattributed_reason", *utm)
        .annotate(
            n=Count("*"),
            **{f"n_{kind}": how_many(Q(kind=kind)) for kind in Lead.Kind.values},
            n_booked=how_many(PRIMARY & Q(booked=True)),
            n_completed=how_many(PRIMARY & Q(completed=True)),
            sum_revenue=Sum("revenue_minor", filter=PRIMARY),
            n_young=how_many(PRIMARY & Q(day__gte=young_since)),
        )
        .order_by()
    )
    for row in rows:
        yield LeadGroup(
            row["before"],
            row["campaign_id"],
            row["unattributed_reason"],
            row.get("source", ""),
            row.get("medium", ""),
            received=row["n"],
            excluded={kind: n for kind in EXCLUDED_KINDS if (n := row[f"n_{kind}"])},
            leads=row["n_primary"],
            booked=row["n_booked"],
            completed=row["n_completed"],
            revenue_minor=int(row["sum_revenue"] or 0),
            young=row["n_young"],
        )


def utm_values(query: ReportQuery) -> tuple[list[str], list[str]]:
    """The tidy sources and the tidy mediums of the period's leads, whatever the other filters."""
    pairs = Lead.objects.filter(in_period(query)).values_list("source", "medium").distinct()
    found = list(pairs.order_by())
    sources, mediums = {source for source, _ in found}, {medium for _, medium in found}
    return sorted(sources - {""}), sorted(mediums - {""})


def spend_groups(query: ReportQuery) -> Iterator[SpendGroup]:
    """All spend of the period, and of the period compared with, whatever the other filters say.

    The two periods are columns of one group, not two groups: the database then adds up by campaign
    alone, without sorting.
    """
    utm = {name: f"utm_{name}" for name in ("source", "medium") if query.asks_for(name)}
    rows: QuerySet[SpendEntry, dict[str, Any]] = (
        SpendEntry.objects.filter(_in_either(query))
        .values("campaign_id", *utm.values())
        .annotate(
            **_spend_sums("now", Q(day__gte=query.start)),
            **_spend_sums("before", Q(day__lt=query.start)),
        )
        .order_by()
    )
    for row in rows:
        for period in ("now", "before"):
            if row[f"{period}_entries"]:
                yield SpendGroup(
                    before=period == "before",
                    campaign_id=row["campaign_id"],
                    source=row.get("utm_source", ""),
                    medium=row.get("utm_medium", ""),
                    amount_minor=int(row[f"{period}_amount"]),
                    counts={name: _whole(row[f"{period}_{name}"]) for name in SPEND_COUNTS},
                )


def _spend_sums(period: str, days: Q) -> dict[str, Count | Sum]:
    return {
        f"{period}_entries": how_many(days),
        f"{period}_amount": Sum("amount_minor", filter=days),
        **{f"{period}_{name}": Sum(name, filter=days) for name in SPEND_COUNTS},
    }


def campaigns(company: Company) -> Iterator[CampaignBrief]:
    """All campaigns of the company."""
    columns = [field.name for field in fields(CampaignBrief)]
    for values in Campaign.objects.filter(company=company).order_by().values_list(*columns):
        yield CampaignBrief(*values)


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def days_to_book(company: Company) -> int:
    """Within how many days of its lead 80 % of the latest bookings came; 0 without any."""
    slots = Booking.objects.filter(company=company).exclude(status=Booking.Status.CANCELLED)
    latest = slots.order_by("-booked_at", "-pk").values_list("slot", "lead__slot")[:MATURITY_SAMPLE]
    lags = sorted(max(0, booked - received) for booked, received in latest)
    if not lags:
        return 0
    return -(-lags[(len(lags) * MATURITY_SHARE - 1) // 100] // 48)


def young_since(company: Company, today: date) -> date:
    """The first day whose leads may still book: they are younger than bookings usually take."""
    return today - timedelta(days=days_to_book(company) - 1)
