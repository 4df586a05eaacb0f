"""The admin at the queue of unmatched spend, and what waits there."""

from datetime import date

import pytest

from attribution.models import Campaign
from tests.factories import make_campaign, make_lead, make_spend, make_user


@pytest.fixture
def sign_in(client, company):
    def sign_in(role="company_admin", at=company):
        user = make_user(at, role)
        client.force_login(user)
        return user

    return sign_in


@pytest.fixture
def autumn(company) -> Campaign:
    return make_campaign(company, "autumn_clearance", name="Autumn clearance")


@pytest.fixture
def queue(company, autumn):
    """An id, a misspelt name and spend without any name; 10.00 are matched."""
    make_spend(company, "autumn_clearance", 1_000)
    for __ in range(4):
        make_lead(company, "autumn_clearance")
    by_id = {"source": "google-ads:eu", "platform_id": "77"}
    make_spend(company, "Herbst [DE]", 2_000, **by_id)
    make_spend(company, "Herbst [DE]", 1_000, day=date(2026, 3, 4), **by_id)
    make_spend(company, "autumn_clearence", 700, utm_source="google", utm_medium="cpc")
    make_spend(company, "", 50)
