"""The admin at the repair queue, and what waits there."""

from datetime import UTC, datetime

import pytest

from tests.factories import make_booking, make_campaign, make_lead, make_user


@pytest.fixture
def sign_in(client, company):
    def sign_in(role="utm_admin", at=company):
        user = make_user(at, role)
        client.force_login(user)
        return user

    return sign_in


@pytest.fixture
def autumn(company):
    return make_campaign(company, "autumn_clearance", name="Autumn clearance")


@pytest.fixture
def queue(company, autumn):
    """One group of each kind."""
    received = datetime(2026, 8, 2, 12, tzinfo=UTC)
    page = "https://e.org/termin?utm_campaign=sommer+sale&who=somebody"
    make_booking(
        make_lead(
            company,
            "Sommer Sale",
            utm_source="Google",
            utm_medium="cpc",
            landing_page=page,
            received_at=received,
        )
    )
    make_lead(company, "sommer sale", utm_source="bing", utm_medium="cpc")
    make_lead(company, "autum_clearnce")
    make_lead(company, "{{campaign.name}}")
    make_lead(company, utm_source="news", utm_medium="email")
    make_lead(company, utm_medium="email")
    make_lead(company)
