"""A new campaign made like another, templates, and what a campaign's form keeps of itself."""

import pytest

from attribution.models import Campaign, CampaignChange, Repair
from attribution.repair import apply
from attribution.repair.intents import Merge, Undo
from spend.models import CampaignGroup, GroupMember
from tests.attribution.pages import NO_IDS, post, url
from tests.factories import make_campaign, make_lead, make_user

pytestmark = pytest.mark.django_db
CAMPAIGN = "attribution_campaign"
SAYS = {
    "type": "Promotion",
    "goal": "Leads",
    "segment": "Families",
    "location": "Chicago",
    "language": "German",
    "landing_page": "https://example.com/",
    "tags": "b2b; vip",
    "channel": "email",
}


@pytest.fixture
def ann(company):
    return make_user(company, "owner", username="ann")


@pytest.fixture
def as_ann(client, ann):
    client.force_login(ann)
    return client


@pytest.fixture
def spring(company, ann):
    days = {"starts_on": "2026-03-01", "ends_on": "2026-03-31"}
    return make_campaign(company, "spring", name="Spring", owner=ann, **days, **SAYS)


def says(campaign):
    return {name: getattr(campaign, name) for name in SAYS}


def form(campaign, **values):
    names = ("key", "name", "channel", "status", "starts_on", "ends_on")
    kept = {name: getattr(campaign, name) for name in names} | {"owner": campaign.owner_id}
    return NO_IDS | kept | says(campaign) | {"version_read": campaign.version} | values


def test_a_clone_has_all_that_the_other_says_and_none_of_its_facts(as_ann, company, spring, ann):
    make_lead(company, "spring")
    spring.is_template, spring.status = True, "ended"
    spring.save()
    mine = CampaignGroup.objects.create(company=company, name="Mine")
    bens = CampaignGroup.objects.create(company=company, name="Ben's too")
    other = make_campaign(company, "other", owner=make_user(company, "owner"))
    for group, campaign in ((mine, spring), (bens, spring), (bens, other)):
        GroupMember.objects.create(company=company, group=group, campaign=campaign)
    address = url(CAMPAIGN, "clone", spring.pk)
    page = as_ann.get(address).content.decode()
    assert 'value="2026-03-01"' in page
    sent = {"key": "Summer%20Sale", "name": "Summer", "starts_on": "2026-06-01", "ends_on": ""}
    answer = as_ann.post(address, sent)
    new = Campaign.objects.get(key="summer sale")
    assert answer.url == url(CAMPAIGN, "change", new.pk)
    assert says(new) == SAYS
    assert (new.name, new.owner, new.status, new.is_template) == ("Summer", ann, "active", False)
    assert (str(new.starts_on), new.ends_on, new.discovered) == ("2026-06-01", None, False)
    assert list(GroupMember.objects.filter(campaign=new).values_list("group", flat=True)) == [
        mine.pk
    ]
    assert make_lead(company, "Summer Sale").campaign == new
    assert says(Campaign.objects.get(pk=spring.pk)) == SAYS


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"key": "SPRING", "name": "x"}, "“Spring” has this utm_campaign already."),
        ({"key": "(none)", "name": "x"}, "A campaign needs the utm_campaign of its links."),
        (
            {"key": "a", "name": "x", "starts_on": "2026-03-02", "ends_on": "2026-03-01"},
            "The last day comes before the first day.",
        ),
    ],
)
def test_a_clone_that_cannot_be_is_refused_in_words(as_ann, spring, sent, said):
    answer = as_ann.post(url(CAMPAIGN, "clone", spring.pk), sent)
    assert said in answer.content.decode()
    assert Campaign.objects.count() == 1


def test_only_who_may_add_campaigns_clones(client, company, spring):
    address = url(CAMPAIGN, "clone", spring.pk)
    client.force_login(make_user(company, "viewer"))
    assert client.get(address).status_code == 403
    client.force_login(make_user(company, "utm_admin"))
    assert client.post(address, {"key": "a", "name": "a"}).status_code == 403
    ben = make_user(company, "owner")
    client.force_login(ben)
    assert client.post(address, {"key": "bens", "name": "Ben's"}).status_code == 302
    assert Campaign.objects.get(key="bens").owner == ben


