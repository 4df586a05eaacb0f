"""Leads over time: the chart's days, and the small curves beside the rows."""

from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Any

from reports.answer import Report
from reports.attributing.shares import Number
from reports.dimensions import BY_CAMPAIGN, OF_LEADS
from reports.formatting import half_up
from reports.of_campaigns import Places
from reports.query import ReportQuery
from reports.rollup.tiers import Tiers, single_days, whole_months
from reports.sources import DayPoint

SPARKLINE_POINTS = 13
# Other rows are not told apart by one column.
WITH_CURVES = (*BY_CAMPAIGN, "source", "medium", *OF_LEADS)
MONTHS_FROM = 8  # whole months in the period: from here on a point of a small curve is a month


def daily_series(report: Report, query: ReportQuery | None = None) -> list[DayPoint]:
    """One point for each day of the report's period (or of `query`, the period compared with).

    The report's filters hold; days without leads are points too.
    """
    query = query or report.query
    found = {point.day: point for point in report.reader.day_points(query, report.campaigns)}
    days = (query.start + timedelta(days=n) for n in range(query.days))
    return [found.get(day) or DayPoint(day, 0, 0, 0) for day in days]


def sparklines(report: Report, keys: Collection[str]) -> dict[str, list[Number]]:
    """Counted leads of these rows, by row key, in up to 13 equal parts of the period.

    Long periods go by whole months; the days before the first and after the last one are left
    out, since a part of a month would look like a fall.
    """
    points, place, parts = _parts(report.query)
    if report.query.group_by not in WITH_CURVES:
        return {}
    curves: dict[str, list[Number]] = {key: [0] * points for key in keys}
    column, values, key_of = row_values(report, keys)
    for value, day, leads in report.reader.curves(report.campaigns, column, values, parts):
        curves[key_of(value)][place(day)] += leads
    if report.query.attribution.splits:
        return {key: list(map(_shown, curve)) for key, curve in curves.items()}
    return curves


def _parts(query: ReportQuery) -> tuple[int, Callable[[date], int], Tiers]:
    """How many points there are, which of them a day belongs to, and what is to be read."""
    months = whole_months(query.start, query.end)
    if months is not None:
        first, last = months.reach
        points = _months_between(first, last) + 1
        if points >= MONTHS_FROM:
            return points, lambda day: _months_between(first, day), months
    width = -(-query.days // SPARKLINE_POINTS)
    return (
        -(-query.days // width),
        lambda day: (day - query.start).days // width,
        single_days(query.start, query.end),
    )


def _shown(leads: Number) -> Number:
    return leads if isinstance(leads, int) else half_up(leads, 2)


def _months_between(first: date, day: date) -> int:
    return (day.year - first.year) * 12 + day.month - first.month


def row_values(
    report: Report, keys: Collection[str]
) -> tuple[str, Collection[Any], Callable[[Any], str]]:
    """The column that tells rows apart, its values for these rows, and the row of a value."""
    match report.query.group_by:
        case "campaign":
            return "campaign_id", [int(key) for key in keys], str
        case dimension if dimension in BY_CAMPAIGN:
            places = Places(report.query.company, dimension)
            rows = {one.id: places.row_of(one) for one in report.campaigns}
            shown = {pk: row for pk, row in rows.items() if row in keys}
            return "campaign_id", shown.keys(), shown.__getitem__
        case dimension:
            return OF_LEADS.get(dimension, dimension), keys, str
