"""A campaign's page in the admin shows what the report says of it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from attribution import scope
from attribution.models import Campaign
from tests.factories import (
    make_booking,
    make_campaign,
    make_company,
    make_lead,
    make_spend,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


@pytest.fixture
def company(client):
    company = make_company(slug="acme", timezone="Asia/Kathmandu")
    client.force_login(make_user(company, "company_admin"))
    return company


def page(client, campaign):
    return client.get(reverse("admin:attribution_campaign_change", args=[campaign.pk]))


def figures(answer):
    return {card.name: card.value for card in answer.context["cards"]}


def test_its_own_numbers_and_latest_leads(client, company):
    received = datetime.now(UTC) - timedelta(days=10)
    leads = [
        make_lead(company, "spring", external_id=f"L{n}", received_at=received) for n in range(4)
    ]
    make_lead(company, "autumn", external_id="elsewhere", received_at=received)
    make_booking(leads[0], "completed", 12000)
    make_spend(company, "spring", 5000, day=received.date())
    answer = page(client, Campaign.objects.get(key="spring"))
    shown = figures(answer)
    assert (shown["leads"], shown["booked"], shown["completed"]) == ("4", "1", "1")
    assert (shown["revenue"], shown["spend"]) == ("€120.00", "€50.00")
    assert shown["cost_per_lead"] == "€12.50"
    text = answer.content.decode()
    assert "L3" in text
    assert "elsewhere" not in text
    assert "Fewer than 30 leads" in text
    assert "company=acme&amp;period=91d&amp;campaign=spring" in text


def test_a_campaign_with_nothing_says_so(client, company):
    assert b"No leads and no spend" in page(client, make_campaign(company)).content


def test_its_cost_does_not_grow_with_leads_or_campaigns(client, company):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert page(client, Campaign.objects.get(key="spring")).status_code == 200
        return len(queries)

    now = datetime.now(UTC)
    make_lead(company, "spring", received_at=now)
    make_spend(company, "spring", 100, day=now.date())
    few = cost()
    for n in range(20):
        make_lead(company, "spring", received_at=now)
        make_lead(company, f"other-{n}", received_at=now)
    assert cost() == few <= 15


def test_who_may_make_links_is_led_to_those_of_the_campaign(client, company):
    campaign = make_campaign(company, "spring sale")
    answer = page(client, campaign)
    url = f"{reverse('tools:utm-builder')}?company=acme&campaign=spring+sale"
    assert url.replace("&", "&amp;") in answer.content.decode()
    assert "spring sale" in client.get(url).content.decode()
    client.force_login(make_user(company, "viewer"))
    assert reverse("tools:utm-builder") not in page(client, campaign).content.decode()
