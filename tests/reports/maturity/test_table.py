"""The life table and its curve, with sums done by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.maturity.cancelling import Cancelling
from reports.maturity.curve import Curve
from reports.maturity.table import Waited, life_table

TODAY = date(2026, 6, 1)
LAST = TODAY - timedelta(days=1)


def ago(days):
    return TODAY - timedelta(days=days)


def test_each_day_of_waiting_counts_the_leads_that_were_watched_through_it():
    # Ten leads of three days ago (watched on days 0, 1 and 2), six of yesterday (on day 0).
    leads = [(ago(3), 10), (ago(1), 6)]
    outcomes = [(ago(3), 0), (ago(3), 0), (ago(3), 2), (ago(1), 0)]
    assert list(life_table(leads, outcomes, ago(30), LAST)) == [(0, 16, 3), (2, 8, 1)]


def test_the_share_of_all_is_the_product_of_what_is_left():
    # 13/16 are left after day 0, and of these 7/8 after day 2.
    curve = Curve("", "booked", (Waited(0, 160, 30), Waited(2, 80, 10)))
    left = [1 - curve.had(day) for day in (-1, 0, 1, 2, 9)]
    assert left == pytest.approx([1, 13 / 16, 13 / 16, 91 / 128, 91 / 128])
    assert curve.share(0) == pytest.approx(0.1875 / 0.2890625)


def test_what_happens_today_is_not_counted_yet():
    leads, outcomes = [(ago(2), 5), (TODAY, 3)], [(ago(2), 2), (TODAY, 0)]
    assert list(life_table(leads, outcomes, ago(30), LAST)) == [(1, 5, 0)]


def test_of_old_leads_only_the_waiting_within_the_period_counts():
    # Leads of ten days ago in a period of five days: days 5 to 9 of their waiting are watched.
    leads, outcomes = [(ago(10), 8)], [(ago(10), 3), (ago(10), 6)]
    assert list(life_table(leads, outcomes, ago(5), LAST)) == [(6, 7, 1), (9, 6, 0)]


def test_leads_of_yesterday_do_not_draw_the_curve_down():
    old = [(ago(50 + n), 10) for n in range(40)]
    had = [(day, 4) for day, _ in old for _ in range(5)]
    before = Curve("", "booked", tuple(life_table(old, had, ago(180), LAST)))
    with_young = [*old, (ago(1), 5000)]
    after = Curve("", "booked", tuple(life_table(with_young, had, ago(180), LAST)))
    assert before.final == after.final == 0.5
    assert (after.median, after.p80) == (4, 4)


def test_too_few_outcomes_and_too_short_a_time_are_not_known():
    few = Curve("", "booked", (Waited(0, 990, 99), Waited(30, 891, 0)))
    short = Curve("", "booked", (Waited(0, 900, 100), Waited(9, 800, 100), Waited(20, 700, 0)))
    long = Curve("", "booked", (*short.table[:2], Waited(29, 700, 0)))
    assert (few.median, few.p80, short.p80, long.p80) == (None, None, None, 9)
    assert Curve("", "booked", ()).p80 is None
    assert Curve("", "booked", ()).share(3) == 0


def test_bookings_still_to_be_cancelled_are_as_many_as_old_ones_were():
    booked = Curve("", "booked", (Waited(0, 1000, 400), Waited(60, 600, 0)))
    completed = Curve("", "completed", (Waited(10, 1000, 300), Waited(60, 600, 0)))
    ages = (Waited(2, 100, 0), Waited(40, 400, 100))
    found = Cancelling(ages, booked, completed)
    assert found.share == 0.25
    assert (found.stays(2), found.stays(40)) == (0.75, 1)
    at_once = Cancelling((Waited(2, 100, 25), Waited(40, 400, 100)), booked, completed)
    assert at_once.stays(2) == 1


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.lists(st.none() | st.integers(0, 400), max_size=6)),
        max_size=12,
    ),
    st.integers(1, 200),
)
def test_it_is_what_counting_lead_by_lead_gives(cohorts, period):
    leads = [(ago(age), len(waits)) for age, waits in cohorts]
    outcomes = [(ago(age), one) for age, waits in cohorts for one in waits if one is not None]
    found = {one.days: one for one in life_table(leads, outcomes, ago(period), LAST)}
    for days in range(365):
        at_risk = events = 0
        for age, waits in cohorts:
            if age - period <= days <= age - 1:
                at_risk += sum(one is None or one >= days for one in waits)
                events += waits.count(days)
        if days in found:
            assert (found[days].at_risk, found[days].events) == (at_risk, events)
        else:
            assert not events
