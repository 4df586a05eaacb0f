"""Budget & pacing: by hand, and what must add up."""

import csv
import io
from datetime import date

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook

from attribution import scope
from reports.budget.sheet import read
from reports.budget.words import Money, proof
from spend.budgets.pace import State
from spend.models import BudgetNotice
from tests.factories import make_campaign, make_company, make_spend, make_user
from tests.spend.budgets.conftest import make_budget, make_group, spend_daily

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 11)
OCTOBER = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


@pytest.fixture(autouse=True)
def tenth_day_over(monkeypatch):
    monkeypatch.setattr("attribution.calendar.today", lambda zone: TODAY)


@pytest.fixture
def company(db):
    return make_company(name="Acme", slug="acme")


@pytest.fixture
def planned(company):
    """Brand: 1,900.00, 100.00 a day and 50.00 today; a group; one without budget; unmatched."""
    brand, social = make_campaign(company, "brand"), make_campaign(company, "social")
    make_campaign(company, "mail")
    make_budget(company, brand, 190_000)
    both = make_group(company, "Both", brand, social)
    make_budget(company, both, 310_000, last_day=date(2026, 12, 31))
    spend_daily(company, "brand", 10_000, OCTOBER, 10)
    make_spend(company, "brand", 5_000, day=TODAY)
    make_spend(company, "social", 7_000, day=date(2026, 10, 3))
    make_spend(company, "social", 1_000, day=date(2026, 11, 3))
    make_spend(company, "mail", 400, day=date(2026, 10, 3))
    make_spend(company, "nobody", 300, day=date(2026, 10, 4))
    make_spend(company, "mail", 9_999, day=date(2026, 9, 30))
    return company


def page(client, company, **asked):
    client.force_login(make_user(company, "owner"))
    return client.get(reverse("reports:budget"), {"company": company.slug, **asked})


def test_a_month_by_hand(planned):
    sheet = read(planned, OCTOBER)
    brand, both = sheet.lines
    assert brand.standing.pace.spent_minor == 100_000
    assert brand.standing.pace.recorded_minor == 105_000
    assert brand.standing.pace.state is State.OVER_PACE  # 52.6 % in 32.3 % of the time
    assert brand.standing.pace.projection.minor == 100_000 + 21 * 10_000
    assert both.standing.pace.recorded_minor == 113_000  # with November
    assert (both.in_month_minor, brand.in_month_minor) == (112_000, 105_000)
    assert (sheet.budget_minor, sheet.recorded_minor) == (500_000, 218_000)
    assert [(one.campaign.key, one.minor) for one in sheet.unplanned] == [("mail", 400)]
    assert (sheet.unmatched_minor, sheet.twice_minor) == (300, 105_000)
    assert sheet.holds
    assert proof(sheet, Money("EUR")) == (
        "€1,120.00 in budgets + €4.00 without a budget + €3.00 not matched = "
        "€1,127.00 spend of October 2026 ✓"
    )


def test_spend_beside_the_days_of_a_budget_is_without_one(company):
    campaign = make_campaign(company, "brand")
    half = {"first_day": date(2026, 10, 1), "last_day": date(2026, 10, 15)}
    make_budget(company, campaign, 100, **half)
    make_spend(company, "brand", 10, day=date(2026, 10, 15))
    make_spend(company, "brand", 3, day=date(2026, 10, 16))
    sheet = read(company, OCTOBER)
    assert sheet.lines[0].in_month_minor == 10
    assert sheet.unplanned_minor == 3
    assert sheet.holds
    [plan] = sheet.plans
    assert (plan.rows[0].budget_minor, plan.rows[0].spent_minor) == (100, 10)


def test_plan_and_actual_by_month(planned):
    december, november, october = read(planned, OCTOBER).plans
    shown = [
        (str(row.subject), row.budget_minor, row.spent_minor, row.difference_minor)
        for row in october.rows
    ]
    # 3,100.00 over 92 days: 31 in October.
    assert shown == [("brand", 190_000, 105_000, -85_000), ("Both", 104_457, 112_000, 7_543)]
    assert [row.budget_minor for row in november.rows] == [101_086]
    assert [row.budget_minor for row in december.rows] == [104_457]
    assert december.rows[0].spent_minor is None
    assert december.difference_minor is None
    assert october.difference_minor == -85_000 + 7_543


def test_what_has_no_rate_is_named_and_in_no_sum(company):
    campaign = make_campaign(company, "brand")
    make_budget(company, campaign, 10_000)
    make_spend(company, "brand", 100, day=OCTOBER)
    usd = {"original_minor": 5_000, "currency": "USD"}
    make_spend(company, "brand", None, day=date(2026, 10, 2), **usd)
    sheet = read(company, OCTOBER)
    assert sheet.lines[0].standing.pace.spent_minor is None
    assert sheet.unconverted == [("USD", 5_000)]
    assert sheet.plans[0].rows[0].spent_minor is None
    assert (sheet.all_minor, sheet.holds) == (100, True)


def test_a_total_beside_an_unknown_amount_is_unknown(client, company):
    for key in ("brand", "social"):
        make_budget(company, make_campaign(company, key), 10_000)
        make_spend(company, key, 100, day=OCTOBER)
    usd = {"original_minor": 5_000, "currency": "USD"}
    make_spend(company, "brand", None, day=date(2026, 10, 2), **usd)
    sheet = read(company, OCTOBER)
    assert (sheet.recorded_minor, sheet.in_month_minor) == (None, 200)
    assert (sheet.plans[0].spent_minor, sheet.plans[0].difference_minor) == (None, None)
    text = page(client, company, month="2026-10").content.decode()
    assert "€2.00 in budgets" in text
    assert "$50.00 of October 2026 has no rate of exchange" in text
    assert 'href="/admin/attribution/exchangerate/?company=acme"' in text


