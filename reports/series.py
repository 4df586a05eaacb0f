"""Leads over time: the chart's days, and the small curves beside the rows."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from attribution import calendar
from attribution.models import Company, Lead
from reports import charts
from reports.answer import Report, Row
from reports.attributing.shares import Number
from reports.dimensions import BY_CAMPAIGN, OF_LEADS
from reports.formatting import half_up
from reports.of_campaigns import Places
from reports.periods import LONGEST_PERIOD
from reports.query import ReportQuery
from reports.rollup.tiers import Tiers, single_days, whole_months
from reports.sources import DayPoint
from reports.unusual import Expected, unusual_days, weeks_before

SPARKLINE_POINTS = 13
# Other rows are not told apart by one column.
WITH_CURVES = (*BY_CAMPAIGN, "source", "medium", *OF_LEADS)
MONTHS_FROM = 8  # whole months in the period: from here on a point of a small curve is a month


class ChartDays(NamedTuple):
    """What the chart shows: a point for each day, and which of the days are unusual."""

    now: list[DayPoint]
    before: list[DayPoint]  # the days compared with; empty without any
    unusual: dict[date, Expected]


def chart_days(report: Report, row: Row | None = None) -> ChartDays:
    """The days of the period, and those compared with; of one campaign with its row.

    Read at once, unless they lie too far apart, and with the eight weeks before the period where
    these say which of its days are unusual.
    """
    query, leads = report.query, (row or report.total).leads
    asked, compared = query.alone(), query.compared
    if row is not None and row.campaign is not None:
        asked = replace(asked, search=row.campaign.key)
        report = replace(report, campaigns=(row.campaign,))
    looks_back = marks_unusual(query, leads, of_campaign=row is not None)
    first = weeks_before(query.start) if looks_back else query.start
    if compared is not None and query.end - compared.start <= LONGEST_PERIOD:
        first = min(first, compared.start)
    found = daily_series(report, replace(asked, start=first))
    before: list[DayPoint] = []
    if compared is not None:
        is_far = compared.start < first
        asked = replace(asked, start=compared.start, end=compared.end)
        read = daily_series(report, asked) if is_far else found
        before = [one for one in read if compared.start <= one.day <= compared.end]
    unusual = unusual_of(query, found, first_day(query.company)) if looks_back else {}
    return ChartDays(found[-query.days :], before, unusual)


def marks_unusual(query: ReportQuery, leads: int, *, of_campaign: bool) -> bool:
    """Whether the chart of so many leads marks the days that are unusual.

    It does by the day of receipt, since outcomes are put down late, and where the weeks before
    are cheap to read: of one campaign, or from the sums that are kept.
    """
    if query.as_closed or query.basis != "received" or query.attribution.reads_touches:
        return False
    return (of_campaign or not query.reads_facts) and charts.bucket_days(query.days, leads) == 1


def unusual_of(
    query: ReportQuery, points: Iterable[DayPoint], first: date | None
) -> dict[date, Expected]:
    """The unusual days of the period; the points reach back far enough to tell. `first` is the
    company's first day with leads; without it nothing is known.
    """
    counts = {one.day: int(one.leads) for one in points}
    days = [day for day in counts if day >= query.start]
    today = calendar.today(query.company.zone)
    return unusual_days(days, counts, first, today)


def first_day(company: Company) -> date | None:
    """The first day on which the company had a lead; read, unless it was with the company."""
    if hasattr(company, "first_lead_on"):  # see `companies_of`
        read: date | None = company.first_lead_on
        return read
    days = Lead.objects.filter(company=company).order_by("day").values_list("day", flat=True)
    return days.first()


def daily_series(report: Report, query: ReportQuery | None = None) -> list[DayPoint]:
    """One point for each day of the report's period (or of `query`, the period compared with).

    The report's filters hold; days without leads are points too.
    """
    query = query or report.query
    found = {point.day: point for point in report.reader.day_points(query, report.campaigns)}
    days = (query.start + timedelta(days=n) for n in range(query.days))
    return [found.get(day) or DayPoint(day, 0, 0, 0) for day in days]


def has_curves(query: ReportQuery) -> bool:
    """Whether its rows have curves: of closed months no days are kept."""
    return query.group_by in WITH_CURVES and not query.as_closed


def sparklines(report: Report, keys: Collection[str]) -> dict[str, list[Number]]:
    """Counted leads of these rows, by row key, in up to 13 equal parts of the period.

    Long periods go by whole months; the days before the first and after the last one are left
    out, since a part of a month would look like a fall.
    """
    if not has_curves(report.query):
        return {}
    points, place, parts = _parts(report.query)
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
            places = Places(dimension)
            rows = {one.id: places.row_of(one) for one in report.campaigns}
            shown = {pk: row for pk, row in rows.items() if row in keys}
            return "campaign_id", shown.keys(), shown.__getitem__
        case dimension:
            return OF_LEADS.get(dimension, dimension), keys, str
