"""Budgets and groups in the admin: what owners may do, and in which words things are refused."""

from datetime import date

import pytest
from django.urls import reverse

from attribution.models import Membership
from spend.models import Budget, BudgetNotice, CampaignGroup
from tests.factories import make_campaign, make_company, make_spend, make_user
from tests.spend.budgets.conftest import make_budget, make_group

pytestmark = pytest.mark.django_db


def url(model, page, *args):
    return reverse(f"admin:spend_{model}_{page}", args=args)


def post(client, address, **data):
    """Sends a form and hands back the texts of its errors; none when it was taken."""
    answer = client.post(address, data)
    if answer.status_code == 302:
        return []
    assert answer.status_code == 200, answer.status_code
    errors = answer.context["adminform"].form.errors
    return [text for texts in errors.values() for text in texts]


def october(company, **values):
    days = {"first_day": "2026-10-01", "last_day": "2026-10-31"}
    return {"company": company.pk, "amount": "19,000.00", **days} | values


def test_a_budget_is_written_as_people_write_it(client, company, signed_in):
    user = signed_in("owner")
    campaign = make_campaign(company, "spring", owner=user)
    assert post(client, url("budget", "add"), **october(company, campaign=campaign.pk)) == []
    budget = Budget.objects.get()
    assert (budget.amount_minor, budget.author, budget.campaign) == (1_900_000, user, campaign)
    assert budget.version == 1
    listed = client.get(url("budget", "changelist")).content.decode()
    assert "€19,000.00" in listed
    assert "spring" in listed


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Choose either a campaign or a group of campaigns."),
        ({"amount": "-1"}, "This amount cannot be below 0."),
        ({"last_day": "2026-09-30"}, "The last day comes before the first day."),
        ({"last_day": "2099-12-31"}, "2099-12-31 is not between the year 2000 and three years"),
        (
            {"first_day": "2020-10-01", "last_day": "2024-10-31"},
            "A budget is for three years at most.",
        ),
    ],
)
def test_what_is_refused_and_why(client, company, signed_in, values, sentence):
    signed_in()
    chosen = {"campaign": make_campaign(company).pk} if values else {}
    errors = post(client, url("budget", "add"), **october(company, **chosen, **values))
    assert any(sentence in error for error in errors), errors
    assert not Budget.objects.exists()


def test_a_campaign_and_a_group_at_once_are_refused(client, company, signed_in):
    signed_in()
    campaign = make_campaign(company)
    both = {"campaign": campaign.pk, "group": make_group(company, "all", campaign).pk}
    errors = post(client, url("budget", "add"), **october(company, **both))
    assert errors == ["Choose either a campaign or a group of campaigns."]


def test_an_overlap_names_the_other_budget(client, company, signed_in):
    signed_in()
    campaign = make_campaign(company, "spring")
    make_budget(company, campaign)
    late = october(company, campaign=campaign.pk, last_day="2026-12-31", first_day="2026-10-31")
    assert post(client, url("budget", "add"), **late) == [
        "spring has a budget for 2026-10-01 to 2026-10-31 already. Change that one, or choose days "
        "outside it."
    ]


def test_owners_plan_for_their_own_campaigns_and_groups_of_such(client, company, signed_in):
    user = signed_in("owner")
    mine = make_campaign(company, "mine", owner=user)
    theirs = make_campaign(company, "theirs", owner=make_user(company, "owner"))
    mixed = make_group(company, "mixed", mine, theirs)
    for name, value in (("campaign", theirs.pk), ("group", mixed.pk)):
        [error] = post(client, url("budget", "add"), **october(company, **{name: value}))
        assert "has another owner" in error
    foreign = make_budget(company, theirs)
    page = client.get(url("budget", "change", foreign.pk))
    assert page.status_code == 200
    assert 'name="amount"' not in page.content.decode()
    sent = october(company, campaign=theirs.pk, amount="1", version_read="1")
    assert client.post(url("budget", "change", foreign.pk), sent).status_code == 403
    assert client.post(url("budget", "delete", foreign.pk), {"post": "yes"}).status_code == 403
    assert client.post(url("campaigngroup", "change", mixed.pk), {"name": "x"}).status_code == 403


def test_a_campaign_of_another_company_cannot_be_planned_for(client, company, signed_in):
    user = signed_in()
    other = make_company()
    Membership.objects.create(company=other, user=user, role="company_admin")
    campaign = make_campaign(other)
    errors = post(client, url("budget", "add"), **october(company, campaign=campaign.pk))
    assert errors == ["This one belongs to another company."]
    sent = {"company": company.pk, "name": "both", "campaigns": [campaign.pk]}
    [error] = post(client, url("campaigngroup", "add"), **sent)
    assert f"choose campaigns of {company}" in error


