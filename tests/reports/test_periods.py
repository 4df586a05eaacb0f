"""The days that a period is compared with."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.periods import Days, compared_days

MARCH = Days(date(2026, 3, 2), date(2026, 3, 29))  # four weeks, Monday to Sunday
days = st.dates(date(2005, 1, 1), date(2030, 12, 31))


def test_the_previous_period_is_as_long_and_ends_the_day_before():
    assert compared_days("previous", MARCH) == (date(2026, 2, 2), date(2026, 3, 1))


def test_last_year_has_the_same_weekdays():
    assert compared_days("year", MARCH) == (date(2025, 3, 3), date(2025, 3, 30))


@given(days, st.integers(0, 363), st.sampled_from(["previous", "year"]))
def test_what_is_compared_is_as_long_and_lies_before(start, more, how):
    period = Days(start, start + timedelta(days=more))
    found = compared_days(how, period)
    assert len(found) == len(period)
    assert found.end < period.start
    if how == "year" or len(period) % 7 == 0:
        assert found.start.weekday() == period.start.weekday()


def test_nothing_is_compared_with_nothing():
    assert compared_days("none", MARCH) is None


def test_other_days_may_be_fewer_and_lie_long_before():
    own = Days(date(2024, 12, 24), date(2024, 12, 26))
    assert compared_days("custom", MARCH, own) == own


@pytest.mark.parametrize(
    ("how", "period", "own", "problem"),
    [
        ("year", Days(date(2025, 1, 1), date(2025, 12, 31)), None, "must lie before the period"),
        ("custom", MARCH, None, "their first and their last day"),
        ("custom", MARCH, Days(date(2026, 3, 1), date(2026, 2, 1)), "comes before the first"),
        (
            *("custom", MARCH, Days(date(2026, 2, 1), date(2026, 3, 2))),
            "until 2026-03-01 at the latest",
        ),
        ("custom", MARCH, Days(date(1990, 2, 1), date(1990, 3, 2)), "twenty years back"),
        ("previous", Days(date(1, 1, 2), date(1, 1, 8)), None, "no period before"),
        ("last", MARCH, None, "no comparison named last"),
    ],
)
def test_an_impossible_comparison_is_refused(how, period, own, problem):
    with pytest.raises(ValueError, match=problem):
        compared_days(how, period, own)
