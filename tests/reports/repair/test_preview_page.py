"""The page between asking and doing: what it shows, who may see it, and what its button does."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from attribution.models import Campaign, Lead, Repair, RepairDraft
from attribution.repair.intents import (
    Action,
    Correct,
    GroupChoice,
    GroupKey,
    Merge,
    RepairGroups,
    RuleText,
    SaveRule,
    Undo,
)
from attribution.verdict import Field, How
from reports.snapshot import TookTooLong
from tests.factories import make_lead, make_user
from tests.reports.repair.pages import (
    campaign,
    draft_of,
    hidden,
    march,
    merge,
    repaired,
    text_of,
)

__all__ = ["march"]
pytestmark = pytest.mark.django_db
MARCH = {"period": "custom", "from": "2026-03-01", "to": "2026-03-31"}
NO_NAME = GroupKey("no_campaign", "", "google", "")


@pytest.fixture
def mia(client, march):
    client.force_login(march.mia)
    return client


def page_of(draft):
    return reverse("reports:preview", args=[draft.token])


def file_of(draft):
    return reverse("reports:preview-leads", args=[draft.token])


def spring(march):
    return campaign(march, "spring").pk


def press(client, answer, draft):
    sent = {name: hidden(answer, name) for name in ("shown", "moved")}
    return client.post(page_of(draft), sent, follow=True)


def leave(march):
    return RepairGroups((GroupChoice(group=NO_NAME, action=Action.LEAVE),))


class TestWhatItShows:
    def test_moves_money_totals_and_rows(self, mia, march):
        text = text_of(mia.get(page_of(draft_of(march, merge(march)))))
        for words in (
            "nothing is saved yet",
            "one and the same",
            "Brand → Spring 4 1 1 €80.00 0",
            "The report: 2 Mar 2026",  # the leads' own day: none lies in the last 13 weeks
            "11 named + 2 unattributed = 13 counted",
            "Spring 6 → 10 50.0 % → 40.0 % worse €60.00 €10.00 → €6.00 better 1",
            "Brand 4 → 0",
            "not in the report",
            "Confirm: move 4 leads",
        ):
            assert words in text
        assert Lead.objects.filter(campaign__key="brand").count() == 4

    def test_the_period_the_rows_and_the_ranking_can_be_chosen(self, mia, march):
        draft = draft_of(march, merge(march))
        answer = mia.get(page_of(draft), MARCH | {"group": "channel", "sort": "leads"})
        text = text_of(answer)
        assert "The report: 1 Mar – 31 Mar 2026" in text and "ranked by Leads" in text
        assert "Paid search 6 → 10" in text and "E-mail 5 → 1" in text

    def test_what_cannot_be_understood_is_left_out(self, mia, march):
        draft = draft_of(march, merge(march))
        junk = {"period": "custom", "from": "x", "group": "x", "sort": "x"}
        answer = mia.get(page_of(draft), junk)
        assert answer.status_code == 200 and "ignored" in text_of(answer)

    def test_a_rule_on_sources_is_shown_by_source(self, mia, march):
        rule = RuleText(field=Field.SOURCE, how=How.EXACT, values=("news",), text="newsletter")
        text = text_of(mia.get(page_of(draft_of(march, SaveRule(rule)))))
        assert "New rule: utm_source is news → newsletter" in text
        assert "source news → source newsletter 5" in text and "newsletter 0 → 5" in text

    def test_where_nothing_moves_it_says_so_and_can_be_confirmed(self, mia, march):
        draft = draft_of(march, leave(march))
        answer = mia.get(page_of(draft))
        assert "No lead is counted differently by this." in text_of(answer)
        assert "The leads of one group stay without a campaign" in text_of(answer)
        press(mia, answer, draft)
        assert Repair.objects.get().effect["leads"] == 0

    def test_a_new_campaign_is_named(self, mia, march):
        choice = GroupChoice(group=NO_NAME, action=Action.MAKE, name="Google brand")
        text = text_of(mia.get(page_of(draft_of(march, RepairGroups((choice,))))))
        assert "New campaign: Google brand" in text
        assert "Unattributed: Source or medium, but no campaign → Google brand" in text

    def test_it_costs_the_same_queries_however_much_moves(self, mia, march):
        few = draft_of(march, merge(march, "tiny"))
        for name in ("one", "two", "three"):
            make_lead(march.company, name, utm_source=name)
        every = Campaign.objects.filter(company=march.company).exclude(key="spring")
        many = draft_of(march, Merge(tuple(every.values_list("pk", flat=True)), spring(march)))
        counts = []
        for draft in (few, many):
            with CaptureQueriesContext(connection) as queries:
                mia.get(page_of(draft))
            counts.append(len(queries))
        asked = len(Merge(tuple(every), 0).sources) - 1  # the plan looks up each that is named
        assert counts[1] <= counts[0] + asked


class TestConfirming:
    def test_it_is_done_once_however_often_the_button_is_pressed(self, mia, march):
        draft = draft_of(march, merge(march))
        answer = mia.get(page_of(draft))
        done = press(mia, answer, draft)
        repair = Repair.objects.get()
        assert done.redirect_chain == [(reverse("reports:repair", args=[repair.pk]), 302)]
        assert "4 leads were moved." in done.content.decode()
        assert (repair.author, repair.reason) == (march.mia, "one and the same")
        assert press(mia, answer, draft).redirect_chain == done.redirect_chain
        assert Repair.objects.count() == 1
        assert mia.get(page_of(draft)).status_code == 302

    def test_leads_that_came_in_meanwhile_move_as_well(self, mia, march):
        draft = draft_of(march, merge(march))
        answer = mia.get(page_of(draft))
        make_lead(march.company, "brand", utm_source="news")
        html = press(mia, answer, draft).content.decode()
        assert "5 leads were moved. One of them came in after the preview was made." in html

    def test_whoever_comes_second_sees_what_the_first_decided(self, mia, march):
        draft = draft_of(march, merge(march))
        answer = mia.get(page_of(draft))
        ola = make_user(march.company, "company_admin", username="ola")
        tiny = campaign(march, "tiny").pk
        rule = RuleText(field=Field.CAMPAIGN, how=How.EXACT, values=("brand",), campaign=tiny)
        repaired(march, SaveRule(rule), author=ola)
        late = press(mia, answer, draft)
        assert late.status_code == 409
        assert "ola decided something" in text_of(late)
        assert "Nothing of yours was saved." in text_of(late)
        assert "Confirm: no lead moves" in text_of(late)
        press(mia, late, draft)
        assert Repair.objects.filter(author=march.mia).get().effect["leads"] == 0

    def test_what_cannot_be_done_any_more_says_why(self, mia, march):
        draft = draft_of(march, merge(march))
        repaired(march, merge(march, target="tiny"))
        answer = mia.get(page_of(draft))
        assert "“Brand” has become part of “Tiny”. Choose that one." in text_of(answer)
        assert "Confirm" not in text_of(answer)
        assert mia.get(file_of(draft)).status_code == 302

    def test_an_undoing_that_another_was_first_to_do_says_so(self, mia, march):
        repair = repaired(march, merge(march))
        draft = draft_of(march, Undo(repair.pk))
        answer = mia.get(page_of(draft))
        ola = make_user(march.company, "company_admin", username="ola")
        repaired(march, Undo(repair.pk), author=ola)
        late = press(mia, answer, draft)
        assert late.status_code == 409
        assert f"Repair {repair.pk} was undone by ola. Nothing is left to undo." in text_of(late)

    def test_very_many_are_left_to_a_command(self, mia, march, monkeypatch):
        monkeypatch.setattr("reports.repair.preview_page.MOST_ON_A_PAGE", 3)
        draft = draft_of(march, merge(march))
        text = text_of(mia.get(page_of(draft)))
        assert "Confirm" not in text and f"manage.py repairs --apply={draft.token}" in text

    def test_what_takes_too_long_is_left_to_a_command(self, mia, march, monkeypatch):
        def never(*_, **__):
            raise TookTooLong

        monkeypatch.setattr("reports.repair.preview_page.preview", never)
        draft = draft_of(march, merge(march))
        text = text_of(mia.get(page_of(draft)))
        assert "given up" in text and f"manage.py repairs --apply={draft.token}" in text


class TestWhoMaySeeIt:
    @pytest.mark.parametrize("role", ["viewer", "owner", "utm_admin", "company_admin"])
    @pytest.mark.parametrize("address", [page_of, file_of])
    def test_a_draft_is_its_authors_alone(self, client, march, role, address):
        draft = draft_of(march, merge(march))
        client.force_login(make_user(march.company, role))
        assert client.get(address(draft)).status_code == 404

    def test_nor_is_another_s_confirmed(self, client, march):
        draft = draft_of(march, merge(march))
        client.force_login(make_user(march.company, "company_admin"))
        assert client.post(page_of(draft), {"shown": ""}).status_code == 404
        assert not Repair.objects.exists()

    def test_who_may_repair_no_more_sees_his_own_no_more(self, client, march):
        draft = draft_of(march, merge(march), author=march.vera)
        client.force_login(march.vera)
        assert client.get(page_of(draft)).status_code == 404

    def test_a_day_later_it_is_gone(self, mia, march):
        draft = draft_of(march, merge(march))
        RepairDraft.objects.update(made_at="2026-01-01T00:00Z")
        assert mia.get(page_of(draft)).status_code == 404


class TestTheFile:
    def rows(self, client, draft):
        content = b"".join(client.get(file_of(draft)).streaming_content).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(content)))

    def test_it_holds_every_lead_with_both_places(self, mia, march, monkeypatch):
        monkeypatch.setattr("reports.repair.flows.AT_ONCE", 3)
        head, *rows = self.rows(mia, draft_of(march, merge(march)))
        assert head[-2:] == ["counts now as", "would count as"]
        brand = Lead.objects.filter(utm_campaign="brand").values_list("external_id", flat=True)
        assert [row[0] for row in rows] == list(brand.order_by("pk"))
        assert rows[0][1:4] == ["2026-03-02", "primary", "true"]
        assert {tuple(row[4:]) for row in rows} == {("news", "", "brand", "Brand", "Spring")}

    def test_no_spreadsheet_runs_a_cell_of_it(self, mia, march):
        lead = make_lead(march.company, "=1+1", utm_source="@news")
        draft = draft_of(march, Correct(leads=(lead.pk,), sets_campaign=True))
        [_, row] = self.rows(mia, draft)
        assert row[4] == "'@news" and row[6] == "'=1+1"
        assert row[7].startswith("'=1 1")
