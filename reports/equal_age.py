"""The days compared with, as they stood when they were as old as the period is now.

Of young leads less has come than will. To set them beside leads that had all the time they wanted
would call every young period a bad one, so of these only what had come by then is counted: bookings
made, and completed, by that day. What is said of them (cancelled or not, their value) is as known
today, as in every other figure.
"""

# ruff: noqa: S611  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, DateField, F, Q, QuerySet, Sum
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Coalesce

from attribution.models import Booking, Lead
from reports.answer import Row
from reports.filtered import counted, landed
from reports.lead_columns import LEADS, beside, day_of, late_revenue, leads_of, midnight
from reports.query import ReportQuery
from reports.rollup.sums import how_many
from reports.sources import LeadGroup
from reports.tally import total


def as_of(query: ReportQuery, today: date) -> date | None:
    """The day on which those compared with were as old as the period is today; None where it
    cannot be told: without a comparison, and with days that are more or fewer.
    """
    compared = query.compared
    if compared is None or len(compared) != query.days:
        return None
    if query.basis != "received" or query.attribution.reads_touches or query.as_closed:
        return None
    return today - (query.start - compared.start)


# Where a lead counts: its campaign, why it has none, its source and its medium.
PLACE: dict[str, Combinable] = {
    "at_campaign": F("campaign_id"),
    "at_reason": F("unattributed_reason"),
    "at_source": F("source"),
    "at_medium": F("medium"),
}


def late_groups(
    query: ReportQuery, known: date, place: Mapping[str, Combinable] = PLACE
) -> Iterator[LeadGroup]:
    """What came after that day of the leads compared with, to be taken away: with the sign turned.

    Leads themselves are none of it. The bookings are looked up first: they are of few days.
    """
    compared = query.compared
    if compared is None:
        return
    counts = counted(query)
    utm = [f"at_{name}" for name in ("source", "medium") if query.asks_for(name)]
    values = beside(query)
    rows: QuerySet[Lead, dict[str, Any]] = (
        leads_of(query, [compared])
        .filter(pk__in=_bookings_after(query, known).values("lead_id"))
        .annotate(landed=landed(query), **values, **place)
        .alias(booked_on=_first(query, "booked"), completed_on=_first(query, "completed"))
        .alias(late_revenue=RawSQL(*late_revenue(query, known), BigIntegerField()))
        .values("landed", "at_campaign", "at_reason", *utm, *values)
        .annotate(
            n_booked=how_many(counts & Q(booked_on__gt=known)),
            n_completed=how_many(counts & Q(completed_on__gt=known)),
            sum_revenue=Coalesce(Sum("late_revenue", filter=counts), 0),
        )
        .order_by()
    )
    for row in rows:
        outcomes = (-row["n_booked"], -row["n_completed"], -int(row["sum_revenue"]))
        yield LeadGroup(
            True,
            row["at_campaign"],
            row["at_reason"],
            row.get("at_source", ""),
            row.get("at_medium", ""),
            *(0, 0, 0, 0, 0, 0),
            *outcomes,
            0,
            row["landed"],
            tuple(row[name] for name in values),
        )


def take_away(
    late: Mapping[str, list[LeadGroup]], rows: Iterable[Row], unattributed: Row, whole: Row
) -> None:
    """Give each row, by its key, and the sums what the days compared with were at this age."""
    every = [group for groups in late.values() for group in groups]
    of_rows = [(row, late.get(row.key, [])) for row in rows]
    for row, groups in (*of_rows, (unattributed, late.get("", [])), (whole, every)):
        if row.before is not None:
            row.at_age = total([row.before])
            row.at_age.lead_groups += groups


def _bookings_after(query: ReportQuery, known: date) -> QuerySet[Booking]:
    moment = midnight(query, known + timedelta(days=1))
    later = Q(booked_at__gte=moment) | Q(completed_at__gte=moment)
    return Booking.objects.filter(later, company_id=query.company.pk)


def _first(query: ReportQuery, basis: str) -> RawSQL:
    sql = day_of(replace(query, basis=basis, group_by="campaign", then_by=()), f"{LEADS}.")
    return RawSQL(sql, (), DateField())
