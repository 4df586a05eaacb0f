"""Statements around QuerySets that the ORM cannot write: INSERT from a SELECT, unions of sums."""

# ruff: noqa: S608  (the parts of the SQL are our own; values are parameters)

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet, Sum

TOTAL = "rollup_total"  # PostgreSQL's own sum of such numbers goes through decimals


class Total(Sum):
    """The sum of whole numbers, in half the time. Like SUM it is NULL where all of them are, and
    an error where it is more than a bigint holds.
    """

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function=TOTAL, **context)


def total(column: str) -> str:
    """The same of a column, in SQL that is written by hand."""
    return f'{TOTAL if connection.vendor == "postgresql" else "SUM"}("{column}")'


def insert_from(
    model: type[Model], columns: Sequence[str], rows: "QuerySet[Any, Any]", there: str = ""
) -> None:
    """Insert what a QuerySet selects, without a row leaving the database; `there` says what to do
    with rows that are there.

    In the order of company, day and campaign, so that what is read together lies together. Sorted
    outside: asked for inside, PostgreSQL sorts the facts and not their few sums.
    """
    sql, params = compiled(rows)
    if sql:
        rows_in_order = f"SELECT * FROM ({sql}) AS selected WHERE true ORDER BY 1, 2, 3"
        insert = f"INSERT INTO {model._meta.db_table} ({names(columns)}) {rows_in_order} {there}"
        execute(insert, params)


def compiled(rows: "QuerySet[Any, Any]") -> tuple[str, list[Any]]:
    """The statement that a QuerySet would run; empty when nothing can be in it."""
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return "", []
    return sql, list(params)


def names(columns: Iterable[str]) -> str:
    return ", ".join(quoted(columns))


def quoted(columns: Iterable[str]) -> list[str]:
    return [f'"{column}"' for column in columns]


def execute(sql: str, params: Sequence[Any] = ()) -> int:
    """Run a statement; returns how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def fetch(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def as_day(value: date | str) -> date:
    """SQLite keeps days as text, and a raw query gives them as they are."""
    return value if isinstance(value, date) else date.fromisoformat(value)
