"""The kept sums as SQL: running totals, days at the edges, and what is marked, live."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Sequence
from datetime import date
from itertools import chain, groupby

from django.db.models import Q

from reports.rollup.books import Books
from reports.rollup.buckets import Buckets
from reports.rollup.condition import Condition, all_of, any_of
from reports.rollup.sql import compiled, names, quoted
from reports.rollup.sums import Book
from reports.rollup.tiers import Range, Tiers, within


class KeptRows:
    """Statements that give the rows of the sums; who asks groups them."""

    company_id: int
    books: Books

    def _rows(
        self, book: Book, parts: Tiers, key: Sequence[str] = (), young_since: date | None = None
    ) -> Condition:
        """What is kept, and for marked buckets what the facts say, less what was kept of them.

        With all columns, or only these of the key. Of the young leads, those of marked buckets.
        """
        key = key or ['"day"', *book.key]
        taken = (f'-"{name}" AS "{name}"' for name in book.measures)
        young, none_young = [], []
        if young_since is not None:
            young = [f"""CASE WHEN "day" >= '{young_since}' THEN "primary" ELSE 0 END AS young"""]
            none_young = ["0 AS young"]
        columns = ", ".join([*key, *quoted(book.measures), *none_young])
        less = ", ".join([*key, *taken, *none_young])
        found = [self._kept(book, parts, columns, less)]
        columns = ", ".join([*key, *quoted(book.measures), *young])
        first, last = parts.reach
        for buckets in self.books.buckets(book):
            if any(first <= day <= last for box in buckets.boxes for day in box.days):
                found.append(self._changed(book, buckets, columns, within(parts.reach)))
        return all_of(found)

    def _kept(self, book: Book, parts: Tiers, columns: str, less: str = "") -> Condition:
        """Rows of the tables of sums; with the columns of `less` those that are taken away."""
        found = []
        for (tier, sign), some in groupby(parts.parts, key=lambda part: (part.tier, part.sign)):
            rows = self._days([part.days for part in some])
            table = book.tables[tier]._meta.db_table
            shown = columns if sign > 0 else less
            found.append(Condition(f"SELECT {shown} FROM {table} WHERE {rows.sql}", rows.params))
        return all_of(found)

    def _days(self, ranges: Sequence[Range]) -> Condition:
        """Single days as a list: an index on days and campaigns then finds both at once."""
        singles = [str(first) for first, last in ranges if first == last]
        found = [any_of('"day"', singles)] if singles else []
        for first, last in ranges:
            if first < last:
                found.append(Condition('"day" BETWEEN %s AND %s', (str(first), str(last))))
        days = " OR ".join(one.sql for one in found)
        params = chain.from_iterable(one.params for one in found)
        return Condition(f"company_id = %s AND ({days})", (self.company_id, *params))

    def _changed(self, book: Book, buckets: Buckets, columns: str, reach: Q) -> Condition:
        """What the facts of these buckets say, less what is kept of them."""
        live = compiled(book.live(buckets.facts & reach))
        kept = compiled(book.taken_away(buckets.kept & reach))
        # The first part gives the columns their names.
        sql = (
            f"SELECT {names(book.columns)} FROM {book.day._meta.db_table} WHERE 1 = 0"
            f" UNION ALL {live[0]} UNION ALL {kept[0]}"
        )
        return Condition(f"SELECT {columns} FROM ({sql}) AS changed", (*live[1], *kept[1]))
