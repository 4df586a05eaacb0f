"""The kept sums as SQL: running totals, days at the edges, and what is marked, live."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cached_property, lru_cache
from itertools import chain, groupby
from typing import Any

from django.db.models import Q

from attribution import scope
from reports.rollup.alike_days import TOLD, Names, number
from reports.rollup.books import Books
from reports.rollup.buckets import ALL_CAMPAIGNS, Buckets
from reports.rollup.condition import Condition, all_of, any_of
from reports.rollup.sql import as_day, compiled, fetch, names, quoted
from reports.rollup.sums import BOOKS, LEADS, Book, of_ids
from reports.rollup.tiers import Range, Tiers, within

# So many marked buckets, and so many sums that changed, are told apart once for a whole report. Of
# more each query reads the facts: the database is quicker with them than with rows that are sent.
MOST_TOLD = 400
MOST_CHANGES = 2_000


class KeptRows:
    """Statements that give the rows of the sums; who asks groups them."""

    company_id: int
    books: Books
    days: Collection[int] = ()  # by the numbers that tell them apart; empty for all
    asks_often = False  # whether it is worth a query to know once what changed

    def _rows(
        self,
        book: Book,
        parts: Tiers,
        key: Sequence[str] = (),
        told: Names = (),
        young_since: date | None = None,
    ) -> Condition:
        """What is kept, and for marked buckets what the facts say, less what was kept of them.

        With all columns, or only these of the key; first by which number its days are known, where
        they are told apart. Of the young leads, those of marked buckets.
        """
        key = key or ['"day"', *book.key]
        taken = (f'-"{name}" AS "{name}"' for name in book.measures)
        young, none_young = [], []
        if young_since is not None:
            young = [f"""CASE WHEN "day" >= '{young_since}' THEN "primary" ELSE 0 END AS young"""]
            none_young = ["0 AS young"]
        columns = ", ".join([*key, *quoted(book.measures), *none_young])
        less = ", ".join([*key, *taken, *none_young])
        found = [self._kept(book, parts, columns, less, told)]
        columns = ", ".join([*number(told), *key, *quoted(book.measures), *young])
        changed = self._changed(book, columns, parts.reach)
        return all_of([*found, *(map(self._of_days, changed) if told else changed)])

    def _kept(
        self, book: Book, parts: Tiers, columns: str, less: str = "", told: Names = ()
    ) -> Condition:
        """Rows of the tables of sums; with the columns of `less` those that are taken away."""
        found = []
        for (tier, sign), some in groupby(parts.parts, key=lambda part: (part.tier, part.sign)):
            rows = self._days([part.days for part in some])
            table = book.tables[tier]._meta.db_table
            shown = ", ".join([*number(told, tier), columns if sign > 0 else less])
            found.append(Condition(f"SELECT {shown} FROM {table} WHERE {rows.sql}", rows.params))
        return all_of(found or [_shown(", ".join([*number(told), columns]), book)])

    def _of_days(self, rows: Condition) -> Condition:
        """Those of them that are of the days asked for."""
        if not self.days:
            return rows
        asked = any_of(TOLD, self.days)
        return Condition(
            f"SELECT * FROM ({rows.sql}) AS of_days WHERE {asked.sql}", rows.params + asked.params
        )

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

    # Where facts have changed since

    @cached_property
    def _changes(self) -> dict[str, list[tuple[Any, ...]]]:
        """What changed of each book, by fact, as rows of the sums; not of one of which too much
        has. Read once, however many ask: there are few, but behind each may stand all leads of a
        day. So all that asks has to be in the snapshot in which the marks were read.
        """
        found: dict[str, list[tuple[Any, ...]]] = {
            book.fact: [] for book in BOOKS if self._is_told(book)
        }
        if found:
            changed = all_of([self._changes_of(book) for book in BOOKS if book.fact in found])
            for fact, *row in fetch(changed.sql, changed.params):
                found[fact].append(tuple(row))
        return {fact: rows for fact, rows in found.items() if len(rows) <= MOST_CHANGES}

    def _changed(self, book: Book, columns: str, reach: Range) -> Iterator[Condition]:
        """What the facts of the marked buckets say, less what is kept of them."""
        first, last = reach
        marked = self.books.marked.get(book.fact, ())
        if not any(first <= day <= last for day, _campaign in marked):
            return
        if book.fact not in self._changes:
            for buckets in self.books.buckets(book):
                if any(first <= day <= last for box in buckets.boxes for day in box.days):
                    found = _differences(book, buckets, within(reach), scope.current())
                    yield _shown(columns, book, found)
            for new in self._new(book, within(reach)):
                yield _shown(columns, book, new)
            return
        changed = [row for row in self._changes[book.fact] if first <= as_day(row[1]) <= last]
        if changed:
            yield _shown(columns, book, _written(book, changed))

    def _is_told(self, book: Book) -> bool:
        """Whether it is worth it: few enough buckets are marked, and no day as a whole."""
        marked = self.books.marked.get(book.fact, ())
        whole = any(campaign == ALL_CAMPAIGNS for _day, campaign in marked)
        return self.asks_often and 0 < len(marked) <= MOST_TOLD and not whole

    def _changes_of(self, book: Book) -> Condition:
        """Fact, key and sums of all that differs, as wide for each book."""
        seen = scope.current()
        sums = [_differences(book, buckets, Q(), seen) for buckets in self.books.buckets(book)]
        sums += self._new(book, Q())
        totals = [f'CAST(SUM("{name}") AS bigint)' for name in book.measures]
        key = names(book.columns[: -len(book.measures)])
        changed = _shown(names(book.columns), book, all_of(sums))
        room = ["0"] * (max(len(one.columns) for one in BOOKS) - len(book.columns))
        return Condition(
            f"SELECT '{book.fact}', {', '.join([key, *totals, *room])}"
            f" FROM ({changed.sql}) AS changes GROUP BY {key}"
            f" HAVING {' OR '.join(f'{total} <> 0' for total in totals)}",
            changed.params,
        )

    def _new(self, book: Book, reach: Q) -> Iterator[Condition]:
        """What the leads say that are not in the sums yet, where nothing else has changed."""
        if book.fact == LEADS.fact and self.books.new:
            sql, params = compiled(book.live(of_ids(",".join(self.books.new.values())) & reach))
            yield Condition(sql, tuple(params))


@lru_cache(maxsize=64)
def _differences(book: Book, buckets: Buckets, reach: Q, seen: scope.Scope) -> Condition:
    """Rows of what the facts say, and of what is kept with the sign turned.

    While the same buckets are marked, each report asks the same.
    """
    live = compiled(book.live(buckets.facts & reach))
    kept = compiled(book.taken_away(buckets.kept & reach))
    return Condition(f"{live[0]} UNION ALL {kept[0]}", (*live[1], *kept[1]))


def _shown(columns: str, book: Book, *rows: Condition) -> Condition:
    """These columns of rows that have no names yet, or of none."""
    names_alone = f"SELECT {names(book.columns)} FROM {book.day._meta.db_table} WHERE 1 = 0"
    found = all_of([Condition(names_alone), *rows])
    return Condition(f"SELECT {columns} FROM ({found.sql}) AS changed", found.params)


def _written(book: Book, rows: Sequence[tuple[Any, ...]]) -> Condition:
    """These rows of sums as VALUES. Numbers stand in them as they are: a driver takes longer over
    its parameters than the database over all of it.
    """
    texts, numbers = slice(3, 2 + len(book.key)), slice(2 + len(book.key), len(book.columns))
    places = ", ".join(["%s"] * (len(book.key) - 1))
    values = ", ".join(
        f"({row[0]}, %s, {row[2]}, {places}, {', '.join(map(str, row[numbers]))})" for row in rows
    )
    params = chain.from_iterable((row[1], *row[texts]) for row in rows)
    return Condition(f"VALUES {values}", tuple(params))
