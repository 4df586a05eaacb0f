"""What is chosen in the repair queue: what is made of it, and what is wrong with it."""

import pytest

from attribution.models import Lead, Reading
from attribution.repair.intents import (
    Action,
    GroupChoice,
)
from tests.factories import make_campaign, make_lead
from tests.reports.repair.queue import (
    BROKEN,
    DIRECT,
    LETTER,
    MADE,
    SLIP,
    SOURCELESS,
    URL,
    choices,
    faults,
    sent,
)


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
