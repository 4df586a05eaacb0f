"""The page of the repair queue: what it shows to whom, and what it makes of what is chosen."""

import json
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from attribution import scope
from attribution.models import Lead, Membership, Reading, RepairDraft
from attribution.repair import drafts
from attribution.repair.apply import confirm
from attribution.repair.intents import (
    DISCOVERED,
    Action,
    GroupChoice,
    GroupKey,
    RuleText,
    SaveRule,
    Undo,
    from_json,
)
from attribution.repair.plan import plan
from attribution.verdict import Field, How
from tests.factories import make_booking, make_campaign, make_company, make_lead, make_user

URL = "/admin/reports/repair/"
MADE = GroupKey(DISCOVERED, "sommer sale")
SLIP = GroupKey(DISCOVERED, "autum_clearnce")
BROKEN = GroupKey("broken_tag", "{{campaign.name}}")
LETTER = GroupKey("no_campaign", "", "news", "email")
SOURCELESS = GroupKey("no_campaign", "", "", "email")
DIRECT = GroupKey("direct", "")


@pytest.fixture
def sign_in(client, company):
    def sign_in(role="utm_admin", at=company):
        user = make_user(at, role)
        client.force_login(user)
        return user

    return sign_in


@pytest.fixture
def autumn(company):
    return make_campaign(company, "autumn_clearance", name="Autumn clearance")


@pytest.fixture
def queue(company, autumn):
    """One group of each kind."""
    received = datetime(2026, 8, 2, 12, tzinfo=UTC)
    page = "https://e.org/termin?utm_campaign=sommer+sale&who=somebody"
    make_booking(
        make_lead(
            company,
            "Sommer Sale",
            utm_source="Google",
            utm_medium="cpc",
            landing_page=page,
            received_at=received,
        )
    )
    make_lead(company, "sommer sale", utm_source="bing", utm_medium="cpc")
    make_lead(company, "autum_clearnce")
    make_lead(company, "{{campaign.name}}")
    make_lead(company, utm_source="news", utm_medium="email")
    make_lead(company, utm_medium="email")
    make_lead(company)


def sent(*rows, reason="a slip in the ads", **others):
    """The form as a browser sends it: rows are the group, what to do, to what, and a rule."""
    data = {"reason": reason} | others
    for number, (group, action, to, future) in enumerate(rows, start=1):
        data[f"key-{number}"] = json.dumps(group)
        data[f"tick-{number}"] = "on"
        data[f"do-{number}"] = action
        data[f"to-{number}"] = to
        if future:
            data[f"future-{number}"] = "on"
    return data


def choices(client, data):
    """What the draft asks for that was made of the form."""
    answer = client.post(URL, data)
    assert answer.status_code == 302, answer.context["sent"]
    draft = RepairDraft.objects.get()
    assert answer["Location"] == reverse("reports:preview", args=[draft.token])
    assert draft.reason == data["reason"]
    return from_json(draft.intent).choices


def faults(client, data):
    """The form that came back: its own errors, and those of its rows."""
    answer = client.post(URL, data)
    assert answer.status_code == 200
    assert not RepairDraft.objects.exists()
    form = answer.context["sent"]
    return form.errors, [error for row in form.rows for error in row.errors]


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
        assert "2 Mar 2026 – 2 Aug 2026" in text
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


class TestWhatIsChosen:
    def test_assigned_with_a_rule_and_made_and_left(self, client, sign_in, queue, autumn):
        sign_in()
        assert choices(
            client,
            sent(
                (SLIP, "assign", "Autumn Clearance", True),
                (MADE, "make", "Summer sale", False),
                (BROKEN, "leave", "", False),
                (DIRECT, "leave", "", True),
            ),
        ) == (
            GroupChoice(group=SLIP, action=Action.ASSIGN, campaign=autumn.pk, future=True),
            GroupChoice(group=MADE, action=Action.MAKE, name="Summer sale"),
            GroupChoice(group=BROKEN, action=Action.LEAVE),
            GroupChoice(group=DIRECT, action=Action.LEAVE, future=True),
        )

    def test_a_campaign_is_found_by_its_key_too_and_a_merge_needs_no_rule(
        self, client, sign_in, queue, autumn
    ):
        sign_in()
        assert choices(client, sent((SLIP, "merge", "AUTUMN_clearance", True))) == (
            GroupChoice(group=SLIP, action=Action.MERGE, campaign=autumn.pk),
        )

    def test_a_new_campaign_for_leads_without_a_name(self, client, sign_in, queue):
        sign_in()
        assert choices(client, sent((LETTER, "make", "Newsletter", True))) == (
            GroupChoice(group=LETTER, action=Action.MAKE, name="Newsletter", future=True),
        )

    def test_what_is_not_ticked_is_left_alone(self, client, sign_in, queue):
        sign_in()
        data = sent((BROKEN, "leave", "", False), (MADE, "assign", "nonsense", False))
        del data["tick-2"]
        assert choices(client, data) == (GroupChoice(group=BROKEN, action=Action.LEAVE),)

    def test_leads_without_a_source_get_no_rule(self, client, sign_in, queue):
        sign_in()
        rows = {row.group.key: row for row in client.get(URL).context["rows"]}
        assert not rows[SOURCELESS].may_rule
        assert choices(client, sent((SOURCELESS, "leave", "", True))) == (
            GroupChoice(group=SOURCELESS, action=Action.LEAVE),
        )

    def test_all_suggestions_at_once(self, client, sign_in, queue, autumn):
        sign_in()
        assert "Preview the one suggestion" in client.get(URL).content.decode()
        assert choices(client, {"reason": "slips", "suggested": "yes"}) == (
            GroupChoice(group=SLIP, action=Action.ASSIGN, campaign=autumn.pk, future=True),
        )

    def test_only_the_draft_is_made(self, client, sign_in, queue):
        sign_in()
        before = list(Lead.objects.order_by("pk").values()), list(Reading.objects.values())
        choices(client, sent((SLIP, "assign", "autumn_clearance", True)))
        assert (
            list(Lead.objects.order_by("pk").values()),
            list(Reading.objects.values()),
        ) == before


