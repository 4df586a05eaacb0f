"""Parts add up to the cent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spend.formats import spread


def test_a_month_over_its_days():
    parts = spread(310_000, 31)
    assert parts == [10_000] * 31
    assert sum(parts[:10]) == 100_000


def test_what_is_left_over_is_spread_too():
    assert spread(100, 3) == [33, 34, 33]
    assert spread(-100, 3) == [-33, -34, -33]
    assert spread(2, 4) == [1, 0, 1, 0]
    assert spread(0, 2) == [0, 0]


def test_there_is_at_least_one_part():
    with pytest.raises(ValueError, match="1 part or more"):
        spread(100, 0)


@settings(max_examples=60, deadline=None)
@given(st.integers(-(10**13), 10**13), st.integers(1, 400))
def test_parts_add_up_and_differ_by_a_cent_at_most(minor, number):
    parts = spread(minor, number)
    assert (len(parts), sum(parts)) == (number, minor)
    assert max(parts) - min(parts) <= 1
    assert parts == [-part for part in spread(-minor, number)]
