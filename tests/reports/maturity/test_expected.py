"""What a row may come to: limits that hold whatever the numbers."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.maturity.curve import Curve
from reports.maturity.expected import Cell, both
from reports.maturity.kept import Lags
from reports.maturity.table import Waited

BOOKED = Curve("", "booked", (Waited(0, 1000, 50), Waited(3, 950, 150), Waited(60, 800, 0)))
COMPLETED = Curve("", "completed", (Waited(10, 1000, 150), Waited(60, 850, 0)))
NOTHING = Curve("", "completed", ())
LAGS = Lags(0, {"": BOOKED}, {"": COMPLETED}, ())


def test_old_leads_have_what_they_have():
    found = both(400, 100, 80, [Cell("", 59, 400, 100, 80)], LAGS)
    assert found["booked_rate"].rate == found["booked_rate"].low == Decimal("0.25")


def test_of_leads_of_today_the_usual_rate_is_expected():
    found = both(500, 12, 0, [Cell("", 0, 500, 12, 0)], LAGS)["booked_rate"]
    assert found.low < Decimal("0.2") < found.high
    assert abs(found.rate - Decimal("0.2")) < Decimal("0.06")


def test_without_a_curve_nothing_is_expected():
    lags = Lags(0, {"": NOTHING}, {"": NOTHING}, ())
    assert both(10, 2, 0, [Cell("", 1, 10, 2, 0)], lags) == {}
    assert both(0, 0, 0, [], LAGS) == {}
    assert set(both(9, 2, 0, [Cell("", 1, 9, 2, 0)], Lags(0, {"": BOOKED}, {"": NOTHING}, ()))) == {
        "booked_rate"
    }


def test_a_channel_with_a_curve_of_its_own_goes_by_it():
    quick = Curve("email", "booked", (Waited(0, 1000, 300), Waited(60, 700, 0)))
    lags = Lags(0, {"": BOOKED, "email": quick}, {"": COMPLETED}, ())
    slow = both(100, 20, 0, [Cell("paid_search", 2, 100, 20, 0)], lags)["booked_rate"]
    over = both(100, 20, 0, [Cell("email", 2, 100, 20, 0)], lags)["booked_rate"]
    assert over.rate == Decimal("0.2")
    assert slow.rate > Decimal("0.3")


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 70), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)),
        min_size=1,
        max_size=8,
        unique_by=lambda one: one[0],
    ),
    st.integers(0, 50),
    st.booleans(),
)
def test_the_rate_lies_in_its_range_and_none_below_what_is_there(cells, old, cancels):
    cells = [
        Cell("", age, leads, min(booked, leads), min(completed, booked, leads))
        for age, leads, booked, completed in cells
    ]
    sums = [old + sum(one[2] for one in cells), sum(one[3] for one in cells)]
    sums.append(sum(one[4] for one in cells))
    ages = (Waited(2, 100, 0), Waited(40, 400, 100)) if cancels else ()
    for name, one in both(*sums, cells, Lags(0, {"": BOOKED}, {"": COMPLETED}, ages)).items():
        assert 0 <= one.low <= one.rate <= one.high <= 1
        if name == "completed_rate" or not cancels:
            had = sums[1] if name == "booked_rate" else sums[2]
            assert one.rate >= Decimal(had) / sums[0] - Decimal("0.000001")
