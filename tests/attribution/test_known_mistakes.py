"""The known mistakes of such programs, case by case: none of them is made here."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from attribution.models import Booking, Campaign, Lead
from attribution.repair import apply, drafts
from attribution.repair.intents import RuleText, SaveRule, Undo
from attribution.repair.plan import plan
from attribution.verdict import Field, How
from reports.query import ReportQuery
from reports.report import run_report
from tests.attribution.import_files import take_in
from tests.factories import make_booking, make_campaign, make_lead, make_user

ALIKE = ("spring_sale", "spring-sale", "springXsale")
MARCH = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}


def march(company, **asked):
    report = run_report(ReportQuery(company=company, **MARCH, **asked))
    assert report.proof.holds
    return report


def rows(company, **asked):
    """Label and leads of each row of the report, by label."""
    return sorted((row.label, row.leads) for row in march(company, **asked).rows)


def add_rule(company, *values, how=How.EXACT, about=Field.CAMPAIGN, **becomes):
    intent = SaveRule(RuleText(field=about, how=how, values=values, **becomes))
    author = make_user(company, "utm_admin")
    draft = drafts.make(company, intent, author, "why")
    return apply.confirm(draft, author, plan(company, intent).fingerprint)


class TestNamesThatLookAlike:
    """A separator is a letter like any other."""

    def test_they_are_three_campaigns(self, company):
        for name in ALIKE:
            make_lead(company, name)
        assert rows(company) == [("spring-sale", 1), ("spring_sale", 1), ("springxsale", 1)]

    @pytest.mark.parametrize(
        ("how", "value", "taken"),
        [
            # In SQL's LIKE `_` is any letter and `%` any text; here they are themselves.
            (How.EXACT, "spring_sale", ["spring_sale"]),
            (How.PREFIX, "spring_", ["spring_sale"]),
            (How.CONTAINS, "g_s", ["spring_sale"]),
            (How.PREFIX, "spring-", ["spring-sale"]),
            (How.CONTAINS, "50%off", ["50%off-now"]),
            (How.PREFIX, "50%", ["50%off-now"]),
            (How.CONTAINS, "s.r", []),  # and no pattern either
            (How.PREFIX, "spring", ["spring_sale", "spring-sale", "springxsale"]),
        ],
    )
    def test_a_rule_takes_what_it_says_and_nothing_else(self, company, how, value, taken):
        target = make_campaign(company, "target")
        for name in (*ALIKE, "50%off-now", "50-off-now"):
            make_lead(company, name)
        if not taken:
            make_lead(company, value)
            taken = [value]
        add_rule(company, value, how=how, campaign=target.pk)
        moved = Lead.objects.filter(campaign=target).order_by("pk")
        assert [lead.campaign_key for lead in moved] == taken

    def test_a_rule_makes_them_one_and_undoing_it_makes_them_three(self, company):
        target = make_campaign(company, "spring", name="Spring")
        for name in ALIKE:
            make_lead(company, name)
        repair = add_rule(company, *ALIKE, campaign=target.pk)
        assert rows(company) == [("Spring", 3)]
        author = make_user(company, "utm_admin")
        draft = drafts.make(company, Undo(repair.pk), author, "no")
        apply.confirm(draft, author, plan(company, Undo(repair.pk)).fingerprint)
        assert rows(company) == [("spring-sale", 1), ("spring_sale", 1), ("springxsale", 1)]


SPELLINGS = ("Facebook", "facebook ", "FACEBOOK", "\u200bfacebook", "face%62ook", "ｆacebook")


class TestSpellings:
    def test_capitals_and_blanks_make_no_second_source(self, company):
        for name in SPELLINGS:
            make_lead(company, "spring", utm_source=name)
        assert rows(company, group_by="source") == [("facebook", len(SPELLINGS))]

    def test_nor_a_second_campaign_or_medium(self, company):
        for name in SPELLINGS:
            make_lead(company, name, utm_medium=name)
        assert rows(company) == [("facebook", len(SPELLINGS))]
        assert rows(company, group_by="medium") == [("facebook", len(SPELLINGS))]
        assert Campaign.objects.count() == 1


class TestNothing:
    @pytest.mark.parametrize("written", ["", "   ", "\t", "%20", "(not set)", "null", "\u200b"])
    def test_no_value_has_one_reason(self, company, written):
        lead = make_lead(company, written, utm_source=written, utm_medium=written)
        assert (lead.campaign, lead.unattributed_reason) == (None, "direct")

    def test_each_is_counted_once(self, company):
        """A file knows no NULL: its column is missing, its cell is empty, or holds blanks."""
        missing = "id,received_at\nA,2026-03-02\n"
        given = 'id,received_at,utm_campaign\nB,2026-03-02,\nC,2026-03-02,"   "\n'
        for number, text in enumerate((missing, given)):
            assert take_in(company, "leads", text, f"{number}.csv").errors == []
        report = march(company)
        assert report.unattributed.leads == 3
        assert [(one.code, one.leads) for one in report.reasons] == [("direct", 3)]
        assert report.rows == []


CLICKS = "id,received_at,utm_source,utm_campaign,utm_id,gclid\nA,2026-03-02,FB,Spring,Ab-12,{}\n"
MIXED = "CjwKCAiA-bC_dE%2Bf"


class TestIds:
    """Ids of platforms are compared letter by letter; no rule and no tidying touches them."""

    def test_a_click_id_survives_import_report_rule_and_export(self, client, company):
        assert take_in(company, "leads", CLICKS.format(MIXED)).errors == []
        assert rows(company) == [("spring", 1)]
        add_rule(company, "fb", about=Field.SOURCE, text="facebook")
        row = exported(client, company)
        assert (row["gclid"], row["utm_id"]) == (MIXED, "Ab-12")
        assert (row["utm_source"], Lead.objects.get().source) == ("FB", "facebook")

    def test_two_that_differ_in_capitals_are_two(self, company):
        for clicked in ("AbC", "aBc"):
            make_lead(company, click_ids={"gclid": clicked}, utm_id=clicked)
        found = Lead.objects.order_by("pk").values_list("click_ids", "utm_id")
        assert list(found) == [({"gclid": "AbC"}, "AbC"), ({"gclid": "aBc"}, "aBc")]


def exported(client, company):
    client.force_login(make_user(company, "company_admin"))
    asked = {"format": "0", "resource": "0"}
    answer = client.post(reverse("admin:attribution_lead_export"), asked)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return next(csv.DictReader(io.StringIO(text)))


class TestSecondBooking:
    def test_it_does_not_move_the_first(self, company):
        """Somebody comes back by another campaign: that is another lead with its own booking."""
        lead = make_lead(company, "spring", utm_source="google")
        first = make_booking(lead, "completed", 10_000)
        before = Lead.objects.filter(pk=lead.pk).values().get()
        again = make_lead(
            company,
            "autumn",
            utm_source="facebook",
            received_at=datetime(2026, 3, 20, tzinfo=UTC),
        )
        make_booking(again, "completed", 700)
        make_booking(lead, "booked")  # and a second one of the first lead
        assert Lead.objects.filter(pk=lead.pk).values().get() == before
        assert Booking.objects.get(pk=first.pk).lead == lead
        report = march(company)
        sums = {row.label: row.values["revenue"] for row in report.rows}
        assert {label: str(value) for label, value in sums.items()} == {
            "spring": "100.00",
            "autumn": "7.00",
        }
