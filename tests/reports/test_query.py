"""Periods, the period before, and what the filters of a query let pass."""

from datetime import date

import pytest

from attribution.models import Campaign, Company
from reports.periods import resolve_period
from reports.query import ReportQuery

ACME = Company(pk=1, name="Acme")
TODAY = date(2026, 3, 15)


def query(**values):
    return ReportQuery(
        **{"company": ACME, "start": date(2026, 3, 1), "end": date(2026, 3, 7)} | values
    )


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("7d", date(2026, 3, 9), TODAY),
        ("28d", date(2026, 2, 16), TODAY),
        ("91d", date(2025, 12, 15), TODAY),
        ("364d", date(2025, 3, 17), TODAY),
        ("this-month", date(2026, 3, 1), TODAY),
        ("last-month", date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_a_period_by_its_name(name, start, end):
    assert resolve_period(name, TODAY) == (start, end)


def test_last_month_in_january_is_december_of_the_year_before():
    assert resolve_period("last-month", date(2026, 1, 1)) == (date(2025, 12, 1), date(2025, 12, 31))


def test_a_custom_period_needs_both_days():
    days = date(2026, 1, 5), date(2026, 1, 6)
    assert resolve_period("custom", TODAY, *days) == days
    with pytest.raises(ValueError, match="its first and its last day"):
        resolve_period("custom", TODAY, days[0], None)


def test_a_period_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="no period named 13d"):
        resolve_period("13d", TODAY)


def test_the_previous_period_is_as_long_and_ends_the_day_before():
    before = query(compare="previous", sources=("google",)).earlier()
    assert (before.start, before.end) == (date(2026, 2, 22), date(2026, 2, 28))
    assert (before.days, before.compare, before.sources) == (7, "none", ("google",))


def test_both_days_belong_to_the_period():
    assert query(start=date(2026, 3, 1), end=date(2026, 3, 1)).days == 1


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"end": date(2026, 2, 28)}, "before the first"),
        ({"start": date(2010, 1, 1)}, "longer than ten years"),
        ({"end": date(9999, 12, 31), "start": date(9999, 12, 1)}, "2199 at the latest"),
        (
            {"start": date(1, 1, 7), "end": date(1, 1, 13), "compare": "previous"},
            "no period before",
        ),
        ({"group_by": "utm_content"}, "cannot be grouped by utm_content"),
    ],
)
def test_an_impossible_question_is_refused(values, problem):
    with pytest.raises(ValueError, match=problem):
        query(**values)


def test_the_earliest_period_that_has_one_before_it():
    week = query(start=date(1, 1, 8), end=date(1, 1, 14), compare="previous")
    assert week.earlier().start == date.min


SPRING = Campaign(key="spring sale", name="Frühling", channel="email", status="paused")


@pytest.mark.parametrize(
    ("filters", "passes", "without_campaign"),
    [
        ({}, True, True),
        ({"channels": ("email", "sms")}, True, False),
        ({"channels": ("sms",)}, False, False),
        ({"statuses": ("paused",)}, True, False),
        ({"statuses": ("active",)}, False, False),
        ({"campaigns": ("winter", "spring sale")}, True, False),
        ({"campaigns": ("spring",)}, False, False),
        ({"search": "FRÜH"}, True, False),
        ({"search": "g sal"}, True, False),
        ({"search": "winter"}, False, False),
        ({"channels": ("email",), "statuses": ("active",)}, False, False),
        ({"sources": ("google",)}, True, True),
    ],
)
def test_filters_that_look_at_campaigns(filters, passes, without_campaign):
    assert query(**filters).takes_campaign(SPRING) is passes
    assert query(**filters).takes_campaign(None) is without_campaign


def test_filters_on_source_and_medium_both_hold():
    both = query(sources=("google", "bing"), mediums=("cpc",))
    assert both.takes_utm("bing", "cpc")
    assert not both.takes_utm("bing", "")
    assert not both.takes_utm("", "cpc")
    assert query().takes_utm("", "")
