"""Times what a report reads: the statements themselves, and the reader that sends them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection

from attribution.models import Company
from bench.clock import cost
from bench.ranges import RANGES
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup.reader import RollupReader
from reports.snapshot import snapshot

Statement = tuple[str, Any]
YOUNG_DAYS = timedelta(days=10)  # leads that may still book, as a report of these days asks


def time_sums(company: Company, runs: int) -> dict[str, dict[str, Any]]:
    """By range: CPU of the statements with their rows fetched, and of the whole report."""
    found = {}
    for name, (first, last) in RANGES.items():
        query = ReportQuery(company=company, start=first, end=last, counts=False, by_line=False)
        asked = statements(partial(read, query))
        sql = cost(partial(replay, asked), runs)
        reading = cost(partial(read, query), runs)
        report = cost(partial(run_report, query), runs)
        found[name] = {
            "sql": asdict(sql),
            "reader": asdict(reading),
            "report": asdict(report),
            "statements": len(asked),
            "rows": replay(asked),
        }
    return found


def read(query: ReportQuery) -> None:
    """The groups that a report is made of. Raises when the sums cannot be used."""
    with snapshot():
        leads, spend = RollupReader(query).groups(query.end - YOUNG_DAYS)
        list(leads), list(spend)


def statements(work: Callable[[], object]) -> list[Statement]:
    """What it asks the database, in order; not the beginning and end of its transaction."""
    asked: list[Statement] = []
    with connection.execute_wrapper(partial(_noted, asked)):
        work()
    return [one for one in asked if one[0].lstrip().upper().startswith(("SELECT", "("))]


def _noted(
    asked: list[Statement], execute: Callable[..., Any], sql: str, params: Any, *rest: Any
) -> Any:
    asked.append((sql, params))
    return execute(sql, params, *rest)


def replay(asked: Sequence[Statement]) -> int:
    """Ask the same again and fetch every row; returns how many there are."""
    number = 0
    with connection.cursor() as cursor:
        for sql, params in asked:
            cursor.execute(sql, params)
            number += len(cursor.fetchall())
    return number
