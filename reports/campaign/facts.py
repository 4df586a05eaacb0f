"""The leads of one campaign, added up by what its page tells apart.

It counts the same leads as the report does, and another way: so each table can be held against
the report's row. As captured it is one query, by the day of receipt answered from the index that
holds all these columns.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from django.db.models import Count, F, Q, Sum

from reports.attributing.reader import COUNTS, ModelReader
from reports.attributing.shares import Number, number
from reports.filtered import counted
from reports.lead_columns import leads_of
from reports.periods import Days
from reports.query import ReportQuery
from reports.rollup.condition import Condition
from reports.rollup.sql import as_day
from reports.rollup.sums import how_many


class DayFacts(NamedTuple):
    """Counted leads of one day that are alike in source and country, and what became of them."""

    day: date  # on which they count
    source: str
    country: str
    leads: Number  # parts of them only under a model that splits; likewise the others
    booked: Number
    completed: Number
    revenue_minor: Number  # of the bookings whose value is known


def read(query: ReportQuery, campaign: int, days: Iterable[Days]) -> list[DayFacts]:
    """Of all these days; they may overlap. Under a model, of those that the question looks at."""
    if query.attribution.reads_touches:
        return list(_credited(query, campaign))
    rows = (
        leads_of(query, list(days))
        .filter(counted(query), campaign=campaign)
        .annotate(on=F("counts_on"))
        .values_list("on", "source", "country")
        .annotate(
            n=Count("*"),
            n_booked=how_many(Q(booked=True)),
            n_completed=how_many(Q(completed=True)),
            sum_revenue=Sum("revenue_minor"),
        )
        .order_by()
    )
    return [DayFacts._make((*row[:-1], int(row[-1] or 0))) for row in rows]


def within(facts: Iterable[DayFacts], days: Days) -> list[DayFacts]:
    return [one for one in facts if days.start <= one.day <= days.end]


def _credited(query: ReportQuery, campaign: int) -> Iterator[DayFacts]:
    """Where the model gives the credit; the source is that of the touch, the country the lead's."""
    here = Condition("campaign_id = %s", (campaign,))
    # Shares are added up before they are written as numbers; of shares there are no tables.
    by = '"day"' if query.attribution.splits else '"day", source, country'
    for start, end in query.read_days:
        asked = replace(query.alone(), start=start, end=end, then_by=("country",))
        found = ModelReader(asked).credit_by(asked, here, by, (*COUNTS, "counts * revenue_minor"))
        for key, sums in found.items():
            day, source, country = (*key, "", "")[:3]
            told = (number(one.numerator, one.denominator) for one in sums)
            yield DayFacts(as_day(day), source, country, *told)
