"""What a piece of work costs: CPU time of this process and of the database process behind it.

CPU time holds on a machine that others use too; wall time does not.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of CPU, medians of some runs."""

    own: float
    database: float  # 0 on SQLite, which works in this process
    total: float


def cost(work: Callable[[], object], runs: int, before: Callable[[], object] | None = None) -> Cost:
    """Run `work` so often; `before` prepares each run and is not counted."""
    measured = []
    for _ in range(runs):
        if before is not None:
            before()
        backend, process = backend_cpu(), time.process_time()
        work()
        own = (time.process_time() - process) * 1000
        measured.append((own, (backend_cpu() - backend) * 1000))
    return Cost(
        statistics.median(own for own, _ in measured),
        statistics.median(database for _, database in measured),
        statistics.median(map(sum, measured)),
    )


def backend_cpu() -> float:
    """CPU seconds so far of the PostgreSQL process that serves us; 0 on SQLite."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    return process_cpu(connection.connection.info.backend_pid)


def process_cpu(pid: int) -> float:
    """CPU seconds so far of a process of this machine, from the scheduler's statistics."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def one_process() -> None:
    """No parallel query: all work then happens in the process that is measured."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
