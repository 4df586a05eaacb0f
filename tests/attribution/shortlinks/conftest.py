"""A company whose short links may lead to www.example.com, and a visitor with a real browser."""

import pytest
from django.test import Client

from attribution.models import ShortLinkDay
from tests.factories import make_campaign, make_short_link

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def link(company):
    """`/l/spring`, of the campaign `spring-sale`."""
    campaign = make_campaign(company, "spring-sale")
    return make_short_link(company, "spring", campaign=campaign)


@pytest.fixture
def visitor():
    return Client(headers={"user-agent": BROWSER})


@pytest.fixture
def visits(company):
    """Clicks and bots of a link, day by day."""

    def read(link):
        rows = ShortLinkDay.objects.filter(link=link).order_by("day")
        return list(rows.values_list("day", "clicks", "bots"))

    return read
