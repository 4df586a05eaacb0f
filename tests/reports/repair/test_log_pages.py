"""Last repairs and the page of one: who sees what, and how a repair is undone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from attribution import scope
from attribution.models import Lead, Repair, RepairDraft
from attribution.repair.campaigns import edit
from attribution.repair.intents import Correct, RuleText, SaveRule, Undo
from attribution.verdict import Field, How
from tests.factories import make_company, make_user
from tests.reports.repair.pages import campaign, hidden, march, merge, repaired, text_of

__all__ = ["march"]
pytestmark = pytest.mark.django_db
MOST_QUERIES = 15
LOG = reverse("reports:repairs")


def one(repair):
    return reverse("reports:repair", args=[repair.pk])


class TestLastRepairs:
    def test_everybody_of_the_company_sees_them_latest_first(self, client, march):
        first = repaired(march, merge(march))
        second = repaired(march, merge(march, "tiny"), reason="tiny as well")
        client.force_login(march.vera)
        text = text_of(client.get(LOG))
        latest, earlier = f"{second.pk} · Tiny → Spring", f"{first.pk} · Brand → Spring"
        assert text.index(latest) < text.index(earlier)
        assert "tiny as well" in text and "mia" in text and "in force" in text

    def test_it_says_who_has_undone_one(self, client, march):
        repaired(march, Undo(repaired(march, merge(march)).pk))
        client.force_login(march.vera)
        assert "undone by mia" in text_of(client.get(LOG))

    def test_without_any_it_says_what_will_stand_here(self, client, march):
        client.force_login(march.vera)
        assert "Nothing was repaired yet." in text_of(client.get(LOG))

    def test_edits_of_campaigns_are_shown_when_asked_for(self, client, march):
        edit(campaign(march, "brand"), {"status": "active"}, march.mia)
        client.force_login(march.vera)
        assert "Brand: status" not in text_of(client.get(LOG))
        assert "Brand: status" in text_of(client.get(LOG, {"edits": "yes"}))

    def test_many_are_shown_in_pages(self, client, march, monkeypatch):
        monkeypatch.setattr("reports.repair.log_pages.A_PAGE", 1)
        repaired(march, merge(march))
        repaired(march, merge(march, "tiny"))
        client.force_login(march.vera)
        first, second = client.get(LOG), client.get(LOG, {"page": "2"})
        assert "Repairs 1–1 of 2" in text_of(first) and "Tiny → Spring" in text_of(first)
        assert "page=2" in first.content.decode()
        assert "Brand → Spring" in text_of(second)

    def test_those_of_another_company_are_never_shown(self, client, march):
        repaired(march, merge(march))
        with scope.all_companies():
            other = make_company()
            client.force_login(make_user(other, "company_admin"))
        assert "Spring" not in text_of(client.get(LOG))
        assert client.get(LOG, {"company": march.company.slug}).status_code == 404

    def test_they_cost_few_queries(self, client, march):
        repaired(march, merge(march))
        repaired(march, merge(march, "tiny"))
        client.force_login(march.vera)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(LOG)
        assert len(queries) <= MOST_QUERIES


class TestOneRepair:
    def test_it_says_what_was_decided_and_what_came_of_it(self, client, march):
        repair = repaired(march, merge(march))
        client.force_login(march.vera)
        text = text_of(client.get(one(repair)))
        for words in (
            "Brand → Spring",
            "one and the same",
            "Leads moved 4",
            "Booked 1",
            "Completed 1",
            "Revenue €80.00",
            "Brand: merged into nothing → Spring",
        ):
            assert words in text

    def test_a_rule_is_said_in_words(self, client, march):
        spring = campaign(march, "spring").pk
        rule = RuleText(
            field=Field.CAMPAIGN, how=How.PREFIX, values=("spr",), campaign=spring, only_source="x"
        )
        repair = repaired(march, SaveRule(rule))
        client.force_login(march.mia)
        answer = client.get(one(repair))
        assert "Rule: utm_campaign begins with spr (only: source x) → Spring" in text_of(answer)
        assert reverse("reports:rule", args=[repair.ruleversions.get().rule_id]).encode() in (
            answer.content
        )

    def test_corrections_are_said_in_one_sentence(self, client, march):
        leads = tuple(Lead.objects.filter(company=march.company).values_list("pk", flat=True)[:3])
        repair = repaired(march, Correct(leads=leads, source="fair", sets_campaign=True))
        client.force_login(march.vera)
        words = "3 leads set to campaign: none, source: fair"
        assert words in text_of(client.get(one(repair)))

    def test_another_companys_is_not_found(self, client, march):
        repair = repaired(march, merge(march))
        with scope.all_companies():
            client.force_login(make_user(make_company(), "company_admin"))
        assert client.get(one(repair)).status_code == 404
        assert client.post(one(repair), {"reason": "why not"}).status_code == 404

    def test_it_costs_few_queries(self, client, march):
        repair = repaired(march, merge(march))
        client.force_login(march.mia)
        with CaptureQueriesContext(connection) as queries:
            client.get(one(repair))
        assert len(queries) <= MOST_QUERIES


class TestUndo:
    def test_a_viewer_is_not_offered_it_and_may_not(self, client, march):
        repair = repaired(march, merge(march))
        client.force_login(march.vera)
        assert "Undo this repair" not in text_of(client.get(one(repair)))
        assert client.post(one(repair), {"reason": "because"}).status_code == 403
        assert not RepairDraft.objects.filter(author=march.vera).exists()

    @pytest.mark.parametrize(
        ("reason", "words"),
        [("  ", "Say why: it stands in the history."), ("x" * 501, "these are 501")],
    )
    def test_it_needs_a_reason(self, client, march, reason, words):
        repair = repaired(march, merge(march))
        client.force_login(march.mia)
        assert words in text_of(client.post(one(repair), {"reason": reason}))

    def test_it_is_previewed_confirmed_and_said(self, client, march):
        repair = repaired(march, merge(march))
        client.force_login(march.mia)
        answer = client.post(one(repair), {"reason": "was right before"}, follow=True)
        text = text_of(answer)
        assert f"Undo repair {repair.pk}" in text and "Undo: move 4 leads back" in text
        assert "Nothing: all that it decided is taken back." in text
        shown = {"shown": hidden(answer, "shown"), "moved": hidden(answer, "moved")}
        done = client.post(answer.request["PATH_INFO"], shown, follow=True)
        assert done.redirect_chain == [(one(repair), 302)]
        text = text_of(done)
        assert "4 leads were moved back." in done.content.decode()
        assert "undone by mia" in text and "was right before" in text
        assert "What undoing it moved" in text and "Spring → Brand" in text
        assert Lead.objects.filter(campaign__key="brand").count() == 4

    def test_what_later_repairs_decided_stays_and_is_said(self, client, march):
        leads = tuple(Lead.objects.filter(utm_campaign="brand").values_list("pk", flat=True))
        first = repaired(march, Correct(leads=leads, sets_campaign=True))
        second = repaired(march, Correct(leads=leads[:1], source="fair", sets_campaign=True))
        client.force_login(march.mia)
        answer = client.post(one(first), {"reason": "too many"}, follow=True)
        assert f"by repair {second.pk}" in text_of(answer)
        assert one(second) in answer.content.decode()
        assert "Undo: move 3 leads back" in text_of(answer)

    def test_one_that_is_undone_offers_nothing_more(self, client, march):
        repair = repaired(march, merge(march))
        repaired(march, Undo(repair.pk))
        client.force_login(march.mia)
        answer = client.post(one(repair), {"reason": "again"})
        assert answer.status_code == 200 and "Undo this repair" not in text_of(answer)
        assert Repair.objects.count() == 1
