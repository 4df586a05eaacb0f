"""Who makes the sums by day: the database itself, or a machine park beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from reports.rollup.sums import Book, Sums

Rows = Sums | Iterable[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Days:
    """Days of one company, both ends included."""

    company_id: int
    first: date
    last: date

    @property
    def rows(self) -> Q:
        """Of a fact table or a table of sums by day."""
        return Q(company_id=self.company_id, day__gte=self.first, day__lte=self.last)


class Runner(Protocol):
    """Adds up the facts of some days. Rows have the columns of `Book.columns`, in their order."""

    def build(self, book: Book, days: Days) -> Rows:
        """The rows themselves, or the QuerySet that makes them where they are to be stored."""


class OnConnection:
    """The database in which the facts are."""

    def build(self, book: Book, days: Days) -> QuerySet[Any, tuple[Any, ...]]:
        return book.live(days.rows)
