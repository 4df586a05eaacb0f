"""Repairs confirmed and undone: what moves, what holds for later leads, what comes back."""

from datetime import UTC, date, datetime

import pytest

from attribution.models import Campaign, Lead, Pin, Reading, Repair
from attribution.repair import apply, drafts
from attribution.repair.intents import (
    DISCOVERED,
    Action,
    Claim,
    Correct,
    GroupChoice,
    GroupKey,
    Merge,
    MoveRule,
    RepairGroups,
    RuleText,
    SaveRule,
    ShipRules,
    SwitchRule,
    Undo,
)
from attribution.repair.plan import Refused, plan
from attribution.verdict import Field, How
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_json
from spend.models import SpendEntry
from tests.factories import make_booking, make_campaign, make_lead, make_spend, make_user

MARCH = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
TYPO = GroupKey(DISCOVERED, "autum_clearnce")


@pytest.fixture
def admin(company):
    return make_user(company, "utm_admin", username="mia")


@pytest.fixture
def autumn(company):
    return make_campaign(company, "autumn_clearance", name="Autumn clearance")


@pytest.fixture
def leads(company, autumn):
    """Two of the campaign, three of the same name misspelt, with a booking and some money."""
    right = [make_lead(company, "autumn_clearance") for __ in range(2)]
    wrong = [make_lead(company, "Autum_Clearnce", utm_source="meta") for __ in range(3)]
    make_booking(wrong[0], "completed", 25_000)
    make_spend(company, "autumn_clearance", 10_000)
    make_spend(company, "autum_clearnce", 31_000)
    return [*right, *wrong]


def groups(*choices):
    return RepairGroups(tuple(choices))


def assign(group, campaign, *, future=False):
    return GroupChoice(group=group, action=Action.ASSIGN, campaign=campaign.pk, future=future)


def done(company, intent, author=None, reason="typo"):
    """Confirmed as a person does it, after having seen the preview."""
    draft = drafts.make(company, intent, author, reason)
    return apply.confirm(draft, author, plan(company, intent).fingerprint)


def names(company):
    """Campaign key or reason of all leads, in their order."""
    rows = Lead.objects.filter(company=company).order_by("pk")
    return [key or why for key, why in rows.values_list("campaign__key", "unattributed_reason")]


def report(company):
    return as_json(run_report(ReportQuery(company=company, **MARCH)))


def test_leads_that_are_here_are_assigned_and_later_ones_are_not(company, leads, autumn, admin):
    repair = done(company, groups(assign(TYPO, autumn)), admin)
    assert names(company) == ["autumn_clearance"] * 5
    make_lead(company, "autum_clearnce", utm_source="meta")
    assert names(company)[-1] == "autum_clearnce"
    assert (repair.author, repair.reason, repair.title) == (
        admin,
        "typo",
        "autum_clearnce → Autumn clearance",
    )
    numbers = {name: repair.effect[name] for name in ("leads", "booked", "completed")}
    assert numbers == {"leads": 3, "booked": 1, "completed": 1}
    assert repair.effect["revenue_minor"] == 25_000


def test_a_rule_holds_for_later_leads_and_for_the_money_of_that_name(company, leads, autumn, admin):
    repair = done(company, groups(assign(TYPO, autumn, future=True)), admin)
    make_lead(company, "autum_clearnce", utm_source="google")
    assert names(company) == ["autumn_clearance"] * 6
    spend = SpendEntry.objects.order_by("pk").values_list("campaign__key", "amount_minor")
    assert list(spend) == [("autumn_clearance", 10_000), ("autumn_clearance", 31_000)]
    assert repair.effect["spend_minor"] == 31_000
    make_spend(company, "autum_clearnce", 500, day=date(2026, 3, 3))
    assert SpendEntry.objects.filter(campaign=autumn).count() == 3