def test_a_group_gets_and_loses_campaigns(client, company, signed_in):
    signed_in()
    one, two = make_campaign(company, "one"), make_campaign(company, "two")
    make_campaign(company, "merged", merged_into=one)
    page = client.get(url("campaigngroup", "add")).content.decode()
    assert "merged" not in page
    sent = {"company": company.pk, "name": "both", "campaigns": [one.pk, two.pk]}
    assert post(client, url("campaigngroup", "add"), **sent) == []
    group = CampaignGroup.objects.get()
    assert {member.campaign for member in group.members.all()} == {one, two}
    del sent["company"]
    sent |= {"campaigns": [two.pk], "version_read": "1"}
    assert post(client, url("campaigngroup", "change", group.pk), **sent) == []
    group.refresh_from_db()
    assert [member.campaign for member in group.members.all()] == [two]
    assert group.version == 2


def test_saving_a_budget_looks_at_its_pace_at_once(client, company, signed_in):
    signed_in()
    campaign = make_campaign(company, "spring")
    today = date.today()
    make_spend(company, "spring", 101, day=today)
    days = {"first_day": today.isoformat(), "last_day": today.isoformat()}
    sent = october(company, campaign=campaign.pk, amount="1.00", **days)
    assert post(client, url("budget", "add"), **sent) == []
    assert [notice.kind for notice in BudgetNotice.objects.all()] == ["over_budget"]


def test_copying_to_the_next_month(client, company, signed_in):
    user = signed_in("owner")
    mine = make_budget(company, make_campaign(company, "mine", owner=user), note="plan")
    taken = make_budget(company, make_campaign(company, "taken", owner=user))
    november = {"first_day": date(2026, 11, 1), "last_day": date(2026, 11, 30)}
    make_budget(company, taken.campaign, **november)
    other = make_campaign(company, "theirs", owner=make_user(company, "owner"))
    theirs = make_budget(company, other)
    sent = {"action": "copy_on", "_selected_action": [mine.pk, taken.pk, theirs.pk]}
    page = client.post(url("budget", "changelist"), sent, follow=True).content.decode()
    assert "1 budget copied." in page
    assert "taken has a budget for 2026-11-01 to 2026-11-30 already" in page
    assert "It is not yours" in page
    copy = Budget.objects.get(campaign=mine.campaign, first_day=date(2026, 11, 1))
    assert copy.last_day == date(2026, 11, 30)
    assert (copy.amount_minor, copy.note, copy.author) == (1_900_000, "plan", user)
    assert Budget.objects.count() == 5


def test_a_second_editor_sees_both_values_and_chooses(client, company, signed_in):
    signed_in()
    budget = make_budget(company, make_campaign(company, "spring"))
    address = url("budget", "change", budget.pk)
    page = client.get(address).content.decode()
    assert 'name="version_read" value="1"' in page
    sent = october(company, campaign=budget.campaign_id, version_read="1")
    assert post(client, address, **sent, note="first") == []
    answer = client.post(address, {**sent, "amount": "5.00", "note": "second"})
    page = answer.content.decode()
    assert "Amount: “19000.00” is stored now, you sent “5.00”" in page
    assert "Note: “first” is stored now, you sent “second”" in page
    assert 'value="5.00"' in page  # still there to be corrected
    budget.refresh_from_db()
    assert (budget.amount_minor, budget.note, budget.version) == (1_900_000, "first", 2)
    kept = client.post(address, {**sent, "version_choice": "theirs"}, follow=True)
    assert "Nothing was saved" in kept.content.decode()
    seen = {"version_choice": "mine", "version_seen": "2"}
    assert post(client, address, **{**sent, "amount": "5.00", "note": "second"}, **seen) == []
    budget.refresh_from_db()
    assert (budget.amount_minor, budget.note, budget.version) == (500, "second", 3)


@pytest.mark.filterwarnings("error::django.core.paginator.UnorderedObjectListWarning")
def test_groups_are_offered_by_their_names(client, company, signed_in):
    for name in ("Winter", "Autumn", "Spring"):
        make_group(company, name=name)
    signed_in()
    asked = {"app_label": "spend", "model_name": "budget", "field_name": "group"}
    found = client.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert [one["text"] for one in found] == ["Autumn", "Spring", "Winter"]
