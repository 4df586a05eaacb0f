"""The report and its days as plain values, for readers over HTTP and MCP alike.

The values are those of `reports.serialize`, which `manage.py report --json` prints too.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from attribution.models import Company
from reports.answer import Report, Row
from reports.api import asking
from reports.api.paging import paged
from reports.api.problems import Problem, invalid
from reports.attributing.shares import Number
from reports.filters import PARAMETERS, Address
from reports.inner import Shown
from reports.metrics import METRICS
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_dict, plain
from reports.series import daily_series
from reports.sources import DayPoint

REPORT = "/api/v1/report"
LINKS = {"definitions": "/api/v1/definitions", "series": "/api/v1/report/series"}
# Parameters of the page that say nothing about days.
NOT_BY_DAY = (
    *("compare", "compare_from", "compare_to", "changes", "group"),
    *("sort", "cols", "rows", "page", "view"),
)
OF_SERIES = (*(name for name in PARAMETERS if name not in NOT_BY_DAY), "by", "metric")
METRICS_OF_SERIES = ("leads", "booked", "completed")
STEPS = ("day", "week")
NOT_OF_SERIES = {
    *("rows", "unattributed", "excluded", "unmatched_spend", "total", "outside_filters"),
    *("compared_with", "sort", "ranked_by", "group_by", "proof", "thin_below"),
}


def report_answer(parameters: QueryDict, company: Company) -> dict[str, Any]:
    """The report that the page would show for these parameters. Raises Problem."""
    asked = asking.asked(parameters, company)
    sort, columns = asking.sort_of(parameters), asking.columns_of(parameters)
    asking.rows_of(parameters)  # a page that cannot be is no reason to count
    asking.page_of(parameters)
    report = answered(asked.query, Shown(lambda found: _rows(found, sort, parameters)[0]))
    found = _page(report, sort, parameters)
    return only(found | {"links": _links(parameters, company)}, columns)


def _page(report: Report, sort: str, parameters: QueryDict) -> dict[str, Any]:
    """The report with the rows of one page: writing thousands takes longer than counting them.

    Rows in the order of a sort keep it when they are sorted again; only their ranks are of all.
    """
    ranking = report.ranking(sort)
    ranks = {row.key: place for place, row in enumerate(ranking.ranked, start=1)}
    rows, page = _rows(report, sort, parameters)
    found = as_dict(replace(report, rows=rows), sort)
    for shown, row in zip(found["rows"], rows, strict=True):
        shown["rank"] = ranks.get(row.key)
    return found | {"page": page}


def _rows(report: Report, sort: str, parameters: QueryDict) -> tuple[list[Row], dict[str, Any]]:
    return paged(list(report.ranking(sort)), parameters, REPORT)


def answered(query: ReportQuery, shown: Shown | None = None) -> Report:
    try:
        return run_report(query, shown=shown)
    except ValueError as problem:
        raise Problem(400, "invalid_value", str(problem)) from None


def only(shown: dict[str, Any], columns: frozenset[str]) -> dict[str, Any]:
    """The report with these metrics alone."""
    gone = METRICS.keys() - columns
    if not gone:
        return shown
    for row in (*shown["rows"], shown["unattributed"], shown["total"]):
        _without(row, gone)
    return shown


def _without(row: dict[str, Any], gone: Collection[str]) -> None:
    """The row, and what it is split into, without these metrics."""
    of_metrics = ("previous", "previous_at_same_age", "change", "intervals")
    for values in (row, *(row.get(one) or {} for one in of_metrics)):
        for name in gone:
            values.pop(name, None)
    for inner in row.get("rows", ()):
        _without(inner, gone)


def _links(parameters: QueryDict, company: Company) -> dict[str, str]:
    asked = [
        (name, value)
        for name, values in parameters.lists()
        if name not in ("company", "rows", "page", "cols")
        for value in values
    ]
    address = Address([("company", company.slug), *asked])
    return LINKS | {"page": f"{reverse('reports:overview')}{address}"}


def series_answer(parameters: QueryDict, company: Company) -> dict[str, Any]:
    """Leads, booked and completed of each day or week of the period. Raises Problem."""
    asked = asking.asked(parameters, company, OF_SERIES)
    by, metrics = _step(parameters), _metrics(parameters)
    report = answered(asked.query.alone())
    head = as_dict(replace(report, rows=[]))
    points = [
        {"from": first.isoformat(), "to": last.isoformat(), "maturing": last >= report.young_since}
        | {name: plain(sum_of(days, name)) for name in metrics}
        for first, last, days in steps(daily_series(report), by)
    ]
    return {name: value for name, value in head.items() if name not in NOT_OF_SERIES} | {
        "by": by,
        "metrics": list(metrics),
        "points": points,
        "total": {name: head["total"][name] for name in metrics},
        "links": {"definitions": LINKS["definitions"], "report": REPORT},
    }


def _step(parameters: QueryDict) -> str:
    by = parameters.get("by") or "day"
    if by not in STEPS:
        raise invalid("by", by, f"“{by[:60]}” is no step. There are: {', '.join(STEPS)}.")
    return by


def _metrics(parameters: QueryDict) -> tuple[str, ...]:
    names = [name for name in parameters.getlist("metric") if name]
    for name in names:
        if name not in METRICS_OF_SERIES:
            known = ", ".join(METRICS_OF_SERIES)
            raise invalid("metric", name, f"“{name[:60]}” has no days. There are: {known}.")
    return tuple(one for one in METRICS_OF_SERIES if one in names) or METRICS_OF_SERIES


def steps(days: Sequence[DayPoint], by: str) -> Iterator[tuple[date, date, Sequence[DayPoint]]]:
    """First day, last day and days of each step. Weeks begin on Monday; those at the ends of the
    period have only its days."""
    start = 0
    while start < len(days):
        first = days[start].day
        length = 1 if by == "day" else 7 - first.weekday()
        part = days[start : start + length]
        yield first, first + timedelta(days=len(part) - 1), part
        start += length


def sum_of(days: Sequence[DayPoint], metric: str) -> Number:
    total: Number = 0
    for day in days:
        total += getattr(day, metric)
    return total
