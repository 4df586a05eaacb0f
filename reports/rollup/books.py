"""What stands beside the sums at the moment of reading: marks, ledger, and whether they are whole.

Read in one query, since every report needs all three, and whether it has caveats.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from attribution import scope
from reports.models import NO_CAMPAIGN, RollupMark
from reports.rollup.buckets import Bucket, Buckets, boxed, whole_days
from reports.rollup.sql import as_day, fetch
from reports.rollup.sums import Book

# From here on a refresh is due. Many changes of one bucket are read as one, and however often it is
# made anew, whoever writes leads of today marks it again at once.
MANY_MARKED = 200  # buckets
MANY_MARKS = 5_000
MANY_NEW = 2_000  # leads; to add them to the sums once takes hardly longer than to read them once
# Of more new leads in one bucket, and in all of them, buckets are read whole: the ids take room.
MOST_NEW, MOST_NEW_IN_ALL = 5_000, 20_000
TOO_MANY_TO_TELL_APART = 2_000  # buckets; beyond, whole days are read from the facts
DIFFERENCES = ("received", "counted", "booked", "completed", "minor")
STATE, LEDGER = "state", "ledger"
LEAD = RollupMark.Fact.LEAD.value
# What a report has to say beside its figures (see `reports.caveats`): whether there may be any.
UNCONVERTED, RESTATED, CLOSED = "unconverted", "restated", "closed"
CAVEATS = frozenset((UNCONVERTED, RESTATED, CLOSED))


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
    priced: int = 0
    spend_minor: int = 0
    matched_minor: int = 0


def added(days: Iterable[DayTotals]) -> DayTotals:
    """The totals of several days."""
    return DayTotals(*map(sum, zip(DayTotals(), *days, strict=True)))


def totals_of(fact: str, campaign_id: int, differences: Iterable[int]) -> DayTotals:
    """What one mark, or one row of the sums, comes to; numbers in the order of `DIFFERENCES`."""
    received, counted, booked, completed, minor = map(int, differences)
    named = campaign_id != NO_CAMPAIGN
    if fact == RollupMark.Fact.SPEND:
        matched = minor if named else 0
        return DayTotals(entries=received, priced=counted, spend_minor=minor, matched_minor=matched)
    return DayTotals(
        received, counted, counted if named else 0, booked, completed, revenue_minor=minor
    )


@dataclass(frozen=True)
class Books:
    """A company's marks and ledger on some days."""

    company_id: int
    marks: int = 0  # how many
    came: int = 0  # new leads among what they tell of
    marked: dict[str, set[Bucket]] = field(default_factory=dict)  # by fact
    # Where leads have come and nothing else has changed: their ids, parted by commas.
    new: dict[Bucket, str] = field(default_factory=dict)
    days: dict[date, DayTotals] = field(default_factory=dict)  # of the ledger, marks included
    caveats: frozenset[str] = frozenset()  # of `CAVEATS`

    @property
    def is_due(self) -> bool:
        """Whether so much has changed that the sums should be made anew."""
        many = sum(map(len, self.marked.values())) > MANY_MARKED or self.marks > MANY_MARKS
        return many or self.came > MANY_NEW

    def buckets(self, book: Book) -> Iterable[Buckets]:
        """What must be read from the facts, in place of what is kept of it."""
        found = self.marked.get(book.fact, set())
        if book.fact == RollupMark.Fact.LEAD:
            found = found - self.new.keys()
        if len(found) > TOO_MANY_TO_TELL_APART:
            return whole_days(self.company_id, {day for day, _ in found})
        return boxed(self.company_id, found)


