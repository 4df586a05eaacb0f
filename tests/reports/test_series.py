"""Leads over time: every day a point, and small curves that sum to their row."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from reports.query import ReportQuery
from reports.report import run_report
from reports.series import DayPoint, daily_series, sparklines
from tests.factories import make_booking, make_lead


def at(day, month=3):
    return datetime(2026, month, day, 12, tzinfo=UTC)


@pytest.fixture
def march(company):
    for day in (1, 1, 2, 4, 31):
        lead = make_lead(company, "spring", received_at=at(day), utm_source="news")
        make_booking(lead, "completed" if day == 1 else "booked")
    make_lead(company, received_at=at(4))
    make_lead(company, "spring", kind="bot", received_at=at(4))
    make_lead(company, "autumn", received_at=at(28, month=2))
    return ReportQuery(company=company, start=date(2026, 3, 1), end=date(2026, 3, 31))


def test_every_day_of_the_period_is_a_point(march):
    points = daily_series(run_report(march))
    assert [point.day for point in points] == [date(2026, 3, day) for day in range(1, 32)]
    assert points[:4] == [
        DayPoint(date(2026, 3, 1), 2, 2, 2),
        DayPoint(date(2026, 3, 2), 1, 1, 0),
        DayPoint(date(2026, 3, 3), 0, 0, 0),
        DayPoint(date(2026, 3, 4), 2, 1, 0),
    ]
    assert points[-1].leads == 1


@pytest.mark.parametrize(
    "filters", [{}, {"sources": ("news",)}, {"search": "spring"}, {"statuses": ("ended",)}]
)
def test_the_days_sum_to_the_total(march, filters):
    report = run_report(replace(march, **filters))
    points = daily_series(report)
    total = report.total.values
    assert sum(point.leads for point in points) == total["leads"]
    assert sum(point.booked for point in points) == total["booked"]
    assert sum(point.completed for point in points) == total["completed"]


def test_the_days_of_the_period_before(march):
    report = run_report(replace(march, compare="previous"))
    points = daily_series(report, report.query.earlier())
    assert len(points) == 31
    assert [(point.day, point.leads) for point in points if point.leads] == [(date(2026, 2, 28), 1)]


@pytest.mark.parametrize("group_by", ["campaign", "source", "medium", "channel"])
@pytest.mark.parametrize(("days", "parts"), [(1, 1), (7, 7), (13, 13), (14, 7), (31, 11), (91, 13)])
def test_a_curve_has_at_most_13_equal_parts_and_sums_to_its_row(march, group_by, days, parts):
    end = march.start + timedelta(days=days - 1)
    report = run_report(replace(march, end=end, group_by=group_by))
    curves = sparklines(report, [row.key for row in report.rows])
    assert {row.key: row.leads for row in report.rows} == {
        key: sum(curve) for key, curve in curves.items()
    }
    assert {len(curve) for curve in curves.values()} <= {parts}


def test_the_parts_of_a_curve_by_hand(march):
    report = run_report(march)
    (row,) = report.rows
    # 31 days in parts of three: 1-3, 4-6, …, 31.
    assert sparklines(report, [row.key]) == {row.key: [3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1]}


def test_only_the_rows_that_are_asked_for_have_curves(march, django_assert_num_queries):
    report = run_report(march)
    with django_assert_num_queries(1):
        assert sparklines(report, ["999999"]) == {"999999": [0] * 11}
