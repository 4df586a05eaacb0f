"""The months of a company: open or closed, with their totals, and what was restated since."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from attribution import calendar
from attribution.models import Company
from reports.caveats import SPEND, Unconverted, read_caveats
from reports.closing.in_period import CHANGE, OWN
from reports.closing.words import proof_of
from reports.maturity.kept import lags, young_since
from reports.models import ClosedMonth, RollupLedger
from reports.proof import Proof
from reports.query import ReportQuery
from reports.rollup.books import UNCONVERTED, Books, DayTotals, SumsUnusable, added, read_books
from reports.rollup.tiers import month_end, next_month
from reports.sources import campaigns

MEASURES = ("leads", "booked", "completed", "revenue", "spend")


@dataclass(frozen=True, slots=True)
class Month:
    """One line of the list."""

    first: date
    closing: ClosedMonth | None  # in force
    totals: DayTotals | None  # as closed, or of an open month as known today; None: not to be had
    young: int
    unknown: frozenset[str]  # money of an open month that lacks a rate of exchange

    @property
    def values(self) -> dict[str, int | None]:
        """The figures of the list, money in minor units; unknown is None."""
        if self.totals is None:
            return dict.fromkeys(MEASURES)
        of = self.totals
        spend = of.spend_minor if of.priced and "spend" not in self.unknown else None
        revenue = of.revenue_minor if "revenue" not in self.unknown else None
        money = {"revenue": revenue, "spend": spend}
        return {"leads": of.counted, "booked": of.booked, "completed": of.completed} | money

    def proof(self, currency: str) -> Proof | None:
        return proof_of(self.totals, currency) if self.totals and not self.unknown else None


def months_over(company: Company) -> list[date]:
    """The first days of all months that are over, the latest first, from the first fact on."""
    found = RollupLedger.objects.filter(company=company).aggregate(
        first=Min("day", filter=Q(received__gt=0) | Q(entries__gt=0))
    )["first"]
    closed = ClosedMonth.objects.filter(company=company).aggregate(
        first=Min("month"), last=Max("month")
    )
    start = min((day for day in (found, closed["first"]) if day), default=None)
    months: list[date] = []
    month = start.replace(day=1) if start else date.max
    today = calendar.today(company.zone)
    while month < date(9999, 1, 1) and month_end(month) < today:
        months.append(month)
        month = next_month(month)
    return months[::-1]


def months(company: Company, which: Iterable[date]) -> list[Month]:
    """These months (their first days). In few queries, however many there are."""
    firsts = list(which)
    if not firsts:
        return []
    first, last = min(firsts), month_end(max(firsts))
    closed = {
        one.month: one
        for one in with_changes(
            ClosedMonth.objects.filter(
                company=company, reopened_at__isnull=True, month__gte=first, month__lte=last
            )
        )
    }
    if all(month in closed for month in firsts):
        return [_closed(closed[month]) for month in firsts]
    books = _books(company, first, last)
    since = young_since(lags(company), calendar.today(company.zone))
    unknown = _unknown(company, first, last, books)
    return [
        _closed(closed[month]) if month in closed else _open(month, books, since, unknown)
        for month in firsts
    ]


def with_changes(rows: "QuerySet[ClosedMonth]") -> "QuerySet[ClosedMonth]":
    """Each with how often it was restated, and by how much its figures are others since."""
    sums = {
        f"{name}_change": Sum(CHANGE, filter=OWN & Q(restatedfigure__measure=name), default=0)
        for name in MEASURES
    }
    return rows.select_related("closed_by", "reopened_by").annotate(
        times=Count("restatedfigure__restatement", distinct=True), **sums
    )


def closed_totals(closing: ClosedMonth) -> DayTotals:
    """The totals that were kept."""
    return DayTotals(*(getattr(closing, name) for name in DayTotals._fields))


def _closed(closing: ClosedMonth) -> Month:
    return Month(closing.month, closing, closed_totals(closing), closing.young, frozenset())


def _books(company: Company, first: date, last: date) -> Books | None:
    try:
        return read_books(company.pk, first, last)
    except SumsUnusable:
        return None


def _open(
    month: date, books: Books | None, since: date, unknown: dict[date, frozenset[str]]
) -> Month:
    if books is None:
        return Month(month, None, None, 0, frozenset())
    last = month_end(month)
    days = {day: one for day, one in books.days.items() if month <= day <= last}
    young = sum(one.counted for day, one in days.items() if day >= since)
    return Month(month, None, added(days.values()), young, unknown.get(month, frozenset()))


def _unknown(
    company: Company, first: date, last: date, books: Books | None
) -> dict[date, frozenset[str]]:
    """By month, the money that is not known for want of a rate; it may be called so once too often
    where such facts lie months apart.
    """
    if books is None or UNCONVERTED not in books.caveats:
        return {}
    query = ReportQuery(company=company, start=first, end=last, facets=False)
    found: dict[date, frozenset[str]] = {}
    for one in read_caveats(query, campaigns(company), {UNCONVERTED}).unconverted:
        for month in _touched(one):
            name = "spend" if one.fact == SPEND else "revenue"
            found[month] = found.get(month, frozenset()) | {name}
    return found


def _touched(one: Unconverted) -> list[date]:
    months, month = [], one.first.replace(day=1)
    while month <= one.last:
        months.append(month)
        month = next_month(month)
    return months
