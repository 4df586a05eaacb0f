"""Days that are unusual: told by one rule, marked in charts, and read as the report is."""

import html
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from xml.etree import ElementTree

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attribution import scope
from attribution.models import Company
from reports import charts
from reports.facts import FactReader
from reports.pdf import chart as on_paper
from reports.periods import Days
from reports.plainly import view_for
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup.reader import RollupReader
from reports.rollup.refresh import refresh
from reports.series import DayPoint, chart_days
from reports.unusual import Expected, unusual_days
from tests.factories import make_company, make_lead, make_user
from tests.reports.by_hand import JUNE
from tests.reports.march import ADDRESS

TODAY = JUNE.date()  # a Monday
SPIKE = date(2026, 5, 20)
USUAL = Expected(0, 13, 6.0)  # around 6 by three times its root, 7.35
MOST_QUERIES = 15


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def rows(module_rows):
    """Six leads a day for twelve weeks; twenty on the spike, and today, which is not over."""
    with module_rows(), time_machine.travel(JUNE, tick=False), scope.all_companies():
        company = make_company()
        for ago in range(84):
            day = TODAY - timedelta(days=ago)
            for _ in range(20 if day in (SPIKE, TODAY) else 6):
                make_lead(company, "spring", received_at=noon(day), utm_source="google")
        return company.pk


@pytest.fixture
def acme(rows, db):
    with time_machine.travel(JUNE, tick=False), scope.company_scope([rows]):
        yield Company.objects.get(pk=rows)


def ask(company, **values):
    start = TODAY - timedelta(days=27)
    return run_report(ReportQuery(company=company, start=start, end=TODAY, **values))


def test_the_days_outside_what_they_let_expect():
    counts = {TODAY - timedelta(days=ago): 6 for ago in range(70)}
    counts |= {SPIKE: 14, TODAY: 99, date(2026, 5, 21): 13}
    days = [TODAY - timedelta(days=ago) for ago in range(28)]
    assert unusual_days(days, counts, date(2020, 1, 1), TODAY) == {SPIKE: USUAL}
    late = SPIKE - timedelta(weeks=5)  # five weeks are too few
    assert unusual_days(days, counts, late, TODAY) == {}


def drawn(counts, unusual):
    first = date(2026, 5, 4)
    series = [DayPoint(first + timedelta(days=n), leads, 0, 0) for n, leads in enumerate(counts)]
    return charts.leads_chart(series, [], lambda start, end: "/x", None, (), unusual)


def test_an_unusual_day_has_a_ring_and_says_so_in_words():
    chart = drawn([6] * 16 + [20] + [6] * 11, {SPIKE: USUAL})
    points = [
        one for one in ElementTree.fromstring(chart.svg).iter("a") if one.find("circle") is not None
    ]
    ringed = [one for one in points if one.find("circle").get("class") == "cp-unusual"]
    assert [one.get("aria-label") for one in ringed] == [
        "Wed 20 May, 20 leads, 0 booked, unusual, expected 0–13"
    ]
    [row] = [row for row in chart.numbers.splitlines() if "unusual" in row]
    assert '20</a> <span class="cp-range">unusual, expected 0–13</span>' in row
    assert "same weekdays of eight weeks before" in chart.unusual_means
    assert [row.bucket.start for row in chart.unusual] == [SPIKE]


def test_weeks_have_no_mark_and_without_one_nothing_is_explained():
    for counts, unusual in (([1] * 16 + [20] + [1] * 11, {SPIKE: USUAL}), ([6] * 28, {})):
        chart = drawn(counts, unusual)
        assert "unusual" not in chart.svg + chart.numbers + chart.unusual_means


def test_whoever_reads_the_report_finds_the_same_day(acme):
    refresh(acme.pk)
    long_ago = Days(date(2010, 5, 3), date(2010, 5, 9))
    for values, compared in (
        ({}, 0),
        ({"compare": "previous"}, 28),
        ({"compare": "year"}, 28),
        ({"compare": "custom", "own_days": long_ago}, 7),
        ({"sources": ("google",)}, 0),
    ):
        report = ask(acme, **values)
        assert isinstance(report.reader, RollupReader)
        counted = replace(report, reader=FactReader(report.query))
        for one, row in product((report, counted), (None, report.rows[0])):
            days = chart_days(one, row)
            assert days.unusual == {SPIKE: USUAL}
            assert (len(days.now), len(days.before)) == (28, compared)


def test_of_days_before_the_question_the_latest_is_read_too(acme):
    """A lead that the sums do not know yet, eight weeks before the period."""
    refresh(acme.pk)
    early = SPIKE - timedelta(weeks=8)
    make_lead(acme, "spring", received_at=noon(early), utm_source="google")
    for values in ({}, {"sources": ("google",)}):
        report = ask(acme, **values)
        wide = replace(report.query, start=early)
        read, counted = (
            {point.day: point for point in reader.day_points(wide, report.campaigns)}
            for reader in (report.reader, FactReader(report.query))
        )
        assert isinstance(report.reader, RollupReader)
        assert read == counted
        assert read[early].leads == 7


@pytest.mark.parametrize(
    "values",
    [
        {"basis": "booked"},  # what became of a lead is put down late
        {"model": "first"},
        {"countries": ("",)},  # all leads would have to be read one by one
        {"also": ("test",)},
    ],
    ids=str,
)
def test_where_it_is_dear_or_cannot_be_told_nothing_is_marked(acme, values):
    assert chart_days(ask(acme, **values)).unusual == {}


def test_the_page_and_the_paper_mark_it(client, acme):
    refresh(acme.pk)
    client.force_login(make_user(acme, "owner", username="reader"))
    asked = {"period": "28d", "compare": "none"}
    client.get(ADDRESS, asked)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(ADDRESS, asked)
    assert len(queries) <= MOST_QUERIES
    text = html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode()))
    assert "Unusual: outside what the same weekdays of eight weeks before let expect" in text
    assert page.content.decode().count('class="cp-unusual"') == 2  # the day and the legend
    reader = acme.membership_set.get(user__username="reader").user
    view = view_for(reader, acme, "period=28d&compare=none")
    for row in (None, view.report.rows[0]):
        chart = on_paper.chart_of(view, row)
        assert on_paper.unusual_days(chart) == "Wed 20 May: 20, unusual, expected 0–13"
        assert on_paper.drawn(chart).count(f'fill="none" stroke="{on_paper.UNUSUAL}"') == 1
        assert on_paper.legend(chart)[-1][1] == chart.unusual_means


def test_a_question_about_the_first_weeks_of_the_calendar_is_answered(acme):
    first = date(1, 2, 10)
    report = run_report(ReportQuery(company=acme, start=first, end=first))
    assert chart_days(report).unusual == {}
