"""A build elsewhere: begins at one moment of the facts, and ends when its sums are taken in here.

In between the marks are left alone, so reports stay exact: the old sums, and what is marked read
live. A mark that was there at the beginning is in the facts that were taken along, and goes when
the sums come; a later one stays, whoever wrote it and however long his transaction took.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from attribution.models import Lead
from reports.closing.touching import touch_all
from reports.models import RollupDay, RollupLedger, RollupMark, RollupSpendDay, RollupState
from reports.rollup.build import Days, Rows, Runner
from reports.rollup.locking import rebuilding, refreshing
from reports.rollup.refresh import refresh
from reports.rollup.sql import execute, fetch, names
from reports.rollup.sums import BOOKS, LEADS, SPEND, Book
from reports.rollup.totals import build_month, build_year

# What adds up to the number of facts.
COUNTS = {LEADS.fact: tuple(Lead.Kind.values), SPEND.fact: ("entries",)}
RECEIVED = " + ".join(f'"{kind}"' for kind in Lead.Kind.values)


class NotAwaited(Exception):  # noqa: N818 - reads as what is the matter
    """The company's sums were built, emptied or begun anew since: these would undo that."""


class FactsMissing(Exception):  # noqa: N818
    """The sums do not add up to the facts that were taken along."""


@dataclass(frozen=True, slots=True)
class Build:
    """A build elsewhere: since when, and how many facts were taken along."""

    since: datetime
    facts: dict[tuple[int, str], int] = field(default_factory=dict)  # by company and Book.fact


@contextmanager
def beginning(company_ids: Iterable[int]) -> Iterator[Build]:
    """One moment in which these companies' facts are read for a build elsewhere.

    Refreshes wait until the block ends, writers do not. Should it fail, nothing has begun.
    """
    ids = sorted(company_ids)
    with rebuilding(*ids):
        RollupMark.objects.filter(company_id__in=ids).update(exported=True)
        build = Build(timezone.now())
        RollupState.objects.bulk_create(
            [RollupState(company_id=company_id, building_since=build.since) for company_id in ids],
            update_conflicts=True,
            unique_fields=["company"],
            update_fields=["building_since"],
        )
        yield build


def load(company_id: int, runner: Runner, build: Build) -> int:
    """Take the company's sums from the runner; returns how many rows by day. All, or nothing.

    Raises NotAwaited, also for the same build a second time: the marks between are gone by then.
    """
    days = Days(company_id, date.min, date.max)
    with transaction.atomic():
        execute("SET LOCAL statement_timeout = 0")  # the rows come as fast as they are built
        rows = 0
        for book in BOOKS:
            rows += _copy(book, runner.build(book, days))
            _count(book, company_id, build)
        with refreshing(company_id):
            _require_awaited(company_id, build)
            for book in BOOKS:
                _replace(book, company_id)
            _write_ledger(company_id)
            RollupMark.objects.filter(company_id=company_id, exported=True).delete()
            touch_all(company_id)
            RollupState.objects.filter(company_id=company_id).update(
                ready=True,
                next_month=None,
                building_since=None,
                built_at=timezone.now(),
                drift=0,
            )
    refresh(company_id)
    return rows


def give_up(company_ids: Iterable[int], build: Build | None = None) -> None:
    """Await this build, or any, no more: the marks are refreshed as ever."""
    awaited = Q(building_since=build.since) if build else Q(building_since__isnull=False)
    for company_id in sorted(company_ids):
        with refreshing(company_id):
            states = RollupState.objects.filter(awaited, company_id=company_id)
            if states.update(building_since=None):
                RollupMark.objects.filter(company_id=company_id).update(exported=False)
                refresh(company_id)


def _copy(book: Book, rows: Rows) -> int:
    """Write the rows into a temporary table beside the sums, so that nobody waits for them."""
    execute(f"CREATE TEMPORARY TABLE {_built(book)} (LIKE {_kept(book)}) ON COMMIT DROP")
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {_built(book)} ({names(book.columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return int(cursor.rowcount)


def _count(book: Book, company_id: int, build: Build) -> None:
    """Refuse sums in which a fact is missing or doubled."""
    total = " + ".join(f'"{name}"' for name in COUNTS[book.fact])
    found = fetch(
        f"SELECT COALESCE(SUM({total}), 0), COUNT(*) FILTER (WHERE company_id <> %s)"
        f" FROM {_built(book)}",
        [company_id],
    )[0]
    expected = build.facts.get((company_id, book.fact), 0)
    if tuple(found) != (expected, 0):
        raise FactsMissing(
            f"Company {company_id}: the sums hold {found[0]:,} facts of kind {book.fact}, and"
            f" {found[1]:,} rows of other companies; {expected:,} facts were taken along."
            " Nothing was loaded. Build them once more."
        )


def _require_awaited(company_id: int, build: Build) -> None:
    states = RollupState.objects.filter(company_id=company_id, building_since=build.since)
    if not states.exists():
        raise NotAwaited(
            f"Company {company_id} does not wait for the build of {build.since:%Y-%m-%d %H:%M:%S}"
            " UTC any more: it was loaded, given up or begun anew since. Nothing was loaded."
        )


def _replace(book: Book, company_id: int) -> None:
    """The copied rows instead of those by day, and the totals that follow from them."""
    columns = names(book.columns)
    for table in book.tables.values():
        table._default_manager.filter(company_id=company_id).delete()
    execute(f"INSERT INTO {_kept(book)} ({columns}) SELECT {columns} FROM {_built(book)}")
    execute(f"DROP TABLE {_built(book)}")
    days = book.day._default_manager.filter(company_id=company_id)
    for month in days.dates("day", "month"):
        build_month(book, company_id, month)
    for year in days.dates("day", "year"):
        build_year(book, company_id, year.year)


def _write_ledger(company_id: int) -> None:
    """Each day's totals, from the sums that were just loaded."""
    RollupLedger.objects.filter(company_id=company_id).delete()
    totals = [one.attname for one in RollupLedger._meta.concrete_fields][2:]
    sums = ", ".join(f"SUM({name})" for name in totals)
    execute(
        f"INSERT INTO {RollupLedger._meta.db_table} (company_id, day, {names(totals)})"
        f" SELECT company_id, day, {sums} FROM ("
        f'  SELECT company_id, day, {RECEIVED} AS received, "primary" AS counted,'
        '         CASE WHEN campaign_id <> 0 THEN "primary" ELSE 0 END AS named,'
        "         booked, completed, revenue_minor, 0 AS entries, 0 AS priced,"
        "         0 AS spend_minor, 0 AS matched_minor"
        f"   FROM {RollupDay._meta.db_table} WHERE company_id = %s"
        "  UNION ALL"
        "  SELECT company_id, day, 0, 0, 0, 0, 0, 0, entries, priced, amount_minor,"
        "         CASE WHEN campaign_id <> 0 THEN amount_minor ELSE 0 END"
        f"   FROM {RollupSpendDay._meta.db_table} WHERE company_id = %s"
        ") AS both_books GROUP BY company_id, day",
        [company_id, company_id],
    )


def _kept(book: Book) -> str:
    return str(book.day._meta.db_table)


def _built(book: Book) -> str:
    return f"built_{_kept(book)}"
