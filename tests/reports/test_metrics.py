"""The registry of metrics: ratios of sums, unknown against nought, and Wilson's interval."""

from decimal import Decimal

import pytest

from reports.metrics import (
    COST_COLUMNS,
    DEFAULT_COLUMNS,
    LINE_COLUMNS,
    MEASURES,
    METRICS,
    RATIOS,
    Better,
    Figures,
    Ratio,
    Unit,
    intervals,
    wilson,
)

NOTHING = {
    "leads": 0,
    "booked": 0,
    "completed": 0,
    "revenue": Decimal(0),
    "spend": None,
    "impressions": None,
    "clicks": None,
    "sends": None,
    "opens": None,
    **dict.fromkeys(LINE_COLUMNS),
    "budget": None,
    "budget_spend": None,
    "target": None,
    "target_leads": None,
}
# 40 leads, 20 booked, 8 completed; 1,200.00 earned for 300.00.
SPRING = NOTHING | {
    "leads": 40,
    "booked": 20,
    "completed": 8,
    "revenue": Decimal("1200.00"),
    "spend": Decimal("300.00"),
    "impressions": 60_000,
    "clicks": 1_500,
    "sends": 500,
    "opens": 120,
    "budget": Decimal("500.00"),
    "budget_spend": Decimal("250.00"),
    "target": 50,
    "target_leads": 40,
}


def test_every_ratio_by_hand():
    values = Figures(SPRING)
    assert {ratio.name: values[ratio.name] for ratio in RATIOS} == {
        "booked_rate": Decimal("0.5"),
        "completed_rate": Decimal("0.2"),
        "show_rate": Decimal("0.4"),
        "cost_per_lead": Decimal("7.5"),
        "cost_per_booked": Decimal("15"),
        "cost_per_completed": Decimal("37.5"),
        "roas": Decimal("4"),
        "roi": Decimal("3"),
        "ctr": Decimal("0.025"),
        "cpc": Decimal("0.2"),
        "cpm": Decimal("5"),
        "open_rate": Decimal("0.24"),
        "budget_spent": Decimal("0.5"),
        "target_reached": Decimal("0.8"),
    }


def test_without_any_facts_every_ratio_is_unknown_and_every_count_is_nought():
    values = Figures(NOTHING)
    assert {ratio.name for ratio in RATIOS if values[ratio.name] is None} == {
        r.name for r in RATIOS
    }
    assert [values[name] for name in ("leads", "booked", "completed", "revenue")] == [0, 0, 0, 0]
    assert values["spend"] is None


def test_leads_without_spend_have_rates_but_no_costs():
    values = Figures(SPRING | {"spend": None})
    assert values["booked_rate"] == Decimal("0.5")
    unknown = {
        "cost_per_lead",
        "cost_per_booked",
        "cost_per_completed",
        "roas",
        "roi",
        "cpc",
        "cpm",
    }
    assert {name for name, value in values.items() if value is None} == unknown | {
        "spend"
    } | LINE_COLUMNS


def test_a_spend_of_nought_is_known_and_divides_nothing():
    values = Figures(SPRING | {"spend": Decimal(0)})
    assert values["cost_per_lead"] == 0
    assert values["roas"] is None
    assert values["roi"] is None


def test_spend_without_leads_has_no_cost_per_lead_and_a_total_loss():
    values = Figures(NOTHING | {"spend": Decimal("50.00")})
    assert values["cost_per_lead"] is None
    assert values["booked_rate"] is None
    assert (values["roas"], values["roi"]) == (0, -1)


def test_nothing_booked_is_a_rate_of_nought_and_an_unknown_show_rate():
    values = Figures(NOTHING | {"leads": 10})
    assert (values["booked_rate"], values["show_rate"]) == (0, None)


def test_values_stand_in_the_order_of_the_registry():
    assert list(Figures(SPRING)) == list(METRICS)


def test_every_ratio_names_measures():
    names = {measure.name for measure in MEASURES}
    for ratio in RATIOS:
        assert {ratio.top, ratio.bottom, ratio.minus or ratio.top} <= names


def test_costs_are_better_when_lower_and_everything_that_needs_spend_is_a_cost_column():
    lower = {name for name, metric in METRICS.items() if metric.better is Better.LOWER}
    assert lower == {"cost_per_lead", "cost_per_booked", "cost_per_completed", "cpc", "cpm"}
    assert METRICS["spend"].better is Better.NEITHER
    assert set(DEFAULT_COLUMNS) <= set(METRICS)
    for ratio in RATIOS:
        wanted = {ratio.top, ratio.bottom} & set(COST_COLUMNS)
        assert (ratio.name in COST_COLUMNS) == bool(wanted)


def test_only_what_bookings_move_ripens():
    ripening = {name for name, metric in METRICS.items() if metric.ripens}
    assert ripening == {
        "booked_rate",
        "completed_rate",
        "show_rate",
        "cost_per_booked",
        "cost_per_completed",
        "roas",
        "roi",
    }


def test_every_metric_says_what_it_is():
    for metric in METRICS.values():
        assert str(metric.label)
        assert str(metric.help).endswith(".")
    assert all(isinstance(METRICS[name].unit, Unit) for name in METRICS)
    assert isinstance(METRICS["roi"], Ratio)


# Wilson (1927); the values as published by Newcombe (1998) and in common tables.
@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        (1, 1, "20.7", "100.0"),
        (0, 1, "0.0", "79.3"),
        (8, 10, "49.0", "94.3"),
        (0, 10, "0.0", "27.8"),
        (10, 10, "72.2", "100.0"),
        (5, 10, "23.7", "76.3"),
        (81, 263, "25.5", "36.6"),  # Newcombe, table I
        (15, 148, "6.2", "16.0"),
        (0, 20, "0.0", "16.1"),
        (1, 29, "0.6", "17.2"),
    ],
)
def test_wilson_as_published(hits, total, low, high):
    found = [round(end * 100, 1) for end in wilson(hits, total)]
    assert found == [Decimal(low), Decimal(high)]


@pytest.mark.parametrize("total", [1, 2, 7, 30, 1000])
def test_wilson_is_symmetrical_holds_the_share_and_stays_between_nought_and_one(total):
    for hits in range(total + 1):
        low, high = wilson(hits, total)
        other_low, other_high = wilson(total - hits, total)
        assert abs(low - (1 - other_high)) < Decimal("1e-20")
        assert abs(high - (1 - other_low)) < Decimal("1e-20")
        assert 0 <= low <= Decimal(hits) / total <= high <= 1


@pytest.mark.parametrize(("hits", "total"), [(0, 0), (2, 1), (-1, 5)])
def test_what_is_no_share_has_no_interval(hits, total):
    with pytest.raises(ValueError, match="is no share"):
        wilson(hits, total)


def test_each_known_share_has_its_interval():
    found = intervals(Figures(SPRING))
    assert set(found) == {"booked_rate", "completed_rate", "show_rate", "ctr", "open_rate"}
    assert found["completed_rate"] == wilson(8, 40)
    assert found["show_rate"] == wilson(8, 20)
    assert intervals(Figures(NOTHING)) == {}


def test_more_clicks_than_impressions_is_no_share():
    assert "ctr" not in intervals(Figures(SPRING | {"impressions": 10}))
