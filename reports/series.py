"""Leads over time: the chart's days, and the small curves beside the rows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from reports.answer import Report
from reports.filtered import filtered_leads
from reports.query import ReportQuery
from reports.sources import PRIMARY, how_many

SPARKLINE_POINTS = 13
DIMENSION_COLUMNS = {
    "campaign": "campaign_id",
    "source": "source",
    "medium": "medium",
    "channel": "campaign__channel",
}


@dataclass(frozen=True, slots=True)
class DayPoint:
    """Counted leads of one day, and what became of them."""

    day: date
    leads: int
    booked: int
    completed: int


def daily_series(report: Report, query: ReportQuery | None = None) -> list[DayPoint]:
    """One point for each day of the report's period (or of `query`, the period compared with).

    The report's filters hold; days without leads are points too.
    """
    query = query or report.query
    rows = (
        filtered_leads(query, report.campaigns)
        .filter(PRIMARY)
        .values("day")
        .annotate(
            n=Count("*"),
            n_booked=how_many(Q(booked=True)),
            n_completed=how_many(Q(completed=True)),
        )
        .order_by()
    )
    found = {
        row["day"]: DayPoint(row["day"], row["n"], row["n_booked"], row["n_completed"])
        for row in rows
    }
    days = (query.start + timedelta(days=n) for n in range(query.days))
    return [found.get(day) or DayPoint(day, 0, 0, 0) for day in days]


def sparklines(report: Report, keys: Collection[str]) -> dict[str, list[int]]:
    """Counted leads of these rows in up to 13 equal parts of the period, by row key."""
    query = report.query
    width = -(-query.days // SPARKLINE_POINTS)
    parts = -(-query.days // width)
    column = DIMENSION_COLUMNS[query.group_by]
    curves = {key: [0] * parts for key in keys}
    rows = (
        filtered_leads(query, report.campaigns)
        .filter(PRIMARY, **{f"{column}__in": list(keys)})
        .values_list(column, "day")
        .annotate(n=Count("*"))
        .order_by()
    )
    for key, day, leads in rows:
        curves[str(key)][(day - query.start).days // width] += leads
    return curves