class TestFaults:
    def test_nothing_ticked(self, client, sign_in, queue):
        sign_in()
        assert faults(client, {"reason": "x"}) == (["Tick the groups first."], [])

    def test_no_reason_keeps_what_was_typed(self, client, sign_in, queue):
        sign_in()
        answer = client.post(URL, sent((MADE, "assign", "autumn_clearance", True), reason=" "))
        assert answer.context["sent"].reason_error == "Say why: it stands in the history."
        (row,) = answer.context["rows"]
        assert row.pages == ["e.org/termin"]
        assert (row.ticked, row.action, row.to, row.future) == (
            *(True, "assign", "autumn_clearance"),
            True,
        )
        assert "Say why: it stands in the history." in answer.content.decode()

    def test_a_reason_longer_than_the_history_holds(self, client, sign_in, queue):
        sign_in()
        answer = client.post(URL, sent((BROKEN, "leave", "", False), reason="x" * 501))
        assert answer.context["sent"].reason_error == "At most 500 characters, please."

    @pytest.mark.parametrize(
        ("row", "fault"),
        [
            (
                (SLIP, "assign", "nobody", False),
                "No campaign is called “nobody”. Choose one of the list. Or make it a campaign.",
            ),
            (
                (SLIP, "assign", "", False),
                "Choose a campaign of the list, or what else to do.",
            ),
            ((LETTER, "make", " - ", False), "Write the name of the new campaign."),
            ((LETTER, "merge", "autumn_clearance", False), "Choose what to do."),
            ((SLIP, "burn", "", False), "Choose what to do."),
            (
                (SLIP, "merge", "autum_clearnce", False),
                "This is the same campaign. Choose another, or make it a campaign.",
            ),
        ],
    )
    def test_what_is_wrong_with_a_group_stands_beside_it(self, client, sign_in, queue, row, fault):
        sign_in()
        assert faults(client, sent(row)) == ([], [fault])

    def test_a_name_of_several_campaigns(self, client, sign_in, queue, company):
        make_campaign(company, "autumn_2", name="autumn clearance")
        sign_in()
        __, (fault,) = faults(client, sent((SLIP, "assign", "Autumn clearance", False)))
        assert "autumn_2, autumn_clearance" in fault

    def test_a_group_that_somebody_has_decided_about_meanwhile(self, client, sign_in, queue):
        sign_in()
        Reading.objects.filter(campaign_key="autum_clearnce").update(pin=1)
        data = sent((SLIP, "assign", "autumn_clearance", False), (BROKEN, "leave", "", False))
        answer = client.post(URL, data)
        text = answer.content.decode()
        assert "“autum_clearnce” is not in the queue any more: somebody has decided" in text
        assert [row.group.key for row in answer.context["rows"]] == [BROKEN]

    def test_no_suggestion_any_more(self, client, sign_in, company):
        make_lead(company)
        sign_in()
        assert faults(client, {"reason": "x", "suggested": "yes"}) == (
            ["There is no suggestion any more."],
            [],
        )

    @pytest.mark.parametrize("key", ["", "{}", "[1]", '["x","","",""]', '["direct",1,2,3]', "[[]]"])
    def test_a_form_that_no_page_has_sent(self, client, sign_in, queue, key):
        sign_in()
        data = sent((BROKEN, "leave", "", False)) | {"key-1": key, "key-x": "1", "key-²": "1"}
        assert faults(client, data) == ([], [])


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