def test_templates_are_offered_where_a_campaign_is_added(as_ann, spring):
    chosen = {"_selected_action": [spring.pk], "action": "keep_as_template"}
    as_ann.post(url(CAMPAIGN, "changelist"), chosen)
    assert url(CAMPAIGN, "clone", spring.pk) in as_ann.get(url(CAMPAIGN, "add")).content.decode()
    assert "Spring (template)" in as_ann.get(url(CAMPAIGN, "changelist")).content.decode()
    as_ann.post(url(CAMPAIGN, "changelist"), chosen | {"action": "no_template"})
    page = as_ann.get(url(CAMPAIGN, "add")).content.decode()
    assert url(CAMPAIGN, "clone", spring.pk) not in page
    told = CampaignChange.objects.order_by("pk").values_list("field", "old", "new")
    assert list(told) == [("is_template", "", "yes"), ("is_template", "yes", "")]
    answer = as_ann.post(url(CAMPAIGN, "changelist"), chosen | {"action": "clone"})
    assert answer.url == url(CAMPAIGN, "clone", spring.pk)


def test_the_form_keeps_history_tidies_and_offers_what_is_in_use(as_ann, company, spring):
    make_campaign(company, "other", location="Boston", tags="q4")
    page = as_ann.get(url(CAMPAIGN, "change", spring.pk)).content.decode()
    assert '<option value="Boston"></option>' in page
    assert "In use: b2b; q4; vip" in page
    sent = form(spring, location=" boston ", tags="New | VIP;  b2b ;new", goal="")
    assert post(as_ann, url(CAMPAIGN, "change", spring.pk), **sent) == []
    found = Campaign.objects.get(pk=spring.pk)
    assert (found.location, found.tags, found.goal) == ("Boston", "b2b; new; vip", "")
    told = CampaignChange.objects.order_by("field").values_list("field", "old", "new")
    assert set(told) == {
        ("goal", "Leads", ""),
        ("location", "Chicago", "Boston"),
        ("tags", "b2b; vip", "b2b; new; vip"),
    }
    apply.save(company, Undo(Repair.objects.latest("pk").pk), None)
    assert says(Campaign.objects.get(pk=spring.pk)) == SAYS


def test_what_cannot_be_kept_is_refused_in_words(as_ann, spring):
    sent = form(spring, tags="x" * 51, landing_page="javascript:alert(1)")
    errors = post(as_ann, url(CAMPAIGN, "change", spring.pk), **sent)
    assert errors[0] == "Enter a valid URL."
    errors = post(as_ann, url(CAMPAIGN, "change", spring.pk), **form(spring, tags="x" * 51))
    assert "more than 50 characters" in errors[0]


def test_a_merge_leaves_what_campaigns_say_and_its_undo_too(company, spring):
    other = make_campaign(company, "other", goal="Sales", tags="q4")
    made = apply.save(company, Merge((other.pk,), spring.pk), None)
    assert says(Campaign.objects.get(pk=spring.pk)) == SAYS
    apply.save(company, Undo(made.pk), None)
    found = Campaign.objects.get(pk=other.pk)
    assert (found.goal, found.tags, found.merged_into) == ("Sales", "q4", None)


def test_lists_are_filtered_by_tag_and_facts(as_ann, company, spring):
    make_campaign(company, "b", name="Other", tags="vip2", goal="Sales")
    make_campaign(company, "c", name="Third", tags="b2b")

    def shown(**asked):
        rows = as_ann.get(url(CAMPAIGN, "changelist"), asked).context["cl"].result_list
        return {row.name for row in rows}

    assert shown(tag="VIP") == {"Spring"}
    assert shown(tag=["b2b", "vip2"]) == {"Spring", "Other", "Third"}
    assert shown(tag="%") == set()
    assert "Spring" not in shown(tag="(none)")
    assert "Spring" in shown(tag=["(none)", "vip"])
    assert shown(goal="Sales") == {"Other"}
    assert shown(goal="(none)") == {"Third"}
    make_lead(company, "spring", external_id="L1")
    make_lead(company, "b", external_id="L2")
    leads = as_ann.get(url("attribution_lead", "changelist"), {"tag": "vip", "goal": "Leads"})
    assert [row.external_id for row in leads.context["cl"].result_list] == ["L1"]
    assert as_ann.get(url("spend_spendentry", "changelist"), {"segment": "x"}).status_code == 200
