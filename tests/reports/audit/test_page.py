"""The page of the audit: each bucket by hand, who may mend it, and the file."""

import csv
import io
from datetime import UTC, date, datetime

import pytest

from attribution import scope
from attribution.models import Campaign, ImportRun, Lead, NamingRules
from attribution.repair.apply import save
from attribution.repair.intents import Correct, RuleText, SaveRule
from attribution.verdict import Field, How
from reports.audit.buckets import Leads, Money
from reports.audit.result import audit, spend_at_risk
from reports.models import RollupState
from reports.query import ReportQuery
from reports.report import run_report
from spend.models import PlatformId, SpendEntry
from tests.factories import (
    make_booking,
    make_campaign,
    make_company,
    make_lead,
    make_spend,
    make_user,
)
from tests.queries import reading
from tests.reports.repair.pages import text_of

URL = "/admin/reports/spend-audit/"
CSV = "/admin/reports/spend-audit.csv"
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
PAID = Campaign.Channel.PAID_SEARCH


@pytest.fixture
def query(company) -> ReportQuery:
    return ReportQuery(company=company, start=date(2026, 3, 1), end=date(2026, 3, 31))


@pytest.fixture
def sign_in(client, company):
    def sign_in(role="company_admin", **values):
        user = make_user(company, role, **values)
        client.force_login(user)
        return user

    return sign_in


@pytest.fixture
def march(company):
    """Something in every bucket."""
    days = {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 20)}
    make_campaign(company, "brand", name="Brand", channel=PAID, **days)
    make_campaign(company, "both", name="Both", channel=PAID)
    make_campaign(company, "lonely", name="Lonely", channel=PAID)
    make_campaign(company, "unpaid", name="Unpaid", channel=PAID)
    for source in ("google", "google", "gogle"):
        make_lead(company, "brand", utm_source=source)
    late = make_lead(company, "brand", received_at=datetime(2026, 3, 25, 12, tzinfo=UTC))
    make_booking(late, "completed", 9_000)
    make_lead(company, "brand", kind="test", utm_source="tested")
    make_lead(company, "both", utm_source="google")
    make_lead(company, "unpaid", utm_source="google")
    make_lead(company)
    make_lead(company, utm_source="newsletter")
    make_spend(company, "nobody", 700)
    make_spend(company, "brand", 10_000)
    make_spend(company, "brand", 300, day=date(2026, 3, 1))
    make_spend(company, "brand", 200, day=date(2026, 3, 21))
    make_spend(company, "brand", 40, utm_source="tested", source="file")
    make_spend(company, "brand", 50, utm_source="bong", source="file")
    make_spend(company, "lonely", 1_100)
    make_spend(company, "both", 600, source="google-ads:7", platform_id="1")
    make_spend(company, "both", 900, source="meta-ads", platform_id="2")
    waits = {"original_minor": 5_000, "currency": "SEK", "source": "file"}
    SpendEntry.objects.create(company=company, campaign_name="both", day=date(2026, 3, 3), **waits)
    SpendEntry.objects.create(
        company=company, campaign_name="nobody", day=date(2026, 3, 3), **waits
    )
    make_spend(company, "brand", 99_999, day=date(2026, 4, 1))
    return company


def amounts(found, kinds):
    return {kind: found.buckets[kind].minor for kind in kinds if found.buckets[kind].minor}


def counts(found):
    return {kind: found.buckets[kind].leads for kind in Leads}


