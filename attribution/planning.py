"""What PostgreSQL's planner cannot know is told to it for a statement."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def hashed() -> Iterator[None]:
    """The planner knows nothing of rows that this transaction has written, takes them to be few,
    and would sort them all before it adds them up.
    """
    with _without("enable_sort"):
        yield


@contextmanager
def unnested() -> Iterator[None]:
    """For the same reason it would go through such rows once for each row that is looked for."""
    with _without("enable_nestloop"):
        yield


@contextmanager
def _without(way: str) -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {way} = off")
        yield
        cursor.execute(f"SET LOCAL {way} TO DEFAULT")
