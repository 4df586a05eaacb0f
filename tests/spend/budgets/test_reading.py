"""What is read of budgets: groups, merged campaigns, missing rates, months."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from attribution.models import Campaign
from spend.budgets.pace import State
from spend.budgets.reading import budgets_between, spent_between, spent_by_month, standings
from spend.models import Budget
from tests.factories import make_campaign, make_company, make_spend
from tests.spend.budgets.conftest import OCTOBER, make_budget, make_group

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 11)


def standing(budget):
    return standings([budget], budget.company, TODAY)[0]


def test_lines_and_sources_count_together_and_a_group_adds_its_campaigns_up(company):
    one, two = make_campaign(company, "one"), make_campaign(company, "two")
    for line, day in (("media", 1), ("agency", 1), ("tools", 12)):
        make_spend(company, "one", 100, day=date(2026, 10, day), line=line)
    make_spend(company, "two", 7, day=date(2026, 10, 2))
    make_spend(company, "three", 9_000, day=date(2026, 10, 2))
    own = standing(make_budget(company, one))
    both = standing(make_budget(company, make_group(company, "both", one, two)))
    assert (own.pace.spent_minor, own.pace.later_minor) == (200, 100)
    assert (both.pace.spent_minor, both.pace.later_minor) == (207, 100)


def test_a_group_without_campaigns_has_no_spend(company):
    make_spend(company, "unmatched", 100, day=date(2026, 10, 2))
    found = standing(make_budget(company, make_group(company, "none")))
    assert (found.pace.spent_minor, found.pace.state) == (None, State.UNKNOWN)


def test_a_merged_campaign_counts_where_its_spend_counts(company):
    old, new = make_campaign(company, "old"), make_campaign(company, "new")
    newest = make_campaign(company, "newest")
    Campaign.objects.filter(pk=old.pk).update(merged_into=new)
    Campaign.objects.filter(pk=new.pk).update(merged_into=newest)
    make_spend(company, "newest", 100, day=date(2026, 10, 2))
    assert standing(make_budget(company, old)).pace.spent_minor == 100


def test_an_amount_without_rate_makes_the_sum_unknown_and_is_named(company):
    campaign = make_campaign(company, "one")
    make_spend(company, "one", 100, day=date(2026, 10, 1))
    make_spend(company, "one", None, original_minor=500, currency="USD", day=date(2026, 10, 2))
    found = standing(make_budget(company, campaign))
    assert (found.pace.spent_minor, found.missing) == (None, ("USD",))
    november = {"first_day": date(2026, 11, 1), "last_day": date(2026, 11, 30)}
    assert standing(make_budget(company, campaign, **november)).missing == ()


def test_an_entry_that_only_says_what_was_clicked_is_no_amount(company):
    campaign = make_campaign(company, "one")
    make_spend(company, "one", None, day=date(2026, 10, 1), clicks=5)
    assert standing(make_budget(company, campaign)).pace.spent_minor is None
    months = spent_by_month(company, date(2026, 10, 1), date(2026, 10, 31), [campaign.pk])
    assert months == {}


def test_spend_of_a_period_by_day_with_what_matches_nothing(company):
    campaign = make_campaign(company, "one")
    make_spend(company, "one", 100, day=date(2026, 10, 31))
    make_spend(company, "one", 5, day=date(2026, 11, 1))
    make_spend(company, "nobody", 30, day=date(2026, 10, 1))
    found = spent_between(company, OCTOBER["first_day"], OCTOBER["last_day"])
    assert found.known == {
        campaign.pk: {date(2026, 10, 31): 100},
        0: {date(2026, 10, 1): 30},
    }
    months = spent_by_month(company, date(2026, 1, 1), date(2026, 12, 31), [campaign.pk])
    assert months == {
        (campaign.pk, date(2026, 10, 1)): 100,
        (campaign.pk, date(2026, 11, 1)): 5,
    }


def test_budgets_of_a_period_are_those_with_a_day_in_it(company):
    other = make_company()
    inside = make_budget(company)
    quarter = make_budget(company, last_day=date(2026, 12, 31))
    make_budget(company, first_day=date(2026, 9, 1), last_day=date(2026, 9, 30))
    make_budget(other)
    found = budgets_between(company, date(2026, 10, 31), date(2026, 10, 31))
    assert set(found) == {inside, quarter}


def test_two_budgets_of_one_campaign_have_no_day_in_common(company):
    budget = make_budget(company)
    late = {"first_day": date(2026, 10, 31), "last_day": date(2026, 11, 30)}
    twin = Budget(company=company, campaign=budget.campaign, amount_minor=1, **late)
    with pytest.raises(ValidationError, match="has a budget for 2026-10-01 to 2026-10-31 already"):
        twin.full_clean()
    twin.first_day = date(2026, 11, 1)
    twin.full_clean()
    group = make_group(company, "its group", budget.campaign)
    Budget(company=company, group=group, amount_minor=1, **OCTOBER).full_clean()