def test_differences_carry_the_sign_of_the_rate_beside_them():
    said = [Money("EUR").signed(minor) for minor in (61_706, -61_706, 0, None)]
    assert said == ["+€617.06", "−€617.06", "€0.00", "–"]


def test_an_end_that_is_surely_above_the_budget_is_told(client, company):
    for key, minor in (("brand", 200_000), ("social", 400_000)):  # 3,100.00 at the end
        make_budget(company, make_campaign(company, key), minor)
        spend_daily(company, key, 10_000, OCTOBER, 10)
    text = page(client, company, month="2026-10").content.decode()
    assert text.count("(€3,100.00 – €3,100.00: above the budget)") == 1
    assert text.count("(€3,100.00 – €3,100.00)") == 1


def test_the_page_says_it_all(client, planned):
    text = page(client, planned, month="2026-10").content.decode()
    for words in (
        "Budget &amp; pacing",
        "over pace",
        "53\u00a0% spent, 32\u00a0% of the time",
        "of this €50.00 today or later",
        "Of it in October 2026",
        "lies in two budgets",
        "Matches no campaign",
        "€1,127.00 spend of October 2026 ✓",
        "Plan and actual by month",
    ):
        assert words in text
    assert "campaign=none" in text


def test_a_month_without_budgets_says_how_to_set_one(client, company):
    text = page(client, company, month="2026-10").content.decode()
    assert "No budget has a day in October 2026" in text
    assert "Set a budget" in text


@pytest.mark.parametrize("month", ["", "2026-13", "x", "1999-12", "9999-12", "2031-01"])
def test_a_month_that_is_none_or_out_of_reach_is_this_one(client, company, month):
    assert "1 Oct – 31 Oct 2026" in page(client, company, month=month).content.decode()


def test_the_page_costs_as_many_queries_with_many_budgets(
    client, planned, django_assert_max_num_queries
):
    for number in range(20):
        campaign = make_campaign(planned, f"more-{number}")
        make_budget(planned, campaign, 1_000, last_day=date(2026, 11, 15))
        make_spend(planned, campaign.key, 10, day=date(2026, 10, 5))
    client.force_login(make_user(planned, "owner"))
    with django_assert_max_num_queries(15):
        answer = client.get(reverse("reports:budget"), {"month": "2026-10"})
    assert answer.status_code == 200


def test_the_csv_holds_what_the_page_shows(client, planned):
    client.force_login(make_user(planned, "viewer"))
    answer = client.get(reverse("reports:budget-csv"), {"company": "acme", "month": "2026-10"})
    assert answer["Content-Disposition"] == 'attachment; filename="budgets-acme-2026-10.csv"'
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    brand, both, total, twice, mail, unmatched, everything = rows[1:8]
    assert brand[:9] == [
        *("Campaign", "brand", "2026-10-01", "2026-10-31"),
        *("1900.00", "1050.00", "1050.00", "0.5263", "0.3226"),
    ]
    assert both[1] == "Both"
    assert total[4:7] == ["5000.00", "2180.00", "2170.00"]
    assert [row[6] for row in (twice, mail, unmatched, everything)] == [
        *("-1050.00", "4.00", "3.00", "1127.00"),
    ]
    assert ["2026-10", "brand", "1900.00", "1050.00", "-850.00"] in rows


def test_the_workbook_has_a_sheet_for_each_table(client, planned):
    client.force_login(make_user(planned, "viewer"))
    answer = client.get(reverse("reports:budget-xlsx"), {"company": "acme", "month": "2026-10"})
    book = load_workbook(io.BytesIO(answer.content), read_only=True)
    assert book.sheetnames == ["Budgets", "Plan and actual", "About"]


def test_home_counts_open_notices_and_leads_to_the_page(client, planned):
    budget = read(planned, OCTOBER).lines[0].standing.budget
    BudgetNotice.objects.create(
        company=planned,
        budget=budget,
        kind="over_pace",
        day=TODAY,
        spent_minor=1,
        crossed_at="2026-10-11T00:00:00Z",
    )
    client.force_login(make_user(planned, "owner"))
    text = client.get(reverse("admin:index")).content.decode()
    assert "budget over or under its pace, or overspent" in text
    assert "since 11 Oct 2026" in page(client, planned, month="2026-10").content.decode()


def test_home_leads_to_the_month_of_a_budget_that_has_ended(client, planned, monkeypatch):
    budget = read(planned, OCTOBER).lines[0].standing.budget
    notice = {"company": planned, "budget": budget, "day": TODAY, "spent_minor": 1}
    crossed = BudgetNotice(**notice, kind="over_budget", crossed_at="2026-10-30T00:00:00Z")
    crossed.save()
    monkeypatch.setattr("attribution.calendar.today", lambda zone: date(2026, 11, 2))
    client.force_login(make_user(planned, "owner"))
    text = client.get(reverse("admin:index")).content.decode()
    assert "budget of last month that was overspent" in text
    assert "company=acme&amp;month=2026-10" in text
    assert "over or under its pace" not in text


def test_the_tick_looks_once_a_day(planned, capsys):
    call_command("tick")
    assert "Budgets that crossed a mark: 2" in capsys.readouterr().out
    call_command("tick")
    assert "Budgets" not in capsys.readouterr().out
    notices = BudgetNotice.objects.order_by("pk")
    assert [notice.kind for notice in notices] == ["over_pace", "over_pace"]
