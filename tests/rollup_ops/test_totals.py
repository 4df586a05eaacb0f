"""Totals of months, weekdays and years, for all campaigns and for some: the same, two ways."""

from datetime import date

import pytest

from attribution import scope
from reports.rollup.refresh import refresh
from reports.rollup.sums import SPEND
from reports.rollup.tiers import Tier
from reports.rollup.totals import build_month, build_year
from tests.factories import make_campaign, make_company, make_spend

pytestmark = pytest.mark.django_db
SPENT = {
    date(2026, 1, 5): 100,  # a Monday
    date(2026, 1, 6): 20,
    date(2026, 1, 12): 3,  # the next Monday
    date(2026, 1, 31): 4_000,
    date(2026, 5, 31): 50_000,
}


@pytest.fixture
def company():
    with scope.all_companies():
        company = make_company()
        make_campaign(company, "a")
        for day, minor in SPENT.items():
            make_spend(company, "a", minor, day=day, clicks=1)
        make_spend(company, "nobody's", 7, day=date(2026, 2, 28))
        refresh(company.pk)
        yield company


def totals(tier, campaign):
    """Until when, amount, clicks, and for how many entries."""
    rows = SPEND.tables[tier].objects.filter(campaign_id=campaign).order_by("day")
    return [
        (day.month, day.day, minor, clicks, entries)
        for day, minor, clicks, entries in rows.values_list(
            "day", "amount_minor", "clicks", "entries"
        )
    ]


@pytest.mark.parametrize("all_at_once", [True, False], ids=["all", "some"])
def test_each_adds_up_what_came_before_it(company, all_at_once):
    campaign = company.campaign_set.get().pk
    campaigns = None if all_at_once else {campaign, 0}
    for tier in (Tier.MONTH, Tier.WEEKDAY, Tier.YEAR):
        SPEND.tables[tier].objects.all().delete()
    for month in range(1, 6):
        build_month(SPEND, company.pk, date(2026, month, 1), campaigns)
    build_year(SPEND, company.pk, 2026, campaigns)
    assert totals(Tier.MONTH, campaign) == [
        (1, 5, 100, 1, 1),
        (1, 10, 100 + 20, 2, 2),
        *((1, day, 100 + 20 + 3, 3, 3) for day in (15, 20, 25)),
        (1, 31, 100 + 20 + 3 + 4_000, 4, 4),
        (5, 31, 50_000, 1, 1),
    ]
    assert totals(Tier.WEEKDAY, campaign) == [
        (1, 26, 100 + 3, 2, 2),
        (1, 27, 20, 1, 1),
        (1, 31, 4_000, 1, 1),
        (5, 31, 50_000, 1, 1),
    ]
    assert totals(Tier.YEAR, campaign) == [
        (3, 31, 4_123, 4, 4),
        *((month, day, 4_123 + 50_000, 5, 5) for month, day in ((6, 30), (9, 30), (12, 31))),
    ]
    assert totals(Tier.MONTH, 0) == totals(Tier.WEEKDAY, 0) == [(2, 28, 7, 0, 1)]
    assert totals(Tier.YEAR, 0) == [
        (month, day, 7, 0, 1) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))
    ]
