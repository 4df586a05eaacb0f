"""All queries of one report see the same moment, however many there are."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction

A_WHILE = 0.1  # seconds; what queries take that take less is not looked at
STEPS = 100_000  # of SQLite's engine, between two looks at the clock


class TookTooLong(Exception):  # noqa: N818 - reads as what is the matter
    """The database was stopped: it had counted for as long as a page may take."""


@contextmanager
def snapshot(*, scratch: bool = False) -> Iterator[None]:
    """Read everything inside the block as of one moment, without holding up any writer.

    With `scratch` temporary tables may be made in it, which PostgreSQL forbids where nothing may
    be written. On SQLite they stand in a file of their own and lock nothing.
    """
    if connection.in_atomic_block or (connection.vendor == "sqlite" and _in_transaction()):
        yield  # the caller's transaction is the moment
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                mode = "READ WRITE" if scratch else "READ ONLY"
                cursor.execute(f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ {mode}")
            yield
    else:
        yield from _deferred()


@contextmanager
def no_longer_than(seconds: int, *, scratch: bool = False) -> Iterator[None]:
    """A snapshot in which all queries together may take so long (0: any time), or little more.

    Raises TookTooLong.
    """
    with snapshot(scratch=scratch):
        limit = _limit_postgresql if connection.vendor == "postgresql" else _limit_sqlite
        try:
            yield from limit(seconds)
        except OperationalError as error:
            if "statement timeout" in str(error) or "interrupted" in str(error):
                raise TookTooLong from error
            raise


def _limit_postgresql(seconds: int) -> Iterator[None]:
    """PostgreSQL limits each statement: whenever one took its time, to what is left of it."""
    end = time.monotonic() + seconds
    _statements_within(seconds)

    def run(execute: Callable[..., Any], *asked: Any) -> Any:
        begun = time.monotonic()
        found = execute(*asked)
        now = time.monotonic()
        if seconds and now - begun > A_WHILE:
            _statements_within(max(end - now, A_WHILE))
        return found

    with connection.execute_wrapper(run):
        yield


def _statements_within(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [int(seconds * 1000)])


def _limit_sqlite(seconds: int) -> Iterator[None]:
    database = connection.connection
    end = time.monotonic() + seconds
    if seconds:
        database.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        yield
    finally:
        database.set_progress_handler(None, 0)


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
            if _in_transaction():  # one that was stopped while it wrote is over already
                cursor.execute("COMMIT")
