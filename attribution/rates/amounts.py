"""What rates make of recorded amounts, and writing it: many rows by one statement."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from attribution.rates.book import Rates, rounded

PART = 5_000


class Amount(NamedTuple):
    """One row with an amount in another currency, and what it is worth as stored now."""

    pk: int
    currency: str
    day: date
    recorded: int
    worth: int | None


class Change(NamedTuple):
    """A row whose amount is worth something else by other rates. None: not known."""

    amount: Amount
    new: int | None


def changes(amounts: Iterable[Amount], rates: Rates) -> Iterator[Change]:
    """Those whose stored worth is not what the rates say."""
    for one in amounts:
        factor = rates.factor(one.currency, one.day)
        new = None
        if factor is not None:
            new = rounded(one.recorded * factor.numerator, factor.denominator)
        if new != one.worth:
            yield Change(one, new)


def execute_with(sql: str, found: list[Change], *params: Any) -> None:
    """Runs a statement in which `{new}` is a table of `id` and `amount`, after the other params."""
    pairs = [(change.amount.pk, change.new) for change in found]
    if connection.vendor == "postgresql":
        new = "unnest(%s::bigint[], %s::bigint[]) AS new(id, amount)"
        given: list[Any] = [[pk for pk, __ in pairs], [amount for __, amount in pairs]]
    else:
        new = """(SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS amount
                    FROM json_each(%s)) AS new"""
        given = [json.dumps(pairs)]
    with connection.cursor() as cursor:
        cursor.execute(sql.format(new=new), [*params, *given])


def write(table: str, column: str, found: list[Change]) -> None:
    sql = f"UPDATE {table} SET {column} = new.amount FROM {{new}} WHERE {table}.id = new.id"
    execute_with(sql, found)
