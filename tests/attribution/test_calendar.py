"""Days and half hours on the days when clocks change."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from attribution import calendar, scope
from attribution.models import Lead
from reports.query import ReportQuery
from reports.report import run_report
from reports.series import daily_series
from tests.factories import make_company

# Zone, day of the change, its first instant in UTC by hand, and its hours.
CHANGES = [
    ("Europe/Zurich", date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
    ("Europe/Zurich", date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
    ("America/St_Johns", date(2026, 3, 8), datetime(2026, 3, 8, 3, 30, tzinfo=UTC), 23),
    ("America/St_Johns", date(2026, 11, 1), datetime(2026, 11, 1, 2, 30, tzinfo=UTC), 25),
    ("Australia/Lord_Howe", date(2026, 4, 5), datetime(2026, 4, 4, 13, tzinfo=UTC), 24.5),
    ("Australia/Lord_Howe", date(2026, 10, 4), datetime(2026, 10, 3, 13, 30, tzinfo=UTC), 23.5),
    ("Asia/Kathmandu", date(2026, 3, 29), datetime(2026, 3, 28, 18, 15, tzinfo=UTC), 24),
    ("Asia/Kathmandu", date(2026, 10, 25), datetime(2026, 10, 24, 18, 15, tzinfo=UTC), 24),
]


def around(first):
    """Every 30 minutes from a day before this instant to almost two days after it."""
    return [first + timedelta(minutes=30 * n) for n in range(-48, 94)]


def day_by_hand(instant, day, first, hours):
    if instant < first:
        return day - timedelta(days=1)
    return day if instant < first + timedelta(hours=hours) else day + timedelta(days=1)


@pytest.mark.parametrize(("name", "day", "first", "hours"), CHANGES)
def test_every_half_hour_around_a_change_has_its_day_and_its_own_slot(name, day, first, hours):
    instants = around(first)
    found = [calendar.day_and_slot(instant, ZoneInfo(name)) for instant in instants]
    assert [found_day for found_day, _ in found] == [
        day_by_hand(instant, day, first, hours) for instant in instants
    ]
    assert len({slot for _, slot in found}) == len(found)  # the two 02:00 hours stay apart


@pytest.mark.parametrize(("name", "day", "first", "hours"), CHANGES)
def test_leads_every_half_hour_fall_on_their_day_and_the_days_sum_to_the_leads(
    db, name, day, first, hours
):
    with scope.all_companies():
        company = make_company(timezone=name)
        instants = around(first)
        Lead.objects.bulk_create(
            Lead(company=company, external_id=str(n), received_at=instant)
            for n, instant in enumerate(instants)
        )
        start, end = day - timedelta(days=2), day + timedelta(days=2)
        report = run_report(ReportQuery(company=company, start=start, end=end))
        leads = {point.day: point.leads for point in daily_series(report)}
    wanted = Counter(day_by_hand(instant, day, first, hours) for instant in instants)
    assert leads == {start: 0, end: 0} | wanted
    assert leads[day] == hours * 2
    assert sum(leads.values()) == report.total.leads == len(instants)


def test_slots_are_half_hours_since_1970():
    zone = ZoneInfo("UTC")
    assert calendar.day_and_slot(datetime(1970, 1, 1, 0, 29, 59, tzinfo=UTC), zone)[1] == 0
    assert calendar.day_and_slot(datetime(1970, 1, 2, 0, 30, tzinfo=UTC), zone)[1] == 49


def test_midnight_belongs_to_the_new_day_of_the_company():
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC)
    assert calendar.day_and_slot(before, berlin)[0] == date(2026, 6, 30)
    assert calendar.day_and_slot(before + timedelta(seconds=1), berlin)[0] == date(2026, 7, 1)


def test_a_clock_may_run_ten_minutes_ahead():
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        assert not calendar.is_ahead(now + timedelta(minutes=10))
        assert calendar.is_ahead(now + timedelta(minutes=10, seconds=1))


def test_today_is_the_day_of_the_company():
    with time_machine.travel(datetime(2026, 3, 2, 23, 30, tzinfo=UTC), tick=False):
        assert calendar.today(ZoneInfo("Pacific/Auckland")) == date(2026, 3, 3)
        assert calendar.today(ZoneInfo("America/New_York")) == date(2026, 3, 2)
