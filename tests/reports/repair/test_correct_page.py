"""Corrections of leads: from the lead's page and from the list to a preview, and no further."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from attribution import scope
from attribution.admin import correcting
from attribution.models import Lead, Membership, Repair, RepairDraft
from attribution.repair import apply
from attribution.repair.intents import Correct, from_json
from attribution.repair.plan import plan
from tests.factories import make_campaign, make_company, make_lead, make_user

pytestmark = pytest.mark.django_db
ROLES = ("viewer", "owner", "utm_admin", "company_admin")
MAY = {"utm_admin", "company_admin"}
LIST = "admin:attribution_lead_changelist"


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


@pytest.fixture
def company():
    return make_company(name="Acme", slug="acme", timezone="Europe/Berlin")


@pytest.fixture
def mia(client, company):
    user = make_user(company, "utm_admin", username="mia")
    client.force_login(user)
    return user


def address(*leads):
    return reverse("reports:correct") + "?" + "&".join(f"lead={lead.pk}" for lead in leads)


def sent(client, url, **data):
    """The intent of the draft that came of a form; its errors where none did."""
    answer = client.post(url, {"reason": "typo in the ads"} | data)
    if answer.status_code != 302:
        errors = answer.context["form"].errors
        return [text for texts in errors.values() for text in texts]
    draft = RepairDraft.objects.get(token=answer["Location"].rstrip("/").rsplit("/", 1)[-1])
    assert answer["Location"] == reverse("reports:preview", args=[draft.token])
    assert draft.reason == "typo in the ads"
    return from_json(draft.intent)


def choose(client, leads, across="0", **query):
    chosen = {
        "action": "correct_utm",
        "_selected_action": [lead.pk for lead in leads],
        "select_across": across,
    }
    return client.post(reverse(LIST), chosen, query_params=query)


class TestPage:
    def test_raw_values_stand_beside_what_counts(self, client, mia, company):
        lead = make_lead(company, "Spring%20Sale", external_id="L1", utm_source="FB ")
        page = client.get(address(lead)).content.decode()
        assert "FB  / – / Spring%20Sale" in page
        assert "fb / – / spring sale" in page
        assert "2 Mar 2026, 13:00" in page  # Berlin
        assert 'list="campaigns"' in page

    def test_what_is_written_becomes_a_draft_and_nothing_else(self, client, mia, company):
        spring = make_campaign(company, "spring", name="Spring promo")
        first, second = make_lead(company), make_lead(company)
        before = list(Lead.objects.order_by("pk").values())
        intent = sent(client, address(first, second), source=" Facebook ", campaign="spring PROMO")
        assert intent == Correct(
            leads=(first.pk, second.pk), source="facebook", sets_campaign=True, campaign=spring.pk
        )
        assert list(Lead.objects.order_by("pk").values()) == before
        assert not Repair.objects.exists()

    def test_no_campaign(self, client, mia, company):
        lead = make_lead(company, "spring")
        intent = sent(client, address(lead), no_campaign="on")
        assert intent == Correct(leads=(lead.pk,), sets_campaign=True)

    @pytest.mark.parametrize(
        ("data", "error"),
        [
            ({}, "Write what is to be different: all fields are empty."),
            ({"source": "fb", "reason": " "}, "Say why: it stands in the history."),
            (
                {"campaign": "sprong"},
                "No campaign is called “sprong”. Choose one of the list.",
            ),
            (
                {"campaign": "spring", "no_campaign": "on"},
                "Either a campaign or “No campaign”, not both.",
            ),
            (
                {"medium": "(none)"},
                "“(none)” means nothing. Write a value, or leave the field empty.",
            ),
        ],
    )
    def test_what_is_wrong_is_said(self, client, mia, company, data, error):
        make_campaign(company, "spring")
        lead = make_lead(company)
        assert sent(client, address(lead), **data) == [error]
        assert not RepairDraft.objects.exists()

    def test_what_was_typed_stays(self, client, mia, company):
        answer = client.post(address(make_lead(company)), {"campaign": "sprong", "reason": "r"})
        page = answer.content.decode()
        assert 'value="sprong"' in page
        assert "Nothing was saved." in page

    def test_a_campaign_of_two_a_merged_and_a_withdrawn_one_cannot_be_meant(
        self, client, mia, company
    ):
        target = make_campaign(company, "b", name="Same")
        make_campaign(company, "a", name="Same")
        make_campaign(company, "merged", merged_into=target)
        make_campaign(company, "gone", withdrawn=True)
        url = address(make_lead(company))
        assert "a, b" in sent(client, url, campaign="same")[0]
        assert "was merged into “Same”" in sent(client, url, campaign="merged")[0]
        assert "No campaign is called" in sent(client, url, campaign="gone")[0]
        assert [one.key for one in client.get(url).context["campaigns"]] == ["a", "b"]

    def test_twenty_leads_are_shown_and_all_are_corrected(self, client, mia, company):
        leads = [make_lead(company) for __ in range(23)]
        page = client.get(address(*leads))
        assert len(page.context["rows"]) == 20
        assert "3 more leads are not shown here" in page.content.decode()
        assert sent(client, address(*leads), source="x").leads == tuple(one.pk for one in leads)

    def test_its_cost_does_not_grow_with_leads(self, client, mia, company):
        def cost(number):
            leads = [make_lead(company, "spring") for __ in range(number)]
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address(*leads)).status_code == 200
            return len(queries)

        assert cost(1) == cost(15) <= 15


class TestWho:
    @pytest.mark.parametrize("role", ROLES)
    def test_only_those_who_repair(self, client, company, role):
        client.force_login(make_user(company, role))
        lead = make_lead(company)
        expected = 200 if role in MAY else 404
        assert client.get(address(lead)).status_code == expected
        assert client.post(address(lead), {"source": "a"}).status_code == expected
        page = client.get(reverse("admin:attribution_lead_change", args=[lead.pk]))
        link = f"{reverse('reports:correct')}?lead={lead.pk}"
        assert (link in page.content.decode()) is (role in MAY)
        assert ("correct_utm" in client.get(reverse(LIST)).content.decode()) is (role in MAY)

    def test_a_lead_of_another_company_is_one_that_never_was(self, client, mia, company):
        own, foreign = make_lead(company), make_lead(make_company(), "zq7")
        for url in (address(foreign), address(own, foreign)):
            answer = client.get(url)
            assert answer.status_code == 404
            assert b"zq7" not in answer.content
        assert client.get(reverse("reports:correct") + "?lead=987654321").status_code == 404
        assert client.get(reverse("reports:correct") + "?lead=abc").status_code == 404

    def test_a_draft_is_its_authors(self, client, mia, company):
        leads = [make_lead(company), make_lead(company)]
        url = choose(client, leads)["Location"]
        assert client.get(url).status_code == 200
        client.force_login(make_user(company, "utm_admin"))
        assert client.get(url).status_code == 404

    def test_without_leads_it_leads_to_the_list(self, client, mia):
        assert client.get(reverse("reports:correct"))["Location"] == reverse(LIST)


class TestAction:
    def test_ticked_leads(self, client, mia, company):
        leads = [make_lead(company) for __ in range(3)]
        answer = choose(client, leads[:2])
        page = client.get(answer["Location"])
        assert "Correct 2 leads" in page.content.decode()
        intent = sent(client, answer["Location"], medium="Paid Social")
        assert intent == Correct(leads=(leads[0].pk, leads[1].pk), medium="paid social")

    def test_all_of_a_filter_also_more_than_other_actions_take(
        self, client, mia, company, settings
    ):
        model_admin = "attribution.admin.lead.LeadAdmin.list_max_show_all"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(model_admin, 2)
            leads = [make_lead(company, utm_source="fb") for __ in range(5)]
            make_lead(company, utm_source="other")
            answer = choose(client, leads[:1], across="1", source="fb")
        intent = sent(client, answer["Location"], source="facebook")
        assert intent.leads == tuple(lead.pk for lead in leads)

    def test_a_limit_there_is(self, client, mia, company, monkeypatch):
        monkeypatch.setattr(correcting, "MOST", 2)
        leads = [make_lead(company) for __ in range(3)]
        answer = choose(client, leads[:1], across="1")
        assert answer["Location"].startswith(reverse(LIST))
        page = client.get(reverse(LIST)).content.decode()
        assert "At most 2 rows at a time" in page
        assert not RepairDraft.objects.exists()

    def test_other_actions_keep_theirs(self, client, company, monkeypatch):
        client.force_login(make_user(company, "company_admin"))
        monkeypatch.setattr("attribution.admin.lead.LeadAdmin.list_max_show_all", 1)
        leads = [make_lead(company) for __ in range(2)]
        data = {"_selected_action": [leads[0].pk], "select_across": "1", "index": "0"}
        client.post(reverse(LIST), data | {"action": "erase_personal_data"})
        assert "At most 1 rows" in client.get(reverse(LIST)).content.decode()

    def test_one_company_at_a_time(self, client, mia, company):
        second = make_company()
        Membership.objects.create(company=second, user=mia, role="utm_admin")
        answer = choose(client, [make_lead(company), make_lead(second)])
        assert answer["Location"].startswith(reverse(LIST))
        assert "one company at a time" in client.get(reverse(LIST)).content.decode()

    def test_only_where_one_may(self, client, mia, company):
        second = make_company()
        Membership.objects.create(company=second, user=mia, role="viewer")
        choose(client, [make_lead(second)])
        assert "ask one of its UTM admins" in client.get(reverse(LIST)).content.decode()
        assert not RepairDraft.objects.exists()


def test_the_page_of_a_lead_tells_it_all(client, mia, company):
    """As captured, tidy, as it counts and because of whom; and its history."""
    spring = make_campaign(company, "spring", name="Spring promo")
    lead = make_lead(company, "{{campaign.name}}", utm_source="FB")
    intent = Correct(leads=(lead.pk,), sets_campaign=True, campaign=spring.pk)
    token = client.post(address(lead), {"campaign": "spring", "reason": "seen in the ad"})
    draft = RepairDraft.objects.get(token=token["Location"].rstrip("/").rsplit("/", 1)[-1])
    repair = apply.confirm(draft, mia, plan(company, intent).fingerprint)
    change = reverse("admin:attribution_lead_change", args=[lead.pk])
    with CaptureQueriesContext(connection) as queries:
        page = " ".join(client.get(change).content.decode().split())
    assert len(queries) <= 15
    assert ">{{campaign.name}}</td>" in page
    assert "<b>Spring promo</b> (corrected by mia, " in page
    assert "<strong>campaign</strong> from <q>Unattributed: Broken tag</q>" in page
    assert "“seen in the ad”" in page
    assert reverse("reports:repair", args=[repair.pk]) in page
