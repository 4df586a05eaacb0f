"""A company that reports in dollars, rates, and facts in other currencies."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from attribution import scope
from attribution.models import ExchangeRate
from tests.factories import make_booking, make_company, make_lead, make_spend

DAY = date(2026, 3, 2)


@pytest.fixture
def company(db):
    with scope.all_companies():
        company = make_company(name="Acme", slug="acme", currency="USD")
    with scope.company_scope([company.pk]):
        yield company


@pytest.fixture
def rate(company):
    """Saves a rate, by default of 2 March 2026; "EUR/SEK" is one euro in kronor."""

    def save(pair, number, day=DAY, **values):
        base, quote = pair.split("/")
        return ExchangeRate.objects.create(
            company=company, day=day, base=base, quote=quote, rate=Decimal(number), **values
        )

    return save


@pytest.fixture
def spend(company):
    """An entry in another currency."""

    def save(minor, currency, day=DAY, campaign="spring", **values):
        return make_spend(
            company, campaign, None, original_minor=minor, currency=currency, day=day, **values
        )

    return save


@pytest.fixture
def booking(company):
    """A completed booking in another currency, of a lead of its own."""

    def save(minor, currency, day=DAY, campaign="spring", **values):
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        lead = make_lead(company, campaign, received_at=at)
        given = {"original_minor": minor, "currency": currency} | values
        return make_booking(lead, given.pop("status", "completed"), **given)

    return save


def worth(row):
    """What it is worth now, as stored."""
    row.refresh_from_db()
    return row.amount_minor if hasattr(row, "amount_minor") else row.value_minor