class TestBuckets:
    def test_spend_by_hand(self, march, query):
        found = audit(query)
        assert amounts(found, Money) == {
            Money.UNMATCHED: 700,
            Money.OUTSIDE: 500,
            Money.NO_LEADS: 1_100,
            Money.COLLISION: 1_500,
            Money.UNKNOWN_SOURCE: 50,
            Money.IN_ORDER: 10_040,
        }
        assert found.buckets[Money.UNMATCHED].waiting == {"SEK": 5_000}
        assert found.buckets[Money.NO_RATE].waiting == {"SEK": 5_000}
        assert (found.minor, found.minor_at_risk) == (13_890, 3_850)
        assert found.money_holds

    def test_leads_by_hand(self, march, query):
        found = audit(query)
        assert counts(found) == {
            Leads.UNATTRIBUTED: 2,
            Leads.NO_SPEND: 1,
            Leads.OUTSIDE: 1,
            Leads.UNKNOWN_SOURCE: 1,
            Leads.IN_ORDER: 3,
        }
        assert found.buckets[Leads.OUTSIDE].minor == 9_000
        assert (found.leads, found.leads_at_risk, found.leads_hold) == (8, 5, True)

    def test_without_the_kept_sums_it_is_the_same(self, march, query):
        kept = audit(query).buckets
        RollupState.objects.create(company=march, ready=False)
        assert audit(query).buckets == kept

    def test_the_home_page_takes_a_shorter_way_to_the_same(self, march, query):
        buckets = audit(query).buckets
        assert spend_at_risk(run_report(query)) == {kind: buckets[kind] for kind in Money}

    def test_a_person_who_says_whose_the_ids_are_settles_a_collision(self, march, query):
        both = Campaign.objects.get(key="both")
        mine = {"company": march, "campaign": both}
        run = ImportRun.objects.create(company=march, kind="spend", file_name="a.csv")
        PlatformId.objects.create(platform="google-ads", external_id="1", import_run=run, **mine)
        assert audit(query).buckets[Money.COLLISION].minor == 1_500  # a file says nothing new
        PlatformId.objects.update(import_run=None)
        assert audit(query).buckets[Money.COLLISION].minor == 900
        PlatformId.objects.create(platform="meta-ads", external_id="2", **mine)
        assert audit(query).buckets[Money.COLLISION].is_empty

    def test_one_name_of_a_platform_for_two_campaigns(self, company, query):
        other = make_campaign(company, "other")
        make_campaign(company, "brand")
        for key in ("brand", "other"):
            make_lead(company, key)
        run = ImportRun.objects.create(company=company, kind="spend", file_name="a.csv")
        PlatformId.objects.create(
            company=company, platform="meta-ads", external_id="2", campaign=other, import_run=run
        )
        make_spend(company, "brand", 100, source="meta-ads", platform_id="1")
        make_spend(company, "brand", 200, source="meta-ads", platform_id="2")
        make_spend(company, "other", 400, source="meta-ads", platform_id="3")
        assert audit(query).buckets[Money.COLLISION].minor == 300

    def test_a_list_of_sources_of_ones_own_replaces_ours(self, march, query):
        NamingRules.objects.create(company=march, sources=["gogle"])
        found = audit(query).buckets[Leads.UNKNOWN_SOURCE]
        assert {case.text: case.leads for case in found.cases} == {"google": 3}

    def test_a_source_that_a_rule_makes_is_known(self, march, query):
        text = RuleText(field=Field.SOURCE, how=How.EXACT, values=("gogle",), text="our partner")
        save(march, SaveRule(text), None, "a partner")
        found = audit(query)
        assert counts(found)[Leads.UNKNOWN_SOURCE] == 0
        assert {lead.source for lead in Lead.objects.all()} >= {"our partner"}

    def test_a_source_is_heard_of_as_captured_and_as_corrected(self, march, query):
        text = RuleText(field=Field.SOURCE, how=How.EXACT, values=("bong",), text="bing")
        save(march, SaveRule(text), None, "a slip")
        make_lead(march, "brand", utm_source="bong", received_at=datetime(2025, 3, 2, tzinfo=UTC))
        assert audit(query).buckets[Money.UNKNOWN_SOURCE].is_empty
        make_spend(march, "brand", 70, utm_source="partner-y", source="file")
        assert audit(query).buckets[Money.UNKNOWN_SOURCE].minor == 70
        old = make_lead(march, received_at=datetime(2025, 3, 2, tzinfo=UTC))
        save(march, Correct(leads=(old.pk,), source="partner-y"), None, "told us")
        assert audit(query).buckets[Money.UNKNOWN_SOURCE].is_empty

    def test_leads_of_a_campaign_count_once_in_a_bucket(self, march, query):
        make_spend(march, "brand", 70, utm_source="bing-bong", source="file")
        bucket = audit(query).buckets[Money.UNKNOWN_SOURCE]
        assert ([case.leads for case in bucket.cases], bucket.leads) == ([4, 4], 4)

    def test_spend_that_waits_for_a_rate_is_spend(self, march, query):
        waits = {"original_minor": 5_000, "currency": "SEK"}
        SpendEntry.objects.create(
            company=march, campaign_name="unpaid", day=date(2026, 3, 3), **waits
        )
        assert counts(audit(query))[Leads.NO_SPEND] == 0

    def test_0_00_is_an_amount_and_none_reported_is_not(self, company, query):
        for key, amount in (("free", 0), ("told", None)):
            make_campaign(company, key, channel=PAID)
            make_lead(company, key)
            make_spend(company, key, amount, clicks=5)
        found = audit(query)
        assert counts(found)[Leads.NO_SPEND] == counts(found)[Leads.IN_ORDER] == 1
        assert found.buckets[Money.IN_ORDER].entries == 2

    def test_nothing_is_in_order_too(self, company, query):
        found = audit(query)
        assert found.money_holds and found.leads_hold
        assert all(bucket.is_empty for bucket in found.buckets.values())


