"""Thin, maturing and unknown rows are never ranked: for any metric, in either direction."""

from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from reports.metrics import METRICS
from reports.ranking import rank


@dataclass
class Line:
    """The least that can be ranked."""

    label: str
    value: Decimal | int | None
    thin: bool = False
    maturing: bool = False
    values: dict = field(default_factory=dict)

    def __post_init__(self):
        self.values = dict.fromkeys(METRICS, self.value)


def lines():
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
    ranking = rank(lines(), sign + name)
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
    ranking = rank(lines(), sign + name)
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
