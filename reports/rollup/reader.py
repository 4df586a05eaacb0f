"""Reads a report from the sums: whole months, days at the edges, and what is marked, live.

Everything is read in one snapshot (`reports.snapshot`), so the sums, the marks that they do not
know yet and the facts behind these marks belong together: what was saved is in the next report.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q

from attribution.models import Lead
from reports.models import RollupMonth
from reports.query import CampaignBrief, ReportQuery
from reports.rollup.books import DayTotals, read_books, totals_of
from reports.rollup.condition import EVERYTHING, Condition, any_of, is_named, wanted
from reports.rollup.sql import fetch, union_all
from reports.rollup.sums import LEADS, SPEND, SPEND_COUNTS, Book
from reports.rollup.tiers import Tiers, tiers, within
from reports.sources import DayPoint, LeadGroup, LeadTotals, SpendGroup, SpendTotals

DIMENSIONS = ("campaign", "source", "medium", "channel")  # what the sums can tell apart
KINDS = tuple(Lead.Kind.values)


class SumsDisagree(Exception):  # noqa: N818 - reads as what is the matter
    """The sums and the ledger, two books of the same facts, say different things."""


class RollupReader:
    """The sums of one company, over the period of a question and the one compared with.

    Raises SumsUnusable when they may not be read.
    """

    note = ""

    def __init__(self, query: ReportQuery) -> None:
        self.query = query
        self.first = query.start if query.compare == "none" else query.previous().start
        self.books = read_books(query.company.pk, self.first, query.end)

    # The groups that a report is made of

    def groups(self, young_since: date) -> tuple[list[LeadGroup], list[SpendGroup]]:
        """All leads and spend of both periods. Raises SumsDisagree."""
        utm = [name for name in ("source", "medium") if self.query.asks_for(name)]
        cuts = (self.query.start, young_since)
        young = Condition('CASE WHEN "day" >= %s THEN "primary" ELSE 0 END', (str(young_since),))
        leads = self._grouped(LEADS, "reason", utm, young, cuts)
        spend = self._grouped(SPEND, "''", utm, EVERYTHING, cuts[:1])
        rows = fetch(f"{leads.sql} UNION ALL {spend.sql}", [*leads.params, *spend.params])
        return self._split(rows)

    def _grouped(
        self, book: Book, reason: str, utm: Sequence[str], more: Condition, cuts: Sequence[date]
    ) -> Condition:
        """Sums by "is it of the period before" and key; source and medium only when asked for."""
        sums = self._union(book, tiers(self.first, self.query.end, cuts))
        keys = ['"day" < %s', "campaign_id", reason, *utm]
        texts = [name if name in utm else "''" for name in ("source", "medium")]
        measures = [f'SUM("{name}")' for name in book.measures]
        if more is not EVERYTHING:
            measures.append(f"SUM({more.sql})")
        places = (2, 3, 4, *({"source": 5, "medium": 6}[name] for name in utm))
        groups = ", ".join(map(str, places))
        return Condition(
            f"SELECT '{book.fact}', {', '.join([*keys[:3], *texts, *measures])}"
            f" FROM ({sums.sql}) AS sums GROUP BY {groups}",
            (str(self.query.start), *more.params, *sums.params),
        )

    def _split(self, rows: Iterable[tuple[Any, ...]]) -> tuple[list[LeadGroup], list[SpendGroup]]:
        leads: list[LeadGroup] = []
        spend: list[SpendGroup] = []
        found = []
        for fact, before, campaign_id, reason, source, medium, *sums in rows:
            numbers = list(map(int, sums))
            if fact == LEADS.fact:
                group = _lead_group(bool(before), campaign_id, reason, source, medium, numbers)
                differences = (group.received, numbers[0], *numbers[6:9])
                if group.received:
                    leads.append(group)
            else:
                differences = (numbers[0], 0, 0, 0, numbers[1])
                if numbers[0]:
                    spend.append(_spend_group(bool(before), campaign_id, source, medium, numbers))
            found.append(totals_of(fact, campaign_id, differences))
        self._compare(DayTotals().plus(*found))
        return leads, spend

    def utm_values(self) -> Iterator[tuple[str, str]]:
        """The pairs of tidy source and medium on offer: those of the months that are touched."""
        months = RollupMonth.objects.filter(
            company_id=self.query.company.pk,
            day__gte=self.query.start.replace(day=1),
            day__lte=self.query.end,
        )
        yield from months.order_by().values_list("source", "medium").distinct()
        for buckets in self.books.buckets(LEADS):
            leads = Lead.objects.filter(buckets.facts, day__gte=self.query.start)
            yield from leads.order_by().values_list("source", "medium").distinct()

    # The totals that the proof compares with

    def totals(self, campaigns: Iterable[CampaignBrief]) -> tuple[LeadTotals, SpendTotals]:
        """From the ledger; under filters it cannot know, the sums added up with these in SQL."""
        if self._is_whole:
            found = self._period_totals
            return (
                LeadTotals(found.received, found.counted, found.named, found.revenue_minor),
                SpendTotals(found.entries, found.spend_minor, found.matched_minor),
            )
        where, named = wanted(self.query, campaigns), is_named(self.query)
        received = " + ".join(f'"{kind}"' for kind in KINDS)
        leads = self._added_up(
            LEADS,
            where,
            received,
            '"primary"',
            f'CASE WHEN {named} THEN "primary" ELSE 0 END',
            "revenue_minor",
        )
        matched = f"CASE WHEN {named} THEN amount_minor ELSE 0 END"
        spend = self._added_up(SPEND, where, "entries", "amount_minor", matched, "0")
        rows = fetch(f"{leads.sql} UNION ALL {spend.sql}", [*leads.params, *spend.params])
        sums = {fact: list(map(int, numbers)) for fact, *numbers in rows}
        return LeadTotals(*sums[LEADS.fact]), SpendTotals(*sums[SPEND.fact][:3])

    def _added_up(self, book: Book, where: Condition, *columns: str) -> Condition:
        """Sums over the period itself."""
        sums = self._union(book, tiers(self.query.start, self.query.end))
        totals = ", ".join(f"COALESCE(SUM({column}), 0)" for column in columns)
        return Condition(
            f"SELECT '{book.fact}', {totals} FROM ({sums.sql}) AS sums WHERE {where.sql}",
            sums.params + where.params,
        )

    # Curves

    def day_points(self, query: ReportQuery, campaigns: Iterable[CampaignBrief]) -> list[DayPoint]:
        """Days on which something was received; `query` may reach back to the period before."""
        if not (query.looks_at_campaigns or query.sources or query.mediums):
            return [
                DayPoint(day, one.counted, one.booked, one.completed)
                for day, one in self.books.days.items()
                if query.start <= day <= query.end
            ]
        sums = self._union(LEADS, Tiers(months=(), days=((query.start, query.end),)))
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
        sums = self._union(LEADS, parts)
        where = wanted(self.query, campaigns) & any_of(column, keys)
        rows = fetch(
            f'SELECT {column}, "day", SUM("primary") FROM ({sums.sql}) AS sums'
            f" WHERE {where.sql} GROUP BY 1, 2",
            [*sums.params, *where.params],
        )
        return ((key, as_day(day), int(leads)) for key, day, leads in rows)

    # How the sums are read

    def _union(self, book: Book, parts: Tiers) -> Condition:
        """Month rows, day rows, and for marked buckets what the facts say, less what was kept."""
        company = Q(company_id=self.query.company.pk)
        sums = []
        if parts.months:
            sums.append(book.kept(book.month, company & within(parts.months)))
        if parts.days:
            sums.append(book.kept(book.day, company & within(parts.days)))
        reach = within((*parts.months, *parts.days))
        for buckets in self.books.buckets(book):
            sums.append(book.live(buckets.facts & reach))
            sums.append(book.kept(book.day, buckets.kept & reach, sign=-1))
        sql, params = union_all(sums)
        return Condition(sql, tuple(params))

    # The second book

    @cached_property
    def _period_totals(self) -> DayTotals:
        start = self.query.start
        return DayTotals().plus(*(one for day, one in self.books.days.items() if day >= start))

    @property
    def _is_whole(self) -> bool:
        """Whether the totals are those of all leads, split by campaign or not: the ledger's own."""
        query = self.query
        filtered = query.looks_at_campaigns or query.sources or query.mediums
        return not filtered and query.group_by in ("campaign", "channel")

    def _compare(self, sums: DayTotals) -> None:
        ledger = DayTotals().plus(*self.books.days.values())
        if sums != ledger:
            raise SumsDisagree(f"sums {sums}, ledger {ledger}")


def _lead_group(
    before: bool, campaign_id: int, reason: str, source: str, medium: str, sums: Sequence[int]
) -> LeadGroup:
    return LeadGroup(
        before,
        campaign_id or None,
        reason,
        source,
        medium,
        country="",
        received=sum(sums[:6]),
        excluded={kind: n for kind, n in zip(KINDS[1:], sums[1:6], strict=True) if n},
        leads=sums[0],
        booked=sums[6],
        completed=sums[7],
        revenue_minor=sums[8],
        young=sums[9],
    )


def _spend_group(
    before: bool, campaign_id: int, source: str, medium: str, sums: Sequence[int]
) -> SpendGroup:
    counts = zip(SPEND_COUNTS, sums[2:6], sums[6:], strict=True)
    return SpendGroup(
        before=before,
        campaign_id=campaign_id or None,
        source=source,
        medium=medium,
        amount_minor=sums[1],
        counts={name: count if told else None for name, count, told in counts},
    )


def as_day(value: date | str) -> date:
    """SQLite keeps days as text, and a raw query gives them as they are."""
    return value if isinstance(value, date) else date.fromisoformat(value)
