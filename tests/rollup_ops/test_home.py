"""The home page says it when reports do without the kept sums, to people who see imports."""

import pytest
from django.utils import timezone

from attribution import scope
from reports.models import RollupState
from tests.factories import make_booking, make_company, make_lead, make_user

HOME = "/admin/"


@pytest.fixture
def acme(db):
    with scope.all_companies():
        return make_company(slug="acme")


def page(client, company, role):
    with scope.all_companies():
        client.force_login(make_user(company, role))
    return client.get(HOME).content.decode()


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({"drift": 1234}, "<b>1,234</b> kept sums differ from the facts."),
        ({"ready": False}, "<b>Kept sums</b> are not built yet."),
    ],
)
def test_sums_that_are_not_read_are_said(client, acme, state, text):
    with scope.all_companies():
        RollupState.objects.create(company=acme, **state)
    html = page(client, acme, "owner")
    assert text in html
    assert "counted from the facts until manage.py rollup --rebuild --company acme." in html
    assert "manage.py rollup" not in page(client, acme, "viewer")


def test_whole_sums_are_not_worth_a_word(client, acme):
    with scope.all_companies():
        RollupState.objects.create(company=acme)
    assert "manage.py rollup" not in page(client, acme, "company_admin")


def test_missing_rates_of_exchange_are_said(client, acme):
    with scope.all_companies():
        lead = make_lead(acme, received_at=timezone.now())
        make_booking(lead, "completed", original_minor=5_00, currency="USD")
    html = page(client, acme, "owner")
    assert "<b>1</b> rate of exchange is missing: some money is unknown" in html
    assert 'href="/admin/attribution/exchangerate/?company=acme"' in html
