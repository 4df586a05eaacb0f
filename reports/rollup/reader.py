"""Reads a report from the sums: running totals, days at the edges, and what is marked, live.

Everything is read in one snapshot (`reports.snapshot`), so the sums, the marks that they do not
know yet and the facts behind these marks belong together: what was saved is in the next report.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import copy
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any

from attribution import scope
from attribution.models import Lead
from reports.dimensions import BY_CAMPAIGN
from reports.equal_age import late_groups
from reports.models import NO_CAMPAIGN
from reports.query import CampaignBrief, ReportQuery
from reports.rollup.alike_days import Names, number_of, values_of
from reports.rollup.books import DayTotals, added, read_books
from reports.rollup.condition import (
    EVERYTHING,
    Condition,
    all_of,
    any_of,
    is_named,
    wanted,
    wanted_spend,
)
from reports.rollup.groups import (
    IF_ANY,
    ITSELF,
    NUMBERS,
    Campaign,
    Sums,
    as_one,
    campaigns_of,
    grouped,
    line,
    total,
    utm,
)
from reports.rollup.kept import KeptRows
from reports.rollup.largest import REST, largest
from reports.rollup.sql import as_day, fetch, names, quoted
from reports.rollup.sums import LEADS, SPEND, Book
from reports.rollup.tiers import (
    Tiers,
    all_days,
    by_weekday,
    month_by_month,
    some_days,
    tiers,
    touched_months,
)
from reports.sources import (
    ALL_DIFFER,
    Aged,
    Alike,
    DayPoint,
    LeadGroup,
    LeadTotals,
    Lump,
    NamesFromTables,
    Rest,
    SpendGroup,
    SpendTotals,
)
from reports.unusual import weeks_before

YOUNG = ('"primary" AS young', '-"primary" AS young')  # where kept, and where taken away
Values = tuple[str, ...]  # what tells days apart
RECEIVED = " + ".join(f'"{kind}"' for kind in Lead.Kind.values)


class SumsDisagree(Exception):  # noqa: N818 - reads as what is the matter
    """The sums and the ledger, two books of the same facts, say different things."""


class RollupReader(KeptRows, NamesFromTables):
    """The sums of one company, over the period of a question and the one compared with.

    Raises SumsUnusable when they may not be read.
    """

    note = ""
    alone: Collection[int] = ()  # the campaigns whose groups are read; empty for all
    days: Collection[int] = ()  # and the days, by the numbers that tell them apart

    def __init__(self, query: ReportQuery) -> None:
        self.query = query
        # No company has the id 0: outside the scope there is nothing.
        self.company_id = query.company.pk if scope.includes(query.company.pk) else 0
        # A page may ask which days of its chart are unusual.
        self.since = min(query.first, weeks_before(query.start)) if query.facets else query.first
        self.books = read_books(self.company_id, query.first, query.end, self.since)
        self.is_due = self.books.is_due
        self.asks_often = query.facets  # as pages of their own do
        self.caveat_kinds = self.books.caveats

    def asked(
        self, query: ReportQuery, campaigns: Collection[int] = (), days: Collection[int] = ()
    ) -> "RollupReader":
        """What was read, for another question about these days; its groups may be of these
        campaigns and days alone, and are then not compared with the ledger.
        """
        found = copy(self)
        found.query, found.alone, found.days = query, campaigns, days
        found._changes = self._changes
        return found

    # The groups that a report is made of

    def groups(
        self, young_since: date, campaigns: bool = True, alike: Alike = ALL_DIFFER
    ) -> tuple[list[LeadGroup], list[SpendGroup]]:
        """All leads and spend of both periods; source, medium and line only when asked for.

        Raises SumsDisagree.
        """
        campaign = Campaign(ITSELF if campaigns else IF_ANY)
        if campaigns and alike:
            campaign = as_one(alike)
        found = grouped(self.query, self._sums(young_since), campaign, self._only)
        return self._as_groups(fetch(found.sql, found.params))

    def largest(
        self, young_since: date, lumps: Sequence[Lump], most: int
    ) -> tuple[list[LeadGroup], list[SpendGroup], list[Rest]]:
        """The same where rows are split into campaigns at last: of each row so many with most leads
        (and in the period any, or spend), all others added up. Of which sort a group is, is the
        last of its values: one of `reports.rollup.largest`.

        Raises SumsDisagree.
        """
        found = largest(self.query, self._sums(young_since), self._only, lumps, most)
        rows = fetch(found.sql, found.params)
        leads, spend = self._as_groups(rows)
        values = _Values(self.query.beside)
        rest = [_rest(row, values[row[NUMBERS:]]) for row in rows if row[0] == REST]
        return leads, spend, rest

    def campaigns_there(self) -> list[int]:
        """The campaigns that have leads of any kind or spend in one of the periods."""
        found = []
        for book, number in ((LEADS, RECEIVED), (SPEND, "entries")):
            days = self.query.read_days
            rows = all_of([self._rows(book, tiers(*one), ["campaign_id"]) for one in days])
            found.append(campaigns_of(rows, number))
        either = all_of(found)
        return [campaign for (campaign,) in fetch(either.sql, either.params)]

    def _sums(self, young_since: date) -> Sums:
        """The rows that groups are made of."""
        asked = utm(self.query)
        return Sums(
            self._both_periods(LEADS, ["campaign_id", "reason", *asked], young_since),
            self._both_periods(SPEND, ["campaign_id", *asked, *line(self.query)]),
        )

    @property
    def _only(self) -> Condition:
        """Of which campaigns groups are read."""
        return any_of("campaign_id", self.alone) if self.alone else EVERYTHING

    def _as_groups(
        self, rows: Sequence[tuple[Any, ...]]
    ) -> tuple[list[LeadGroup], list[SpendGroup]]:
        """The rows as groups; nothing is left where marks have taken all away."""
        leads = [row for row in rows if row[0] == LEADS.fact]
        spend = [row for row in rows if row[0] == SPEND.fact]
        if not (self.alone or self.days):
            self._compare(leads, spend)
        values = _Values(self.query.beside)
        return (
            [_lead_group(row, values[row[NUMBERS:]]) for row in leads if row[6] or any(row[7:12])],
            [_spend_group(row, values[row[NUMBERS:]]) for row in spend if row[6]],
        )

    def sums(self, book: Book) -> list[tuple[Any, ...]]:
        """The sums of the period by the whole key of a book: the key, then all measures."""
        rows = self._rows(book, tiers(self.query.start, self.query.end))
        key, numbers = names(book.key), ", ".join(map(total, quoted(book.measures)))
        return fetch(
            f"SELECT {key}, {numbers} FROM ({rows.sql}) AS sums GROUP BY {key}", rows.params
        )

    def utm_values(self) -> Iterator[tuple[str, str]]:
        """The pairs of tidy source and medium on offer: those of the months that are touched."""
        touched = touched_months(self.query.start, self.query.end)
        pair = "source, medium"
        changed = self._changed(LEADS, pair, (self.query.start, self.query.end))
        pairs = all_of([self._kept(LEADS, touched, pair), *changed])
        yield from fetch(f"SELECT DISTINCT {pair} FROM ({pairs.sql}) AS pairs", pairs.params)

    # The totals that the proof compares with

    def totals(self, campaigns: Iterable[CampaignBrief]) -> tuple[LeadTotals, SpendTotals]:
        """From the ledger; under filters it cannot know, the sums added up with these in SQL."""
        if self._is_whole:
            found = self._period_totals
            return (
                LeadTotals(found.received, found.counted, found.named, found.revenue_minor),
                SpendTotals(found.entries, found.priced, found.spend_minor, found.matched_minor),
            )
        campaigns = list(campaigns)
        where, named = wanted(self.query, campaigns), is_named(self.query)
        leads = self._added_up(
            LEADS,
            where,
            RECEIVED,
            '"primary"',
            f'CASE WHEN {named} THEN "primary" ELSE 0 END',
            "revenue_minor",
        )
        matched = f"CASE WHEN {named} THEN amount_minor ELSE 0 END"
        where = wanted_spend(self.query, campaigns)
        spend = self._added_up(SPEND, where, "entries", "priced", "amount_minor", matched)
        rows = fetch(f"{leads.sql} UNION ALL {spend.sql}", [*leads.params, *spend.params])
        sums = {fact: list(map(int, numbers)) for fact, *numbers in rows}
        return LeadTotals(*sums[LEADS.fact]), SpendTotals(*sums[SPEND.fact])

    def _added_up(self, book: Book, where: Condition, *columns: str) -> Condition:
        """Sums over the period itself."""
        sums = self._rows(book, tiers(self.query.start, self.query.end))
        totals = ", ".join(f"COALESCE(SUM({column}), 0)" for column in columns)
        return Condition(
            f"SELECT '{book.fact}', {totals} FROM ({sums.sql}) AS sums WHERE {where.sql}",
            sums.params + where.params,
        )

    # Curves

    def day_points(self, query: ReportQuery, campaigns: Iterable[CampaignBrief]) -> list[DayPoint]:
        """Days on which something was received; `query` may reach back to the period before.

        For days before these the books are read anew: marks on them are not known yet.
        """
        if query.start < self.since:
            return RollupReader(query).day_points(query, campaigns)
        if not (query.looks_at_campaigns or query.sources or query.mediums):
            return [
                DayPoint(day, one.counted, one.booked, one.completed)
                for day, one in self.books.days.items()
                if query.start <= day <= query.end
            ]
        sums = self._rows(LEADS, all_days(query.start, query.end))
        where = wanted(query, campaigns)
        rows = fetch(
            f'SELECT "day", SUM("primary"), SUM(booked), SUM(completed) FROM ({sums.sql}) AS sums'
            f' WHERE {where.sql} GROUP BY "day"',
            [*sums.params, *where.params],
        )
        return [DayPoint(as_day(day), *map(int, counts)) for day, *counts in rows]

    def curves(
        self, campaigns: Iterable[CampaignBrief], column: str, keys: Collection[Any], parts: Tiers
    ) -> Iterator[tuple[Any, date, int]]:
        """Counted leads by a column's value and by the days or months asked for."""
        sums = self._rows(LEADS, parts)
        where = wanted(self.query, campaigns) & any_of(column, keys)
        rows = fetch(
            f'SELECT {column}, "day", SUM("primary") FROM ({sums.sql}) AS sums'
            f" WHERE {where.sql} GROUP BY 1, 2",
            [*sums.params, *where.params],
        )
        return ((key, as_day(day), int(leads)) for key, day, leads in rows)

    def late_groups(self, known: date) -> Iterator[LeadGroup]:
        """What came of the leads compared with after this day, from the facts."""
        return late_groups(self.query, known)

    def aged(
        self,
        campaigns: Iterable[CampaignBrief],
        column: str,
        keys: Collection[Any] | None,
        first: date,
        last: date,
    ) -> Iterator[Aged]:
        """Leads, booked and completed by a column's value, campaign and day; None: any value."""
        sums = self._rows(LEADS, all_days(first, last))
        where = wanted(self.query, campaigns)
        if keys is not None:
            where &= any_of(column, keys)
        counts = ", ".join(map(total, ('"primary"', "booked", "completed")))
        rows = fetch(
            f'SELECT {column}, campaign_id, "day", {counts} FROM ({sums.sql}) AS sums'
            f' WHERE {where.sql} GROUP BY {column}, campaign_id, "day"',
            [*sums.params, *where.params],
        )
        return (Aged(key, campaign, as_day(day), *counts) for key, campaign, day, *counts in rows)

    def _both_periods(
        self, book: Book, columns: Sequence[str], young_since: date | None = None
    ) -> Condition:
        """Rows of both periods, each with the mark "of the period before"; leads with the young.

        A running total reaches beyond its part, so the mark is that of the part and not of the day.
        """
        start, end, split = self.query.start, self.query.end, self._split
        told, now, before = self.query.beside, ["0 AS is_before", *columns], self.query.compared
        parts = [self._rows(book, split(start, end), now, told, young_since)]
        if before is not None:
            was = ["1 AS is_before", *columns]
            parts.append(self._rows(book, split(*before), was, told, young_since))
        if young_since is not None and young_since <= end:
            nothing = [f'0 AS "{name}"' for name in book.measures]
            kept, taken = (", ".join([*now, *nothing, one]) for one in YOUNG)
            young_days = split(max(young_since, start), end)
            parts.append(self._kept(book, young_days, kept, taken, told))
        return all_of(parts)

    def _split(self, first: date, last: date) -> Tiers:
        """The days in parts none of which is of days that are told apart."""
        beside = self.query.beside
        of_any = month_by_month if "month" in beside else tiers
        found = (by_weekday if "weekday" in beside else of_any)(first, last)
        if self.days:
            return some_days(found, lambda day: number_of(beside, day) in self.days)
        return found

    # The second book

    @cached_property
    def _period_totals(self) -> DayTotals:
        start = self.query.start
        return added(one for day, one in self.books.days.items() if day >= start)

    @property
    def _is_whole(self) -> bool:
        """Whether the totals are those of all leads, split by campaign or not: the ledger's own."""
        query = self.query
        filtered = query.looks_at_campaigns or query.sources or query.mediums or query.lines
        return not filtered and query.group_by in BY_CAMPAIGN

    def _compare(self, leads: Sequence[Sequence[Any]], spend: Sequence[Sequence[Any]]) -> None:
        """The sums of all rows are what the ledger says, or neither is to be believed."""
        columns = islice(zip(*leads, strict=True), 6, NUMBERS)
        numbers = [sum(column) for column in columns] or [0] * 10
        money = [sum(column) for column in islice(zip(*spend, strict=True), 6, 9)] or [0] * 3
        sums = DayTotals(
            received=sum(numbers[:6]),
            counted=numbers[0],
            named=numbers[0] - sum(row[6] for row in leads if row[2] == NO_CAMPAIGN),
            booked=numbers[6],
            completed=numbers[7],
            revenue_minor=numbers[8],
            entries=money[0],
            priced=money[1],
            spend_minor=money[2],
            matched_minor=money[2] - sum(row[8] for row in spend if row[2] == NO_CAMPAIGN),
        )
        ranges = self.query.read_days
        ledger = added(
            one
            for day, one in self.books.days.items()
            if any(start <= day <= end for start, end in ranges)
        )
        if sums != ledger:
            raise SumsDisagree(f"sums {sums}, ledger {ledger}")


def _lead_group(row: tuple[Any, ...], values: Values) -> LeadGroup:
    return LeadGroup._make((*row[1:NUMBERS], True, values))


def _spend_group(row: tuple[Any, ...], values: Values) -> SpendGroup:
    """Its amount is unknown where no entry has a known one."""
    _fact, before, campaign, line, source, medium, _entries, priced, amount, *counts = row[:13]
    known = amount if priced else None
    return SpendGroup._make((before, campaign, source, medium, known, *counts, line, values))


def _rest(row: tuple[Any, ...], values: Values) -> Rest:
    _fact, _before, campaign, _line, source, medium, number = row[:7]
    return Rest(campaign, source, medium, number, values)


class _Values(dict[tuple[Any, ...], Values]):
    """What tells days apart, by how rows end: there are few, and one for each row takes time."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def __missing__(self, end: tuple[Any, ...]) -> Values:
        if self._names:
            number, *sort = end
            self[end] = *values_of(self._names, number), *sort
        else:
            self[end] = end
        return self[end]
