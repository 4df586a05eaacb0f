"""A company with a few leads of March, and programs that read it with keys."""

import pytest
import time_machine
from django.test import Client

from attribution import readkeys, scope
from attribution.ingest import throttling
from tests.factories import make_booking, make_campaign, make_company, make_lead, make_spend
from tests.reports.by_hand import JUNE

MARCH = {"from": "2026-03-01", "to": "2026-03-31"}


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(JUNE, tick=False):
        yield


@pytest.fixture(autouse=True)
def forgetful():
    """What a process remembers between requests is not remembered between tests."""
    throttling.BUCKETS.clear()


@pytest.fixture
def acme(db):
    with scope.all_companies():
        acme = make_company(name="Acme", slug="acme", thin_below=2)
        make_campaign(acme, "spring", name="Spring", channel="email", tags="a; b", goal="Sell")
        for status in ("completed", "booked"):
            lead = make_lead(acme, "spring", utm_source="news", email="zq7@example.org")
            make_booking(lead, status, 10_000)
        make_lead(acme, "tiny")
        make_lead(acme)
        make_lead(acme, kind="bot")
        make_spend(acme, "spring", 5_000)
        make_spend(acme, "nobody", 100)
    return acme


class Reader:
    """A program with a key; `said` is the parsed answer of the latest request."""

    def __init__(self, company, role="viewer", **values):
        with scope.company_scope([company.pk]):
            self.key, self.text = readkeys.make(company, role, "Program", **values)
        self.client = Client(raise_request_exception=False)

    def get(self, address, asked=None, method="get", **headers):
        sent = {"HTTP_AUTHORIZATION": f"Bearer {self.text}"} | headers
        return getattr(self.client, method)(f"/api/v1/{address}", asked, **sent)

    def read(self, address, asked=None):
        """What is answered, which must be 200."""
        answer = self.get(address, asked)
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture
def reader(acme):
    return Reader(acme)
