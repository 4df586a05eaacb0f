"""Which amounts a rate converts: in which currencies, on which days."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from attribution.models.company import Company
from attribution.rates.book import LOOK_BACK, PIVOT, RateKey

DAY = timedelta(days=1)
PART = 31  # days that are converted at a time
Span = tuple[date, date]


@dataclass(frozen=True)
class Reach:
    """`currencies` None: every one but the company's own. The spans are in order and apart."""

    company: Company
    currencies: frozenset[str] | None
    spans: tuple[Span, ...]

    def parts(self, first: date | None, last: date | None) -> Iterator[Span]:
        """Its days from first to last, a month at a time; nothing without these two."""
        if first is None or last is None:
            return
        for start, end in self.spans:
            start, end = max(start, first), min(end, last)
            while start <= end:
                stop = min(end, start + timedelta(days=PART - 1))
                yield start, stop
                start = stop + DAY

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows in one of its currencies, of whatever day."""
        rows = rows.filter(company=self.company, original_minor__isnull=False)
        if self.currencies is None:
            return rows.exclude(currency=self.company.currency)
        return rows.filter(currency__in=self.currencies)


def reach_of(company: Company, keys: Iterable[RateKey]) -> Reach:
    """What these rates may convert: amounts of their day and of the week after it."""
    own = company.currency
    days: set[date] = set()
    currencies: set[str] = set()
    every = False
    for day, *pair in keys:
        others = {*pair} - {own, PIVOT}
        if own in pair or PIVOT in pair:
            days.add(day)
            currencies |= others
            if not others:  # between the euro and our own: the way of every other currency
                every = True
    return Reach(company, None if every else frozenset(currencies), tuple(_spans(days)))


def everything(company: Company, first: date, last: date) -> Reach:
    return Reach(company, None, ((first, last),))


def _spans(days: Iterable[date]) -> Iterator[Span]:
    """From each day as long as a rate of it may hold; what touches is one."""
    start = end = None
    for day in sorted(days):
        if start is None or end is None:
            start = day
        elif day > end + DAY:
            yield start, end
            start = day
        end = day + LOOK_BACK
    if start is not None and end is not None:
        yield start, end
