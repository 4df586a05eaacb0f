"""Lists of the admin: what they show, what they cost, and what they answer to nonsense."""

import random
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
import time_machine
from django.apps import apps
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from attribution import scope
from attribution.admin.base import parameters_of
from attribution.models import Company
from tests.factories import (
    make_booking,
    make_bookings,
    make_campaign,
    make_company,
    make_lead,
    make_leads,
    make_link_host,
    make_short_link,
    make_spend,
    make_user,
)

LISTS = (
    *("attribution_campaign", "attribution_lead", "attribution_booking", "attribution_company"),
    *("attribution_importrun", "attribution_membership", "spend_spendentry"),
    *("attribution_shortlink", "attribution_linkhost"),
)
MOST_QUERIES = 15
MOST_COLUMNS = 6
NASTY = [
    *("", " ", "0", "-1", "1e9", "99999999999999999999999", "NaN", "None", "null", "true"),
    *("'", '"', "';--", "%", "%%", "_", "\\", "(((((", "[]", "{}", "<script>alert(1)</script>"),
    *("../../etc/passwd", "2026-02-30", "9999-12-31", "١٢", "İß\u200b\u202e", "a" * 3000, "💥"),
]
OF_EVERY_LIST = ("q", "o", "p", "e", "all", "_facets", "_popup", "_to_field")
pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    with scope.all_companies():
        return make_company(name="Acme", slug="acme", timezone="Europe/Berlin")


@pytest.fixture
def boss(company):
    with scope.all_companies():
        return make_user(company, "company_admin", username="boss")


def fill(company, rows):
    with scope.all_companies():
        campaigns = [make_campaign(company) for __ in range(rows)]
        leads = make_leads(company, [{"utm_campaign": campaign.key} for campaign in campaigns])
        make_bookings(*((lead, "completed", 1000) for lead in leads))
        for campaign in campaigns:
            make_spend(company, campaign.key, 500)
            make_user(company, "viewer")
            make_short_link(company)
            make_link_host(company, f"{campaign.key}.example.com")


def list_url(name):
    return reverse(f"admin:{name}_changelist")


def cost(client, url):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(url)
        answer.content  # noqa: B018
    assert answer.status_code == 200
    return len(queries)


@pytest.fixture(scope="module")
def filled(module_rows):
    """The key of an admin of a company with three rows of each kind."""
    with module_rows(), scope.all_companies():
        company = make_company(timezone="Europe/Berlin")
        fill(company, 3)
        return make_user(company, "company_admin").pk


@pytest.fixture
def admin(filled, client, db):
    user = User.objects.get(pk=filled)
    client.force_login(user)
    return user


def test_lists_cost_the_same_for_10_and_100_rows_and_a_row_little(client, admin):
    with scope.all_companies():
        company = Company.objects.get()
    fill(company, 7)
    few = {name: cost(client, list_url(name)) for name in LISTS}
    fill(company, 35)  # 45 on one page: a second page asks one question more
    many = {name: cost(client, list_url(name)) for name in LISTS}
    assert few == many
    assert max(many.values()) <= MOST_QUERIES
    for name in LISTS:
        with scope.all_companies():
            row = apps.get_model(*name.split("_")).objects.first()
        if row is not None:
            page = reverse(f"admin:{name}_change", args=[row.pk])
            assert cost(client, page) <= MOST_QUERIES, name


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_few_columns_and_small_pages(client, admin, name):
    page = client.get(list_url(name)).context["cl"]
    assert len([one for one in page.list_display if one != "action_checkbox"]) <= MOST_COLUMNS
    assert page.list_per_page <= 100
    assert page.list_max_show_all <= 200


@pytest.mark.parametrize("name", LISTS)
def test_nonsense_in_a_list_is_answered_never_a_fault(client, admin, name):
    """4 random parameters at a time that the list knows (any other is refused before these are
    looked at), 15 requests a list, out of 28 nasty values."""
    rng = random.Random(name)
    page = site._registry[apps.get_model(*name.split("_"))]
    own = [one for each in page.list_filter for one in parameters_of(each)]
    for __ in range(15):
        asked = {rng.choice((*OF_EVERY_LIST, *own)): rng.choice(NASTY) for __ in range(4)}
        answer = client.get(list_url(name), asked)
        assert answer.status_code < 500, asked


@pytest.mark.parametrize("name", LISTS)
def test_only_declared_parameters_are_looked_up(client, admin, name):
    for lookup in (
        *("name__regex", "email__startswith", "user__password__startswith", "per_page"),
        *("company__slug__regex", "campaign__owner__password__contains", "id__in", "pk"),
        *("author__username__startswith", "lead__email__contains", "import_run__token__gt"),
    ):
        assert client.get(list_url(name), {lookup: "(a+)+$"}).status_code == 400, lookup


def shown(client, **asked):
    page = client.get(list_url("attribution_lead"), asked).context["cl"]
    return {lead.external_id for lead in page.result_list}


