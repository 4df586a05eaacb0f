"""The leads of one campaign, added up by what its page tells apart.

One query, answered from the index that holds all these columns. It counts the same leads as the
report does, and another way: so each table can be held against the report's row.
"""

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Count, Q, Sum

from attribution.models import Lead
from reports.filtered import counted
from reports.periods import Days
from reports.query import ReportQuery
from reports.rollup.sums import how_many


class DayFacts(NamedTuple):
    """Counted leads of one day that are alike in source and country, and what became of them."""

    day: date
    source: str
    country: str
    leads: int
    booked: int
    completed: int
    revenue_minor: int  # of the bookings whose value is known


def read(query: ReportQuery, campaign: int, days: Iterable[Days]) -> list[DayFacts]:
    """Of all these days; they may overlap."""
    within = reduce(or_, (Q(day__gte=first, day__lte=last) for first, last in days))
    rows = (
        Lead.objects.filter(within, counted(query), company=query.company, campaign=campaign)
        .values_list("day", "source", "country")
        .annotate(
            n=Count("day"),
            n_booked=how_many(Q(booked=True)),
            n_completed=how_many(Q(completed=True)),
            sum_revenue=Sum("revenue_minor"),
        )
        .order_by()
    )
    return [DayFacts._make((*row[:-1], int(row[-1] or 0))) for row in rows]


def within(facts: Iterable[DayFacts], days: Days) -> list[DayFacts]:
    return [one for one in facts if days.start <= one.day <= days.end]
