"""Rates beside people who enter amounts: none is stored by a rate that is just being replaced."""

from decimal import Decimal

import pytest
from django.db import connection

from attribution import scope
from attribution.imports import runs
from attribution.models import Booking, ExchangeRate
from attribution.repair import locking
from spend.models import SpendEntry
from tests.attribution.rates.conftest import DAY
from tests.factories import make_booking, make_company, make_lead, make_spend
from tests.rollup.elsewhere import PATIENCE, Elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("about postgresql alone: SQLite has one writer at a time")


@pytest.fixture
def company():
    with scope.all_companies():
        company = make_company(currency="USD")
        ExchangeRate.objects.create(
            company=company, day=DAY, base="EUR", quote="USD", rate=Decimal("1.1")
        )
        make_lead(company, external_id="A")
        yield company


@pytest.fixture
def keeper():
    with Elsewhere() as keeper:
        yield keeper


def enter_spend(company):
    make_spend(company, "spring", None, original_minor=1_000, currency="EUR")


def enter_booking(company):
    lead = company.lead_set.get()
    make_booking(lead, "completed", original_minor=1_000, currency="EUR")


def correct():
    saved = ExchangeRate.objects.get()
    saved.rate = Decimal("1.2")
    saved.save()


def amounts():
    return [
        *SpendEntry.objects.values_list("amount_minor", flat=True),
        *Booking.objects.values_list("value_minor", flat=True),
    ]


@pytest.mark.parametrize("enter", [enter_spend, enter_booking])
def test_a_rate_waits_for_an_amount_that_is_being_stored(company, keeper, enter):
    keeper.begin()
    keeper.do(enter, company)
    with Elsewhere() as other:
        done = other.start(correct)
        other.until_it_waits()
        keeper.commit()
        done.result(PATIENCE)
    assert amounts() == [1_200]


@pytest.mark.parametrize("enter", [enter_spend, enter_booking])
def test_an_amount_waits_for_a_rate_that_is_being_changed(company, keeper, enter):
    keeper.begin()
    keeper.do(correct)
    with Elsewhere() as other:
        done = other.start(enter, company)
        other.until_it_waits()
        keeper.commit()
        done.result(PATIENCE)
    assert amounts() == [1_200]


def test_a_rate_does_not_wait_for_a_long_import_for_ever(company, keeper, monkeypatch):
    monkeypatch.setattr(locking, "WAIT", "50ms")
    keeper.begin()
    keeper.do(runs.lock, company)
    with pytest.raises(locking.Busy):
        correct()
    keeper.commit()
    correct()
    assert ExchangeRate.objects.get().rate == Decimal("1.2")
