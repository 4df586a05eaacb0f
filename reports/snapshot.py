"""All queries of one report see the same moment, however many there are."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything inside the block as of one moment, without holding up any writer."""
    if connection.in_atomic_block or (connection.vendor == "sqlite" and _in_transaction()):
        yield  # the caller's transaction is the moment
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        yield from _deferred()


def _in_transaction() -> bool:
    connection.ensure_connection()
    return bool(connection.connection.in_transaction)


def _deferred() -> Iterator[None]:
    """On SQLite `atomic()` begins IMMEDIATE, as writers must; a reader needs no such lock."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("COMMIT")
