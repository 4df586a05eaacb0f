"""Many rows in one statement, on both engines."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection

SQLITE_PART = 500  # rows of up to 60 columns stay below its limit of parameters


class Column(NamedTuple):
    """A column of what is sent, and its type on PostgreSQL."""

    name: str
    type: str


def insert_rows(
    into: str, select: str, columns: Sequence[Column], rows: Sequence[tuple[Any, ...]], **of: Any
) -> Iterator[tuple[Any, ...]]:
    """What an insert returns whose select reads the rows as the table `sent`."""
    if not rows:
        return
    names = ", ".join(column.name for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = {f"c{n}": list(values) for n, values in enumerate(zip(*rows, strict=True))}
            unnest = ", ".join(f"%(c{n})s::{column.type}[]" for n, column in enumerate(columns))
            sent = f"WITH sent ({names}) AS (SELECT * FROM unnest({unnest}))"
            cursor.execute(f"{sent} {into} {select}", {**of, **arrays})
            yield from cursor.fetchall()
            return
        left = iter(rows)
        while part := list(islice(left, SQLITE_PART)):
            values = {
                f"v{n}_{m}": _sqlite(value)
                for n, row in enumerate(part)
                for m, value in enumerate(row)
            }
            lines = ", ".join(
                f"({', '.join(f'%(v{n}_{m})s' for m in range(len(columns)))})"
                for n in range(len(part))
            )
            cursor.execute(
                f"WITH sent ({names}) AS (VALUES {lines}) {into} {select}",
                {**{name: _sqlite(value) for name, value in of.items()}, **values},
            )
            yield from cursor.fetchall()


def _sqlite(value: Any) -> Any:
    """As Django stores it there."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value
