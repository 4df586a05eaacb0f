"""Pace, projection and months, by hand: 19,000.00 for October, read on several days."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spend.budgets.months import following, month_end, moved, part_of, same_day
from spend.budgets.pace import Plan, State, pace_of
from spend.budgets.projection import project

DAY = timedelta(days=1)
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
OCTOBER = Plan(FIRST, LAST, 1_900_000)
TEN_DAYS = Plan(FIRST, date(2026, 10, 10), 100_000)


def daily(amount, days, first=FIRST):
    return {first + DAY * number: amount for number in range(days)}


def state(plan, spent, today):
    """The state when all was spent on the first day."""
    return pace_of(plan, {plan.first: spent}, today).state


def test_a_day_counts_once_it_is_over():
    pace = pace_of(OCTOBER, daily(50_000, 12), date(2026, 10, 11))
    assert (pace.spent_minor, pace.later_minor, pace.recorded_minor) == (500_000, 100_000, 600_000)
    assert pace.time_share == Fraction(10, 31)
    assert pace.spent_share == Fraction(5, 19)
    assert pace.rest_minor == 1_300_000
    assert pace.rest_per_day_minor == 1_300_000 // 21  # the 11th to the 31st
    assert pace.state is State.ON_PACE


@pytest.mark.parametrize(
    ("spent", "day", "expected"),
    [
        (60_000, 5, State.ON_PACE),  # 60 % in the first 40 %: the mark itself is not over
        (60_001, 5, State.OVER_PACE),
        (60_001, 2, State.OVER_PACE),  # so much is too much at any time before
        (50_000, 3, State.ON_PACE),  # two days say nothing of a pace
        (45_001, 4, State.OVER_PACE),  # 45 % in the first 30 %
        (45_000, 4, State.ON_PACE),
        (40_000, 7, State.ON_PACE),  # 40 % in the first 60 %: the mirror
        (39_999, 7, State.UNDER_PACE),
        (20_000, 4, State.ON_PACE),
        (19_999, 4, State.UNDER_PACE),
        (0, 3, State.ON_PACE),
        (0, 4, State.UNDER_PACE),
        (100_000, 8, State.ON_PACE),  # after two thirds nothing but the budget itself is over
        (100_001, 8, State.OVER_BUDGET),
        (100_000, 11, State.ENDED),
        (100_001, 11, State.OVER_BUDGET),
        (0, 11, State.ENDED),
    ],
)
def test_the_marks_of_ten_days_and_1_000(spent, day, expected):
    assert state(TEN_DAYS, spent, date(2026, 10, day)) is expected


def test_before_its_first_day_a_budget_has_not_started_unless_too_much_is_booked():
    assert state(OCTOBER, 1_900_000, date(2026, 9, 30)) is State.NOT_STARTED
    assert state(OCTOBER, 1_900_001, date(2026, 9, 30)) is State.OVER_BUDGET
    assert pace_of(OCTOBER, {}, date(2026, 9, 30)).state is State.NOT_STARTED


def test_a_long_budget_is_judged_after_a_tenth_of_its_days():
    year = Plan(date(2026, 1, 1), date(2026, 12, 31), 1_200_000)
    fee = {date(2026, 1, 1): 100_000}  # 8.3 % on the first day: an agency's month
    assert pace_of(year, fee, date(2026, 1, 8)).state is State.ON_PACE
    assert pace_of(year, fee, date(2026, 2, 7)).state is State.ON_PACE  # 37 of 365 days
    assert pace_of(year, daily(0, 1, date(2026, 1, 1)), date(2026, 2, 6)).state is State.ON_PACE
    assert pace_of(year, daily(0, 1, date(2026, 1, 1)), date(2026, 2, 7)).state is State.UNDER_PACE


def test_what_nobody_reported_is_unknown_and_nought_is_nought():
    nothing = pace_of(OCTOBER, {}, date(2026, 10, 20))
    assert (nothing.spent_minor, nothing.rest_minor, nothing.projection) == (None, None, None)
    assert nothing.state is State.UNKNOWN
    nought = pace_of(OCTOBER, {FIRST: 0}, date(2026, 10, 20))
    assert (nought.spent_minor, nought.spent_share) == (0, 0)
    assert nought.state is State.UNDER_PACE
    missing = pace_of(OCTOBER, daily(100, 5), date(2026, 10, 20), is_known=False)
    assert (missing.spent_minor, missing.state) == (None, State.UNKNOWN)


def test_days_outside_the_budget_are_left_aside():
    around = {FIRST - DAY: 7, FIRST: 1, LAST: 2, LAST + DAY: 9}
    assert pace_of(OCTOBER, around, date(2026, 11, 5)).recorded_minor == 3


def test_a_budget_of_nought_has_no_share_and_is_over_with_the_first_cent():
    none = Plan(FIRST, LAST, 0)
    assert pace_of(none, {FIRST: 0}, date(2026, 10, 9)).spent_share is None
    assert state(none, 0, date(2026, 10, 9)) is State.ON_PACE
    assert state(none, 1, date(2026, 10, 9)) is State.OVER_BUDGET


class TestProjection:
    def of(self, amounts, left, recorded=None):
        over = [(FIRST + DAY * n, amount) for n, amount in enumerate(amounts)]
        to_come = [FIRST + DAY * (len(amounts) + n) for n in range(left)]
        spent = sum(amounts)
        return project(over, to_come, spent, spent if recorded is None else recorded)

    def test_three_days_by_hand(self):
        """Mean 200, s = 100; two days to come: 100·√(2 + 4/3) = 182.57; × 4.303 = 785.6."""
        found = self.of([100, 200, 300], 2)
        assert (found.minor, found.by_weekday) == (1000, False)
        assert found.high_minor == 1000 + 786
        assert found.low_minor == 600  # what is spent stays spent

    def test_two_days_are_too_few(self):
        assert self.of([100, 200], 5) is None

    def test_the_same_every_day_leaves_no_range(self):
        found = self.of([500] * 20, 11)
        assert (found.low_minor, found.minor, found.high_minor) == (15_500, 15_500, 15_500)

    def test_weekends_stay_quiet(self):
        """Two weeks of 100 on working days; 15 and 16 October 2026 are a Thursday and a Friday."""
        week = [0 if (FIRST + DAY * n).weekday() > 4 else 100 for n in range(14)]
        found = self.of(week, 4)  # Thursday to Sunday
        assert found.by_weekday
        assert (found.minor, found.low_minor, found.high_minor) == (1200, 1200, 1200)

    def test_weekdays_by_hand(self):
        """One weekday differs by 200 between the weeks: squares 2·100², freedom 7, s² = 2857.1."""
        amounts = [100] * 14
        amounts[0], amounts[7] = 0, 200
        found = self.of(amounts, 1)  # one more of that weekday: s²·(1 + 1/2), root 65.47, × 2.365
        assert found.minor == 1400 + 100
        assert (found.low_minor, found.high_minor) == (1400, 1500 + 155)

    def test_never_less_than_what_is_recorded_for_days_to_come(self):
        found = self.of([100] * 3, 1, recorded=5_000)
        assert (found.low_minor, found.minor, found.high_minor) == (5_000, 5_000, 5_000)

    def test_only_the_last_two_weeks_tell(self):
        assert self.of([9_999] * 10 + [100] * 14, 1).minor == 99_990 + 1_400 + 100


class TestMonths:
    def test_a_quarter_counts_by_days_in_each_month(self):
        quarter = date(2026, 10, 1), date(2026, 12, 31)
        parts = [
            part_of(9_200, *quarter, date(2026, month, 1), month_end(date(2026, month, 1)))
            for month in (9, 10, 11, 12)
        ]
        assert parts == [0, 3_100, 3_000, 3_100]

    @settings(max_examples=60)
    @given(st.integers(0, 10**9), st.integers(0, 400), st.lists(st.integers(0, 400), max_size=6))
    def test_parts_add_up_to_the_cent(self, amount, length, cuts):
        last = FIRST + DAY * length
        starts = sorted({FIRST, *(FIRST + DAY * cut for cut in cuts if cut <= length)})
        ends = [day - DAY for day in starts[1:]] + [last]
        parts = [part_of(amount, FIRST, last, *days) for days in zip(starts, ends, strict=True)]
        assert sum(parts) == amount
        assert part_of(amount, FIRST, last, FIRST - DAY * 9, last + DAY * 9) == amount

    @pytest.mark.parametrize(
        ("first", "last", "expected"),
        [
            ("2026-10-01", "2026-10-31", ("2026-11-01", "2026-11-30")),
            ("2026-01-01", "2026-01-31", ("2026-02-01", "2026-02-28")),
            ("2026-02-01", "2026-02-28", ("2026-03-01", "2026-03-31")),
            ("2026-12-01", "2026-12-31", ("2027-01-01", "2027-01-31")),
            ("2026-10-01", "2026-12-31", ("2027-01-01", "2027-03-31")),
            ("2026-10-15", "2026-11-14", ("2026-11-15", "2026-12-14")),
            ("2026-10-05", "2026-10-11", ("2026-10-12", "2026-10-18")),
        ],
    )
    def test_the_days_that_follow(self, first, last, expected):
        found = following(date.fromisoformat(first), date.fromisoformat(last))
        assert tuple(day.isoformat() for day in found) == expected

    def test_months_are_counted_over_new_year_and_short_ones(self):
        assert moved(date(2026, 11, 1), 3) == date(2027, 2, 1)
        assert moved(date(2026, 1, 1), -1) == date(2025, 12, 1)
        assert same_day(date(2026, 1, 31), 1) == date(2026, 2, 28)


@settings(max_examples=100)
@given(
    st.integers(1, 10**9),
    st.integers(1, 200),
    st.lists(st.integers(0, 10**7), max_size=60),
    st.integers(-5, 210),
)
def test_what_is_said_of_any_budget_holds_together(amount, days, amounts, ago):
    plan = Plan(FIRST, FIRST + DAY * (days - 1), amount)
    own = dict(enumerate(amounts))
    pace = pace_of(plan, {FIRST + DAY * n: one for n, one in own.items()}, FIRST + DAY * ago)
    inside = sum(one for n, one in own.items() if n < days)
    if not amounts:
        assert pace.spent_minor is None
        return
    assert pace.recorded_minor == inside
    assert pace.rest_minor == amount - inside
    assert 0 <= pace.time_share <= 1
    assert (pace.state is State.OVER_BUDGET) == (inside > amount)
    if pace.projection is not None:
        ends = pace.projection
        assert inside <= ends.low_minor <= ends.minor <= ends.high_minor