class TestPage:
    def test_what_it_says(self, client, sign_in, march):
        sign_in()
        with reading():
            answer = client.get(URL, MARCH)
        text = text_of(answer)
        assert "Spend at risk €38.50 of €138.90" in text
        assert "Leads at risk 5 of 8" in text
        assert "€38.50 at risk + €100.40 in order = €138.90 spend ✓" in text
        assert "5 at risk + 3 in order = 8 counted leads ✓" in text
        assert "Not converted, and in none of these sums: SEK 100.00" in text
        assert "its days: 2 Mar – 20 Mar 2026" in text
        assert "google-ads, meta-ads" in text
        assert "source “bong”" in text
        assert "gogle in 1 campaign" in text

    def test_each_bucket_leads_to_its_fix(self, client, sign_in, march):
        sign_in()
        context = client.get(URL, MARCH).context
        buckets = (*context["money"], *context["leads"])
        ways = {one.key: one.fix.url.partition("?")[0] for one in buckets if one.fix}
        assert ways == {
            "spend-unmatched": "/admin/reports/unmatched-spend/",
            "spend-no-rate": "/admin/attribution/exchangerate/",
            "spend-outside-days": "/admin/attribution/campaign/",
            "spend-no-leads": "/admin/tools/utm-builder/",
            "spend-name-collision": "/admin/reports/platform-ids/",
            "spend-unknown-source": "/admin/reports/utm-rules/",
            "leads-unattributed": "/admin/reports/repair/",
            "leads-no-spend": "/admin/spend/spendentry/import/",
            "leads-outside-days": "/admin/attribution/campaign/",
            "leads-unknown-source": "/admin/reports/utm-rules/",
        }
        links = {one.fix.url for one in buckets if one.fix}
        links |= {case.fix.url for one in buckets for case in one.cases if case.fix}
        assert {client.get(url).status_code for url in links} == {200}

    @pytest.mark.parametrize(
        ("role", "ways"),
        [
            ("viewer", 0),
            ("owner", 7),
            ("utm_admin", 5),
            ("company_admin", 10),
        ],
    )
    def test_ways_only_for_those_who_may_go_them(self, client, sign_in, march, role, ways):
        sign_in(role)
        answer = client.get(URL, MARCH)
        buckets = (*answer.context["money"], *answer.context["leads"])
        links = [one.fix.url for one in buckets if one.fix and one.fix.url]
        assert len(links) == ways
        assert {client.get(url).status_code for url in links} <= {200}
        if role == "viewer":
            assert "Owners, UTM admins and company admins can." in text_of(answer)
            assert not any(case.fix for one in buckets for case in one.cases)

    def test_owners_mend_their_own_campaigns(self, client, sign_in, march):
        other = make_user(march, "owner")
        Campaign.objects.filter(key__in=["brand", "unpaid"]).update(owner=other)
        sign_in("owner")
        context = client.get(URL, MARCH).context
        fixes = {
            one.key: [case.fix for case in one.cases]
            for one in (*context["money"], *context["leads"])
        }
        assert fixes["spend-outside-days"] == fixes["leads-no-spend"] == [None]

    def test_twenty_cases_and_how_many_more(self, client, sign_in, company):
        for number in range(23):
            make_spend(company, f"nobody {number}", 100 + number)
        sign_in()
        answer = client.get(URL, MARCH)
        bucket = answer.context["money"][0]
        assert [case.name for case in bucket.cases][:2] == ["nobody 22", "nobody 21"]
        assert (len(bucket.cases), bucket.more) == (20, 3)
        assert "and 3 more, in the CSV." in text_of(answer)

    def test_what_is_nobodys_business_is_not_there(self, client, sign_in, march):
        with scope.all_companies():
            client.force_login(make_user(make_company(), "viewer"))
        assert "Nothing is at risk in this period." in text_of(client.get(URL, MARCH))
        assert client.get(URL, {"company": march.slug}).status_code == 404
        assert client.get(CSV, {"company": march.slug}).status_code == 404

    def test_a_period_that_is_none_is_said(self, client, sign_in, company):
        sign_in()
        assert "“never” is not a valid period" in text_of(client.get(URL, {"period": "never"}))

    def test_what_does_not_add_up_is_said_and_logged(
        self, client, sign_in, march, monkeypatch, caplog
    ):
        monkeypatch.setattr("reports.audit.reading.spend_rows", lambda query, by_days: [])
        sign_in()
        text = text_of(client.get(URL, MARCH))
        assert "= €138.90 spend ✗" in text
        assert "These sums do not agree." in text
        assert "The audit does not add up" in caplog.text


def test_the_file_holds_every_case_and_adds_up(client, sign_in, march):
    sign_in("viewer")
    answer = client.get(CSV, MARCH)
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    cases = rows[1 : rows.index([])]
    assert [
        "Spend",
        "Spend without leads",
        "Lonely",
        "lonely",
        "",
        "11.00",
        "1",
        "",
        "0",
        "",
        "2026-03-02",
        "2026-03-02",
    ] in cases
    assert [
        "Leads",
        "Leads of an unknown source",
        "gogle",
        "",
        "in 1 campaign",
        "",
        "",
        "",
        "1",
        "0.00",
        "",
        "",
    ] in cases
    assert f"{sum(float(row[5] or 0) for row in cases):.2f}" == "138.90"
    assert sum(int(row[8]) for row in cases if row[0] == "Leads") == 8
    assert any("SEK\u00a050.00" in row for row in cases)
    assert rows[-3][1].endswith("€138.90 spend ✓")


def test_the_home_page_leads_here(client, sign_in, march, monkeypatch):
    monkeypatch.setattr("attribution.calendar.today", lambda zone: date(2026, 3, 28))
    sign_in("viewer")
    with reading():
        text = text_of(client.get("/admin/"))
    assert "€38.50 of spend at risk: money and leads do not meet Spend audit" in text
    SpendEntry.objects.filter(campaign__isnull=False).delete()
    assert "of spend at risk" not in text_of(client.get("/admin/"))
