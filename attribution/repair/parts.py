"""Long lists of ids: in parts, for a statement takes only so many, or as one parameter."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

MOST_IDS = 10_000
T = TypeVar("T")


def parts(values: Iterable[T], most: int = MOST_IDS) -> Iterator[list[T]]:
    rest = iter(values)
    while part := list(islice(rest, most)):
        yield part


def among(column: str, ids: Iterable[int]) -> RawSQL:
    """A condition that an index on the column answers in its order, however many ids they are.

    The column is one of our own names.
    """
    is_boolean = BooleanField()
    if connection.vendor == "postgresql":
        return RawSQL(f"{column} = ANY(%s)", [list(ids)], is_boolean)  # noqa: S611
    listed = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608
    return RawSQL(listed, [json.dumps(list(ids))], is_boolean)  # noqa: S611


def any_of(ids: Iterable[int]) -> RawSQL:
    """For `pk__in`, however many they are: writing each into the statement takes far longer."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))])
