"""Whether a company's sums may be read, and small care for them between two ticks."""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction

from reports.models import RollupLedger, RollupMark, RollupState
from reports.rollup.refresh import refresh
from reports.rollup.sql import execute, fetch
from reports.rollup.sums import BOOKS

LEFT_TO_THE_TICK = 20_000  # marks; so many take longer than a page should
TABLES = [table._meta.db_table for book in BOOKS for table in book.tables.values()]
ALL_TABLES = (*TABLES, RollupLedger._meta.db_table, RollupMark._meta.db_table)

logger = logging.getLogger(__name__)


def may_read_sums(company_id: int) -> bool:
    """Whether the sums are built, and the last check found nothing wrong with them."""
    states = RollupState.objects.filter(company_id=company_id)
    return all(state.ready and not state.drift for state in states)


def refresh_between(company_id: int) -> int:
    """Refresh between two ticks, as it is due; returns how many buckets were made anew.

    For pages: nothing is waited for, very many marks are left to the tick, and a failure is only
    logged, as a report is right without it.
    """
    try:
        marks = RollupMark.objects.filter(company_id=company_id)[: LEFT_TO_THE_TICK + 1].count()
        if marks > LEFT_TO_THE_TICK:
            return 0
        with _at_once():
            return refresh(company_id, wait=False)
    except DatabaseError as error:
        logger.warning("Company %s was not refreshed after a page: %s", company_id, error)
        return 0


@contextmanager
def _at_once() -> Iterator[None]:
    """What cannot be had now, or takes long, fails instead of keeping a visitor waiting."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            execute("SET LOCAL lock_timeout = '100ms'")
            execute("SET LOCAL statement_timeout = '2s'")
            yield
    elif connection.in_atomic_block:
        yield  # the write lock is ours already
    else:
        ((usual,),) = fetch("PRAGMA busy_timeout")
        execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            execute(f"PRAGMA busy_timeout = {usual}")


def settle(facts: Collection[str] | None = None) -> None:
    """New statistics, and pages marked as settled, after many sums were made anew.

    `facts`: only of sums of these fact tables, and statistics only of what they are looked up by.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return
    tables = list(ALL_TABLES)
    if facts is not None:
        books = [book for book in BOOKS if book.facts._meta.db_table in facts]
        found = [table._meta.db_table for book in books for table in book.tables.values()]
        tables = [f"{table} (company_id, day, campaign_id)" for table in found]
        tables += [f"{RollupLedger._meta.db_table} (company_id, day)", RollupMark._meta.db_table]
    execute("SET statement_timeout = 0")
    for table in tables:
        execute(f"VACUUM (ANALYZE) {table}")
    execute("RESET statement_timeout")
