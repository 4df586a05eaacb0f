"""When a digest is due: weekdays, months and hours in the zone of the company."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.sending.schedule import following, latest

BERLIN, HOUR = ZoneInfo("Europe/Berlin"), timedelta(hours=1)


@dataclass(frozen=True)
class Plan:
    every: str = "week"
    weekday: int = 6
    day: int = 1
    hour: int = 8


def berlin(*parts, fold=0):
    return datetime(*parts, tzinfo=BERLIN, fold=fold)


@pytest.mark.parametrize(
    ("plan", "due"),
    [
        # The clocks go forward on Sunday, 29 March 2026, and back on Sunday, 25 October.
        (Plan(hour=8), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        (Plan(hour=2), datetime(2026, 3, 29, 1, tzinfo=UTC)),  # 2:00 is left out: it is 3:00
        (Plan(hour=8), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        (Plan(hour=2), datetime(2026, 10, 25, 0, tzinfo=UTC)),  # the first of two
        (Plan("month", day=28, hour=23), datetime(2026, 2, 28, 22, tzinfo=UTC)),
        (Plan("month", day=1, hour=0), datetime(2026, 5, 31, 22, tzinfo=UTC)),
    ],
)
def test_hours_are_the_companys_also_when_the_clocks_change(plan, due):
    assert following(plan, BERLIN, due - HOUR) == due
    assert latest(plan, BERLIN, due)[1] == due
    assert latest(plan, BERLIN, due - timedelta(microseconds=1))[1] < due


ZONES = ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
PLANS = st.builds(
    Plan,
    every=st.sampled_from(["week", "month"]),
    weekday=st.integers(0, 6),
    day=st.integers(1, 28),
    hour=st.integers(0, 23),
)


@settings(max_examples=40)
@given(
    plan=PLANS,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    start=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
)
def test_looked_at_every_hour_each_period_is_due_once(plan, zone, start):
    """Two months of hours, which hold a change of clocks often enough."""
    now = start.replace(tzinfo=UTC)
    seen: dict = {}
    for _ in range(60 * 24):
        day, instant = latest(plan, zone, now)
        assert instant <= now < following(plan, zone, now)
        assert seen.setdefault(day, instant) == instant
        now += HOUR
    days = sorted(seen)
    gaps = {(later - earlier).days for earlier, later in pairwise(days)}
    assert gaps <= ({7} if plan.every == "week" else {28, 29, 30, 31})
