"""Repairs and what comes in between seldom: gone users, long names, campaigns that come back."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.urls import reverse

from attribution.models import Campaign, Company, Lead
from attribution.repair import apply, campaigns, drafts
from attribution.repair.adopt import adopt
from attribution.repair.check import check
from attribution.repair.intents import (
    DISCOVERED,
    Action,
    GroupChoice,
    GroupKey,
    Merge,
    RepairGroups,
    RuleText,
    SaveRule,
    Undo,
)
from attribution.repair.plan import Refused, plan
from attribution.verdict import Field, How
from reports.query import ReportQuery
from reports.report import run_report
from spend import matching
from spend.models import SpendEntry
from tests.attribution.import_files import take_in
from tests.attribution.pages import NO_IDS
from tests.factories import (
    make_campaign,
    make_lead,
    make_short_link,
    make_spend,
    make_user,
)

LETTER = GroupKey("no_campaign", "", "news", "email")


def make_one(company, name="News Letter", group=LETTER):
    choice = GroupChoice(group=group, action=Action.MAKE, name=name)
    return apply.save(company, RepairGroups((choice,)), None)


def leave(company, name):
    """A rule: leads and spend of this name are left without a campaign."""
    text = RuleText(field=Field.CAMPAIGN, how=How.EXACT, values=(name,))
    return apply.save(company, SaveRule(text), None)


def undo(company, repair):
    return apply.save(company, Undo(repair.pk), None)


@pytest.fixture
def letter(company):
    """A repair that has made a campaign of leads without one."""
    make_lead(company, utm_source="news", utm_medium="email")
    return make_one(company)


def test_a_campaign_that_was_given_at_entry_outlives_the_repair_that_made_it(company, letter):
    made = Campaign.objects.get()
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    Lead.objects.create(company=company, external_id="by hand", received_at=at, campaign=made)
    planned = plan(company, Undo(letter.pk))
    undo(company, letter)
    made.refresh_from_db()
    assert not made.withdrawn
    assert check(company) == []
    assert "entered by hand" in planned.remains[0].what


def test_a_lead_counts_for_the_campaign_that_was_given_also_on_a_full_day(company, letter):
    made = Campaign.objects.get()
    Company.objects.filter(pk=company.pk).update(new_campaigns_per_day=0)
    company.refresh_from_db()
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    given = {"campaign": made, "utm_campaign": "News Letter"}
    lead = Lead.objects.create(company=company, external_id="by hand", received_at=at, **given)
    assert lead.campaign == made
    undo(company, letter)
    assert check(company) == []


def test_a_campaign_of_a_short_link_outlives_the_repair_that_made_it(company, letter):
    made = Campaign.objects.get()
    make_short_link(company, "letter", campaign=made)
    planned = plan(company, Undo(letter.pk))
    undo(company, letter)
    made.refresh_from_db()
    assert not made.withdrawn
    assert "short link" in planned.remains[0].what


def test_an_owner_who_is_gone_does_not_come_back_by_undoing(company):
    first, second = make_user(company, "owner"), make_user(company, "owner")
    campaign = make_campaign(company, "autumn")
    campaigns.edit(campaign, {"owner": first.pk}, None)
    later = campaigns.edit(campaign, {"owner": second.pk}, None)
    first.delete()
    second.delete()
    assert check(company) == []
    undo(company, later)
    campaign.refresh_from_db()
    assert campaign.owner is None
    assert check(company) == []


def test_a_long_name_is_cut_as_any_other(company):
    make_lead(company, utm_source="news", utm_medium="email")
    make_one(company, name="letter " * 40)
    campaign = Campaign.objects.get()
    assert len(campaign.name) <= 200
    assert check(company) == []


def test_a_campaign_that_is_merged_is_not_made_anew(company, letter):
    made, other = Campaign.objects.get(), make_campaign(company, "autumn", name="Autumn")
    apply.save(company, Merge((made.pk,), other.pk), None)
    undo(company, letter)
    with pytest.raises(Refused, match="Autumn"):
        make_one(company)


def test_spend_finds_a_campaign_that_a_lead_brings_back(company, letter):
    make_spend(company, "news letter", 5_000)
    undo(company, letter)
    assert SpendEntry.objects.get().campaign is None
    make_lead(company, "News letter")
    assert SpendEntry.objects.get().campaign == Campaign.objects.get()
    assert check(company) == []


def test_so_does_spend_that_names_it_by_its_platforms_id(company, letter):
    admin = make_user(company, "company_admin")
    matching.remember(company, "google-ads", "77", Campaign.objects.get(), admin)
    make_spend(company, "called otherwise", 5_000, source="google-ads:eu", platform_id="77")
    undo(company, letter)
    SpendEntry.objects.update(campaign=None)
    make_lead(company, "News letter")
    assert SpendEntry.objects.get().campaign == Campaign.objects.get()


def test_spend_finds_a_campaign_that_a_person_adds_again(company, client, letter):
    make_spend(company, "news letter", 5_000)
    undo(company, letter)
    client.force_login(make_user(company, "company_admin"))
    values = {"company": company.pk, "key": "news letter", "name": "", "channel": "email"}
    answer = client.post(
        reverse("admin:attribution_campaign_add"), values | {"status": "active", "owner": ""}
    )
    assert answer.status_code == 302
    assert not Campaign.objects.get().withdrawn
    assert SpendEntry.objects.get().campaign == Campaign.objects.get()
    assert check(company) == []


def test_the_key_of_a_campaign_whose_leads_count_elsewhere_stays(company, client):
    make_lead(company, "autum")
    other = make_campaign(company, "autumn")
    choice = GroupChoice(
        group=GroupKey(DISCOVERED, "autum"), action=Action.ASSIGN, campaign=other.pk
    )
    repair = apply.save(company, RepairGroups((choice,)), None)
    typo = Campaign.objects.get(key="autum")
    client.force_login(make_user(company, "company_admin"))
    page = client.get(reverse("admin:attribution_campaign_change", args=[typo.pk]))
    assert "key" in page.context["adminform"].readonly_fields
    undo(company, repair)
    assert check(company) == []


def test_leads_of_doors_that_know_no_rules_follow_them_once_they_are_read(company):
    autumn = make_campaign(company, "autumn")
    summer = make_campaign(company, "summer")
    text = RuleText(field=Field.SOURCE, how=How.EXACT, values=("fb",), text="facebook")
    apply.save(company, SaveRule(text), None)
    apply.save(company, Merge((summer.pk,), autumn.pk), None)
    lead = make_lead(company, "summer", utm_source="fb")
    with connection.cursor() as cursor:  # as such a door stores it
        cursor.execute(
            "UPDATE attribution_lead SET reading_id = NULL, source = 'fb', campaign_id = %s",
            [summer.pk],
        )
    adopt(company)
    lead.refresh_from_db()
    assert (lead.source, lead.campaign) == ("facebook", autumn)
    assert check(company) == []
    march = ReportQuery(company=company, start=date(2026, 3, 1), end=date(2026, 3, 31))
    report = run_report(march)
    assert [row.label for row in report.rows if row.leads] == ["autumn"]


def test_a_thousand_groups_become_rules_at_once_and_go_back(company):
    target = make_campaign(company, "target")
    Company.objects.filter(pk=company.pk).update(new_campaigns_per_day=1000)
    company.refresh_from_db()
    lines = [f"name-{number},2026-03-02,name {number} of many" for number in range(700)]
    assert take_in(company, "leads", "\n".join(["id,received_at,utm_campaign", *lines])).new == 700
    choices = tuple(
        GroupChoice(
            group=GroupKey(DISCOVERED, f"name {number} of many"),
            action=Action.ASSIGN,
            campaign=target.pk,
            future=True,
        )
        for number in range(700)
    )
    repair = apply.save(company, RepairGroups(choices), None)
    assert Lead.objects.filter(campaign=target).count() == 700
    undo(company, repair)
    assert Lead.objects.filter(campaign=target).count() == 0


def test_spend_that_a_rule_leaves_unmatched_stays_so_when_its_campaign_is_made(company):
    make_lead(company, utm_source="news", utm_medium="email")
    make_spend(company, "autumn", 5_000)
    rule = leave(company, "autumn")
    make_one(company, name="Autumn")
    assert SpendEntry.objects.get().campaign is None
    assert check(company) == []
    undo(company, rule)
    assert SpendEntry.objects.get().campaign == Campaign.objects.get()


def test_spend_that_a_rule_leaves_unmatched_stays_so_when_its_campaign_is_added(company, client):
    make_spend(company, "autumn", 5_000)
    leave(company, "autumn")
    client.force_login(make_user(company, "company_admin"))
    values = {"company": company.pk, "key": "autumn", "name": "", "channel": "email"}
    client.post(
        reverse("admin:attribution_campaign_add"), values | {"status": "active", "owner": ""}
    )
    assert Campaign.objects.get().key == "autumn"
    assert SpendEntry.objects.get().campaign is None
    assert check(company) == []


def test_spend_meets_the_campaign_that_a_rekeyed_one_was_merged_into(company, client):
    old, into = make_campaign(company, "autum"), make_campaign(company, "autumn")
    apply.save(company, Merge((old.pk,), into.pk), None)
    make_spend(company, "herbst", 5_000)
    client.force_login(make_user(company, "company_admin"))
    old.refresh_from_db()
    values = {"company": company.pk, "key": "herbst", "name": "Herbst", "channel": "email"}
    client.post(
        reverse("admin:attribution_campaign_change", args=[old.pk]),
        values | NO_IDS | {"status": "active", "owner": "", "version_read": old.version},
    )
    old.refresh_from_db()
    assert old.key == "herbst"
    assert SpendEntry.objects.get().campaign == into
    assert check(company) == []


def test_an_undoing_that_would_put_another_name_back_than_shown_is_not_made(company):
    campaign = make_campaign(company, "autumn", name="Autumn")
    first = campaigns.edit(campaign, {"name": "One"}, None)
    second = campaigns.edit(campaign, {"name": "Two"}, None)
    draft = drafts.make(company, Undo(second.pk), make_user(company, "utm_admin"), "a reason")
    shown = plan(company, Undo(second.pk)).fingerprint
    undo(company, first)
    with pytest.raises(apply.Outdated):
        apply.confirm(draft, draft.author, shown)
    campaign.refresh_from_db()
    assert campaign.name == "Two"
