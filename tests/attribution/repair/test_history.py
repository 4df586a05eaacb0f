"""What a lead and a campaign tell of the decisions about them: each, and each undoing of one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attribution.models import Campaign, Lead
from attribution.repair import apply, campaigns, drafts, history, known_as, standing
from attribution.repair.intents import (
    DISCOVERED,
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
from attribution.repair.plan import plan
from attribution.verdict import Field, How
from tests.factories import make_campaign, make_lead, make_user


@pytest.fixture
def mia(company):
    return make_user(company, "utm_admin", username="mia")


@pytest.fixture
def ola(company):
    return make_user(company, "utm_admin", username="ola")


def do(company, intent, user, reason="why"):
    draft = drafts.make(company, intent, user, reason)
    return apply.confirm(draft, user, plan(company, intent).fingerprint)


def told(changes):
    """Without the times, which are those of the test."""
    return [
        (one.who, one.what, [tuple(step) for step in one.steps], one.why, one.repair)
        for one in changes
    ]


def fresh(lead):
    return Lead.objects.get(pk=lead.pk)


class TestLead:
    def test_nothing_was_decided(self, company):
        assert history.of_lead(make_lead(company, "spring")) == []

    def test_a_correction_and_its_undoing(self, company, mia, ola):
        spring = make_campaign(company, "spring", name="Spring promo")
        lead = make_lead(company, "{{campaign.name}}", utm_source="fb")
        intent = Correct(
            leads=(lead.pk,), source="facebook", sets_campaign=True, campaign=spring.pk
        )
        repair = do(company, intent, mia, "typo in the ads")
        steps = [
            ("source", "fb", "facebook"),
            ("campaign", "Unattributed: Broken tag", "Spring promo"),
        ]
        entry = ("mia", "", steps, "typo in the ads", repair.pk)
        assert told(history.of_lead(fresh(lead))) == [entry]
        do(company, Undo(repair.pk), ola, "not these")
        undone = ("ola", "Undone: the correction does not hold any more.", [])
        assert told(history.of_lead(fresh(lead))) == [(*undone, "not these", repair.pk), entry]

    def test_a_rule_that_moves_all_leads_of_its_values(self, company, mia, ola):
        lead = make_lead(company, utm_source="fb", utm_medium="social")
        text = RuleText(field=Field.SOURCE, how=How.EXACT, values=("fb",), text="facebook")
        repair = do(company, SaveRule(text), mia)
        do(company, Undo(repair.pk), ola, "too soon")
        assert told(history.of_lead(fresh(lead))) == [
            ("ola", "Undone.", [("source", "facebook", "fb")], "too soon", repair.pk),
            ("mia", "", [("source", "fb", "facebook")], "why", repair.pk),
        ]

    def test_a_lead_that_came_later_was_not_moved(self, company, mia):
        make_lead(company, utm_source="fb")
        text = RuleText(field=Field.SOURCE, how=How.EXACT, values=("fb",), text="facebook")
        do(company, SaveRule(text), mia)
        later = make_lead(company, utm_source="fb")
        assert later.source == "facebook"
        assert history.of_lead(later) == []

    def test_what_a_correction_has_decided_a_later_rule_does_not_change(self, company, mia):
        spring, summer = make_campaign(company, "spring"), make_campaign(company, "summer")
        lead = make_lead(company, "sprnig", utm_source="fb")
        intent = Correct(leads=(lead.pk,), sets_campaign=True, campaign=spring.pk)
        first = do(company, intent, mia)
        exact = {"field": Field.CAMPAIGN, "how": How.EXACT, "values": ("sprnig",)}
        do(company, SaveRule(RuleText(**exact, campaign=summer.pk)), mia)
        changes = history.of_lead(fresh(lead))
        assert [one.repair for one in changes] == [first.pk]
        assert fresh(lead).campaign == spring

    def test_a_merge_of_the_campaign_that_a_correction_chose(self, company, mia, ola):
        spring = make_campaign(company, "spring", name="Spring")
        summer, autumn = make_campaign(company, "summer"), make_campaign(company, "autumn")
        lead = make_lead(company)
        do(company, Merge((autumn.pk,), summer.pk), mia)
        intent = Correct(leads=(lead.pk,), sets_campaign=True, campaign=spring.pk)
        first = do(company, intent, mia)
        merge = do(company, Merge((spring.pk,), summer.pk), mia)
        do(company, Undo(merge.pk), ola, "no")
        changes = told(history.of_lead(fresh(lead)))
        assert changes[:2] == [
            ("ola", "Undone: the merge does not hold any more.", [], "no", merge.pk),
            ("mia", "Merged.", [("campaign", "Spring", "summer")], "why", merge.pk),
        ]
        assert [one[-1] for one in changes[2:]] == [first.pk]

    def test_a_person_who_was_removed_is_named_nowhere(self, company, mia):
        lead = make_lead(company)
        do(company, Correct(leads=(lead.pk,), source="fax"), mia)
        mia.delete()
        assert history.of_lead(fresh(lead))[0].who == "a command, or a person who is gone"


class TestStanding:
    def of(self, lead):
        return [(one.raw, one.tidy, one.counts, one.why) for one in standing.of_lead(fresh(lead))]

    def test_as_captured(self, company):
        make_campaign(company, "spring", name="Spring promo")
        lead = make_lead(company, "SPRING", utm_source="Google ")
        assert self.of(lead) == [
            ("Google ", "google", "google", ""),
            ("", "", "", ""),
            ("SPRING", "spring", "Spring promo", ""),
        ]

    def test_without_a_campaign_the_reason(self, company):
        assert self.of(make_lead(company))[2] == (
            *("", "", "Unattributed: No UTM values (direct)", ""),
        )

    def test_by_rule_by_person_by_pin_given_and_merged(self, company, mia):
        spring = make_campaign(company, "spring", name="Spring promo")
        ruled = make_lead(company, utm_source="fb")
        corrected = make_lead(company, utm_source="fax")
        pinned = make_lead(company, "sprnig")
        given = Lead.objects.create(
            company=company,
            external_id="given",
            received_at=ruled.received_at,
            utm_campaign="other",
            campaign=spring,
        )
        merged = make_lead(company, "spring_old")
        text = RuleText(field=Field.SOURCE, how=How.EXACT, values=("fb", "f b"), text="facebook")
        do(company, SaveRule(text), mia)
        do(company, Correct(leads=(corrected.pk,), source="phone"), mia)
        choice = GroupChoice(
            group=GroupKey(DISCOVERED, "sprnig"), action=Action.ASSIGN, campaign=spring.pk
        )
        do(company, RepairGroups((choice,)), mia)
        do(company, Merge((merged.campaign_id,), spring.pk), mia)
        assert self.of(ruled)[0] == ("fb", "fb", "facebook", "by the rule on “fb, f b”")
        assert self.of(corrected)[0] == ("fax", "fax", "phone", "corrected by mia")
        assert self.of(pinned)[2][2:] == ("Spring promo", "decided for all leads like it by mia")
        assert self.of(given)[2] == ("other", "other", "Spring promo", "given at entry")
        assert self.of(merged)[2][2:] == (
            "Spring promo",
            "the campaign that it names was merged into this one",
        )

    def test_an_undone_correction_is_no_reason_any_more(self, company, mia):
        lead = make_lead(company, utm_source="fax")
        repair = do(company, Correct(leads=(lead.pk,), source="phone"), mia)
        do(company, Undo(repair.pk), mia)
        assert self.of(lead)[0] == ("fax", "fax", "fax", "")


class TestCampaign:
    def test_edits_by_form_column_by_column(self, company, mia, ola):
        spring = make_campaign(company, "spring", name="Spring")
        values = {"name": "Spring promo", "status": "archived", "owner": ola.pk}
        repair = campaigns.edit(spring, values, mia)
        changes = history.of_campaign(Campaign.objects.get(pk=spring.pk))
        assert [(one.who, one.what, one.repair) for one in changes] == [("mia", "", repair.pk)]
        assert {tuple(step) for step in changes[0].steps} == {
            ("name", "Spring", "Spring promo"),
            ("status", "Active", "Archived"),
            ("owner", "", "ola"),
        }

    def test_a_merge_is_told_on_both_sides_and_so_is_its_undoing(self, company, mia, ola):
        spring = make_campaign(company, "spring", name="Spring")
        old = make_campaign(company, "old", name="Old")
        repair = do(company, Merge((old.pk,), spring.pk), mia)
        entry = ("mia", "", [("“Old” merged into", "", "Spring")], "why", repair.pk)
        for campaign in (spring, old):
            assert told(history.of_campaign(fresh_campaign(campaign))) == [entry]
        assert known_as.merged_by(fresh_campaign(old)) == repair
        do(company, Undo(repair.pk), ola, "no")
        undone = ("ola", "Undone: Old → Spring", [], "no", repair.pk)
        for campaign in (spring, old):
            assert told(history.of_campaign(fresh_campaign(campaign))) == [undone, entry]
        assert known_as.merged_by(fresh_campaign(old)) is None

    def test_a_rule_that_leads_here_also_before_any_lead_meets_it(self, company, mia):
        spring, other = make_campaign(company, "spring"), make_campaign(company, "other")
        text = RuleText(field=Field.CAMPAIGN, how=How.EXACT, values=("sprng",), campaign=spring.pk)
        repair = do(company, SaveRule(text), mia)
        assert [one.repair for one in history.of_campaign(spring)] == [repair.pk]
        assert history.of_campaign(other) == []
        assert [one.names for one in known_as.known_as(spring)] == ["sprng"]
        do(company, Undo(repair.pk), mia)
        assert known_as.known_as(spring) == []

    def test_leads_that_a_repair_took_away_or_brought(self, company, mia):
        spring = make_campaign(company, "spring")
        lead = make_lead(company, "sprnig")
        choice = GroupChoice(
            group=GroupKey(DISCOVERED, "sprnig"), action=Action.ASSIGN, campaign=spring.pk
        )
        repair = do(company, RepairGroups((choice,)), mia)
        for campaign in (spring, Campaign.objects.get(pk=lead.campaign_id)):
            assert [one.repair for one in history.of_campaign(campaign)] == [repair.pk]
            assert history.of_campaign(campaign)[0].what == "sprnig → spring"

    def test_its_cost_does_not_grow_with_what_was_decided(self, company, mia):
        spring = make_campaign(company, "spring")

        def cost():
            with CaptureQueriesContext(connection) as queries:
                history.of_campaign(fresh_campaign(spring))
            return len(queries)

        def decide(number):
            old = make_campaign(company)
            lead = make_lead(company, old.key)
            do(company, Merge((old.pk,), spring.pk), mia)
            campaigns.edit(spring, {"name": f"Spring {number}"}, mia)
            do(company, Correct(leads=(lead.pk,), source="a"), mia)

        decide(1)
        few = cost()
        decide(2)
        decide(3)
        assert cost() == few


def fresh_campaign(campaign):
    return Campaign.objects.select_related("company", "merged_into").get(pk=campaign.pk)
