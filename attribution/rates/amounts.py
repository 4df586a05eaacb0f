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


def table_of(found: list[Change]) -> tuple[str, dict[str, Any]]:
    """SQL for a table `new` of `id` and `amount`, and its parameters."""
    pairs = [(change.amount.pk, change.new) for change in found]
    if connection.vendor == "postgresql":
        return (
            "unnest(%(new_ids)s::bigint[], %(new_amounts)s::bigint[]) AS new(id, amount)",
            {"new_ids": [pk for pk, __ in pairs], "new_amounts": [amount for __, amount in pairs]},
        )
    return (
        """(SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS amount
              FROM json_each(%(new_pairs)s)) AS new""",
        {"new_pairs": json.dumps(pairs)},
    )


def write(table: str, column: str, found: list[Change], key: str = "id") -> None:
    """Store the new amounts: one statement for all."""
    new, params = table_of(found)
    sql = f"UPDATE {table} SET {column} = new.amount FROM {new} WHERE {table}.{key} = new.id"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
