"""How far a check or an import is, for the page that waits for it.

It is said on a connection of its own, as what the import itself writes is not seen before its
end. On SQLite nothing can be said while the import writes; by then most of the work is done.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from attribution.models import ImportRun

EVERY = 1.0  # seconds
SILENT = timedelta(seconds=20)  # after that nobody is at work on it any more
WHOLE = 1000
READING = 900  # of these thousandths, until all rows are read

_SAY = f"UPDATE {ImportRun._meta.db_table} SET progress = %s, alive_at = %s WHERE id = %s"  # noqa: S608


class Progress:
    """Says so every now and then; a run of nobody's is said nothing of."""

    def __init__(self, run_id: int | None = None, rows: int = 0) -> None:
        self._run_id = run_id
        self._rows = max(rows, 1)
        self._next = 0.0
        self._own: BaseDatabaseWrapper | None = None
        if run_id is not None and not connection.in_atomic_block:
            self._own = connection.copy()

    def rows(self, done: int) -> None:
        """So many rows have been read."""
        if self._own is not None and time.monotonic() >= self._next:
            self._say(self._own, min(READING, READING * done // self._rows))

    def _say(self, own: BaseDatabaseWrapper, thousandths: int) -> None:
        self._next = time.monotonic() + EVERY
        try:
            with own.cursor() as cursor:
                heard = connection.ops.adapt_datetimefield_value(datetime.now(UTC))
                cursor.execute(_SAY, [thousandths, heard, self._run_id])
        except DatabaseError:
            own.close()  # somebody else writes: next time

    def close(self) -> None:
        if self._own is not None:
            self._own.close()


@contextmanager
def progress_of(run_id: int | None, rows: int) -> Iterator[Progress]:
    found = Progress(run_id, rows)
    try:
        yield found
    finally:
        found.close()
