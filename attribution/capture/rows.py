"""Many rows in one statement, on both engines."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.db import connection

JSON = "jsonb"


class Column(NamedTuple):
    """A column of what is sent, and its type on PostgreSQL. A `jsonb` one holds objects."""

    name: str
    type: str


def insert_rows(
    into: str, select: str, columns: Sequence[Column], rows: Sequence[tuple[Any, ...]], **of: Any
) -> list[tuple[Any, ...]]:
    """What an insert returns whose select reads the rows as the table `sent`.

    The rows travel as one JSON text: hardly anything is as quick to write and to read.
    """
    if not rows:
        return []
    is_postgresql = connection.vendor == "postgresql"
    values = _postgresql(columns) if is_postgresql else _sqlite(columns)
    names = ", ".join(f'"{column.name}"' for column in columns)
    sent = f"WITH sent ({names}) AS (SELECT {values})"
    text = json.dumps(rows, default=_in_utc if is_postgresql else _as_stored)
    plain = of if is_postgresql else {name: _plain(value) for name, value in of.items()}
    with connection.cursor() as cursor:
        cursor.execute(f"{sent} {into} {select}", {**plain, "rows": text})
        return cursor.fetchall()


def _postgresql(columns: Sequence[Column]) -> str:
    values = ", ".join(
        f"line -> {n}" if column.type == JSON else f"(line ->> {n})::{column.type}"
        for n, column in enumerate(columns)
    )
    return f"{values} FROM jsonb_array_elements(%(rows)s::jsonb) AS line"


def _sqlite(columns: Sequence[Column]) -> str:
    values = ", ".join(f"json_extract(line.value, '$[{n}]')" for n in range(len(columns)))
    return f"{values} FROM json_each(%(rows)s) AS line"


def _in_utc(value: date | datetime) -> str:
    return value.isoformat()


def _as_stored(value: date | datetime) -> str:
    """As Django stores it on SQLite."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    return value.isoformat()


def _plain(value: Any) -> Any:
    return _as_stored(value) if isinstance(value, date) else value
