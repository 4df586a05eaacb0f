"""Makes a company's sums anew from its facts, month by month.

Each month is one transaction that sees one moment: the month's marks go, its sums and its ledger
are made from the facts of that moment. So the sums are exact after every month, writers wait for
nobody, and a rebuild that was killed goes on where it stopped.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Count, Model, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from attribution import scope
from attribution.models import Lead
from reports.closing.touching import touch_all
from reports.models import RollupLedger, RollupMark, RollupState
from reports.rollup.books import DayTotals
from reports.rollup.build import Days, OnConnection, Rows, Runner
from reports.rollup.load import give_up
from reports.rollup.locking import rebuilding
from reports.rollup.sql import compiled, execute, insert_from, names
from reports.rollup.sums import BOOKS, PRIMARY, Book, how_many
from reports.rollup.tiers import month_end, next_month
from reports.rollup.totals import build_month, build_year
from spend.models import SpendEntry

TOTALS = DayTotals._fields
AT_ONCE = 1_000  # rows of one statement, where there is no COPY
ON_CONNECTION = OnConnection()
Progress = Callable[[date, date], None]  # the month that is done, and the last one


class BuiltElsewhere(Exception):  # noqa: N818 - reads as what is the matter
    """A build elsewhere is under way; a rebuild would take the marks that it needs."""


def rebuild(
    company_id: int,
    runner: Runner = ON_CONNECTION,
    progress: Progress | None = None,
    force: bool = False,
) -> int:
    """Make all sums of the company anew, outside any transaction; returns how many months.

    Goes on where one that was stopped left off. Raises BuiltElsewhere, unless by `force` that build
    is given up.
    """
    scope.require(company_id)
    if force:
        give_up([company_id])
    _begin(company_id)
    months = 0
    while done := _build_next(company_id, runner):
        months += 1
        if progress is not None:
            progress(*done)
    return months


def _begin(company_id: int) -> None:
    with rebuilding(company_id):
        if _state(company_id).next_month is None:
            _go_on_with(company_id, first_month(company_id))


def _build_next(company_id: int, runner: Runner) -> tuple[date, date] | None:
    """Make the next month anew; returns it and the last one. None: there is nothing left."""
    with rebuilding(company_id):
        state = _state(company_id)
        month = state.next_month
        if month is None and not state.ready:  # the tables were emptied meanwhile
            month = first_month(company_id)
        if month is None:
            _clear_years(company_id)
            touch_all(company_id)
            return None
        _no_limits()
        days = Days(company_id, month, month_end(month))
        RollupMark.objects.filter(days.rows).delete()
        for book in BOOKS:
            _replace(book, days, runner)
        _recount(days)
        _go_on_with(company_id, first_month(company_id, next_month(month)))
        return month, last_month(company_id)


def _clear_years(company_id: int) -> None:
    """Totals of years in which there is nothing, so that no month has led to them."""
    for book in BOOKS:
        for year in _years(book.year, company_id) - _years(book.month, company_id):
            build_year(book, company_id, year)


def _state(company_id: int) -> RollupState:
    """Asked under the lock, as a build elsewhere begins under it."""
    state, _ = RollupState.objects.get_or_create(company_id=company_id)
    if state.building_since is not None:
        raise BuiltElsewhere(
            "The sums are being built elsewhere since"
            f" {state.building_since:%Y-%m-%d %H:%M} UTC, and what changed since must stay marked"
            " until they are loaded. Wait for that, or give that build up: add --force."
        )
    return state


def _go_on_with(company_id: int, month: date | None) -> None:
    """Note what comes next; without anything, the sums are whole."""
    states = RollupState.objects.filter(company_id=company_id)
    if month is not None:
        states.update(next_month=month)
    else:
        states.update(next_month=None, ready=True, built_at=timezone.now(), drift=0)


def _replace(book: Book, days: Days, runner: Runner) -> None:
    """The sums by day of a month, and the totals that follow from them."""
    book.day._default_manager.filter(days.rows).delete()
    _store(book, runner.build(book, days))
    build_month(book, days.company_id, days.first)
    build_year(book, days.company_id, days.first.year)


def _store(book: Book, rows: Rows) -> None:
    if isinstance(rows, QuerySet):
        insert_from(book.day, book.columns, rows)
        return
    target = f"{book.day._meta.db_table} ({names(book.columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(book.columns))
            for some in _parts(rows):
                cursor.executemany(f"INSERT INTO {target} VALUES ({places})", some)


def _parts(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    source = iter(rows)
    while some := list(islice(source, AT_ONCE)):
        yield some


# The ledger


def _recount(days: Days) -> None:
    """The ledger of these days, from the facts and not from the sums: it is the second book."""
    RollupLedger.objects.filter(days.rows).delete()
    sql, params = fact_totals(days.rows)
    columns = names(("company_id", "day", *TOTALS))
    execute(f"INSERT INTO {RollupLedger._meta.db_table} ({columns}) {sql}", params)


def fact_totals(facts: Q) -> tuple[str, list[Any]]:
    """A statement that counts the facts day by day: company, day, and what the ledger keeps."""
    leads, lead_params = compiled(_lead_totals(facts))
    spend, spend_params = compiled(_spend_totals(facts))
    sums = ", ".join(f"SUM(sum_{name})" for name in TOTALS)
    both = f"SELECT company_id, day, {sums} FROM ({leads} UNION ALL {spend}) AS both_facts"
    return f"{both} GROUP BY company_id, day", [*lead_params, *spend_params]


def _lead_totals(facts: Q) -> "QuerySet[Lead, Any]":
    return _by_day(
        Lead.objects.filter(facts),
        received=Count("day"),
        counted=how_many(PRIMARY),
        named=how_many(PRIMARY & Q(campaign_id__isnull=False)),
        booked=how_many(PRIMARY & Q(booked=True)),
        completed=how_many(PRIMARY & Q(completed=True)),
        revenue_minor=Coalesce(Sum("revenue_minor", filter=PRIMARY), Value(0)),
    )


def _spend_totals(facts: Q) -> "QuerySet[SpendEntry, Any]":
    matched = Q(campaign_id__isnull=False)
    return _by_day(
        SpendEntry.objects.filter(facts),
        entries=Count("day"),
        priced=Count("amount_minor"),
        spend_minor=Coalesce(Sum("amount_minor"), Value(0)),
        matched_minor=Coalesce(Sum("amount_minor", filter=matched), Value(0)),
    )


def _by_day(facts: "QuerySet[Any]", **sums: Any) -> "QuerySet[Any, Any]":
    """The ledger's columns in their order; nought where these facts say nothing."""
    columns = {f"sum_{name}": sums.get(name, Value(0)) for name in TOTALS}
    found = facts.values("company_id", "day").annotate(**columns)
    return found.order_by().values_list("company_id", "day", *columns)


