"""Spend entries: one for each campaign, day and line, or waiting for their campaign."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from attribution import scope
from attribution.models import Campaign
from spend.models import SpendEntry
from tests.factories import make_campaign, make_company, make_lead, make_spend


def spend_on(campaign, amount_minor=1000):
    """What a form makes, where the campaign is chosen and no name is written."""
    return SpendEntry.objects.create(
        company=campaign.company, campaign=campaign, day=date(2026, 3, 2), amount_minor=amount_minor
    )


def test_an_entry_finds_its_campaign_however_the_name_is_written(company):
    campaign = make_campaign(company, "spring sale")
    entry = make_spend(company, "SPRING%20Sale", 1000)
    assert entry.campaign == campaign
    assert entry.campaign_name == "SPRING%20Sale"
    assert entry.campaign_key == "spring sale"


def test_an_entry_of_a_campaign_takes_its_name_and_key(company):
    campaign = make_campaign(company, "spring", name="Spring 2026")
    entry = spend_on(campaign)
    assert (entry.campaign_name, entry.campaign_key) == ("Spring 2026", "spring")


@pytest.mark.django_db
def test_an_entry_is_in_the_currency_of_its_company():
    with scope.all_companies():
        entry = make_spend(make_company(currency="JPY"), "spring", 1000)
    assert entry.currency == "JPY"


def test_an_entry_without_a_campaign_waits_for_it(company):
    entry = make_spend(company, "Spring", 1000)
    assert entry.campaign is None
    campaign = make_campaign(company, "spring")
    entry.refresh_from_db()
    assert entry.campaign == campaign


def test_waiting_spend_finds_a_campaign_by_whatever_door_it_comes(company):
    names = ("discovered", "bulk", "renamed", "sql")
    entries = {name: make_spend(company, name, 1000) for name in names}
    make_lead(company, "Discovered")
    Campaign.objects.bulk_create([Campaign(company=company, key="bulk")])
    Campaign.objects.filter(pk=make_campaign(company, "other").pk).update(key="renamed")
    made = make_campaign(company, "another")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE attribution_campaign SET key = 'sql' WHERE id = %s", [made.pk])
    for name, entry in entries.items():
        entry.refresh_from_db()
        assert entry.campaign.key == name


def test_waiting_spend_is_not_found_by_the_campaign_of_another_company(company):
    entry = make_spend(company, "spring", 1000)
    with scope.all_companies():
        make_campaign(make_company(), "spring")
    entry.refresh_from_db()
    assert entry.campaign is None


def test_spend_that_has_a_campaign_stays_with_it(company):
    entry = spend_on(make_campaign(company, "spring"))
    make_campaign(company, "autumn")
    entry.refresh_from_db()
    assert entry.campaign.key == "spring"


def test_an_entry_without_any_name_matches_nothing(company):
    assert make_spend(company, "(not set)", 1000).campaign is None


@pytest.mark.parametrize(
    "other",
    [
        {"day": date(2026, 3, 3)},
        {"line": "agency"},
        {"utm_source": "google"},
        {"utm_medium": "cpc"},
        {"source": "file"},
        {"campaign": "autumn"},
    ],
)
def test_entries_that_differ_in_their_natural_key_are_two(company, other):
    make_spend(company, "spring", 1000)
    make_spend(company, **{"campaign": "spring", "amount_minor": 1000} | other)
    assert SpendEntry.objects.count() == 2


@pytest.mark.parametrize("name", ["spring", "SPRING", "spring%20"])
def test_a_second_entry_of_one_natural_key_is_refused(company, name):
    make_spend(company, "spring", 1000, utm_source="Google")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_spend(company, name, 2000, utm_source=" google ")


def test_a_second_entry_is_refused_in_words(company):
    make_spend(company, "spring", 1000)
    second = SpendEntry(
        company=company, campaign_name="Spring", day=date(2026, 3, 2), amount_minor=1
    )
    with pytest.raises(ValidationError, match="already an entry for this campaign, day and line"):
        second.full_clean()


def test_a_campaign_of_another_company_is_refused(company):
    with scope.all_companies():
        campaign = make_campaign(make_company(), "spring")
        entry = SpendEntry(company=company, campaign=campaign, day=date(2026, 3, 2), amount_minor=1)
        with pytest.raises(ValidationError, match="belongs to another company"):
            entry.full_clean()


def test_a_campaign_with_spend_cannot_be_deleted(company):
    campaign = make_campaign(company, "spring")
    spend_on(campaign)
    with pytest.raises(IntegrityError), transaction.atomic():
        campaign.delete()


def test_a_credit_is_a_negative_amount(company):
    assert make_spend(company, "spring", -500).amount_minor == -500


def test_a_saved_entry_stays_as_it_is_when_saved_again(company):
    entry = make_spend(company, "a%252Bb", 1000, utm_source="x%252By")
    before = (entry.campaign_key, entry.utm_source)
    entry.save()
    assert (entry.campaign_key, entry.utm_source) == before
