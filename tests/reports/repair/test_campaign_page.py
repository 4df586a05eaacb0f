"""One campaign: its columns with their history, more names, merging, and earlier leads."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from attribution import scope
from attribution.models import Campaign, CampaignChange, Lead, Repair, RepairDraft
from attribution.repair import apply, drafts
from attribution.repair.intents import (
    DISCOVERED,
    Action,
    Claim,
    GroupChoice,
    GroupKey,
    Merge,
    RepairGroups,
    RuleText,
    SaveRule,
    Undo,
    from_json,
)
from attribution.repair.plan import plan
from attribution.verdict import Field, How
from tests.attribution.pages import NO_IDS, post, url
from tests.factories import make_campaign, make_company, make_lead, make_spend, make_user

pytestmark = pytest.mark.django_db
CAMPAIGN = "attribution_campaign"


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


@pytest.fixture
def company():
    return make_company(name="Acme", slug="acme", new_campaigns_per_day=1)


@pytest.fixture
def mia(client, company):
    user = make_user(company, "company_admin", username="mia")
    client.force_login(user)
    return user


@pytest.fixture
def spring(company):
    return make_campaign(company, "spring", name="Spring promo")


def do(company, intent, user, reason="why"):
    draft = drafts.make(company, intent, user, reason)
    return apply.confirm(draft, user, plan(company, intent).fingerprint)


def page(client, campaign):
    return client.get(url(CAMPAIGN, "change", campaign.pk)).content.decode()


def repair_page(campaign):
    return reverse("reports:campaign-repair", args=[campaign.pk])


def sent(client, campaign, form, **data):
    """The intent of the draft that came of a form; its errors where none did."""
    values = {f"{form}-{name}": value for name, value in ({"reason": "why"} | data).items()}
    answer = client.post(repair_page(campaign), {"form": form} | values)
    if answer.status_code != 302:
        errors = answer.context["forms"][form].errors
        return [text for texts in errors.values() for text in texts]
    draft = RepairDraft.objects.get(token=answer["Location"].rstrip("/").rsplit("/", 1)[-1])
    return from_json(draft.intent)


def flooded(company, *names):
    """Leads of one day, which has room for no new campaign any more."""
    make_lead(company, "first-of-the-day")
    return [make_lead(company, name) for name in names]


def opened(campaign):
    """What a form that was just opened carries beside the fields."""
    return NO_IDS | {"version_read": Campaign.objects.get(pk=campaign.pk).version}


class TestEdits:
    def form(self, campaign, **values):
        return {
            **opened(campaign),
            "name": campaign.name,
            "channel": campaign.channel,
            "status": campaign.status,
            "key": campaign.key,
        } | values

    def test_the_display_name_changes_and_key_and_leads_stay(self, client, mia, company, spring):
        lead = make_lead(company, "spring")
        sent = self.form(spring, name="Spring 2026", key="other")
        assert post(client, url(CAMPAIGN, "change", spring.pk), **sent) == []
        spring.refresh_from_db()
        lead.refresh_from_db()
        assert (spring.name, spring.key, lead.campaign_id) == ("Spring 2026", "spring", spring.pk)
        change = CampaignChange.objects.get()
        assert (change.field, change.old, change.new) == ("name", "Spring promo", "Spring 2026")
        assert (change.repair.author, change.repair.kind) == (mia, "campaign")
        shown = " ".join(page(client, spring).split())
        assert "<strong>name</strong> from <q>Spring promo</q> to <q>Spring 2026</q>" in shown

    def test_saving_it_unchanged_is_no_change(self, client, mia, spring):
        assert post(client, url(CAMPAIGN, "change", spring.pk), **self.form(spring)) == []
        assert not Repair.objects.exists()

    def test_looking_at_a_discovered_one_is_kept(self, client, mia, company):
        campaign = make_lead(company, "sprnig").campaign
        assert post(client, url(CAMPAIGN, "change", campaign.pk), **self.form(campaign)) == []
        campaign.refresh_from_db()
        assert not campaign.discovered
        assert CampaignChange.objects.get().field == "discovered"

    def test_a_key_can_be_changed_while_nothing_carries_it(self, client, mia, company, spring):
        change = url(CAMPAIGN, "change", spring.pk)
        assert post(client, change, **self.form(spring, name="Edited once")) == []
        assert post(client, change, **self.form(spring, key="Spring 26")) == []
        spring.refresh_from_db()
        assert spring.key == "spring 26"
        make_spend(company, "spring 26", 100)
        assert post(client, change, **self.form(spring, key="late")) == []
        spring.refresh_from_db()
        assert spring.key == "spring 26"

    def test_archiving_and_taking_back_are_kept(self, client, mia, spring):
        chosen = {"_selected_action": [spring.pk], "index": "0", "select_across": "0"}
        listed = url(CAMPAIGN, "changelist")
        client.post(listed, chosen | {"action": "archive", "confirmed": "yes"})
        client.post(listed, chosen | {"action": "unarchive"})
        changes = CampaignChange.objects.order_by("pk").values_list("field", "old", "new")
        assert list(changes) == [
            ("status", "active", "archived"),
            ("status", "archived", "active"),
        ]

    def test_while_something_else_is_saved_it_says_so(
        self, client, mia, company, spring, monkeypatch
    ):
        def busy(*_):
            raise apply.Busy("An import of this company is being saved.")

        monkeypatch.setattr("attribution.repair.campaigns.edit", busy)
        change, listed = url(CAMPAIGN, "change", spring.pk), url(CAMPAIGN, "changelist")
        assert client.post(change, self.form(spring, name="Other"))["Location"] == change
        assert "is being saved" in client.get(change).content.decode()
        chosen = {"_selected_action": [spring.pk], "action": "archive", "confirmed": "yes"}
        client.post(listed, chosen)
        assert "is being saved" in client.get(listed).content.decode()
        spring.refresh_from_db()
        assert (spring.name, spring.status) == ("Spring promo", "active")

    def test_an_edit_can_be_undone(self, client, mia, company, spring):
        sent = self.form(spring, name="Oops")
        post(client, url(CAMPAIGN, "change", spring.pk), **sent)
        do(company, Undo(Repair.objects.get().pk), mia)
        spring.refresh_from_db()
        assert spring.name == "Spring promo"


class TestWithdrawn:
    """A campaign whose making was undone is not there, until somebody adds it again."""

    @pytest.fixture
    def gone(self, company, mia):
        flooded(company, "sprnig")
        choice = GroupChoice(
            group=GroupKey("flood", "sprnig"), action=Action.MAKE, name="Made", channel="email"
        )
        repair = do(company, RepairGroups((choice,)), mia)
        made = Campaign.objects.get(name="Made")
        do(company, Undo(repair.pk), mia)
        made.refresh_from_db()
        assert made.withdrawn
        return made

    def test_it_is_in_no_list_and_no_choice(self, client, mia, company, gone):
        assert "sprnig" not in client.get(url(CAMPAIGN, "changelist")).content.decode()
        assert client.get(url(CAMPAIGN, "change", gone.pk)).status_code == 404
        assert client.get(repair_page(gone)).status_code == 404
        for app, model in (("spend", "spendentry"), ("attribution", "shortlink")):
            asked = {"app_label": app, "model_name": model, "field_name": "campaign", "term": ""}
            found = client.get(reverse("admin:autocomplete"), asked).json()["results"]
            assert str(gone.pk) not in {one["id"] for one in found}
        builder = client.get(reverse("tools:utm-builder") + "?company=acme")
        assert gone.key not in {one.key for one in builder.context["campaigns"]}

    def test_adding_its_key_takes_it_up_and_moves_no_lead(self, client, mia, company, gone):
        before = list(Lead.objects.order_by("pk").values())
        form = {"company": company.pk, "key": "Sprnig", "name": "By hand", "channel": "video"}
        assert post(client, url(CAMPAIGN, "add"), **form, status="paused") == []
        again = Campaign.objects.get(key="sprnig")
        assert (again.pk, again.name, again.withdrawn, again.made_in) == (
            *(gone.pk, "By hand", False, None),
        )
        assert (again.channel, again.status, again.discovered) == ("video", "paused", False)
        assert list(Lead.objects.order_by("pk").values()) == before
        assert (
            "already has a campaign"
            in post(client, url(CAMPAIGN, "add"), **form, status="paused")[0]
        )


class TestMerge:
    def test_it_is_asked_for_by_key_or_name(self, client, mia, company, spring):
        old = make_campaign(company, "old")
        assert sent(client, old, "merge", target="SPRING promo") == Merge((old.pk,), spring.pk)
        assert sent(client, old, "merge", target="spring") == Merge((old.pk,), spring.pk)
        assert not Repair.objects.exists()

    def test_what_is_wrong_is_said(self, client, mia, company, spring):
        assert sent(client, spring, "merge", target="spring") == [
            "This is the same campaign. Choose another."
        ]
        assert set(sent(client, spring, "merge", target="x", reason="")) == {
            "No campaign is called “x”. Choose one of the list.",
            "Say why: it stands in the history.",
        }
        foreign = make_campaign(make_company(), "foreign")
        assert "No campaign is called" in sent(client, spring, "merge", target=foreign.key)[0]

    def test_a_merged_campaign_says_into_which_by_whom_and_when(self, client, mia, company, spring):
        old = make_campaign(company, "old", name="Old one")
        repair = do(company, Merge((old.pk,), spring.pk), mia, "the same thing")
        shown = page(client, old)
        assert "Merged into" in shown
        assert "Spring promo</a> by mia on" in shown
        assert reverse("reports:repair", args=[repair.pk]) in shown
        assert "Merge into another" not in shown
        assert "by mia on" in client.get(repair_page(old)).content.decode()
        client.post(repair_page(old), {"form": "merge", "merge-target": "spring"})
        assert RepairDraft.objects.count() == 1
        listed = client.get(url(CAMPAIGN, "changelist")).content.decode()
        assert "Old one (merged into Spring promo)" in listed

    def test_it_cannot_be_chosen_any_more(self, client, mia, company, spring):
        old = make_campaign(company, "old")
        do(company, Merge((old.pk,), spring.pk), mia)
        asked = {"app_label": "spend", "model_name": "spendentry", "field_name": "campaign"}
        found = client.get(reverse("admin:autocomplete"), asked | {"term": ""}).json()["results"]
        assert [one["id"] for one in found] == [str(spring.pk)]
        form = {"company": company.pk, "campaign": old.pk, "day": "2026-03-02", "line": "media"}
        assert post(client, url("spend_spendentry", "add"), **form, amount="1") != []


class TestNames:
    def test_further_names_become_one_exact_rule(self, client, mia, spring):
        intent = sent(client, spring, "keys", keys=" Sprnig \n\nspring sale\nSprnig")
        text = RuleText(
            field=Field.CAMPAIGN,
            how=How.EXACT,
            values=("Sprnig", "spring sale"),
            campaign=spring.pk,
        )
        assert intent == SaveRule(text)

    def test_what_is_wrong_is_said(self, client, mia, company, spring):
        assert sent(client, spring, "keys", keys="SPRING") == [
            "“spring” is its own utm_campaign already. Write others."
        ]
        assert sent(client, spring, "keys", keys=" ") == ["Write at least one value."]
        assert "means nothing" in sent(client, spring, "keys", keys="(none)")[0]
        do(company, sent(client, spring, "keys", keys="sprnig"), mia)
        assert sent(client, spring, "keys", keys="sprnig") == ["This is what rule 1 already says."]

    def test_they_stand_on_its_page(self, client, mia, company, spring):
        assert "No rule leads other names here." in page(client, spring)
        do(company, sent(client, spring, "keys", keys="sprnig\nsprang"), mia)
        shown = page(client, spring)
        assert "sprnig, sprang" in shown
        assert "sprnig, sprang" in client.get(repair_page(spring)).content.decode()


class TestClaim:
    def test_a_campaign_that_is_added_claims_nothing_by_itself(self, client, mia, company):
        lost = flooded(company, "spring", "spring", "autumn")
        form = {"company": company.pk, "key": "spring", "channel": "other", "status": "active"}
        assert post(client, url(CAMPAIGN, "add"), **form) == []
        assert {one.unattributed_reason for one in Lead.objects.filter(campaign=None)} == {"flood"}
        assert Lead.objects.filter(campaign=None).count() == len(lost)

    def test_earlier_leads_are_counted_in_a_previewed_batch(self, client, mia, company):
        flooded(company, "spring", "spring", "autumn")
        spring = make_campaign(company, "spring")
        shown = page(client, spring)
        assert "2 earlier leads carry this name and have no campaign." in shown
        assert f"{repair_page(spring)}#claim" in shown
        intent = sent(client, spring, "claim", reason="they were refused as a flood")
        assert intent == Claim(spring.pk)
        do(company, intent, mia)
        assert Lead.objects.filter(campaign=spring).count() == 2
        assert "earlier lead" not in page(client, spring)
        assert "No lead carries this name" in client.get(repair_page(spring)).content.decode()

    def test_the_reason_is_asked(self, client, mia, company):
        flooded(company, "spring")
        spring = make_campaign(company, "spring")
        assert sent(client, spring, "claim", reason="") == ["Say why: it stands in the history."]


class TestWho:
    @pytest.mark.parametrize("role", ["viewer", "owner", "utm_admin", "company_admin"])
    def test_only_those_who_repair(self, client, company, spring, role):
        flooded(company, "spring2")
        client.force_login(make_user(company, role))
        may = role in ("utm_admin", "company_admin")
        assert client.get(repair_page(spring)).status_code == (200 if may else 403)
        answer = client.post(repair_page(spring), {"form": "claim", "claim-reason": "r"})
        assert answer.status_code == (302 if may else 403)
        assert (repair_page(spring) in page(client, spring)) is may
        assert RepairDraft.objects.exists() is may

    def test_a_campaign_of_another_company_is_one_that_never_was(self, client, mia):
        foreign = make_campaign(make_company(), "zq7")
        for method in (client.get, client.post):
            answer = method(repair_page(foreign))
            assert answer.status_code == 404
            assert b"zq7" not in answer.content

    def test_everybody_sees_the_history(self, client, company, spring):
        mia = make_user(company, "utm_admin", username="mia")
        old = make_campaign(company, "old", name="Old")
        do(company, Merge((old.pk,), spring.pk), mia, "the same thing")
        client.force_login(make_user(company, "viewer"))
        assert "“the same thing”" in page(client, spring)


def test_all_that_was_decided_costs_few_queries(client, mia, company, spring):
    lead = make_lead(company, "sprnig", received_at=datetime.now(UTC))
    make_spend(company, "spring", 100, day=lead.day)
    choice = GroupChoice(
        group=GroupKey(DISCOVERED, "sprnig"), action=Action.ASSIGN, campaign=spring.pk, future=True
    )
    do(company, RepairGroups((choice,)), mia)
    do(company, Merge((make_campaign(company, "old").pk,), spring.pk), mia)
    post(
        client,
        url(CAMPAIGN, "change", spring.pk),
        **opened(spring),
        name="New",
        channel="email",
        status="paused",
        owner=mia.pk,
    )
    page(client, spring)  # what Django remembers for all pages
    with CaptureQueriesContext(connection) as queries:
        assert "sprnig" in page(client, spring)
    assert len(queries) <= 15
