"""Notes which closed months have changed, while the kept sums learn of it.

Every change of facts, by whatever way, leaves a mark (`reports.rollup.triggers`), and marks are
taken by a refresh: so this is where nothing can be missed, and it costs one statement.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from reports.models import ClosedMonth
from reports.rollup.sql import execute

_MONTHS = ClosedMonth._meta.db_table


def touch_taken(company_id: int) -> int:
    """The closed months with days of which a refresh has just taken marks; returns how many."""
    days = f"rollup_taken.day BETWEEN {_MONTHS}.month AND {_MONTHS}.last_day"
    return _touch(company_id, f" AND EXISTS (SELECT 1 FROM rollup_taken WHERE {days})")


def touch_all(company_id: int) -> int:
    """All of them: nobody knows what has changed."""
    return _touch(company_id)


def _touch(company_id: int, which: str = "") -> int:
    return execute(
        f"UPDATE {_MONTHS} SET touched = touched + 1"
        f" WHERE company_id = %s AND reopened_at IS NULL{which}",
        [company_id],
    )