class TestLeadList:
    """The parameters with which the report links to the leads behind a number."""

    @pytest.fixture(autouse=True)
    def leads(self, client, boss, company):
        client.force_login(boss)
        with scope.all_companies():
            other = make_company(slug="other")
            make_lead(other, "spring", external_id="foreign")
            search = {"channel": "paid_search", "status": "paused", "name": "Straße im Frühling"}
            self.spring = make_campaign(company, "spring", **search)
            named = {"utm_source": "Google", "utm_medium": "CPC"}
            make_lead(company, "Spring", external_id="plain", **named)
            booked = make_lead(company, "spring", external_id="booked", utm_source="Bing")
            make_booking(booked)
            done = make_lead(
                company, "spring", external_id="done", received_at=datetime(2026, 3, 9, tzinfo=UTC)
            )
            make_booking(done, "completed", 5000)
            make_lead(company, external_id="direct")
            make_lead(company, external_id="bot", kind="bot")

    def test_by_company(self, client):
        assert shown(client, company="other") == set()
        assert "plain" in shown(client, company="acme")

    def test_by_days(self, client):
        assert shown(client, **{"from": "2026-03-03", "to": "2026-03-31"}) == {"done"}
        assert "done" not in shown(client, to="2026-03-08")
        assert shown(client, **{"from": "yesterday"}) == set()

    def test_by_campaign(self, client):
        assert shown(client, campaign=self.spring.pk) == {"plain", "booked", "done"}
        assert shown(client, campaign="none") == {"direct", "bot"}
        assert shown(client, campaign="x") == set()

    def test_by_reason_and_kind(self, client):
        assert shown(client, reason="direct", kind="primary") == {"direct"}
        assert shown(client, kind=["bot", "test"]) == {"bot"}

    def test_by_outcome(self, client):
        assert shown(client, booked="1") == {"booked", "done"}
        assert shown(client, completed="1") == {"done"}

    def test_by_what_the_campaign_is(self, client):
        assert shown(client, channel="paid_search") == {"plain", "booked", "done"}
        assert shown(client, channel="email") == set()
        assert shown(client, status=["active", "paused"]) == {"plain", "booked", "done"}
        assert shown(client, search="STRASSE") == {"plain", "booked", "done"}
        assert shown(client, search="autumn") == set()

    def test_by_tidy_source_and_medium(self, client):
        assert shown(client, source="google") == {"plain"}
        assert shown(client, source=["google", "bing"]) == {"plain", "booked"}
        assert shown(client, medium="cpc") == {"plain"}

    def test_an_active_filter_is_shown_and_can_be_lifted(self, client):
        url = list_url("attribution_lead")
        text = client.get(url, {"channel": "paid_search", "source": "google"}).content.decode()
        assert "Paid search" in text
        assert 'href="?channel=paid_search"' in text
        assert "Clear all filters" in text

    def test_times_are_in_the_companys_zone(self, client):
        text = client.get(list_url("attribution_lead"), {"q": "plain"}).content.decode()
        assert "2 Mar 2026, 13:00" in text


def test_a_list_says_by_what_it_is_narrowed_and_each_can_be_taken_away(client, boss, company):
    client.force_login(boss)
    asked = "basis=booked&kind=primary&kind=test&tag=vip&tags=vip&from=2026-03-01"
    page = client.get(f"{reverse('admin:attribution_lead_changelist')}?{asked}")
    said = {one.name: [] for one in page.context["cl"].in_force()}
    for one in page.context["cl"].in_force():
        said[one.name].append((one.value, parse_qs(one.url[1:])))
    assert [value for value, _url in said["kind"]] == ["Primary", "Test"]
    assert said["date that counts"][0][0] == "Booked"
    without_test = said["kind"][1][1]
    assert without_test["kind"] == ["primary"]
    assert without_test["basis"] == ["booked"]
    [(_vip, without_tag)] = said["tag"]
    assert "tag" not in without_tag
    assert without_tag["tags"] == ["vip"]
    text = page.content.decode()
    assert "Date that counts: Booked" in text
    for kind in ("primary", "test"):  # a search keeps them both
        assert f'<input type="hidden" name="kind" value="{kind}">' in text


def test_a_day_is_said_as_the_day_however_it_was_chosen(client, boss):
    """That it was 28 days ago when it was asked for is no longer so tomorrow."""
    client.force_login(boss)
    with time_machine.travel(datetime(2026, 3, 28, 12, tzinfo=UTC), tick=False):
        asked = {"from": "2026-03-01", "to": "2026-03-28"}
        page = client.get(reverse("admin:attribution_lead_changelist"), asked)
        plans = client.get(reverse("admin:spend_budget_changelist"), asked)
    said = [(one.name, one.value) for one in page.context["cl"].in_force()]
    assert said == [("first day", "1 Mar 2026"), ("last day", "28 Mar 2026")]
    assert "28 days" in page.content.decode()  # as a choice
    said = [one.name for one in plans.context["cl"].in_force()]
    assert said == ["ends on or after", "begins on or before"]
