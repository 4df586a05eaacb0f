"""Thin, maturing and unknown rows are never ranked: for any metric, in either direction."""

from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.cautious import rank_value, ranked_by_end, said
from reports.chance import count_range, share_range, wilson
from reports.metrics import METRICS, Figures
from reports.ranking import rank


@dataclass
class Line:
    """The least that can be ranked."""

    label: str
    value: Decimal | int | None
    thin: bool = False
    maturing: bool = False
    values: dict = field(default_factory=dict)

    @property
    def order(self):
        return self.label.casefold()

    def __post_init__(self):
        self.values = dict.fromkeys(METRICS, self.value)


def lines(name="label"):
    """Where a share or a cost is asked for, each of so many that chance hardly matters."""
    found = _lines()
    if ranked_by_end(name):
        for line in found:
            line.values[METRICS[name].bottom] = 1_000_000
    return found


def _lines():
    return [
        Line("Small hit", Decimal(999), thin=True),
        Line("Middle", Decimal(5)),
        Line("Unknown", None),
        Line("Young", Decimal(700), maturing=True),
        Line("Best", Decimal(9)),
        Line("Small miss", Decimal(-999), thin=True),
        Line("Small unknown", None, thin=True, maturing=True),
        Line("Nought", 0),
        Line("Young unknown", None, maturing=True),
    ]


def names(rows):
    return [row.label for row in rows]


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("sign", ["", "-"])
def test_only_known_values_of_enough_leads_are_ranked(name, sign):
    ranking = rank(lines(name), sign + name)
    ripens = METRICS[name].ripens
    wanted = ["Nought", "Middle", "Best", *([] if ripens else ["Young"])]
    assert names(ranking.ranked) == (wanted[::-1] if sign else wanted)
    assert names(ranking.unranked) == ["Unknown", *([] if ripens else ["Young unknown"])]
    assert names(ranking.maturing) == (["Young", "Young unknown"] if ripens else [])
    thin = ["Small miss", "Small hit"]
    assert names(ranking.thin) == [*(thin[::-1] if sign else thin), "Small unknown"]


@pytest.mark.parametrize("name", [*METRICS, "label"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_every_row_is_there_once_and_thin_ones_come_last(name, sign):
    ranking = rank(lines(name), sign + name)
    assert sorted(names(ranking)) == sorted(names(lines()))
    assert {row.label for row in list(ranking)[-3:]} == {"Small hit", "Small miss", "Small unknown"}


def test_names_are_sorted_whatever_their_case():
    rows = [Line("beta", 1), Line("Alpha", 1), Line("alpha 2", 1)]
    assert names(rank(rows, "label").ranked) == ["Alpha", "alpha 2", "beta"]
    assert names(rank(rows, "-label").ranked) == ["beta", "alpha 2", "Alpha"]


@pytest.mark.parametrize("sign", ["", "-"])
def test_equal_values_keep_their_order_in_either_direction(sign):
    rows = [Line(name, 7) for name in "cab"]
    assert names(rank(rows, f"{sign}leads").ranked) == ["c", "a", "b"]


@pytest.mark.parametrize("sort", ["", "-", "name", "--leads", "leads__lt", "values"])
def test_any_other_name_is_refused(sort):
    with pytest.raises(ValueError, match="cannot be sorted by"):
        rank(lines(), sort)


def test_nothing_is_ranked_without_rows():
    assert list(rank([], "-leads")) == []


def figures(leads, booked, spend=0):
    """The metrics of a row of so many leads."""
    return Figures(
        dict.fromkeys(METRICS, 0) | {"leads": leads, "booked": booked, "spend": Decimal(spend)}
    )


def place(*rows, sort):
    """The order of rows given as (name, leads, booked, spend)."""
    found = []
    for label, *numbers in rows:
        line = Line(label, 0)
        line.values = figures(*numbers)
        found.append(line)
    return names(rank(found, sort).ranked)


def test_one_of_one_does_not_come_before_forty_of_a_hundred():
    few, many = ("1 of 1", 1, 1), ("40 of 100", 100, 40)
    assert place(few, many, sort="-booked_rate") == ["40 of 100", "1 of 1"]
    assert place(("0 of 1", 1, 0), ("9 of 100", 100, 9), sort="booked_rate")[0] == "9 of 100"


def test_one_cheap_booking_does_not_come_before_a_hundred_dearer_ones():
    """1 for 10 may have been luck: up to 56 each. 100 for 20 each are 24 at most."""
    rows = ("1 for 10", 5, 1, 10), ("100 for 20", 500, 100, 2_000)
    assert place(*rows, sort="cost_per_booked") == ["100 for 20", "1 for 10"]
    rows = ("1 for 50", 5, 1, 50), ("100 for 20", 500, 100, 2_000)
    assert place(*rows, sort="-cost_per_booked") == ["100 for 20", "1 for 50"]


@given(st.integers(1, 10_000), st.integers(0, 10_000))
def test_the_order_is_that_of_the_interval_that_is_shown(total, hits):
    hits %= total + 1
    low, high = wilson(hits, total)
    assert share_range(hits, total) == (
        pytest.approx(float(low), abs=1e-9),
        pytest.approx(float(high), abs=1e-9),
    )


def test_the_range_of_a_count_is_what_a_score_test_does_not_reject():
    """At both ends the distance is 1.96 standard deviations of the Poisson count."""
    for end in count_range(25):
        assert abs(25 - end) / end**0.5 == pytest.approx(1.959963984540054)


@given(st.integers(1, 500), st.integers(0, 500), st.integers(1, 500), st.integers(0, 500))
def test_who_is_surely_better_comes_first(n, hits, m, others):
    one, two = figures(n, hits % (n + 1)), figures(m, others % (m + 1))
    (low, _), (_, high) = (wilson(row["booked"], row["leads"]) for row in (one, two))
    if low > high:
        ends = [rank_value(row, "booked_rate", descending=True) for row in (one, two)]
        assert ends[0] > ends[1]


def test_it_is_said_by_what_rows_are_ranked():
    assert "lower end" in said("-booked_rate")
    assert "upper end" in said("cost_per_lead")
    assert said("-leads") == said("label") == said("-roas") == ""
