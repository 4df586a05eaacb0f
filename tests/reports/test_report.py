"""Reports with sums done by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from attribution import scope
from attribution.models import Campaign, Lead
from attribution.services import erase_person
from attribution.utm import Reason
from reports.metrics import METRICS
from reports.query import ReportQuery
from reports.report import run_report
from reports.sources import days_to_book
from tests.factories import make_booking, make_campaign, make_company, make_lead, make_spend

MARCH = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}


@pytest.fixture(autouse=True)
def june():
    """So late that no lead of March is young."""
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def company(company):
    company.thin_below = 3
    company.save()
    return company


def ask(company, **values):
    return run_report(ReportQuery(**{"company": company} | MARCH | values))


def rows(report):
    return {row.label: row for row in report.rows}


def leads(report):
    return {row.label: row.leads for row in report.rows}


def make_march(company):
    """Spring: 4 leads, 3 booked, 2 completed for 150.50, spend 50.00. Autumn: 1 lead, 999.00."""
    spring = make_campaign(company, "spring", name="Spring", channel="email")
    make_campaign(company, "brand", name="Brand", channel="paid_search", status="paused")
    one, two, three, _four = (
        make_lead(company, "Spring", utm_source="News", utm_medium="email") for _ in range(4)
    )
    make_booking(one, "completed", 10_000)
    make_booking(two, "completed", 5_000)
    make_booking(two, "completed", 50)
    make_booking(three, "no_show", 77_700)
    make_booking(_four, "cancelled", 88_800)
    make_booking(make_lead(company, "autumn", utm_source="google"), "completed", 99_900)
    make_lead(company)
    make_lead(company, utm_source="news")
    make_booking(make_lead(company, utm_medium="cpc", utm_source="google"), "booked")
    make_lead(company, "{{campaign.name}}", utm_source="meta")
    make_lead(company, "spring", kind="test")
    for _ in range(2):
        make_booking(make_lead(company, kind="bot"), "completed", 1_000_000)
    make_lead(company, "spring", received_at=datetime(2026, 2, 28, 23, 59, tzinfo=UTC))
    make_spend(company, "Spring", 3_000, impressions=2000, clicks=40)
    make_spend(company, "spring", 2_000, line="agency")
    make_spend(company, "brand", 1_234)
    make_spend(company, "sprnig", 777)
    make_spend(company, "spring", 99_999, day=date(2026, 4, 1))
    return spring


def test_a_month_by_hand(company):
    make_march(company)
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


# Grouping


def test_by_source(company):
    make_march(company)
    report = ask(company, group_by="source")
    assert leads(report) == {"news": 5, "google": 2, "meta": 1}
    assert report.unattributed.leads == 1
    assert [(reason.code, reason.leads) for reason in report.reasons] == [("direct", 1)]
    assert report.unmatched_spend.values["spend"] == Decimal("70.11")  # no entry says its source
    assert report.proof.holds


def test_by_medium_a_lead_may_have_a_campaign_but_no_medium(company):
    make_march(company)
    report = ask(company, group_by="medium")
    assert leads(report) == {"email": 4, "cpc": 1}
    assert {reason.code: reason.leads for reason in report.reasons} == {
        "direct": 1,
        "no_campaign": 1,
        "broken_tag": 1,
        "no_medium": 1,
    }
    assert report.total.leads == 9
    assert report.proof.holds


def test_by_channel(company):
    make_march(company)
    report = ask(company, group_by="channel")
    assert leads(report) == {"E-mail": 4, "Other": 1, "Paid search": 0}
    assert rows(report)["E-mail"].values["spend"] == 50
    assert rows(report)["Paid search"].values["spend"] == Decimal("12.34")
    assert report.unattributed.leads == 4
    assert report.proof.holds


def test_spend_that_says_its_source_stands_in_the_row_of_its_source(company):
    make_lead(company, "spring", utm_source="google")
    make_spend(company, "spring", 1_000, utm_source="Google", utm_medium="CPC")
    make_spend(company, "nobody", 200, utm_source="bing")
    report = ask(company, group_by="source")
    assert {row.label: row.values["spend"] for row in report.rows} == {"google": 10, "bing": 2}
    assert report.proof.holds


# Filters


@pytest.mark.parametrize(
    ("filters", "named", "unattributed", "excluded", "outside"),
    [
        ({}, 5, 4, 3, 0),
        ({"sources": ("news",)}, 4, 1, 0, 7),
        ({"sources": ("news", "google")}, 5, 2, 0, 5),
        ({"mediums": ("cpc",)}, 0, 1, 0, 11),
        ({"sources": ("google",), "mediums": ("cpc",)}, 0, 1, 0, 11),
        ({"channels": ("email",)}, 4, 0, 1, 7),
        ({"channels": ("email", "other")}, 5, 0, 1, 6),
        ({"statuses": ("active",)}, 5, 0, 1, 6),
        ({"statuses": ("archived",)}, 0, 0, 0, 12),
        ({"search": "PRIN"}, 4, 0, 1, 7),
        ({"search": "aut", "sources": ("google",)}, 1, 0, 0, 11),
        ({"sources": ("nowhere",)}, 0, 0, 0, 12),
    ],
)
@pytest.mark.parametrize("group_by", ["campaign", "source", "medium", "channel"])
def test_filters_by_hand(company, filters, named, unattributed, excluded, outside, group_by):
    make_march(company)
    report = ask(company, group_by=group_by, **filters)
    assert report.total.leads == named + unattributed
    assert sum(kind.leads for kind in report.excluded) == excluded
    assert report.outside == outside
    assert report.total.leads + excluded + outside == 12
    assert report.proof.holds
    if group_by in ("campaign", "channel"):
        assert sum(row.leads for row in report.rows) == named


def test_filters_on_campaigns_filter_their_spend_too(company):
    make_march(company)
    assert ask(company, channels=("email",)).total.values["spend"] == 50
    assert ask(company, statuses=("paused",)).total.values["spend"] == Decimal("12.34")
    assert ask(company, search="sprnig").total.values["spend"] is None


def test_spend_is_unknown_under_a_filter_that_some_entries_do_not_answer(company):
    make_march(company)
    report = ask(company, sources=("news",))
    assert report.total.values["spend"] is None
    assert report.total.values["cost_per_lead"] is None
    assert {row.values["spend"] for row in report.rows} == {None}
    assert report.unmatched_names == []
    assert any("Spend is unknown" in note for note in report.notes)
    assert report.proof.holds
    assert report.proof.spend_text == ""


def test_no_amounts_are_shown_where_spend_is_unknown(company):
    make_spend(company, "nobody", 1_000, utm_source="google")
    assert len(ask(company, sources=("google",)).unmatched_names) == 1
    make_spend(company, "nobody", 300)
    report = ask(company, sources=("google",))
    assert report.unmatched_spend.values["spend"] is None
    assert report.unmatched_names == []


def test_spend_is_known_under_a_filter_that_every_entry_answers(company):
    make_lead(company, "spring", utm_source="google")
    make_spend(company, "spring", 1_000, utm_source="google")
    make_spend(company, "spring", 300, utm_source="bing")
    assert ask(company, sources=("google",)).total.values["spend"] == 10


def test_the_search_finds_no_leads_without_campaign_and_says_so(company):
    make_march(company)
    report = ask(company, search="spring")
    assert report.unattributed.leads == 0
    assert any("leads without one are left out" in note for note in report.notes)


def test_filters_offer_what_the_period_holds(company):
    make_march(company)
    facets = ask(company, group_by="source", channels=("email",)).facets
    assert facets.channels == ["email", "other", "paid_search"]
    assert facets.statuses == ["active", "paused"]
    assert facets.sources == ["google", "meta", "news"]
    assert facets.mediums == ["cpc", "email"]


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
    alone = run_report(report.query.previous())
    assert alone.total.values == report.total.previous
    assert ask(company, **week | {"compare": "none"}).total.previous is None


def test_a_campaign_of_the_previous_period_alone_is_no_row(company):
    make_lead(company, "old", received_at=datetime(2026, 2, 20, tzinfo=UTC))
    report = ask(company, compare="previous")
    assert report.rows == []
    assert report.total.previous["leads"] == 1
    assert report.proof.holds


# Thin and maturing


def test_few_leads_are_shown_with_their_interval_and_never_ranked(company):
    for _ in range(3):
        make_booking(make_lead(company, "spring"), "booked")
    make_lead(company, "spring")
    for _ in range(2):
        make_booking(make_lead(company, "hit"), "completed", 10_000_000)
    report = ask(company)
    for name in [*METRICS, "label"]:
        for sort in (name, f"-{name}"):
            ranking = report.ranking(sort)
            assert [row.label for row in ranking.thin] == ["hit"]
            assert [row.label for row in ranking][-1] == "hit"
    low, high = rows(report)["hit"].intervals["booked_rate"]
    assert (round(low, 3), high) == (Decimal("0.342"), 1)  # 2 of 2


@pytest.mark.parametrize(("count", "thin"), [(2, True), (3, False)])
def test_the_minimum_itself_is_enough(company, count, thin):
    for _ in range(count):
        make_lead(company, "spring")
    assert rows(ask(company))["spring"].thin is thin


def test_the_unattributed_and_total_rows_are_never_thin(company):
    make_lead(company)
    report = ask(company)
    assert not report.unattributed.thin
    assert not report.total.thin


def test_campaigns_whose_leads_are_mostly_young_are_maturing(company):
    # Ten bookings, each four days after its lead: within 4 days come 80 % of them.
    for _ in range(10):
        lead = make_lead(company, "old")
        make_booking(lead, booked_at=lead.received_at + timedelta(days=4))
    assert days_to_book(company) == 4
    may = datetime(2026, 5, 20, 12, tzinfo=UTC)
    with time_machine.travel(may, tick=False):
        for age in (3, 3, 10):
            make_lead(company, "young", received_at=may - timedelta(days=age))
        for age in (3, 3, 10, 10):
            make_lead(company, "half", received_at=may - timedelta(days=age))
        for _ in range(3):
            make_lead(company, "four days old", received_at=may - timedelta(days=4))
        report = ask(company, end=date(2026, 5, 20))
        assert {row.label for row in report.rows if row.maturing} == {"young"}
        assert {row.label: row.young for row in report.rows if row.young} == {"young": 2, "half": 2}
        assert [row.label for row in report.ranking("-booked_rate").maturing] == ["young"]
        assert report.ranking("-leads").maturing == []
        assert report.total.young == 4
        assert "4 of the leads are younger than 4 days" in report.notes[-1]


def test_without_bookings_nothing_is_young(company):
    make_lead(company, "spring", received_at=datetime(2026, 6, 1, 10, tzinfo=UTC))
    assert days_to_book(company) == 0
    assert not rows(ask(company, end=date(2026, 6, 1)))["spring"].maturing


def test_the_time_to_a_booking_forgets_cancelled_ones_and_counts_whole_days(company):
    for hours, status in ((1, "booked"), (25, "completed"), (2400, "cancelled")):
        lead = make_lead(company)
        make_booking(lead, status, booked_at=lead.received_at + timedelta(hours=hours))
    assert days_to_book(company) == 2  # 25 hours are begun the second day


def test_a_booking_before_its_lead_counts_as_none(company):
    lead = make_lead(company)
    make_booking(lead, booked_at=lead.received_at - timedelta(days=9))
    assert days_to_book(company) == 0


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
    spring = make_march(company)
    before = ask(company)
    spring.status = "archived"
    spring.save()
    after = ask(company)
    assert [row.values for row in after.rows] == [row.values for row in before.rows]
    assert after.total == before.total
    assert after.proof == before.proof


def test_erasing_persons_changes_no_number(company):
    make_march(company)
    before = ask(company)
    erase_person(Lead.objects.all())
    assert ask(company) == before


def test_a_report_sees_one_company_alone(company):
    make_march(company)
    with scope.all_companies():
        other = make_company()
        make_march(other)
        make_lead(other, "spring")
        assert ask(company).total.leads == 9
        assert ask(other).total.leads == 10


def test_a_report_outside_the_scope_is_empty(company):
    with scope.all_companies():
        other = make_company()
        make_march(other)
    report = ask(other)
    assert report.rows == []
    assert report.total.leads == 0


def test_a_report_costs_the_same_queries_however_many_campaigns_there_are(
    company, django_assert_max_num_queries
):
    for n in range(40):
        make_lead(company, f"campaign {n}")
        make_spend(company, f"campaign {n}", 100)
    with django_assert_max_num_queries(8):
        ask(company, compare="previous", group_by="source")
