"""Reports with sums done by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from attribution import scope
from attribution.models import Campaign, Lead
from attribution.privacy.erasing import erase_person
from attribution.utm import Reason
from reports.report import run_report
from tests.factories import make_booking, make_campaign, make_company, make_lead, make_spend
from tests.reports.by_hand import JUNE, ask, leads, make_month, rows


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(JUNE, tick=False):
        yield


def test_a_month_by_hand(company):
    make_month(company)
    report = ask(company)
    assert leads(report) == {"Spring": 4, "autumn": 1, "Brand": 0}
    spring = rows(report)["Spring"].values
    wanted = {
        "leads": 4,
        "booked": 3,
        "completed": 2,
        "booked_rate": Decimal("0.75"),
        "completed_rate": Decimal("0.5"),
        "show_rate": Decimal(2) / 3,
        "revenue": Decimal("150.50"),
        "spend": Decimal("50.00"),
        "cost_per_lead": Decimal("12.5"),
        "cost_per_booked": Decimal(50) / 3,
        "cost_per_completed": Decimal("25"),
        "roas": Decimal("3.01"),
        "roi": Decimal("2.01"),
        "impressions": 2000,
        "clicks": 40,
        "ctr": Decimal("0.02"),
        "cpc": Decimal("1.25"),
        "cpm": Decimal("25"),
        "sends": None,
        "opens": None,
        "open_rate": None,
        "spend_media": Decimal("30.00"),
        "spend_agency": Decimal("20.00"),
        **dict.fromkeys(("spend_creative", "spend_tools", "spend_people", "spend_other")),
        **dict.fromkeys(("budget", "budget_spend", "budget_spent")),
        **dict.fromkeys(("target", "target_leads", "target_reached")),
    }
    assert spring == wanted
    total = report.total.values
    assert (total["leads"], total["booked"], total["completed"]) == (9, 5, 3)
    assert total["revenue"] == Decimal("1149.50")
    assert total["spend"] == Decimal("70.11")
    assert total["cost_per_lead"] == Decimal("70.11") / 9  # all counted leads
    assert report.unattributed.leads == 4
    assert report.unattributed.values["booked"] == 1
    assert {kind.kind: kind.leads for kind in report.excluded} == {"test": 1, "bot": 2}
    assert report.unmatched_spend.values["spend"] == Decimal("7.77")
    assert [(name.name, name.amount_minor) for name in report.unmatched_names] == [("sprnig", 777)]
    assert report.outside == 0
    assert report.has_spend
    assert report.proof.holds
    assert report.proof.lead_text == (
        "5 named + 4 unattributed = 9 counted; + 3 excluded = 12 received ✓"
    )


def test_the_reasons_of_unattributed_leads_add_up_one_each(company):
    company.new_campaigns_per_day = 0
    company.save()
    twice = "https://x.test/?utm_campaign=a&utm_campaign=b"
    make_lead(company)
    make_lead(company, referrer="https://bing.com/")
    make_lead(company, utm_medium="email")
    make_lead(company, "{campaignid}")
    make_lead(company, "a", landing_page=twice)
    make_lead(company, click_ids={"gclid": "A"})
    make_lead(company, "new")
    make_lead(company, unattributed_reason="by_person")
    make_lead(company, unattributed_reason="by_person")
    report = ask(company)
    assert {reason.code: reason.leads for reason in report.reasons} == {
        reason.value: 2 if reason == Reason.BY_PERSON else 1 for reason in Reason
    }
    assert sum(reason.leads for reason in report.reasons) == report.unattributed.leads == 9
    assert report.rows == []


def test_an_excluded_lead_counts_nowhere_else_whatever_it_booked(company):
    for kind in Lead.Kind.values:
        make_booking(make_lead(company, "spring", kind=kind), "completed", 1_000)
    report = ask(company)
    assert report.total.leads == 1
    assert report.total.values["revenue"] == 10
    assert [kind.kind for kind in report.excluded] == [
        kind for kind in Lead.Kind.values if kind != "primary"
    ]
    assert report.proof.received == 6


def test_spend_without_leads_and_leads_without_spend_are_rows(company):
    make_spend(company, "brand", 1_234)
    make_lead(company, "spring")
    make_campaign(company, "brand")
    make_campaign(company, "asleep")
    report = ask(company)
    assert leads(report) == {"spring": 1, "brand": 0}
    assert rows(report)["brand"].values["cost_per_lead"] is None
    assert rows(report)["brand"].values["roi"] == -1
    assert rows(report)["spring"].values["spend"] is None


def test_spend_that_nobody_matched_finds_its_campaign_when_that_appears(company):
    make_spend(company, "Winter", 777)
    before = ask(company)
    assert before.unmatched_spend.values["spend"] == before.total.values["spend"] == Decimal("7.77")
    make_lead(company, "WINTER")
    after = ask(company)
    assert rows(after)["winter"].values["spend"] == Decimal("7.77")
    assert after.unmatched_spend.values["spend"] is None
    assert after.unmatched_names == []
    assert after.total.values["spend"] == before.total.values["spend"]


def test_unmatched_names_come_with_the_most_money_first(company):
    for name, amount in (("b", 500), ("a", 500), ("c", 900), ("", 100)):
        make_spend(company, name, amount)
    make_spend(company, "c", 50, line="agency")
    names = [(one.name, one.amount_minor, one.entries) for one in ask(company).unmatched_names]
    assert names == [("c", 950, 2), ("a", 500, 1), ("b", 500, 1), ("", 100, 1)]


def test_a_spend_of_nought_is_known_and_no_entry_is_unknown(company):
    make_lead(company, "spring")
    assert ask(company).total.values["spend"] is None
    assert not ask(company).has_spend
    make_spend(company, "spring", 0)
    report = ask(company)
    assert report.total.values["spend"] == 0
    assert report.total.values["cost_per_lead"] == 0
    assert report.total.values["roas"] is None


def test_a_credit_lowers_the_spend(company):
    make_spend(company, "spring", 10_000)
    make_spend(company, "spring", -2_500, line="agency")
    assert ask(company).total.values["spend"] == 75


def test_several_days_of_spend_and_several_leads_do_not_multiply_each_other(company):
    for day in range(1, 8):
        make_spend(company, "spring", 1_000, day=date(2026, 3, day))
    for _ in range(5):
        lead = make_lead(company, "spring")
        make_booking(lead, "completed", 2_000)
        make_booking(lead, "completed", 3_000)
    values = rows(ask(company))["spring"].values
    assert (values["leads"], values["completed"]) == (5, 5)
    assert (values["revenue"], values["spend"]) == (250, 70)


def test_the_first_and_the_last_instant_of_a_period_in_the_company_s_zone(db):
    with scope.all_companies():
        company = make_company(timezone="America/New_York")
        for at in (
            datetime(2026, 3, 1, 4, 59, 59, tzinfo=UTC),  # 28 February there
            datetime(2026, 3, 1, 5, 0, 0, tzinfo=UTC),
            datetime(2026, 4, 1, 3, 59, 59, tzinfo=UTC),
            datetime(2026, 4, 1, 4, 0, 0, tzinfo=UTC),  # 1 April there
        ):
            make_lead(company, received_at=at)
        assert ask(company).total.leads == 2


def test_a_booking_counts_on_the_day_of_its_lead(company):
    lead = make_lead(company, "spring", received_at=datetime(2026, 3, 31, 12, tzinfo=UTC))
    make_booking(lead, "completed", 1_000, booked_at=datetime(2026, 5, 20, tzinfo=UTC))
    assert ask(company).total.values["revenue"] == 10
    assert ask(company, start=date(2026, 5, 1), end=date(2026, 5, 31)).total.leads == 0


# Compared with the period before


def test_the_previous_period_stands_beside_each_number(company):
    for n, day in enumerate((1, 8, 9, 14)):
        lead = make_lead(company, "spring", received_at=datetime(2026, 3, day, 12, tzinfo=UTC))
        make_booking(lead, "completed", 1_000 * (n + 1))
    make_lead(company, received_at=datetime(2026, 3, 2, tzinfo=UTC))
    make_lead(company, kind="bot", received_at=datetime(2026, 3, 2, tzinfo=UTC))
    make_spend(company, "spring", 100, day=date(2026, 3, 3))
    make_spend(company, "spring", 900, day=date(2026, 3, 9))
    week = {"start": date(2026, 3, 8), "end": date(2026, 3, 14), "compare": "previous"}
    report = ask(company, **week)
    now, before = rows(report)["spring"].values, rows(report)["spring"].previous
    assert (now["leads"], now["revenue"], now["spend"]) == (3, 90, 9)
    assert (before["leads"], before["revenue"], before["spend"]) == (1, 10, 1)
    assert report.unattributed.leads == 0
    assert report.unattributed.previous["leads"] == 1
    assert report.total.previous["leads"] == 2
    assert report.excluded == []  # the bot came before
    assert report.reasons == []
    alone = run_report(report.query.earlier())
    assert alone.total.values == report.total.previous
    assert ask(company, **week | {"compare": "none"}).total.previous is None


def test_a_campaign_of_the_previous_period_alone_is_no_row(company):
    make_lead(company, "old", received_at=datetime(2026, 2, 20, tzinfo=UTC))
    report = ask(company, compare="previous")
    assert report.rows == []
    assert report.total.previous["leads"] == 1
    assert report.proof.holds


# Order


@pytest.mark.parametrize("keys", [("a", "b"), ("b", "a")])
def test_equal_campaigns_stand_in_the_order_of_their_keys_whichever_was_made_first(company, keys):
    for pk, key in zip((999_999, 1_000_000), keys, strict=True):
        Campaign.objects.create(pk=pk, company=company, key=key, name="Same")
        make_lead(company, key)
    report = ask(company)
    assert [row.campaign.key for row in report.rows] == ["a", "b"]
    assert [row.campaign.key for row in report.ranking("-leads")] == ["a", "b"]


# Money


@pytest.mark.parametrize(
    ("currency", "revenue", "spend"),
    [
        ("EUR", Decimal("12345.67"), Decimal("0.01")),
        ("JPY", Decimal("1234567"), Decimal("1")),
        ("KWD", Decimal("1234.567"), Decimal("0.001")),
    ],
)
def test_money_has_the_digits_of_its_currency(db, currency, revenue, spend):
    with scope.all_companies():
        company = make_company(currency=currency)
        make_booking(make_lead(company, "spring"), "completed", 1_234_567)
        make_spend(company, "spring", 1)
        values = ask(company).total.values
    assert (values["revenue"], values["spend"]) == (revenue, spend)
    assert values["roas"] == 1_234_567


def test_many_small_amounts_sum_to_the_cent(company):
    lead = make_lead(company, "spring")
    for _ in range(100):
        make_booking(lead, "completed", 10)
    make_booking(lead, "completed", 999_999_999_999)
    make_spend(company, "spring", 999_999_999_999)
    make_spend(company, "spring", 1, line="agency")
    values = ask(company).total.values
    assert values["revenue"] == Decimal("10000000009.99")
    assert values["spend"] == Decimal("10000000000.00")


# Nothing changes a total


def test_an_empty_company_has_a_report_that_holds(company):
    for group_by in ("campaign", "source", "medium", "channel"):
        report = ask(company, group_by=group_by, compare="previous")
        assert (report.rows, report.reasons, report.excluded, report.notes) == ([], [], [], [])
        assert report.total.leads == report.outside == 0
        assert report.total.values["booked_rate"] is None
        assert report.total.values["spend"] is None
        assert not report.has_spend
        assert report.proof.holds
        assert list(report.ranking("-leads")) == []


def test_archiving_a_campaign_changes_no_number(company):
    spring = make_month(company)
    before = ask(company)
    spring.status = "archived"
    spring.save()
    after = ask(company)
    assert [row.values for row in after.rows] == [row.values for row in before.rows]
    assert after.total == before.total
    assert after.proof == before.proof


def test_erasing_persons_changes_no_number(company):
    make_month(company)
    before = ask(company)
    erase_person(Lead.objects.all())
    assert ask(company) == before


def test_a_report_sees_one_company_alone(company):
    make_month(company)
    with scope.all_companies():
        other = make_company()
        make_month(other)
        make_lead(other, "spring")
        assert ask(company).total.leads == 9
        assert ask(other).total.leads == 10


def test_a_report_outside_the_scope_is_empty(company):
    with scope.all_companies():
        other = make_company()
        make_month(other)
    report = ask(other)
    assert report.rows == []
    assert report.total.leads == 0


def test_a_report_costs_the_same_queries_however_many_campaigns_there_are(
    company, django_assert_max_num_queries
):
    for n in range(40):
        make_lead(company, f"campaign {n}")
        make_spend(company, f"campaign {n}", 100)
    with django_assert_max_num_queries(9):
        ask(company, compare="previous", group_by="source")
