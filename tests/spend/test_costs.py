"""Shared costs: the parts are the whole, to the cent, whatever is split over whatever."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from attribution.models import ExchangeRate
from attribution.repair.apply import save
from attribution.repair.intents import Merge
from reports.query import ReportQuery
from reports.report import run_report
from spend import costs
from spend.formats.spreading import spread
from spend.models import Cost, CostShare, SpendEntry, SpendRevision
from tests.factories import make_campaign, make_spend, make_user

JULY = {"first_day": date(2026, 7, 1), "last_day": date(2026, 7, 31)}


def make_cost(company, minor, *shares, **values):
    """A cost of July 2026 and its entries. Shares: campaigns, or pairs of a campaign and weight."""
    given = {"name": "Agency", "recorded_minor": minor, **JULY} | values
    cost = Cost.objects.create(company=company, **given)
    pairs = (share if isinstance(share, tuple) else (share, 1) for share in shares)
    costs.set_shares(cost, dict(pairs))
    costs.make(cost, None)
    return cost


def entries(cost):
    """(campaign key, day of the month) → minor units as recorded."""
    rows = SpendEntry.objects.filter(cost=cost)
    return {(row.campaign_key, row.day.day): row.recorded_minor for row in rows}


def state(cost):
    rows = SpendEntry.objects.filter(cost=cost).order_by("day", "campaign_key")
    return list(rows.values_list("pk", "version", "campaign_key", "day", "amount_minor"))


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(1, 1_000_000), min_size=1, max_size=12),
    st.integers(1, 400),
)
def test_any_amount_weights_and_days_add_up_and_stay_within_a_cent(minor, weights, days):
    amounts = costs.split(minor, weights)
    assert sum(amounts) == minor
    for amount, weight in zip(amounts, weights, strict=True):
        assert abs(amount - Fraction(minor * weight, sum(weights))) < 1
        assert sum(spread(amount, days)) == amount
    assert costs.split(-minor, weights) == [-amount for amount in amounts]


def test_100_in_thirds_is_shared_in_the_order_of_the_shares():
    assert costs.split(100_00, [1, 1, 1]) == [3333, 3334, 3333]
    assert costs.split(100, [1, 3]) == [25, 75]
    assert costs.split(-5, [1, 1]) == [-3, -2]  # as 5 is 3 and 2


@pytest.mark.on_sqlite
def test_whatever_a_cost_becomes_its_entries_are_its_amount(company):
    chance = Random(5)
    campaigns = [make_campaign(company, key) for key in "abc"]
    cost = make_cost(company, 1, campaigns[0])
    for _ in range(15):
        days, some = chance.randint(1, 20), chance.sample(campaigns, chance.randint(1, 3))
        cost.recorded_minor = chance.randint(-(10**9), 10**9)
        cost.last_day = cost.first_day + timedelta(days=days - 1)
        cost.save()
        costs.set_shares(cost, {campaign: chance.randint(1, 9) for campaign in some})
        costs.make(cost, None)
        rows = SpendEntry.objects.filter(cost=cost)
        assert sum(row.amount_minor for row in rows) == cost.recorded_minor
        assert {row.day for row in rows} <= {cost.first_day + timedelta(n) for n in range(days)}
        assert {row.campaign_id for row in rows} == {campaign.pk for campaign in some}
        before = state(cost)
        assert costs.make(cost, None) == (0, 0, 0)
        assert state(cost) == before


def test_ten_days_of_a_31_day_month_of_3100_are_1000(company):
    campaign = make_campaign(company, "spring")
    make_cost(company, 3_100_00, campaign)
    query = ReportQuery(company=company, start=date(2026, 7, 1), end=date(2026, 7, 10))
    report = run_report(query)
    assert report.total.values["spend"] == Decimal("1000.00")
    [row] = [row for row in report.rows if row.key == str(campaign.pk)]
    assert row.values["spend"] == Decimal("1000.00")


def test_each_campaign_bears_its_weight_and_each_entry_says_where_it_is_from(company):
    one, two = make_campaign(company, "one"), make_campaign(company, "two")
    cost = make_cost(company, 400_00, (one, 1), (two, 3), line="tools", last_day=date(2026, 7, 2))
    assert entries(cost) == {
        ("one", 1): 50_00,
        ("one", 2): 50_00,
        ("two", 1): 150_00,
        ("two", 2): 150_00,
    }
    entry = SpendEntry.objects.filter(campaign=two).first()
    assert (entry.source, entry.line, entry.cost) == (f"cost-{cost.pk}", "tools", cost)
    assert (entry.spread_from, entry.spread_to) == (cost.first_day, cost.last_day)
    one_day = make_cost(company, 1_00, one, last_day=date(2026, 7, 1))
    assert SpendEntry.objects.get(cost=one_day).spread_from is None


def test_parts_of_nought_are_left_out_unless_the_cost_is_nought(company):
    campaign = make_campaign(company, "spring")
    cost = make_cost(company, 2, campaign)
    assert list(entries(cost).values()) == [1, 1]
    free = make_cost(company, 0, campaign, name="Free month")
    assert len(entries(free)) == 31
    assert set(entries(free).values()) == {0}


def test_what_stays_the_same_keeps_its_row_and_what_changes_is_kept_as_a_revision(company):
    one, two = make_campaign(company, "one"), make_campaign(company, "two")
    author = make_user(company, "owner")
    cost = make_cost(company, 62_00, (one, 1), (two, 1), last_day=date(2026, 7, 2))
    before = {row[2:4]: row[:2] for row in state(cost)}
    cost.recorded_minor = 93_00
    cost.save()
    costs.set_shares(cost, {one: 1, two: 2})  # 15.50 a day as before, and 31.00
    assert costs.make(cost, author) == (0, 2, 0)
    after = {row[2:4]: row[:2] for row in state(cost)}
    assert all(
        after[place] == (pk, version + (place[0] == "two"))
        for place, (pk, version) in before.items()
    )
    kept = SpendRevision.objects.filter(how="cost")
    assert {(one.amount_minor, one.new_amount_minor) for one in kept} == {(15_50, 31_00)}
    assert (kept.count(), {one.author for one in kept}) == (2, {author})
    assert all(one.is_restatement and not one.is_removal for one in kept)


def test_a_share_that_goes_takes_its_entries_along_and_they_are_kept(company):
    one, two = make_campaign(company, "one"), make_campaign(company, "two")
    cost = make_cost(company, 62_00, one, two)
    costs.set_shares(cost, {two: 1})
    assert costs.make(cost, None) == (0, 31, 31)
    assert {key for key, __ in entries(cost)} == {"two"}
    assert SpendRevision.objects.filter(is_removal=True, campaign_key="one").count() == 31


def test_a_cost_that_is_deleted_takes_its_entries_along_and_no_others(company):
    campaign = make_campaign(company, "spring")
    typed = make_spend(company, "spring", 100)
    cost = make_cost(company, 62_00, campaign)
    cost.delete()
    assert list(SpendEntry.objects.all()) == [typed]
    assert SpendRevision.objects.filter(is_removal=True, how="cost").count() == 31
    assert not CostShare.objects.exists()


def test_a_cost_in_another_currency_follows_the_rates_of_its_days(company):
    campaign = make_campaign(company, "spring")
    days = {"first_day": date(2026, 7, 1), "last_day": date(2026, 7, 20)}
    cost = make_cost(company, 2000_00, campaign, currency="SEK", **days)
    rows = SpendEntry.objects.filter(cost=cost).order_by("day")
    assert {row.recorded_minor for row in rows} == {100_00}
    assert {row.amount_minor for row in rows} == {None}
    ExchangeRate.objects.create(
        company=company, day=date(2026, 7, 1), base="EUR", quote="SEK", rate="10"
    )
    # A rate holds for a week after its day.
    assert [row.amount_minor for row in rows.all()] == [10_00] * 8 + [None] * 12
    cost.recorded_minor = 4000_00
    cost.save()
    costs.make(cost, None)
    assert [row.amount_minor for row in rows.all()] == [20_00] * 8 + [None] * 12
    assert {row.original_minor for row in rows.all()} == {200_00}
    cost.currency = "EUR"
    cost.save()
    assert costs.make(cost, None).changed == 20
    assert {(row.amount_minor, row.original_minor) for row in rows.all()} == {(200_00, None)}


def test_a_share_of_a_campaign_that_is_merged_follows_the_merge(company):
    one, two = make_campaign(company, "one"), make_campaign(company, "two")
    cost = make_cost(company, 62_00, one)
    save(company, Merge((one.pk,), two.pk), None)
    assert set(SpendEntry.objects.values_list("campaign", flat=True)) == {two.pk}
    cost.recorded_minor = 31_00
    cost.last_day = date(2026, 8, 1)
    cost.save()
    costs.make(cost, None)
    assert set(SpendEntry.objects.values_list("campaign", "campaign_key")) == {(two.pk, "one")}
    assert sum(entry.amount_minor for entry in SpendEntry.objects.all()) == 31_00


def test_a_large_cost_is_changed_and_removed_by_few_statements(company):
    campaigns = [make_campaign(company, f"c{n}") for n in range(3)]
    cost = make_cost(company, 10_000_000, *campaigns, last_day=date(2026, 10, 8))
    with CaptureQueriesContext(connection) as queries:
        cost.recorded_minor = 20_000_000
        cost.save()
        assert costs.make(cost, None) == (0, 300, 0)
        cost.delete()
    assert len(queries) < 120  # of 300 entries in four months, each of which has its sums


@pytest.mark.on_postgresql  # SQLite inserts some dozens of them at a time
def test_10_000_entries_are_deleted_by_few_statements_and_are_kept(company):
    user = make_user(company, "owner")
    day = date(2020, 1, 1)
    SpendEntry.objects.bulk_create(
        SpendEntry(
            company=company,
            day=day + timedelta(n % 2000),
            campaign_name=str(n // 2000),
            amount_minor=n,
        )
        for n in range(10_000)
    )
    with CaptureQueriesContext(connection) as queries:
        assert SpendEntry.objects.exclude(amount_minor=7).delete(by=user)[0] == 9_999
    assert len(queries) < 12
    assert [entry.amount_minor for entry in SpendEntry.objects.all()] == [7]
    kept = SpendRevision.objects.filter(is_removal=True, how="form", author=user)
    assert (kept.count(), kept.filter(is_restatement=True).count()) == (9_999, 9_999)
