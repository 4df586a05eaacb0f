"""One notice for each crossing, however often and by however many one looks."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from attribution.signals import facts_changed
from spend.budgets import notices
from spend.models import Budget, BudgetNotice, SpendEntry
from tests.factories import make_company, make_spend
from tests.spend.budgets.conftest import OCTOBER, make_budget, make_group

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 11)  # ten days are over


def kinds(budget, *, only_open=False):
    rows = BudgetNotice.objects.filter(budget=budget).order_by("pk")
    if only_open:
        rows = rows.filter(cleared_at=None)
    return [notice.kind for notice in rows]


@pytest.fixture
def budget(company):
    """31,000.00 for October."""
    return make_budget(company, amount_minor=3_100_000)


def spend(budget, minor, day=1):
    key = budget.campaign.key
    return make_spend(budget.company, key, minor, day=date(2026, 10, day), source=f"t{minor}")


def test_many_looks_one_notice(budget, company):
    spend(budget, 1_900_000)
    opened = [notices.look(company, DAY + timedelta(days=n // 3)) for n in range(6)]
    assert opened == [1, 0, 0, 0, 0, 0]
    notice = BudgetNotice.objects.get()
    assert (notice.kind, notice.day, notice.spent_minor) == ("over_pace", DAY, 1_900_000)
    assert notice.cleared_at is None


def test_off_and_on_again_are_two(budget, company):
    entry = spend(budget, 1_600_000)
    notices.look(company, DAY)
    SpendEntry.objects.filter(pk=entry.pk).update(amount_minor=1_000_000)
    notices.look(company, DAY)
    assert kinds(budget, only_open=True) == []
    SpendEntry.objects.filter(pk=entry.pk).update(amount_minor=1_600_000)
    notices.look(company, DAY)
    notices.look(company, DAY)
    assert kinds(budget) == ["over_pace", "over_pace"]
    assert kinds(budget, only_open=True) == ["over_pace"]


def test_over_budget_takes_the_place_of_over_pace_and_outlives_the_end(budget, company):
    spend(budget, 1_600_000)
    notices.look(company, DAY)
    spend(budget, 1_500_001, day=30)  # booked ahead, and committed
    notices.look(company, DAY)
    assert kinds(budget, only_open=True) == ["over_budget"]
    assert BudgetNotice.objects.get(cleared_at=None).spent_minor == 3_100_001
    notices.look(company, date(2026, 11, 20))
    assert kinds(budget, only_open=True) == ["over_budget"]
    assert notices.open_notices(company, date(2026, 11, 20)).count() == 1
    assert notices.open_notices(company, date(2026, 12, 20)).count() == 0


def test_a_pace_ends_with_the_budget(budget, company):
    spend(budget, 1)
    notices.look(company, DAY)
    assert kinds(budget, only_open=True) == ["under_pace"]
    notices.look(company, date(2026, 11, 1))
    assert kinds(budget, only_open=True) == []


def test_a_budget_that_is_moved_away_has_no_mark_any_more(budget, company):
    spend(budget, 1_600_000)
    notices.look(company, DAY)
    Budget.objects.update(first_day=date(2026, 12, 1), last_day=date(2026, 12, 31))
    notices.look(company, DAY)
    assert kinds(budget, only_open=True) == []


def test_while_a_rate_is_missing_nothing_is_decided(budget, company):
    spend(budget, 1_600_000)
    notices.look(company, DAY)
    key = budget.campaign.key
    make_spend(company, key, None, original_minor=100, currency="USD", day=DAY, source="usd")
    notices.look(company, DAY)
    assert kinds(budget) == kinds(budget, only_open=True) == ["over_pace"]


def test_two_who_look_at_once_open_one(budget, company, monkeypatch):
    spend(budget, 1_600_000)
    real = notices.standings

    def meanwhile(*args):
        found = real(*args)
        BudgetNotice.objects.create(
            company=company,
            budget=budget,
            kind="over_pace",
            day=DAY,
            spent_minor=1,
            crossed_at=timezone.now(),
        )
        monkeypatch.setattr(notices, "standings", real)
        return found

    monkeypatch.setattr(notices, "standings", meanwhile)
    notices.look(company, DAY)
    notices.look(company, DAY)
    assert kinds(budget) == ["over_pace"]


def test_the_database_allows_one_that_is_open(budget, company):
    mine = {"company": company, "kind": "over_pace", "day": DAY, "spent_minor": 1}
    rows = [BudgetNotice(budget=budget, crossed_at=timezone.now(), **mine) for _ in range(2)]
    BudgetNotice.objects.bulk_create(rows, ignore_conflicts=True)
    assert BudgetNotice.objects.count() == 1


def test_looked_at_once_a_day_and_after_every_import(budget, company, monkeypatch):
    monkeypatch.setattr("attribution.calendar.today", lambda zone: DAY)
    assert notices.is_due(company)
    notices.look(company)
    assert not notices.is_due(company)
    spend(budget, 1_600_000)
    facts_changed.send(sender=None, company_id=company.pk)
    assert kinds(budget) == ["over_pace"]
    monkeypatch.setattr("attribution.calendar.today", lambda zone: DAY + timedelta(days=1))
    assert notices.is_due(company)


def test_another_company_has_its_own(budget, company):
    other = make_company()
    foreign = make_budget(other, amount_minor=100)
    make_spend(other, foreign.campaign.key, 101, day=OCTOBER["first_day"])
    assert notices.look(company, DAY) == 0
    assert notices.look(other, DAY) == 1


def test_a_company_without_budgets_costs_one_query(company, django_assert_num_queries):
    with django_assert_num_queries(1):
        notices.look(company, DAY)


def test_many_budgets_cost_as_much_as_one(company, django_assert_max_num_queries):
    for number in range(5):
        one = make_budget(company, amount_minor=3_100_000)
        spend(one, 1_600_000 + number)
    make_budget(company, make_group(company, "all", one.campaign), 100)
    with django_assert_max_num_queries(12):
        assert notices.look(company, DAY) == 6
