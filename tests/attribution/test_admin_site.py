"""The site around the pages: navigation, who gets in, and what no form may be without."""

import re

import pytest
from django.urls import reverse

from attribution import scope
from attribution.models import Membership
from tests.attribution.pages import url
from tests.factories import (
    make_company,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


@pytest.fixture
def company():
    return make_company(name="Acme", slug="acme", timezone="Europe/Berlin")


def navigation(answer):
    return re.search('<nav class="sticky" id="nav-sidebar".*?</nav>', answer.text, re.S)[0]


class TestSite:
    def test_reports_stand_first_and_the_rest_follows_the_rights(self, client, signed_in):
        signed_in("viewer")
        answer = client.get(reverse("admin:index"))
        names = {
            app["name"]: [one["object_name"] for one in app["models"]]
            for app in answer.context["app_list"]
        }
        assert list(names) == ["Reports", "Data", "Repair", "Tools"]
        assert names["Data"] == [
            *("Campaign", "SpendEntry", "Cost", "Budget", "Target", "CampaignGroup"),
            *("Lead", "Booking", "ExchangeRate", "Company"),
        ]
        client.force_login(make_user(answer.context["home"].company, "company_admin"))
        names = [app["name"] for app in client.get(reverse("admin:index")).context["app_list"]]
        assert names == ["Reports", "Data", "Repair", "Capture", "Imports", "Tools", "Access"]

    def test_the_navigation_is_each_person_s_own_and_marks_the_page(self, client, signed_in):
        """Made once for all who may do the same, and shown to nobody else."""
        lists = {one: url(f"attribution_{one}", "changelist") for one in ("lead", "ingestkey")}
        for _ in range(2):
            for role, seen in (("viewer", {"lead"}), ("company_admin", {*lists})):
                signed_in(role)
                for here in (lists["lead"], reverse("reports:notes")):
                    text = navigation(client.get(here))
                    assert {name for name, link in lists.items() if f'"{link}"' in text} == seen
                    assert re.findall(r'href="([^"]*)" aria-current', text) == [here]

    def test_what_one_comes_to_do_is_done_for_the_company_that_is_shown(self, client, signed_in):
        user = signed_in("company_admin")
        other = make_company(name="Zebra")
        Membership.objects.create(company=other, user=user, role="company_admin")
        home = client.get(reverse("admin:index"), {"company": other.slug}).context["home"]
        assert home.company == other
        chosen = rf'<option value="({other.slug}|{other.pk})" selected>Zebra</option>'
        assert len(home.actions) > 4
        for action in home.actions[1:]:  # the first opens the report
            assert re.search(chosen, client.get(action.url).text), action.url

    def test_staff_without_a_company_gets_no_further(self, client):
        client.force_login(make_user())
        assert client.get(reverse("admin:index")).status_code == 302

    def test_only_superusers_see_users(self, client, signed_in, admin_user):
        signed_in()
        assert client.get(url("auth_user", "changelist")).status_code == 403
        client.force_login(admin_user)
        assert client.get(url("auth_user", "changelist")).status_code == 200
        page = client.get(url("auth_user", "add")).content.decode()
        assert re.search(r'<input[^>]*name="is_staff"[^>]* checked', page)

    def test_forms_without_token_and_foreign_hosts_are_refused(self, company, settings):
        from django.test import Client

        strict = Client(enforce_csrf_checks=True)
        strict.force_login(make_user(company, "company_admin"))
        for model in ("attribution_campaign", "spend_spendentry", "attribution_lead"):
            assert strict.post(url(model, "add"), {}).status_code == 403
            assert strict.post(url(model, "changelist"), {"action": "x"}).status_code == 403
        assert strict.get("/admin/", headers={"host": "evil.example"}).status_code == 400

    def test_signing_in_stays_on_this_site(self, client, company):
        user = make_user(company, "viewer")
        sent = {"username": user.username, "password": "password"}
        answer = client.post(reverse("admin:login") + "?next=https://evil.example/", sent)
        assert answer["Location"] == reverse("admin:index") or "evil" not in answer["Location"]