def read_books(company_id: int, first: date, last: date, since: date | None = None) -> Books:
    """What there is of these days; marks and ledger from `since` on, where that is earlier.

    Raises SumsUnusable.
    """
    marks, came, listed = 0, 0, 0
    new: dict[Bucket, str] = {}
    marked: dict[str, set[Bucket]] = defaultdict(set)
    days: dict[date, DayTotals] = {}
    later: list[tuple[date, DayTotals]] = []
    caveats: set[str] = set()
    for kind, day, campaign_id, *numbers, ids in _rows(company_id, first, last, since or first):
        if kind == LEDGER:
            days[as_day(day)] = DayTotals(*numbers)
        elif kind == STATE:
            raise SumsUnusable
        elif kind in CAVEATS:
            caveats.add(kind)
        else:
            marks += numbers[0]
            bucket = as_day(day), campaign_id
            marked[kind].add(bucket)
            came += numbers[1] if kind == LEAD else 0
            if ids:
                new[bucket] = ids
                listed += numbers[1]
            later.append((as_day(day), totals_of(kind, campaign_id, numbers[1:6])))
    for day, differences in later:
        days[day] = added([days.get(day, DayTotals()), differences])
    if listed > MOST_NEW_IN_ALL or len(marked[LEAD]) > TOO_MANY_TO_TELL_APART:
        new = {}
    return Books(company_id, marks, came, dict(marked), new, days, frozenset(caveats))


def all_new() -> str:
    """In SQL, of the marks of a bucket: which leads are new, where nothing else has changed."""
    join = "string_agg" if connection.vendor == "postgresql" else "group_concat"
    return f"CASE WHEN MIN(LENGTH(lead_ids)) > 0 THEN {join}(lead_ids, ',') ELSE '' END"


def _rows(company_id: int, first: date, last: date, since: date) -> list[tuple[Any, ...]]:
    """All of it as rows of one shape: what it is, day, campaign, ten numbers, ids of new leads.

    Written by hand: Django takes longer to put these together than the database to answer.
    """
    if not scope.includes(company_id):
        return []
    differences = ", ".join(f"SUM({name})" for name in DIFFERENCES)
    days, nothing = [company_id, str(first), str(last)], ", ".join([*"0" * 10, "''"])
    new = f"CASE WHEN SUM(received) <= %s THEN {all_new()} ELSE '' END"
    in_books = [company_id, str(since), str(last)]
    return fetch(
        f"SELECT '{LEDGER}', day, 0, {', '.join(DayTotals._fields)}, '' FROM rollup_ledger"
        " WHERE company_id = %s AND day BETWEEN %s AND %s"
        f" UNION ALL SELECT fact, day, campaign_id, COUNT(*), {differences}, 0, 0, 0, 0, {new}"
        " FROM rollup_mark WHERE company_id = %s AND day BETWEEN %s AND %s"
        " GROUP BY fact, day, campaign_id"
        f" UNION ALL SELECT '{STATE}', NULL, 0, {nothing} FROM rollup_state"
        " WHERE company_id = %s AND NOT (ready AND drift = 0)"
        f" UNION ALL SELECT '{UNCONVERTED}', NULL, 0, {nothing} WHERE EXISTS ("
        "SELECT 1 FROM spend_spendentry WHERE company_id = %s AND day BETWEEN %s AND %s"
        " AND amount_minor IS NULL AND original_minor IS NOT NULL) OR EXISTS ("
        "SELECT 1 FROM attribution_booking WHERE company_id = %s AND value_minor IS NULL)"
        f" UNION ALL SELECT '{RESTATED}', NULL, 0, {nothing} WHERE EXISTS ("
        "SELECT 1 FROM spend_spendrevision WHERE company_id = %s AND day BETWEEN %s AND %s"
        " AND is_restatement)"
        f" UNION ALL SELECT '{CLOSED}', NULL, 0, {nothing} WHERE EXISTS ("
        "SELECT 1 FROM reports_closedmonth WHERE company_id = %s AND last_day >= %s AND month <= %s"
        " AND reopened_at IS NULL)",
        [*in_books, MOST_NEW, *in_books, company_id, *days, company_id, *days, *days],
    )
