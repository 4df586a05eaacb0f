"""Whether two shares differ by more than chance: against published examples and by hand."""

from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.comparing.difference import Share, by_chance, fisher, pairs

shares = st.integers(1, 60).flatmap(
    lambda total: st.builds(Share, st.integers(0, total), st.just(total))
)


def test_the_z_test_by_hand():
    """45 and 30 of 100: pooled 0.375, deviation 0.068465, 2.1909 of them apart."""
    assert by_chance(Share(45, 100), Share(30, 100)) == pytest.approx(0.02846, abs=1e-5)


@pytest.mark.parametrize(
    ("one", "other", "p"),
    [
        (Share(3, 4), Share(1, 4), 0.485714),  # Fisher's lady tasting tea, two-sided
        (Share(1, 10), Share(11, 14), 0.002759),
        (Share(0, 3), Share(0, 5), 1.0),
    ],
)
def test_fishers_test_as_published(one, other, p):
    assert fisher(one, other) == pytest.approx(p, abs=1e-6)


def test_few_are_left_to_fishers_test():
    one, other = Share(3, 4), Share(1, 4)
    assert by_chance(one, other) == fisher(one, other)


@given(shares, shares)
def test_fishers_test_with_whole_numbers(one, other):
    """The same without logarithms: tables that are no likelier, counted."""
    hits = one.hits + other.hits

    def ways(n):
        return comb(one.total, n) * comb(other.total, hits - n)

    possible = range(max(0, hits - other.total), min(hits, one.total) + 1)
    as_far = sum(ways(n) for n in possible if ways(n) <= ways(one.hits))
    assert fisher(one, other) == pytest.approx(as_far / comb(one.total + other.total, hits))


@given(shares, shares)
def test_it_does_not_matter_which_comes_first(one, other):
    assert by_chance(one, other) == pytest.approx(by_chance(other, one))
    assert 0 <= by_chance(one, other) <= 1 + 1e-12


def test_of_nothing_nothing_can_be_said():
    with pytest.raises(ValueError, match="share of nothing"):
        by_chance(Share(0, 0), Share(1, 2))


def test_who_looks_at_three_pairs_needs_more_for_a_difference():
    """The p-values 0.02846, 0.02846 and 1 become 0.0854, 0.0854 and 1 by the method of Holm."""
    alone = pairs([Share(45, 100), Share(30, 100)])
    assert [(pair.higher, pair.lower, pair.differs) for pair in alone] == [(0, 1, True)]
    three = pairs([Share(45, 100), Share(30, 100), Share(30, 100)])
    assert [pair.chance for pair in three] == pytest.approx([0.0854, 0.0854, 1.0], abs=1e-4)
    assert not any(pair.differs for pair in three)


@given(st.lists(shares, min_size=2, max_size=4))
def test_what_differs_among_several_differs_alone(several):
    for pair, (one, other) in zip(pairs(several), combinations(several, 2), strict=True):
        assert pair.chance >= by_chance(one, other) * (1 - 1e-12)
        high, low = several[pair.higher], several[pair.lower]
        assert high.hits * low.total >= low.hits * high.total


def test_what_is_unknown_is_compared_with_nothing():
    assert pairs([Share(1, 2), None, Share(0, 0)]) == []
