"""Progress against time and against the target: sums done by hand."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from reports.targets.progress import Goal, Progress, State, Sums, in_units

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 10)  # ten days
NOON = date(2026, 3, 8)  # seven of them are over


def progress(metric, value, today=NOON, thin_below=30, **sums):
    return Progress(Goal(metric, value, FIRST, LAST), Sums(**sums), today, thin_below)


def test_leads_are_held_against_the_time_that_is_gone():
    behind = progress("leads", 100, leads=62)
    assert (behind.share, behind.time_share) == (Fraction(62, 100), Fraction(7, 10))
    assert behind.state is State.BEHIND
    assert progress("leads", 100, leads=70).state is State.ON_COURSE
    assert progress("leads", 100, leads=100).state is State.REACHED


def test_the_first_day_is_not_behind_and_the_days_after_the_last_are_missed():
    assert progress("leads", 100, today=FIRST, leads=0).state is State.ON_COURSE
    assert progress("leads", 100, today=date(2026, 2, 28)).state is State.NOT_STARTED
    ended = progress("leads", 100, today=date(2026, 3, 11), leads=99)
    assert (ended.state, ended.time_share) == (State.MISSED, 1)
    assert progress("leads", 100, today=LAST, leads=89).state is State.BEHIND  # 9 of 10 days


def test_revenue_in_minor_units_and_unknown_without_a_rate_of_exchange():
    found = progress("revenue", 10_000, leads=5, revenue_minor=6_999)
    assert (found.share, found.state) == (Fraction(6_999, 10_000), State.BEHIND)
    unknown = progress("revenue", 10_000, leads=5, revenue_minor=None)
    assert (unknown.share, unknown.state) == (None, State.UNKNOWN)


@pytest.mark.parametrize(
    ("metric", "value", "sums", "reached", "state"),
    [
        ("cost_per_lead", 1_200, {"spend_minor": 49_700, "leads": 35}, 1_420, State.ABOVE),
        ("cost_per_lead", 1_420, {"spend_minor": 49_700, "leads": 35}, 1_420, State.WITHIN),
        ("cost_per_booked", 5_000, {"spend_minor": 49_700, "leads": 35}, None, State.UNKNOWN),
        (
            "cost_per_booked",
            5_000,
            {"spend_minor": 49_700, "leads": 35, "booked": 7},
            7_100,
            State.ABOVE,
        ),
        ("cost_per_lead", 1_200, {"leads": 35}, None, State.UNKNOWN),
        ("cost_per_lead", 1_200, {"spend_minor": 1, "leads": 29}, Fraction(1, 29), State.TOO_FEW),
        (
            "roas",
            250,
            {"spend_minor": 10_000, "revenue_minor": 24_000, "leads": 30},
            240,
            State.BELOW,
        ),
        (
            "roas",
            240,
            {"spend_minor": 10_000, "revenue_minor": 24_000, "leads": 30},
            240,
            State.REACHED,
        ),
        (
            "roas",
            240,
            {"spend_minor": 0, "revenue_minor": 24_000, "leads": 30},
            None,
            State.UNKNOWN,
        ),
    ],
)
def test_costs_and_returns_are_held_against_the_target_itself(metric, value, sums, reached, state):
    found = progress(metric, value, **sums)
    assert (found.reached, found.state) == (reached, state)
    assert found.share is None


def test_what_ripens_is_so_far_while_one_lead_in_twenty_is_young():
    assert not progress("booked", 9, leads=20, booked=1, young=1).is_so_far
    assert progress("booked", 9, leads=19, booked=1, young=1).is_so_far
    assert not progress("leads", 9, leads=1, young=1).is_so_far
    assert not progress("cost_per_lead", 9, leads=1, young=1).is_so_far


def test_amounts_as_the_metric_has_them():
    assert in_units(100, "leads", 2) == 100
    assert in_units(1_420, "cost_per_lead", 2) == Decimal("14.20")
    assert in_units(1_420, "revenue", 0) == 1_420  # a currency without a minor unit
    assert in_units(250, "roas", 0) == Decimal("2.5")
    assert in_units(None, "roas", 2) is None


@settings(max_examples=40)
@given(
    value=some.integers(1, 500),
    leads=some.integers(0, 600),
    gone=some.integers(-3, 15),
)
def test_behind_is_exactly_a_smaller_share_than_that_of_the_time(value, leads, gone):
    found = progress("leads", value, date.fromordinal(FIRST.toordinal() + gone), leads=leads)
    running = FIRST <= found.today <= LAST
    if running and leads < value:
        late = leads * 10 < value * gone
        assert (found.state is State.BEHIND) == late
    assert (found.state is State.REACHED) == (leads >= value)
