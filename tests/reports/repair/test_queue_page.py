"""The page of the repair queue: what it shows to whom, and what it makes of what is chosen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from attribution import scope
from attribution.models import Lead, Membership, RepairDraft
from attribution.repair import drafts
from attribution.repair.apply import confirm
from attribution.repair.intents import (
    RuleText,
    SaveRule,
    Undo,
    from_json,
)
from attribution.repair.plan import plan
from attribution.verdict import Field, How
from tests.factories import make_campaign, make_company, make_lead, make_user
from tests.reports.repair.queue import BROKEN, DIRECT, LETTER, MADE, SLIP, SOURCELESS, URL, sent


class TestWhatItShows:
    def test_every_group_with_its_numbers(self, client, sign_in, queue):
        sign_in()
        answer = client.get(URL)
        rows = {row.group.key: row for row in answer.context["rows"]}
        assert set(rows) == {MADE, SLIP, BROKEN, LETTER, SOURCELESS, DIRECT}
        made = rows[MADE]
        assert (made.group.leads, made.group.booked) == (2, 1)
        assert made.sources == ["bing / cpc", "google / cpc"]
        assert list(made.samples) == ["https://e.org/termin"]
        text = answer.content.decode()
        assert "2 Mar – 2 Aug 2026" in text
        assert "<b>4</b> of 7 leads have no campaign." in text
        assert "6 groups of leads wait here." in text
        assert "One of them has a suggestion (1 leads)." in text
        assert "who=somebody" not in text

    def test_a_suggestion_is_filled_in_but_never_ticked(self, client, sign_in, queue):
        sign_in()
        first, *__ = client.get(URL).context["rows"]
        assert first.group.key == SLIP
        assert (first.action, first.to, first.future) == ("assign", "autumn_clearance", True)
        assert "Autumn clearance. Differs by a slip of typing" in first.offer
        assert first.ticked is False

    def test_what_is_usual_is_filled_in_for_the_others(self, client, sign_in, queue):
        sign_in()
        rows = {row.group.key: row for row in client.get(URL).context["rows"]}
        assert (rows[MADE].action, rows[MADE].to) == ("make", "sommer sale")
        assert (rows[BROKEN].action, rows[BROKEN].to) == ("leave", "")
        assert (rows[LETTER].action, rows[LETTER].to) == ("assign", "")
        assert not any(row.future for key, row in rows.items() if key != SLIP)

    def test_looking_changes_nothing(self, client, sign_in, queue):
        sign_in()
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        written = [
            one["sql"]
            for one in queries
            if one["sql"].startswith(("INSERT", "UPDATE", "DELETE")) and "session" not in one["sql"]
        ]
        assert written == []

    def test_one_kind_and_another_order(self, client, sign_in, queue):
        sign_in()
        rows = client.get(URL, {"why": "no_campaign"}).context["rows"]
        assert {row.group.key for row in rows} == {LETTER, SOURCELESS}
        assert client.get(URL, {"sort": "booked"}).context["rows"][0].group.key == MADE
        assert len(client.get(URL, {"why": "x", "sort": "y"}).context["rows"]) == 6

    def test_an_empty_queue_says_so(self, client, sign_in, company):
        make_campaign(company, "sommer")
        make_lead(company, "sommer")
        sign_in()
        answer = client.get(URL)
        assert "Nothing to repair: every lead has a campaign, or a person has said" in (
            answer.content.decode()
        )

    @pytest.mark.parametrize("role", ["utm_admin", "viewer"])
    def test_it_is_not_called_empty_while_leads_are_not_read_yet(
        self, client, sign_in, company, role
    ):
        make_lead(company)
        Lead.objects.update(reading=None)
        sign_in(role)
        text = client.get(URL).content.decode()
        assert "Some leads were stored by an older version." in text
        assert "Nothing" not in text

    def test_many_groups_come_in_pages(self, client, sign_in, company):
        for number in range(52):
            make_lead(company, f"name {number:02}")
        sign_in()
        answer = client.get(URL)
        assert len(answer.context["rows"]) == 50
        assert "Groups 1–50 of 52" in answer.content.decode()
        second = client.get(URL + answer.context["next_url"])
        assert len(second.context["rows"]) == 2
        assert second.context["address"].endswith("page=2")

    def test_other_companies_stand_beside_it_with_their_numbers(self, client, sign_in, queue):
        user = sign_in()
        with scope.all_companies():
            other = make_company(name="Alpine", slug="alpine")
            Membership.objects.create(company=other, user=user, role="viewer")
            make_lead(other, "skiing")
        answer = client.get(URL)
        labels = [tab.label for tab in answer.context["tabs"]]
        assert labels[0] == "Alpine (1)"
        assert labels[1].endswith("(6)")
        assert "skiing" not in answer.content.decode()

    def test_the_number_of_queries_does_not_grow(self, client, sign_in, company, autumn):
        sign_in()
        make_lead(company, "autum_clearance", utm_source="a")
        client.get(URL)
        with CaptureQueriesContext(connection) as few:
            client.get(URL)
        for number in range(60):
            make_lead(company, f"autum {number}", utm_source=f"source {number}")
        with CaptureQueriesContext(connection) as many:
            client.get(URL)
        assert len(many) == len(few) <= 15


class TestRoles:
    @pytest.mark.parametrize("role", ["viewer", "owner"])
    def test_others_see_how_much_waits_and_no_group(self, client, sign_in, queue, role):
        sign_in(role)
        text = client.get(URL).content.decode()
        assert "6 groups of leads wait for repair; 4 of 7 leads have no campaign." in text
        assert "sommer" not in text
        assert reverse("reports:repairs") in text
        assert reverse("reports:rules") not in text
        answer = client.post(URL, sent((BROKEN, "leave", "", False)))
        assert answer.status_code == 403
        assert not RepairDraft.objects.exists()

    @pytest.mark.parametrize("role", ["utm_admin", "company_admin"])
    def test_those_who_repair_see_the_groups(self, client, sign_in, queue, role):
        sign_in(role)
        text = client.get(URL).content.decode()
        assert "sommer sale" in text
        assert reverse("reports:rules") in text

    def test_the_right_is_that_of_the_company(self, client, sign_in, queue):
        with scope.all_companies():
            other = make_company(slug="alpine")
        user = sign_in()
        with scope.all_companies():
            Membership.objects.create(company=other, user=user, role="viewer")
        assert client.post(f"{URL}?company=alpine", {"reason": "x"}).status_code == 403

    def test_strangers_get_no_further(self, client, company, queue):
        assert client.get(URL).status_code == 302
        assert client.get(f"{URL}?company={company.slug}").status_code == 302
        with scope.all_companies():
            client.force_login(make_user(make_company(), "company_admin"))
        assert client.get(f"{URL}?company={company.slug}").status_code == 404


class TestWhatComesOfIt:
    """Confirmed by the engine: the queue is as much shorter."""

    def confirmed(self, client, user, *rows):
        client.post(URL, sent(*rows))
        draft = RepairDraft.objects.get()
        shown = plan(draft.company, from_json(draft.intent)).fingerprint
        return confirm(draft, user, shown)

    def test_groups_that_are_decided_about_are_gone(self, client, sign_in, queue, company, autumn):
        user = sign_in()
        self.confirmed(
            client,
            user,
            (SLIP, "assign", "autumn_clearance", True),
            (MADE, "make", "Summer sale", False),
            (BROKEN, "leave", "", False),
            (LETTER, "make", "Newsletter", True),
        )
        answer = client.get(URL)
        assert {row.group.key for row in answer.context["rows"]} == {SOURCELESS, DIRECT}
        text = answer.content.decode()
        assert "<b>3</b> of 7 leads have no campaign." in text  # the broken one stays without
        made = company.campaign_set.get(key="sommer sale")
        assert (made.name, made.discovered) == ("Summer sale", False)
        assert Lead.objects.filter(campaign__name="Newsletter").count() == 1

    def test_later_leads_follow_the_rule_and_without_one_they_wait_again(
        self, client, sign_in, queue, company, autumn
    ):
        user = sign_in()
        self.confirmed(
            client,
            user,
            (SLIP, "assign", "autumn_clearance", True),
            (BROKEN, "leave", "", False),
        )
        assert make_lead(company, "Autum_Clearnce").campaign == autumn
        make_lead(company, "{{campaign.name}}")
        rows = {row.group.key: row.group for row in client.get(URL).context["rows"]}
        assert SLIP not in rows
        assert rows[BROKEN].leads == 1  # the new one alone

    def test_undoing_brings_them_back(self, client, sign_in, queue, company):
        user = sign_in()
        before = [row.group for row in client.get(URL).context["rows"]]
        repair = self.confirmed(
            client, user, (SLIP, "merge", "autumn_clearance", False), (DIRECT, "leave", "", True)
        )
        assert len(client.get(URL).context["rows"]) == 4
        undo = drafts.make(company, Undo(repair.pk), user, "a mistake")
        confirm(undo, user, plan(company, Undo(repair.pk)).fingerprint)
        assert [row.group for row in client.get(URL).context["rows"]] == before

    def test_values_of_a_rule_are_names_of_its_campaign(
        self, client, sign_in, queue, company, autumn
    ):
        user = sign_in()
        self.confirmed(client, user, (LETTER, "assign", "autumn_clearance", True))
        rule = RuleText(
            field=Field.CAMPAIGN, how=How.EXACT, values=("harvest_special",), campaign=autumn.pk
        )
        draft = drafts.make(company, SaveRule(rule), user, "another name")
        confirm(draft, user, plan(company, SaveRule(rule)).fingerprint)
        make_lead(company, "harvest_specail")
        rows = {row.group.key.campaign: row for row in client.get(URL).context["rows"]}
        assert rows["harvest_specail"].to == "autumn_clearance"