@pytest.mark.parametrize("future", [False, True])
def test_undo_puts_the_report_back_to_the_byte(company, leads, autumn, admin, future):
    before = report(company)
    repair = done(company, groups(assign(TYPO, autumn, future=future)), admin)
    assert report(company) != before
    done(company, Undo(repair.pk), admin, "was no typo")
    assert report(company) == before
    repair.refresh_from_db()
    assert (repair.undone_by, repair.undone_reason) == (admin, "was no typo")
    assert Pin.objects.count() == (0 if future else 1)  # nothing is deleted


def test_a_report_right_after_it_knows_the_repair(company, leads, autumn, admin):
    done(company, groups(assign(TYPO, autumn)), admin)
    row = run_report(ReportQuery(company=company, **MARCH)).rows[0]
    assert (row.label, row.leads, row.values["booked"]) == ("Autumn clearance", 5, 1)


def test_leaving_a_group_settles_it(company, admin):
    make_lead(company, "{{campaign.name}}", utm_source="meta")
    reading = Reading.objects.get()
    group = GroupKey("broken_tag", reading.campaign_key)
    done(company, groups(GroupChoice(group=group, action=Action.LEAVE)), admin)
    assert names(company) == ["broken_tag"]
    with pytest.raises(Refused, match="not in the queue any more"):
        plan(company, groups(GroupChoice(group=group, action=Action.LEAVE)))


def test_a_campaign_is_made_of_leads_without_one_and_withdrawn_by_undo(company, admin):
    make_lead(company, utm_source="news", utm_medium="email")
    before = report(company)
    group = GroupKey("no_campaign", "", "news", "email")
    choice = GroupChoice(group=group, action=Action.MAKE, name="News Letter", future=True)
    repair = done(company, groups(choice), admin)
    campaign = Campaign.objects.get()
    assert (campaign.key, campaign.name, campaign.channel) == (
        "news letter",
        "News Letter",
        "email",
    )
    make_lead(company, utm_source="news", utm_medium="email")
    assert names(company) == ["news letter"] * 2
    done(company, Undo(repair.pk), admin)
    assert names(company) == ["no_campaign"] * 2
    assert Campaign.objects.get().withdrawn
    assert before != report(company)  # a lead more
    # What is withdrawn is taken up again, by a repair or by a lead of that very name.
    again = done(company, groups(choice), admin)
    assert not Campaign.objects.get().withdrawn
    done(company, Undo(again.pk), admin)
    make_lead(company, "News+Letter", utm_source="news", utm_medium="sms")
    found = Campaign.objects.get()
    assert (found.withdrawn, found.discovered, found.name) == (False, True, "news letter")


def test_a_campaign_made_by_a_repair_is_as_a_lead_makes_it_once_undone(company, admin):
    make_lead(company, utm_source="news", utm_medium="email")
    group = GroupKey("no_campaign", "", "news", "email")
    choice = GroupChoice(group=group, action=Action.MAKE, name="Spring", channel="offline")
    repair = done(company, groups(choice), admin)
    make_lead(company, "spring", utm_source="meta", utm_medium="paid_social")
    assert Campaign.objects.get().channel == "offline"
    done(company, Undo(repair.pk), admin)
    campaign = Campaign.objects.get()
    assert (campaign.name, campaign.channel, campaign.discovered, campaign.withdrawn) == (
        "spring",
        "paid_social",
        True,
        False,
    )


def test_money_that_waits_for_a_campaign_meets_it_when_a_repair_makes_it(company, admin):
    make_lead(company, utm_source="news", utm_medium="email")
    make_spend(company, "News Letter", 700)
    group = GroupKey("no_campaign", "", "news", "email")
    choice = GroupChoice(group=group, action=Action.MAKE, name="News Letter")
    repair = done(company, groups(choice), admin)
    assert SpendEntry.objects.get().campaign.name == "News Letter"
    assert repair.effect["spend_minor"] == 700
    done(company, Undo(repair.pk), admin)
    repair.refresh_from_db()
    assert SpendEntry.objects.get().campaign is None
    assert repair.undo_effect["spend_minor"] == 700


