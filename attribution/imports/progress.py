"""How far a check or an import is, for the page that waits for it, and that somebody is at work.

It is said by a thread with a connection of its own: what the import itself writes is not seen
before its end, and a long statement says nothing. While an import writes, SQLite lets nobody else
write; then nothing is said, and whoever would mark the run as dead has to wait for it, too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from django.db import DatabaseError, connection

from attribution.models import ImportRun

EVERY = 1.0  # seconds
SILENT = timedelta(seconds=30)  # after that nobody is at work on it any more
READING = 900  # of a thousand, until all rows are read
LEFT = 950  # of a run that is done: its rows are saved, and something is left to do for them

# A run that is done says by itself how far it is.
_SAY = f"""UPDATE {ImportRun._meta.db_table} SET progress = %s, alive_at = %s
            WHERE id = %s AND state <> '{ImportRun.State.DONE.value}'"""  # noqa: S608


class Progress:
    """Counts rows; where a run is to be heard of, a thread says so every second."""

    def __init__(self, run_id: int | None = None, rows: int = 0) -> None:
        self._run_id = run_id
        self._of = max(rows, 1)
        self._rows = 0
        self._over = Event()
        self._thread: Thread | None = None
        if run_id is not None and not connection.in_atomic_block:
            self._thread = Thread(target=self._speak, daemon=True)
            self._thread.start()

    def rows(self, done: int) -> None:
        """So many rows have been read; of a file that is read once more, no fewer than before."""
        self._rows = max(self._rows, done)

    @property
    def thousandths(self) -> int:
        """How far it is."""
        return min(READING, READING * self._rows // self._of)

    def close(self) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _speak(self) -> None:
        own = connection.copy()
        if own.vendor == "sqlite":
            own.settings_dict["OPTIONS"]["timeout"] = 0.2
        while not self._over.wait(EVERY):
            try:
                with own.cursor() as cursor:
                    heard = own.ops.adapt_datetimefield_value(datetime.now(UTC))
                    cursor.execute(_SAY, [self.thousandths, heard, self._run_id])
            except DatabaseError:
                own.close()  # somebody else writes: next time
        own.close()


@contextmanager
def progress_of(run_id: int | None, rows: int) -> Iterator[Progress]:
    """Inside, the run is heard of."""
    found = Progress(run_id, rows)
    try:
        yield found
    finally:
        found.close()
