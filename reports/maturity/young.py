"""Rows that mature: their young leads by age, and the final rates that these may come to.

One query, and only when a row matures. Readers that split leads, or that say what would be after
a repair, do not know ages: their rows mature without an expectation.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from attribution import calendar
from reports.answer import Report, Row
from reports.maturity.expected import (
    TOTAL_WEIGHS,
    USUAL_WEIGHS,
    Cell,
    both,
)
from reports.maturity.kept import Lags
from reports.series import WITH_CURVES, row_values
from reports.sources import Aged

Key = tuple[str, int]  # channel and age


def add_expected(report: Report) -> None:
    """Gives each row that matures its expected final rates; also the total, where it does."""
    rows = [row for row in report.rows if row.maturing]
    if not report.lags.are_known or not (rows or report.total.maturing):
        return
    if report.query.group_by not in WITH_CURVES:
        return
    cells = _cells(report, [row.key for row in rows])
    for row in rows:
        _tell(row, cells.get(row.key, {}), report.lags)
    if report.total.maturing:
        _tell(report.total, cells[""], report.lags, TOTAL_WEIGHS)


def _tell(row: Row, cells: dict[Key, list[int]], lags: Lags, weighs: float = USUAL_WEIGHS) -> None:
    found = [Cell(*key, *numbers) for key, numbers in sorted(cells.items())]
    tally = row.tally
    counts = tally.lead_parts, tally.booked_parts, tally.completed_parts
    row.expected = both(*counts, found, lags, weighs)


def _cells(report: Report, keys: Collection[str]) -> dict[str, dict[Key, list[int]]]:
    """By the key of a row, and under the empty key of all leads: added up by channel and age."""
    channels = {one.id: one.channel for one in report.campaigns}
    column, values, key_of = row_values(report, keys)
    known = set(values)
    today = calendar.today(report.query.company.zone)
    found: dict[str, dict[Key, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    for one in _aged(report, column, None if report.total.maturing else known, today):
        place = channels.get(one.campaign_id or 0, ""), (today - one.day).days
        rows = [""]
        if one.value in known:
            rows.append(key_of(one.value))
        for row in rows:
            cell = found[row][place]
            for nth, number in enumerate((one.leads, one.booked, one.completed)):
                cell[nth] += number
    return found


def _aged(
    report: Report, column: str, values: Collection[Any] | None, today: date
) -> Iterable[Aged]:
    """All leads of the period that are young enough for an outcome, or those of these values."""
    first = max(report.query.start, today - timedelta(days=report.lags.ripe))
    last = min(report.query.end, today)
    if first > last:
        return ()
    return report.reader.aged(report.campaigns, column, values, first, last)
