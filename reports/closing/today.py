"""What is known today of a month: its sums by every key that is kept, read as the report does."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from attribution.models import Company
from reports.models import ClosedLeads, ClosedMonth, ClosedSpend, LeadSums, SpendSums
from reports.query import CampaignBrief, ReportQuery
from reports.rollup.books import DayTotals, added, totals_of
from reports.rollup.reader import RollupReader, SumsDisagree
from reports.rollup.sql import fetch, names, total
from reports.rollup.sums import BOOKS, LEADS, SPEND, Book
from reports.rollup.tiers import month_end

Key = tuple[int | str, ...]  # as `Book.key`: the campaign's id, then texts
Numbers = tuple[int, ...]  # as `Book.measures`
Sums = dict[Key, Numbers]
TABLES: Mapping[str, type[LeadSums] | type[SpendSums]] = {
    LEADS.fact: ClosedLeads,
    SPEND.fact: ClosedSpend,
}


@dataclass(frozen=True, slots=True)
class MonthSums:
    """A month of a company at one moment."""

    sums: Mapping[str, Sums]  # by fact, see `Book`
    totals: DayTotals  # from the second book
    by_day: Mapping[date, DayTotals]
    campaigns: tuple[CampaignBrief, ...]  # those that have figures


def read_month(company: Company, month: date) -> MonthSums:
    """To be called in a snapshot. Raises SumsUnusable, or SumsDisagree when the books differ."""
    query = ReportQuery(company=company, start=month, end=month_end(month), facets=False)
    reader = RollupReader(query)
    sums = {book.fact: _summed(book, reader.sums(book)) for book in BOOKS}
    days = reader.books.days
    totals = added(days.values())
    if totals != (summed := totals_of_sums(sums)):
        raise SumsDisagree(f"sums {summed}, ledger {totals}")
    ids = {key[0] for some in sums.values() for key in some}
    campaigns = tuple(one for one in reader.campaigns() if one.id in ids)
    return MonthSums(sums, totals, days, campaigns)


def known_sums(closing: ClosedMonth) -> tuple[dict[str, Sums], dict[str, Sums]]:
    """As it was closed, and with all restatements since. Two queries."""
    closed: dict[str, Sums] = {}
    since: dict[str, Sums] = {}
    for book in BOOKS:
        rows = _known(book, closing)
        closed[book.fact] = _summed(book, (row[1:] for row in rows if row[0]))
        since[book.fact] = _together(book, rows)
    return closed, since


def _known(book: Book, closing: ClosedMonth) -> list[tuple[Any, ...]]:
    """Whether they are as closed or were added, the key, and the numbers."""
    table, key = TABLES[book.fact]._meta.db_table, names(book.key)
    numbers = ", ".join(f"CAST({total(name)} AS bigint)" for name in book.measures)
    closed = "CASE WHEN restatement_id IS NULL THEN 1 ELSE 0 END"
    return fetch(
        f"SELECT {closed} AS closed, {key}, {numbers} FROM {table}"
        f" WHERE company_id = %s AND closing_id = %s GROUP BY {closed}, {key}",
        [closing.company_id, closing.pk],
    )


def _together(book: Book, rows: Iterable[tuple[Any, ...]]) -> Sums:
    sums: Sums = {}
    for key, numbers in ((row[1:][: len(book.key)], row[1 + len(book.key) :]) for row in rows):
        before = sums.get(key, (0,) * len(numbers))
        sums[key] = tuple(map(sum, zip(before, map(int, numbers), strict=True)))
    return {key: numbers for key, numbers in sums.items() if any(numbers)}


def _summed(book: Book, rows: Iterable[tuple[int | str, ...]]) -> Sums:
    """By key; what comes to nothing is left out."""
    end = len(book.key)
    return {row[:end]: numbers for row in rows if any(numbers := tuple(map(int, row[end:])))}


def totals_of_sums(sums: Mapping[str, Sums]) -> DayTotals:
    """What these sums come to, as the ledger tells it."""
    return added(
        totals_of(book.fact, int(key[0]), _differences(book, numbers))
        for book in BOOKS
        for key, numbers in sums[book.fact].items()
    )


def _differences(book: Book, numbers: Numbers) -> tuple[int, ...]:
    """In the order of a mark: received, counted, booked, completed and money."""
    of = dict(zip(book.measures, numbers, strict=True))
    if book is SPEND:
        return of["entries"], of["priced"], 0, 0, of["amount_minor"]
    kinds = numbers[: book.measures.index("booked")]
    return sum(kinds), of["primary"], of["booked"], of["completed"], of["revenue_minor"]
