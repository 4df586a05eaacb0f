"""What was expected of young rows, against what came: coverage of the ranges, and bias."""

import pytest

from tests.reports.maturity.histories import Pace, backtest

USUAL = Pace()
STEADY = {
    "60 leads": (USUAL, {}),
    "30 leads": (USUAL, {"leads": 30}),
    "400 leads": (USUAL, {"leads": 400, "companies": 4}),
    "rows that differ": (USUAL, {"leads": 200, "spread": 0.08}),
    "a fifth cancelled": (Pace(cancelled=0.2), {"leads": 200}),
    "two weeks, slow": (Pace(lag=15.0, rate=0.15), {"within": 14}),
}


@pytest.mark.parametrize(("pace", "values"), STEADY.values(), ids=STEADY)
def test_while_the_pace_stays_the_ranges_hold_what_they_promise(pace, values):
    for name, (held, error) in backtest(7, pace, **values).items():
        assert held >= 0.92, name
        assert abs(error) <= 0.02, name  # two points


CHANGED = {
    "half as slow again": (Pace(lag=5.0), Pace(lag=7.5)),
    "faster by three eighths": (Pace(lag=8.0), Pace(lag=5.0)),
}


@pytest.mark.parametrize(("old", "new"), CHANGED.values(), ids=CHANGED)
def test_two_months_after_a_change_of_pace_it_is_off_by_no_more_than_this(old, new):
    found = backtest(7, old, new, leads=200)
    for name, (held, error) in found.items():
        assert held >= 0.90, name
        assert abs(error) <= 0.05, name
    slower = new.lag > old.lag
    assert (found["booked_rate"][1] < 0) is slower  # slower: too little is expected