def test_merging_takes_leads_and_money_along_and_undo_brings_them_back(
    company, leads, autumn, admin
):
    typo = Campaign.objects.get(key="autum_clearnce")
    repair = done(company, Merge((typo.pk,), autumn.pk), admin)
    make_lead(company, "autum_clearnce")
    assert names(company) == ["autumn_clearance"] * 6
    assert set(SpendEntry.objects.values_list("campaign", flat=True)) == {autumn.pk}
    with pytest.raises(Refused, match="has become part of"):
        plan(company, Merge((autumn.pk,), typo.pk))
    done(company, Undo(repair.pk), admin)
    assert names(company)[2:] == ["autum_clearnce"] * 4
    assert SpendEntry.objects.filter(campaign=typo).count() == 1


def test_an_entry_saved_after_a_merge_keeps_its_name(company, leads, autumn, admin):
    typo = Campaign.objects.get(key="autum_clearnce")
    repair = done(company, Merge((typo.pk,), autumn.pk), admin)
    entry = SpendEntry.objects.get(campaign_key="autum_clearnce")
    entry.note = "looked at"
    entry.save()
    assert (entry.campaign_key, entry.campaign) == ("autum_clearnce", autumn)
    done(company, Undo(repair.pk), admin)
    entry.refresh_from_db()
    assert entry.campaign == typo


def test_repairs_are_undone_in_any_order(company, leads, autumn, admin):
    before = report(company)
    other = make_campaign(company, "other")
    first = done(company, groups(assign(TYPO, autumn)), admin)
    rule = SaveRule(
        RuleText(field=Field.CAMPAIGN, how=How.PREFIX, values=("autum",), campaign=other.pk)
    )
    second = done(company, rule, admin)
    third = done(company, Merge((other.pk,), autumn.pk), admin)
    assert names(company) == ["autumn_clearance"] * 5
    done(company, Undo(first.pk), admin)
    done(company, Undo(third.pk), admin)
    assert names(company) == ["other"] * 5
    done(company, Undo(second.pk), admin)
    assert report(company) == before


def test_what_a_later_repair_decided_remains_and_is_said(company, leads, autumn, admin):
    first = done(company, Correct(leads=(leads[0].pk,), source="x"), admin)
    second = done(company, Correct(leads=(leads[0].pk, leads[1].pk), source="y"), admin)
    planned = plan(company, Undo(first.pk))
    assert not planned.fixed
    (left,) = planned.remains
    assert (left.repair, "1 of the corrected leads" in left.what) == (second.pk, True)


def test_a_correction_holds_over_rules_and_gives_way_by_field(company, leads, autumn, admin):
    lead = leads[2]
    first = done(
        company,
        Correct(leads=(lead.pk,), source="Google", sets_campaign=True, campaign=None),
        admin,
    )
    lead.refresh_from_db()
    assert (lead.source, lead.unattributed_reason, lead.corrected) == ("google", "by_person", True)
    done(company, groups(assign(TYPO, autumn, future=True)), admin)
    lead.refresh_from_db()
    assert lead.unattributed_reason == "by_person"
    second = done(company, Correct(leads=(lead.pk,), medium="cpc"), admin)
    lead.refresh_from_db()
    assert (lead.source, lead.medium) == ("google", "cpc")
    done(company, Undo(first.pk), admin)
    lead.refresh_from_db()
    assert (lead.source, lead.medium, lead.campaign) == ("meta", "cpc", autumn)
    done(company, Undo(second.pk), admin)
    lead.refresh_from_db()
    assert (lead.medium, lead.corrected) == ("", False)


def test_source_rules_make_one_source_of_facebook_fb_and_its_host(company, admin):
    leads = [
        make_lead(company, "spring", utm_source=source)
        for source in ("Facebook", "fb", "facebook.com", "m.facebook.com")
    ]
    repair = done(company, ShipRules(), admin)
    leads.append(make_lead(company, "spring", utm_source="FB"))
    assert set(Lead.objects.values_list("source", flat=True)) == {"facebook"}
    assert list(Lead.objects.order_by("pk").values_list("utm_source", flat=True)) == [
        *("Facebook", "fb", "facebook.com", "m.facebook.com", "FB")
    ]
    with pytest.raises(Refused, match="are there"):
        plan(company, ShipRules())
    done(company, Undo(repair.pk), admin)
    assert set(Lead.objects.values_list("source", flat=True)) == {
        *("facebook", "fb", "facebook.com", "m.facebook.com")
    }


