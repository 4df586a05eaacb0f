"""What an entry of spend refers to exists, on PostgreSQL too, where triggers see to it."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from attribution import scope
from attribution.models import Campaign
from spend.models import SpendEntry
from tests.factories import make_campaign, make_company, make_spend
from tests.rollup.elsewhere import Elsewhere

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.on_postgresql]
COLUMNS = ("company_id", "campaign_id", "cost_id")
DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has the foreign keys themselves")


@pytest.fixture
def company():
    with scope.all_companies():
        yield make_company()


@pytest.fixture
def other():
    with Elsewhere() as other:
        yield other


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


def copy(of, **values):
    """Another entry like this one, by raw SQL."""
    columns = [f.column for f in SpendEntry._meta.concrete_fields if f.column != "id"]
    taken = [str(values.get(column, column)) for column in columns]
    return execute(
        f"INSERT INTO spend_spendentry ({', '.join(columns)}) SELECT {', '.join(taken)}"
        f" FROM spend_spendentry WHERE id = {of.pk}"
    )


def test_there_are_no_foreign_keys_but_those_of_the_model(company):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "spend_spendentry")
    assert not [name for name, one in found.items() if one["foreign_key"]]


@pytest.mark.parametrize("column", COLUMNS)
def test_nothing_is_stored_that_refers_to_nothing(company, column):
    make_campaign(company, "a")
    entry = make_spend(company, "a", 100)
    for write in (
        lambda: copy(entry, campaign_key="'b'", **{column: 987_654}),
        lambda: execute(f"UPDATE spend_spendentry SET {column} = 987654 WHERE id = {entry.pk}"),
    ):
        with pytest.raises(IntegrityError, match=column):
            write()
    assert SpendEntry.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM attribution_campaign",
        "UPDATE attribution_campaign SET id = id + 1000",
        "TRUNCATE attribution_campaign CASCADE",
        "DELETE FROM attribution_campaign WHERE key = 'a'",
    ],
)
def test_what_is_referred_to_stays(company, statement):
    make_campaign(company, "b")
    campaign = make_campaign(company, "a")
    make_spend(company, "a", 100)
    with pytest.raises(IntegrityError):
        execute(statement)
    assert SpendEntry.objects.get().campaign_id == campaign.pk
    assert Campaign.objects.count() == 2
    assert execute("DELETE FROM attribution_campaign WHERE key = 'b'") == 1


def test_one_that_has_gone_with_its_entries_is_no_matter(company):
    campaign = make_campaign(company, "a")
    make_spend(company, "a", 100)
    with transaction.atomic():  # in this order, too: it is looked for at the end
        execute(f"DELETE FROM attribution_campaign WHERE id = {campaign.pk}")
        execute("DELETE FROM spend_spendentry")
    assert not Campaign.objects.exists()


def test_who_removes_a_campaign_waits_for_who_adds_spend_to_it(company, other):
    campaign = make_campaign(company, "a")
    entry = make_spend(company, "a", 100)
    make_campaign(company, "b")
    to_b = Campaign.objects.get(key="b").pk
    with transaction.atomic():
        copy(entry, campaign_key="'b'", campaign_id=to_b)
        removal = other.start(
            lambda: execute(f"DELETE FROM attribution_campaign WHERE id = {to_b}")
        )
        other.until_it_waits()
    with pytest.raises(IntegrityError):
        removal.result()
    assert set(Campaign.objects.values_list("pk", flat=True)) == {campaign.pk, to_b}


def test_who_adds_spend_waits_for_who_removes_its_campaign(company, other):
    make_campaign(company, "a")
    entry = make_spend(company, "a", 100)
    gone = make_campaign(company, "b").pk
    with transaction.atomic():
        execute(f"DELETE FROM attribution_campaign WHERE id = {gone}")
        adding = other.start(lambda: copy(entry, campaign_key="'b'", campaign_id=gone))
        other.until_it_waits()
    with pytest.raises(IntegrityError):
        adding.result()
    assert SpendEntry.objects.get().pk == entry.pk


def test_a_transaction_of_an_older_moment_removes_nothing(company):
    make_campaign(company, "a")
    with pytest.raises(DatabaseError, match="READ COMMITTED"), transaction.atomic():
        execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        execute("DELETE FROM attribution_campaign")
    assert Campaign.objects.count() == 1
