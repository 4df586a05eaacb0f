"""Rules of the tables: in the database, with words, on both engines."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from attribution import scope
from attribution.models import Booking, Campaign, Company, Lead, Membership
from spend.models import SpendEntry
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
def company():
    return make_company()


def broken(company, case):
    """A row that breaks one rule, and the sentence that says so."""
    lead = make_lead(company, "spring", external_id="L1")
    booking = make_booking(lead, external_id="B1")
    campaign = lead.campaign
    user = make_user(company)
    entry = make_spend(company, "spring", 100)
    return {
        "lead id twice": (_copy(lead), "already has a lead with this id"),
        "lead without id": (_with(lead, external_id=""), "A lead needs an id"),
        "kind unknown": (_with(lead, kind="ghost"), "kind of lead does not exist"),
        "campaign and reason": (
            _with(lead, unattributed_reason="direct"),
            "exactly one reason",
        ),
        "neither": (_with(lead, campaign=None), "exactly one reason"),
        "booking id twice": (_copy(booking), "already has a booking with this id"),
        "booking without id": (_with(booking, external_id=""), "A booking needs an id"),
        "status unknown": (_with(booking, status="maybe"), "status of a booking does not exist"),
        "value below 0": (_with(booking, value_minor=-1), "never negative"),
        "campaign twice": (_copy(campaign), "already has a campaign of this name"),
        "campaign without key": (_with(campaign, key=""), "needs the utm_campaign"),
        "days out of order": (
            _with(campaign, starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 1)),
            "last day comes before",
        ),
        "two roles": (
            Membership(company=company, user=user, role="owner"),
            "already has a role",
        ),
        "role unknown": (_with(Membership.objects.get(user=user), role="king"), "role does not"),
        "minimum of 0": (_with(company, thin_below=0), "at least 1 lead"),
        "spend twice": (_copy(entry), "already an entry for this campaign, day and line"),
        "line unknown": (_with(entry, line="bribes"), "line of spend does not exist"),
    }[case]


CASES = (
    *("lead id twice", "lead without id", "kind unknown", "campaign and reason", "neither"),
    *("booking id twice", "booking without id", "status unknown", "value below 0"),
    *("campaign twice", "campaign without key", "days out of order", "two roles"),
    *("role unknown", "minimum of 0", "spend twice", "line unknown"),
)


def _with(row, **values):
    """The stored row with other values."""
    row = type(row).objects.get(pk=row.pk)
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _copy(row):
    """The same row once more, as if it were new."""
    fresh = type(row).objects.get(pk=row.pk)
    fresh.pk, fresh._state.adding = None, True
    return fresh


@pytest.mark.parametrize("case", CASES)
def test_a_rule_speaks_and_the_database_holds_it(company, case):
    row, words = broken(company, case)
    with pytest.raises(ValidationError) as caught:
        row.validate_constraints()
    assert words in " ".join(caught.value.messages)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save_base()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("timezone", "Berlin", "is no time zone. Use a name such as Europe/Berlin"),
        ("timezone", "../etc", "is no time zone"),
        ("currency", "eur", "is no currency. Use an ISO 4217 code"),
        ("currency", "XXY", "is no currency"),
    ],
)
def test_a_company_has_a_real_zone_and_currency(company, field, value, words):
    setattr(company, field, value)
    with pytest.raises(ValidationError, match=words):
        company.full_clean()


def test_rows_of_two_companies_are_never_joined(company):
    other = make_company()
    foreign = make_lead(other, "spring")
    rows = (
        Lead(company=company, campaign=foreign.campaign),
        Booking(company=company, lead=foreign),
        SpendEntry(company=company, campaign=foreign.campaign),
    )
    for row in rows:
        with pytest.raises(ValidationError, match="belongs to another company"):
            row.clean()


def test_nothing_that_a_total_needs_can_be_deleted(company):
    lead = make_lead(company, "spring")
    make_booking(lead)
    make_spend(company, "spring", 100)
    for delete in (lead.delete, lead.campaign.delete, company.delete):
        with pytest.raises(ProtectedError):
            delete()
    for model in (Lead, Campaign, Company):
        with pytest.raises(ProtectedError):
            model.objects.all().delete()
    assert (Lead.objects.count(), SpendEntry.objects.count()) == (1, 1)


def test_archiving_a_campaign_takes_nothing_along(company):
    make_lead(company, "spring")
    make_spend(company, "spring", 100)
    campaign = Campaign.objects.get()
    campaign.status = Campaign.Status.ARCHIVED
    campaign.save()
    assert Lead.objects.get().campaign == campaign
    assert SpendEntry.objects.get().campaign == campaign


def test_a_persons_account_can_go_without_taking_campaigns_along(company):
    user = make_user(company, "owner")
    campaign = make_campaign(company, owner=user)
    user.delete()
    campaign.refresh_from_db()
    assert campaign.owner is None
