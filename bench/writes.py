"""What the marks cost those who write leads: the same writes with the triggers on and off.

On and off take turns, so that both meet the same machine. What is written is deleted afterwards,
but the sums must be made anew: some of it left no mark.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection, transaction

from attribution.models import Company, Lead
from bench.clock import backend_cpu, process_cpu
from bench.load import LEAD, copy_rows, tidy_up

COPIED = 200_000
INSERTED = 2_000
WRITERS = 16
SECONDS = 3
COLUMNS = tuple(name for name in LEAD if name not in ("id", "external_id"))
INSERT = (
    f"INSERT INTO attribution_lead (external_id, {', '.join(COLUMNS)})"
    f" VALUES (%s, {', '.join(['%s'] * len(COLUMNS))})"
)
Row = tuple[Any, ...]


def time_writes(company: Company, runs: int) -> dict[str, dict[str, float]]:
    """Each kind of write with marks and without, and the ratio of the two."""
    rows = _newest(company)
    last = Lead.objects.order_by("-pk").values_list("pk", flat=True)[0]
    found = {
        "copy": _compared(lambda: _copy(rows), runs),
        "insert": _compared(lambda: _insert(rows), runs),
        "writers": _compared(lambda: _write_together(rows), runs),
    }
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM attribution_lead WHERE id > %s", [last])
    tidy_up(Lead)
    return found


def _compared(work: Callable[[], float], runs: int) -> dict[str, float]:
    found: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(2 * runs):
        on = turn % 2 == 0
        with marks(on):
            found[on].append(work())
    marked, bare = statistics.median(found[True]), statistics.median(found[False])
    return {"marked": marked, "bare": bare, "ratio": marked / bare}


@contextmanager
def marks(on: bool) -> Iterator[None]:
    """Triggers that leave marks, or none for a while."""
    _switch("ENABLE" if on else "DISABLE")
    try:
        yield
    finally:
        _switch("ENABLE")


def _switch(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE attribution_lead {word} TRIGGER rollup_mark_lead_insert")


def _newest(company: Company) -> list[Row]:
    """Leads like the newest ones; their ids are given when they are written."""
    with connection.cursor() as cursor:
        # As text, so that each goes back in whatever it is.
        names = ", ".join(f"{name}::text" for name in COLUMNS)
        cursor.execute(
            f"SELECT {names} FROM attribution_lead WHERE company_id = %s"
            " ORDER BY received_at DESC LIMIT 10000",
            [company.pk],
        )
        return cursor.fetchall()


def _ids() -> Iterator[str]:
    run = uuid4().hex
    return (f"{run}-{number}" for number in range(10**9))


def _copy(rows: list[Row]) -> float:
    """Rows a second of the database's CPU, in one COPY that is rolled back."""
    named = (
        (name, *rows[number % len(rows)])
        for number, name in zip(range(COPIED), _ids(), strict=False)
    )
    with transaction.atomic():
        before = backend_cpu()
        copy_rows(f"COPY attribution_lead (external_id, {', '.join(COLUMNS)}) FROM STDIN", named)
        spent = backend_cpu() - before
        transaction.set_rollback(True)
    return COPIED / spent


def _insert(rows: list[Row]) -> float:
    """Microseconds of the database's CPU for one lead in a transaction of its own."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        pid = other.info.backend_pid
        before = process_cpu(pid)
        for number, name in zip(range(INSERTED), _ids(), strict=False):
            other.execute(INSERT, (name, *rows[number % len(rows)]), prepare=True)
        return (process_cpu(pid) - before) / INSERTED * 1e6


def _write_together(rows: list[Row]) -> float:
    """Transactions a second (wall) of writers that each hold theirs open for 5 ms."""
    until = time.perf_counter() + SECONDS
    with ThreadPoolExecutor(WRITERS) as pool:
        numbers = pool.map(lambda _: _write_until(until, rows), range(WRITERS))
        return sum(numbers) / SECONDS


def _write_until(until: float, rows: list[Row]) -> int:
    number = 0
    with psycopg.connect(
        os.environ["DATABASE_URL"], autocommit=True, cursor_factory=psycopg.ClientCursor
    ) as other:
        for number, name in enumerate(_ids()):
            if time.perf_counter() > until:
                break
            # One message, so one transaction: the lock and the mark stay for these 5 ms.
            other.execute(f"{INSERT}; SELECT pg_sleep(0.005)", (name, *rows[number % len(rows)]))
    return number