# The months that there are


def first_month(company_id: int, since: date = date.min) -> date | None:
    """The first month from this day on in which there is anything: facts, sums, ledger, marks."""
    return min(_edges(company_id, "day", since), default=None)


def kept_years(company_id: int) -> list[int]:
    """The years of which there are sums: of months, or only of the year itself."""
    tables = [table for book in BOOKS for table in (book.month, book.year)]
    return sorted({year for table in tables for year in _years(table, company_id)})


def _years(table: type[Model], company_id: int) -> set[int]:
    days = table._default_manager.filter(company_id=company_id).order_by()
    return {day.year for day in days.values_list("day", flat=True).distinct()}


def last_month(company_id: int) -> date:
    return max(_edges(company_id, "-day"), default=date.min)


def _edges(company_id: int, order: str, since: date = date.min) -> Iterator[date]:
    tables = [table for book in BOOKS for table in (book.facts, book.day, book.month, book.weekday)]
    every: list[type[Model]] = [*tables, RollupLedger, RollupMark]
    for table in every:
        rows = table._default_manager.filter(company_id=company_id, day__gte=since)
        for day in rows.order_by(order).values_list("day", flat=True)[:1]:
            yield day.replace(day=1)


def _no_limits() -> None:
    """More room to add up in than a page needs."""
    if connection.vendor == "postgresql":
        execute("SET LOCAL work_mem = '64MB'")
