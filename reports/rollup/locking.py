"""One refresher of a company's sums at a time, and what a refresh may take.

The lock is taken in a statement of its own: under READ COMMITTED the statements after it see
everything that was committed while it waited. SQLite has one writer anyway.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import connection, transaction

from reports.rollup.sql import execute, fetch

LOCK = 0x726F6C6C  # "roll": this lock's own room among advisory locks


@contextmanager
def refreshing(company_id: int, wait: bool = True) -> Iterator[bool]:
    """A transaction that holds the company's lock; yields False when another one has it."""
    with transaction.atomic():
        if connection.vendor != "postgresql":
            yield True
            return
        key = [LOCK, company_id % 2**31]
        if wait:
            execute("SET LOCAL statement_timeout = 0")
            execute("SELECT pg_advisory_xact_lock(%s, %s)", key)
            yield True
        else:
            yield bool(fetch("SELECT pg_try_advisory_xact_lock(%s, %s)", key)[0][0])


@contextmanager
def rebuilding(*company_ids: int) -> Iterator[None]:
    """As `refreshing`, but all statements see one moment, which begins after the locks are held.

    A snapshot taken while waiting for a lock would be older than what another refresher wrote; that
    is why it refuses to begin inside a transaction.
    """
    ids = sorted(set(company_ids))  # always in this order, so that no two wait for each other
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        with ExitStack() as locks:
            locks.enter_context(transaction.atomic(durable=True))  # a test's own is no matter
            for company_id in ids:
                locks.enter_context(refreshing(company_id))
            yield
        return
    execute("SET statement_timeout = 0")
    with ExitStack() as held:
        held.callback(execute, "RESET statement_timeout")
        for company_id in ids:
            key = [LOCK, company_id % 2**31]
            execute("SELECT pg_advisory_lock(%s, %s)", key)
            held.callback(execute, "SELECT pg_advisory_unlock(%s, %s)", key)
        with transaction.atomic():
            execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