def test_rules_are_asked_in_their_order_and_may_be_moved_and_switched(company, admin):
    one, two = make_campaign(company, "one"), make_campaign(company, "two")
    make_lead(company, "spring-2026")
    text = {"field": Field.CAMPAIGN, "how": How.CONTAINS, "values": ("spring",)}
    done(company, SaveRule(RuleText(**text, campaign=one.pk)), admin)
    text["values"] = ("2026",)
    second = done(company, SaveRule(RuleText(**text, campaign=two.pk)), admin)
    assert names(company) == ["one"]
    rule = second.ruleversions.get().rule_id
    done(company, MoveRule(rule, up=True), admin)
    assert names(company) == ["two"]
    done(company, SwitchRule(rule), admin)
    assert names(company) == ["one"]
    done(company, SwitchRule(rule, on=True), admin)
    assert names(company) == ["two"]


def test_earlier_leads_are_claimed_only_by_a_repair(company, admin):
    company.new_campaigns_per_day = 0
    company.save()
    make_lead(company, "spring")
    campaign = make_campaign(company, "spring")
    assert names(company) == ["flood"]
    later = make_lead(company, "spring", received_at=datetime(2026, 3, 5, 12, tzinfo=UTC))
    assert later.campaign == campaign
    repair = done(company, Claim(campaign.pk), admin)
    assert names(company) == ["spring", "spring"]
    done(company, Undo(repair.pk), admin)
    assert names(company) == ["flood", "spring"]


def test_a_second_click_finds_what_the_first_has_done(company, leads, autumn, admin):
    intent = groups(assign(TYPO, autumn))
    draft = drafts.make(company, intent, admin, "typo")
    shown = plan(company, intent).fingerprint
    first = apply.confirm(draft, admin, shown)
    assert apply.confirm(draft, admin, shown) == first
    assert Repair.objects.count() == 1


def test_of_two_admins_one_wins_and_the_other_is_told(company, leads, autumn, admin):
    other = make_campaign(company, "other")
    mine, hers = groups(assign(TYPO, other)), groups(assign(TYPO, autumn))
    draft = drafts.make(company, mine, admin, "mine")
    shown = plan(company, mine).fingerprint
    done(company, hers, make_user(company, "utm_admin", username="ola"))
    with pytest.raises(apply.Outdated, match="ola decided something"):
        apply.confirm(draft, admin, shown)
    assert set(names(company)) == {"autumn_clearance"}
    assert Repair.objects.count() == 1


def test_leads_of_the_group_that_come_meanwhile_do_not_spoil_the_preview(
    company, leads, autumn, admin
):
    intent = groups(assign(TYPO, autumn))
    draft = drafts.make(company, intent, admin)
    shown = plan(company, intent).fingerprint
    make_lead(company, "autum_clearnce", utm_source="another one")
    repair = apply.confirm(draft, admin, shown)
    assert repair.effect["leads"] == 4


def test_leads_stored_without_a_reading_are_repaired_too(company, leads, autumn, admin):
    Lead.objects.update(reading=None)
    Reading.objects.all()._raw_delete(Reading.objects.db)
    done(company, groups(assign(TYPO, autumn)), admin)
    assert names(company) == ["autumn_clearance"] * 5


def test_a_lead_with_a_campaign_given_at_entry_follows_merges_alone(company, autumn, admin):
    given = make_campaign(company, "given")
    lead = make_lead(company, utm_campaign="autumn_clearance")
    Lead.objects.filter(pk=lead.pk).update(campaign=given, reading=None)  # as a raw door does
    rule = RuleText(field=Field.CAMPAIGN, how=How.EXACT, values=("autumn_clearance",))
    done(company, SaveRule(rule), admin)
    assert names(company) == ["given"]
    assert Reading.objects.get(leads=lead).given == given
    done(company, Merge((given.pk,), autumn.pk), admin)
    lead.refresh_from_db()
    assert lead.campaign == autumn
