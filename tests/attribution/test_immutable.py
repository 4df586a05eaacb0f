"""What was captured with a lead never changes, by whatever door one comes."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from attribution import scope
from attribution.models import Lead
from attribution.triggers import GUARDED, RAW_MESSAGE
from tests.factories import make_company, make_lead

RAW = {
    "external_id": "other",
    "received_at": "2020-01-01T00:00:00Z",
    "utm_source": "other",
    "utm_medium": "other",
    "utm_campaign": "other",
    "utm_content": "other",
    "utm_term": "other",
    "utm_id": "other",
    "click_ids": {"gclid": "other"},
    "referrer": "https://other.example/",
    "landing_page": "https://other.example/",
    "stated_at": "2020-01-01T00:00:00Z",
    "came_by": "other",
    "key_id": 1,
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    with scope.all_companies():
        yield make_lead(make_company(), "Spring", utm_source="Google", click_ids={"gclid": "AbC"})


def refused(change):
    with pytest.raises(DatabaseError, match=RAW_MESSAGE), transaction.atomic():
        change()


def test_the_list_is_whole():
    assert set(RAW) | {"company_id"} == set(GUARDED)


@pytest.mark.parametrize("column", RAW)
def test_save_update_and_bulk_update_are_refused(lead, column):
    before = Lead.objects.filter(pk=lead.pk).values(*RAW).get()
    refused(lambda: Lead.objects.filter(pk=lead.pk).update(**{column: RAW[column]}))
    setattr(lead, column, RAW[column])
    refused(lambda: Lead.objects.bulk_update([lead], [column]))
    refused(lambda: lead.save(update_fields=[column]))
    assert Lead.objects.filter(pk=lead.pk).values(*RAW).get() == before


def test_a_change_computed_in_the_database_is_refused(lead):
    change = Concat(F("utm_campaign"), Value("x"))
    refused(lambda: Lead.objects.filter(pk=lead.pk).update(utm_campaign=change))


def test_a_lead_does_not_move_to_another_company(lead):
    other = make_company()
    refused(lambda: Lead.objects.filter(pk=lead.pk).update(company=other))


@pytest.mark.parametrize("value", ["''", "NULL", "'spring'", "upper(utm_campaign)"])
def test_raw_sql_is_refused(lead, value):
    def change():
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE attribution_lead SET utm_campaign = {value}")

    refused(change)


def test_an_upsert_is_refused(lead):
    twin = Lead(
        company=lead.company,
        external_id=lead.external_id,
        received_at=lead.received_at,
        utm_campaign="other",
    )
    refused(
        lambda: Lead.objects.bulk_create(
            [twin],
            update_conflicts=True,
            update_fields=["utm_campaign"],
            unique_fields=["company", "external_id"],
        )
    )


def test_everything_else_of_a_lead_can_change(lead):
    Lead.objects.filter(pk=lead.pk).update(kind="bot", country="DE", email="", is_hot=True)
    lead.refresh_from_db()
    lead.city = "Berlin"
    lead.save()
    lead.refresh_from_db()
    assert (lead.kind, lead.city, lead.utm_campaign) == ("bot", "Berlin", "Spring")


def test_saving_a_lead_again_leaves_where_it_counts(lead):
    """A lead that was read before a repair does not undo that by being saved after it."""
    moved = {"campaign": None, "unattributed_reason": "by_person", "source": "x", "medium": "y"}
    Lead.objects.filter(pk=lead.pk).update(**moved)
    lead.country = "Austria"
    lead.save()
    lead.refresh_from_db()
    assert {name: getattr(lead, name) for name in moved} == moved
    assert lead.country == "Austria"
