"""What stands beside the sums at the moment of reading: marks, ledger, and whether they are whole.

Read in one query, since every report needs all three.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, DateField, IntegerField, QuerySet, Sum, Value
from django.db.models.functions import Cast

from reports.models import NO_CAMPAIGN, RollupLedger, RollupMark, RollupState
from reports.rollup.buckets import Bucket, Buckets, boxed, whole_days
from reports.rollup.sums import Book

MANY_MARKS = 200  # from here on a refresh is due
TOO_MANY_TO_TELL_APART = 2_000  # buckets; beyond, whole days are read from the facts
DIFFERENCES = ("received", "counted", "booked", "completed", "minor")
STATE, LEDGER = "state", "ledger"
EPOCH = date(1970, 1, 1)


class SumsUnusable(Exception):  # noqa: N818 - reads as what is the matter
    """The company's sums are not built yet, or the last check found them wrong."""


class DayTotals(NamedTuple):
    """The ledger's totals of one day, or what marks add to them."""

    received: int = 0
    counted: int = 0
    named: int = 0
    booked: int = 0
    completed: int = 0
    revenue_minor: int = 0
    entries: int = 0
    spend_minor: int = 0
    matched_minor: int = 0

    def plus(self, *others: "DayTotals") -> "DayTotals":
        return DayTotals(*map(sum, zip(self, *others, strict=True)))


def totals_of(fact: str, campaign_id: int, differences: Iterable[int]) -> DayTotals:
    """What one mark, or one row of the sums, comes to; numbers in the order of `DIFFERENCES`."""
    received, counted, booked, completed, minor = map(int, differences)
    named = campaign_id != NO_CAMPAIGN
    if fact == RollupMark.Fact.SPEND:
        return DayTotals(entries=received, spend_minor=minor, matched_minor=minor if named else 0)
    return DayTotals(
        received, counted, counted if named else 0, booked, completed, revenue_minor=minor
    )


@dataclass(frozen=True)
class Books:
    """A company's marks and ledger on some days."""

    company_id: int
    marks: int  # how many
    marked: dict[str, set[Bucket]]  # by fact
    days: dict[date, DayTotals]  # of the ledger, marks included

    def buckets(self, book: Book) -> Iterable[Buckets]:
        """What must be read from the facts."""
        found = self.marked.get(book.fact, set())
        if len(found) > TOO_MANY_TO_TELL_APART:
            return whole_days(self.company_id, {day for day, _ in found})
        return boxed(self.company_id, found)


def read_books(company_id: int, first: date, last: date) -> Books:
    """What there is of these days. Raises SumsUnusable."""
    marks = 0
    marked: dict[str, set[Bucket]] = defaultdict(set)
    days: dict[date, DayTotals] = defaultdict(DayTotals)
    for kind, day, campaign_id, *numbers in _rows(company_id, first, last):
        if kind == STATE:
            ready, drift = numbers[:2]
            if drift or not ready:
                raise SumsUnusable
        elif kind == LEDGER:
            days[day] = days[day].plus(DayTotals(*numbers))
        else:
            marks += numbers[0]
            marked[kind].add((day, campaign_id))
            days[day] = days[day].plus(totals_of(kind, campaign_id, numbers[1:6]))
    return Books(company_id, marks, dict(marked), dict(days))


def _rows(company_id: int, first: date, last: date) -> "QuerySet[Any, tuple[Any, ...]]":
    """All three as rows of one shape: what it is, day, campaign, nine numbers."""
    company = {"company_id": company_id}
    days = company | {"day__gte": first, "day__lte": last}
    ledger = RollupLedger.objects.filter(**days).annotate(
        row=Value(LEDGER), no_campaign=Value(NO_CAMPAIGN)
    )
    state = RollupState.objects.filter(**company).annotate(
        row=Value(STATE),
        no_day=Value(EPOCH, DateField()),
        no_campaign=Value(NO_CAMPAIGN),
        is_ready=Cast("ready", IntegerField()),
        **{f"no_{n}": Value(0) for n in range(7)},
    )
    marks = (
        RollupMark.objects.filter(**days)
        .values("fact", "day", "campaign_id")
        .annotate(
            n=Count("pk"),
            **{f"sum_{name}": Sum(name) for name in DIFFERENCES},
            **{f"no_{n}": Value(0) for n in range(3)},
        )
    )
    return (
        ledger.order_by()
        .values_list("row", "day", "no_campaign", *DayTotals._fields)
        .union(
            marks.order_by().values_list(
                *("fact", "day", "campaign_id", "n"),
                *(f"sum_{name}" for name in DIFFERENCES),
                *(f"no_{n}" for n in range(3)),
            ),
            state.order_by().values_list(
                *("row", "no_day", "no_campaign", "is_ready", "drift"),
                *(f"no_{n}" for n in range(7)),
            ),
            all=True,
        )
    )
