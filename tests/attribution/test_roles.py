"""Who may do what: the table of roles, and that every page keeps to it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from attribution import readkeys, roles, scope
from attribution.models import Membership
from tests.factories import (
    make_booking,
    make_campaign,
    make_company,
    make_lead,
    make_link_host,
    make_short_link,
    make_spend,
    make_user,
)

V, O, U, A = "viewer", "owner", "utm_admin", "company_admin"  # noqa: E741
EVERYONE, NOBODY = {V, O, U, A}, set()
pytestmark = pytest.mark.django_db

# Right → the roles that have it, written out once more by hand.
MATRIX = {
    "report.view": EVERYONE,
    "report.export": EVERYONE,
    "month.close": {O, A},
    "month.reopen": {A},
    "savedview.keep": EVERYONE,
    "savedview.share": {O, A},
    "note.view": EVERYONE,
    "note.write": {O, A},
    "note.change": {A},
    "target.view": EVERYONE,
    "target.add": {O, A},
    "target.change": {O, A},
    "target.delete": {O, A},
    "subscription.view": {O, A},
    "subscription.add": {O, A},
    "subscription.change": {O, A},
    "subscription.delete": {O, A},
    "alert.view": {O, A},
    "alert.add": {O, A},
    "alert.change": {O, A},
    "alert.delete": {O, A},
    "lead.view": EVERYONE,
    "lead.contact": {U, A},
    "lead.add": {A},
    "lead.change": {A},
    "lead.erase": {A},
    "lead.import": {O, A},
    "lead.export": {O, U, A},
    "booking.view": EVERYONE,
    "booking.add": {A},
    "booking.change": {A},
    "booking.import": {O, A},
    "booking.export": {O, U, A},
    "spend.view": EVERYONE,
    "spend.add": {O, A},
    "spend.change": {O, A},
    "spend.delete": {O, A},
    "spend.import": {O, A},
    "spend.export": {O, A},
    "cost.view": EVERYONE,
    "cost.add": {O, A},
    "cost.change": {O, A},
    "cost.delete": {O, A},
    "kindoffile.view": {O, A},
    "kindoffile.change": {O, A},
    "kindoffile.delete": {O, A},
    "filemapping.view": {O, A},
    "filemapping.change": {O, A},
    "filemapping.delete": {O, A},
    "webhook.view": {A},
    "webhook.add": {A},
    "webhook.change": {A},
    "ingestkey.view": {A},
    "ingestkey.add": {A},
    "ingestkey.change": {A},
    "readkey.view": {A},
    "readkey.add": {A},
    "readkey.change": {A},
    "tag.view": EVERYONE,
    "refusal.view": {U, A},
    "refusal.settle": {U, A},
    "waitingbooking.view": {U, A},
    "waitingbooking.delete": {A},
    "capturerule.view": {U, A},
    "capturerule.add": {A},
    "capturerule.change": {A},
    "capturerule.delete": {A},
    "kindbatch.view": {O, U, A},
    "capture.view": {O, U, A},
    "budget.view": EVERYONE,
    "budget.add": {O, A},
    "budget.change": {O, A},
    "budget.delete": {O, A},
    "campaigngroup.view": EVERYONE,
    "campaigngroup.add": {O, A},
    "campaigngroup.change": {O, A},
    "campaigngroup.delete": {O, A},
    "rate.view": EVERYONE,
    "rate.add": {O, A},
    "rate.change": {O, A},
    "rate.delete": {O, A},
    "campaign.view": EVERYONE,
    "campaign.add": {O, A},
    "campaign.change": {O, A},
    "campaign.import": {O, A},
    "campaign.export": EVERYONE,
    "importrun.view": {O, U, A},
    "link.build": {O, U, A},
    "naming.view": {O, U, A},
    "naming.add": {A},
    "naming.change": {A},
    "shortlink.view": EVERYONE,
    "shortlink.add": {O, U, A},
    "shortlink.change": {O, U, A},
    "linkhost.view": {O, U, A},
    "linkhost.add": {A},
    "linkhost.delete": {A},
    "repair.view": EVERYONE,
    "repair.make": {U, A},
    "channel.view": {U, A},
    "channel.change": {U, A},
    "rule.view": {U, A},
    "rule.change": {U, A},
    "company.view": EVERYONE,
    "company.change": {A},
    "membership.view": {A},
    "membership.add": {A},
    "membership.change": {A},
    "membership.delete": {A},
}
# Page of the admin → the roles that it opens for; all others get 403.
PAGES = {
    ("attribution_campaign", "changelist"): EVERYONE,
    ("attribution_campaign", "add"): {O, A},
    ("attribution_campaign", "change"): EVERYONE,
    ("attribution_campaign", "history"): EVERYONE,
    ("attribution_campaign", "delete"): NOBODY,
    ("attribution_campaign", "export"): EVERYONE,
    ("attribution_lead", "changelist"): EVERYONE,
    ("attribution_lead", "add"): {A},
    ("attribution_lead", "change"): EVERYONE,
    ("attribution_lead", "delete"): NOBODY,
    ("attribution_lead", "import"): {O, A},
    ("attribution_lead", "export"): {O, U, A},
    ("attribution_booking", "changelist"): EVERYONE,
    ("attribution_booking", "add"): {A},
    ("attribution_booking", "delete"): NOBODY,
    ("attribution_booking", "import"): {O, A},
    ("attribution_booking", "export"): {O, U, A},
    ("spend_spendentry", "changelist"): EVERYONE,
    ("spend_spendentry", "add"): {O, A},
    ("spend_spendentry", "change"): EVERYONE,
    ("spend_spendentry", "delete"): {O, A},
    ("spend_spendentry", "import"): {O, A},
    ("spend_spendentry", "export"): {O, A},
    ("spend_budget", "changelist"): EVERYONE,
    ("spend_budget", "add"): {O, A},
    ("spend_campaigngroup", "changelist"): EVERYONE,
    ("spend_campaigngroup", "add"): {O, A},
    ("attribution_company", "changelist"): EVERYONE,
    ("attribution_company", "add"): NOBODY,
    ("attribution_company", "delete"): NOBODY,
    ("attribution_importrun", "changelist"): {O, U, A},
    ("attribution_importrun", "add"): NOBODY,
    ("attribution_namingrules", "changelist"): {O, U, A},
    ("attribution_namingrules", "add"): {A},
    ("attribution_shortlink", "changelist"): EVERYONE,
    ("attribution_shortlink", "add"): {O, U, A},
    ("attribution_shortlink", "change"): EVERYONE,
    ("attribution_shortlink", "delete"): NOBODY,
    ("attribution_linkhost", "changelist"): {O, U, A},
    ("attribution_linkhost", "add"): {A},
    ("attribution_linkhost", "delete"): {A},
    ("attribution_membership", "changelist"): {A},
    ("attribution_membership", "add"): {A},
    ("attribution_membership", "delete"): {A},
    ("attribution_readkey", "changelist"): {A},
    ("attribution_readkey", "add"): {A},
    ("attribution_readkey", "change"): {A},
    ("attribution_readkey", "delete"): NOBODY,
    ("auth_user", "changelist"): NOBODY,
    ("auth_user", "add"): NOBODY,
}
OF_A_ROW = {"change", "delete", "history"}


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


@pytest.fixture
def company():
    return make_company()


@pytest.fixture
def rows(company):
    lead = make_lead(company, "spring")
    return {
        "attribution_lead": lead,
        "attribution_campaign": lead.campaign,
        "attribution_booking": make_booking(lead),
        "spend_spendentry": make_spend(company, "spring", 100),
        "attribution_company": company,
        "attribution_shortlink": make_short_link(company),
        "attribution_linkhost": make_link_host(company, "shop.example.com"),
        "attribution_readkey": readkeys.make(company, "viewer", "Program")[0],
        "attribution_membership": Membership.objects.create(
            company=company, user=make_user(), role="viewer"
        ),
    }


def test_the_table_is_the_one_agreed():
    assert {right: set(allowed) for right, allowed in roles.RIGHTS.items()} == MATRIX


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_every_page_keeps_to_the_table(client, company, rows, role):
    client.force_login(make_user(company, role))
    wrong = []
    for (model, page), allowed in PAGES.items():
        address = [rows[model].pk] if page in OF_A_ROW else []
        status = client.get(reverse(f"admin:{model}_{page}", args=address)).status_code
        if status != (200 if role in allowed else 403):
            wrong.append((model, page, status))
    assert wrong == []


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_what_may_not_be_opened_may_not_be_sent_either(client, company, rows, role):
    client.force_login(make_user(company, role))
    for (model, page), allowed in PAGES.items():
        if role in allowed or page in ("changelist", "history"):
            continue
        address = [rows[model].pk] if page in OF_A_ROW else []
        file = SimpleUploadedFile("x.csv", b"a,b\n1,2\n")
        sent = {"post": "yes", "format": "0", "file": file}
        answer = client.post(reverse(f"admin:{model}_{page}", args=address), sent)
        assert answer.status_code == 403, (model, page)


@pytest.mark.parametrize("role", [V, U])
def test_who_may_only_look_changes_nothing(client, company, rows, role):
    client.force_login(make_user(company, role))
    for model in ("attribution_lead", "attribution_campaign", "spend_spendentry"):
        answer = client.post(reverse(f"admin:{model}_change", args=[rows[model].pk]), {})
        assert answer.status_code == 403


def test_rights_hold_per_company(company):
    user, second = make_user(company, A), make_company()
    Membership.objects.create(company=second, user=user, role=V)
    assert roles.may(user, "lead.contact", company.pk)
    assert not roles.may(user, "lead.contact", second.pk)
    assert roles.companies_with(user, "lead.contact") == {company.pk}
    assert roles.companies_with(user, "lead.view") == {company.pk, second.pk}


def test_who_was_made_inactive_may_nothing(company):
    user = make_user(company, A, is_active=False)
    assert not roles.may(user, "report.view", company.pk)


def test_a_membership_that_ended_ends_access_with_the_next_request(client, company):
    user = make_user(company, A)
    client.force_login(user)
    assert client.get(reverse("admin:attribution_lead_changelist")).status_code == 200
    Membership.objects.filter(user=user).delete()
    assert client.get(reverse("admin:attribution_lead_changelist")).status_code == 302


@pytest.mark.parametrize(
    ("role", "owner", "keeps"),
    [
        *((A, "me", True), (A, "other", True), (A, None, True)),
        *((O, "me", True), (O, "other", False), (O, None, True)),
        *((V, "me", False), (V, None, False), (U, "me", False), (U, None, False)),
    ],
)
def test_owners_keep_their_own_campaigns_and_those_of_nobody(company, role, owner, keeps):
    user, other = make_user(company, role), make_user(company, O)
    who = {"me": user, "other": other, None: None}[owner]
    campaign = make_campaign(company, owner=who)
    assert roles.keeps(user, company.pk, campaign.owner_id) is keeps
