"""What PostgreSQL's planner cannot know is told to it for a statement."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def hashed() -> Iterator[None]:
    """The planner knows nothing of rows that this transaction has written, takes them to be few,
    and would sort them all before it adds them up.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        yield
        cursor.execute("SET LOCAL enable_sort TO DEFAULT")
