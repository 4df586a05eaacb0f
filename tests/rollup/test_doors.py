"""Every door to the facts leaves its marks: the report is right at once, the sums after a refresh.

After a door the facts are what sums and marked buckets say; after a refresh no mark is left, and
the sums alone say it.
"""

from datetime import date, timedelta

import pytest
from django.db import connection

from attribution import scope
from attribution.models import Booking, Campaign, Company, Lead
from attribution.privacy.erasing import erase_person
from reports.rollup.refresh import refresh
from spend.models import SpendEntry
from tests.factories import make_booking, make_campaign, make_company, make_lead, make_spend
from tests.rollup.comparing import differences, facts, mark_count
from tests.rollup.writing import SPEND_KEY, execute, insert_raw, raw_copy


@pytest.fixture(scope="module")
def known(module_rows):
    """Two leads, one of them booked, and matched and unmatched spend, all known to the sums."""
    with module_rows(), scope.all_companies():
        company = make_company()
        make_campaign(company, "spring", channel="email")
        make_campaign(company, "autumn", channel="display")
        first = make_lead(company, "spring", utm_source="google", external_id="first")
        make_lead(company, "spring", utm_source="google", external_id="second")
        make_booking(first, "completed", 5000, external_id="visit")
        make_spend(company, "spring", 700)
        make_spend(company, "late", 900, clicks=3)
        refresh(company.pk)
        assert mark_count() == 0
        assert differences() == []
        return company.pk


@pytest.fixture
def company(known, db):
    with scope.company_scope([known]):
        yield Company.objects.get(pk=known)


def first():
    return Lead.objects.get(external_id="first")


def visit():
    return Booking.objects.get()


def entry():
    return SpendEntry.objects.get(amount_minor=700)


def autumn():
    return Campaign.objects.get(key="autumn")


def changed(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    return row


def new_lead(company, name="new", **values):
    given = {"received_at": first().received_at, "utm_campaign": "autumn", "utm_source": "x"}
    return Lead(company=company, external_id=name, **given | values)


def new_booking(company):
    second = Lead.objects.get(external_id="second")
    at = second.received_at
    return Booking(company=company, lead=second, external_id="new", booked_at=at)


def new_spend(company):
    return SpendEntry(
        company=company, campaign_name="autumn", day=date(2026, 3, 4), amount_minor=50
    )


def upsert(model, row, key, *fields):
    model.objects.bulk_create([row], update_conflicts=True, update_fields=fields, unique_fields=key)


LEAD_ID = ["company", "external_id"]
LEAD_DOORS = {
    "save": lambda c: new_lead(c).save(),
    "save without campaign": lambda c: new_lead(c, utm_campaign="").save(),
    "save of an excluded one": lambda c: new_lead(c, kind="bot").save(),
    "get_or_create": lambda c: Lead.objects.get_or_create(
        company=c, external_id="new", defaults={"received_at": first().received_at}
    ),
    "bulk_create": lambda c: Lead.objects.bulk_create([new_lead(c), new_lead(c, "newer")]),
    "bulk_create beside known ones": lambda c: Lead.objects.bulk_create(
        [new_lead(c, "first"), new_lead(c)], ignore_conflicts=True
    ),
    "upsert of a known one": lambda c: upsert(
        Lead, changed(raw_copy(first()), kind="test"), LEAD_ID, "kind"
    ),
    "COPY, or INSERT": lambda c: insert_raw([new_lead(c), new_lead(c, "newer")]),
    "another campaign, saved": lambda c: changed(first(), campaign=autumn()).save(
        update_fields=["campaign"]
    ),
    "another kind, saved": lambda c: changed(first(), kind="bot").save(update_fields=["kind"]),
    "update": lambda c: Lead.objects.update(campaign=autumn()),
    "update to no campaign": lambda c: Lead.objects.filter(pk=first().pk).update(
        campaign=None, unattributed_reason="by_person"
    ),
    "update of source": lambda c: Lead.objects.update(source="elsewhere"),
    "bulk_update": lambda c: Lead.objects.bulk_update([changed(first(), kind="test")], ["kind"]),
    "UPDATE": lambda c: execute(
        "UPDATE attribution_lead SET campaign_id = %s WHERE external_id = 'first'", autumn().pk
    ),
    "UPDATE of the day": lambda c: execute("UPDATE attribution_lead SET day = '2026-02-28'"),
    "INSERT ON CONFLICT": lambda c: execute(
        f"{COPIED} WHERE true ON CONFLICT (company_id, external_id) DO UPDATE SET kind = 'test'",
    ),
    "INSERT of what a SELECT found": lambda c: execute(
        COPIED.replace("SELECT company_id, external_id", "SELECT company_id, 'n' || external_id")
        + " WHERE external_id = 'second'"
    ),
    "DELETE": lambda c: execute("DELETE FROM attribution_lead WHERE external_id = 'second'"),
}
BOOKING_DOORS = {
    "save": lambda c: new_booking(c).save(),
    "bulk_create": lambda c: Booking.objects.bulk_create([new_booking(c)]),
    "status, saved": lambda c: changed(visit(), status="cancelled").save(),
    "value, saved": lambda c: changed(visit(), value_minor=1).save(update_fields=["value_minor"]),
    "update": lambda c: Booking.objects.update(status="no_show"),
    "bulk_update": lambda c: Booking.objects.bulk_update(
        [changed(visit(), status="cancelled")], ["status"]
    ),
    "upsert": lambda c: upsert(
        Booking, changed(visit(), pk=None, value_minor=8), LEAD_ID, "value_minor"
    ),
    "to another lead": lambda c: changed(
        visit(), lead=Lead.objects.create(company=c, external_id="x", received_at=later())
    ).save(),
    "delete": lambda c: visit().delete(),
    "delete many": lambda c: Booking.objects.all().delete(),
    "UPDATE": lambda c: execute("UPDATE attribution_booking SET status = 'booked'"),
    "DELETE": lambda c: execute("DELETE FROM attribution_booking"),
}
SPEND_DOORS = {
    "save": lambda c: new_spend(c).save(),
    "bulk_create": lambda c: SpendEntry.objects.bulk_create([new_spend(c)]),
    "amount, saved": lambda c: changed(entry(), amount_minor=1).save(),
    "day, saved": lambda c: changed(entry(), day=date(2026, 2, 1)).save(),
    "clicks, saved": lambda c: changed(entry(), clicks=0).save(),
    "another campaign, saved": lambda c: changed(
        entry(), campaign=autumn(), campaign_name="autumn"
    ).save(),
    "update": lambda c: SpendEntry.objects.update(amount_minor=3),
    "update of counts alone": lambda c: SpendEntry.objects.update(impressions=9, opens=1),
    "upsert": lambda c: upsert(
        SpendEntry, changed(entry(), pk=None, amount_minor=8), SPEND_KEY, "amount_minor"
    ),
    "delete": lambda c: entry().delete(),
    "delete many": lambda c: SpendEntry.objects.all().delete(),
    "UPDATE": lambda c: execute("UPDATE spend_spendentry SET amount_minor = amount_minor + 1"),
    "DELETE": lambda c: execute("DELETE FROM spend_spendentry"),
    "a campaign that it waited for": lambda c: make_campaign(c, "late"),
    "a campaign renamed to what it waited for": lambda c: changed(autumn(), key="late").save(),
    "a campaign that a lead discovers": lambda c: make_lead(c, "late"),
}
# Every column of a stored lead under its own name; with the id of a known one it is a conflict.
LEAD_COLUMNS = ", ".join(
    field.column
    for field in Lead._meta.concrete_fields
    if field.column not in {"id", "company_id", "external_id"}
)
COPIED = (
    f"INSERT INTO attribution_lead (company_id, external_id, {LEAD_COLUMNS})"
    f" SELECT company_id, external_id, {LEAD_COLUMNS} FROM attribution_lead"
)
MERGED = f"""
MERGE INTO attribution_lead AS lead
USING (SELECT *, external_id AS to_be FROM attribution_lead
        UNION ALL SELECT *, 'third' FROM attribution_lead WHERE external_id = 'second') AS source
   ON lead.company_id = source.company_id AND lead.external_id = source.to_be
 WHEN MATCHED AND source.external_id = 'first' THEN UPDATE SET kind = 'bot'
 WHEN MATCHED THEN DELETE
 WHEN NOT MATCHED THEN INSERT (company_id, external_id, {LEAD_COLUMNS})
      VALUES (source.company_id, source.to_be, {
    ", ".join(f"source.{column}" for column in LEAD_COLUMNS.split(", "))
})"""
POSTGRESQL_DOORS = {
    "MERGE that inserts, updates and deletes": MERGED,
    "a WITH that deletes and inserts": f"""
      WITH gone AS (DELETE FROM attribution_lead WHERE external_id = 'second' RETURNING *)
      INSERT INTO attribution_lead (company_id, external_id, {LEAD_COLUMNS})
      SELECT company_id, 'moved', {LEAD_COLUMNS.replace("kind,", "'test',", 1)} FROM gone""",
    "UPDATE FROM": """
      UPDATE attribution_lead AS lead SET campaign_id = campaign.id
        FROM attribution_campaign AS campaign WHERE campaign.key = 'autumn'""",
    "a function's own statements": """
      DO $$ BEGIN
        UPDATE attribution_lead SET kind = 'test' WHERE external_id = 'first';
        UPDATE spend_spendentry SET amount_minor = 1;
        DELETE FROM attribution_booking;
      END $$""",
}
SQLITE_DOORS = {
    "UPDATE FROM": """
      UPDATE attribution_lead SET campaign_id = campaign.id
        FROM attribution_campaign AS campaign WHERE campaign.key = 'autumn'""",
    "UPDATE OR IGNORE": "UPDATE OR IGNORE attribution_lead SET kind = 'bot'",
    "INSERT OR REPLACE": f"""
      INSERT OR REPLACE INTO attribution_lead (company_id, external_id, {LEAD_COLUMNS})
      SELECT company_id, external_id, {LEAD_COLUMNS.replace(" day,", " '2026-02-28',")}
        FROM attribution_lead WHERE external_id = 'second'""",
    "INSERT OR IGNORE": COPIED.replace("INSERT", "INSERT OR IGNORE").replace(
        "SELECT company_id, external_id",
        "SELECT company_id, replace(external_id, 'second', 'newest')",
    ),
}
OWN_DOORS = {"postgresql": POSTGRESQL_DOORS, "sqlite": SQLITE_DOORS}[connection.vendor]


def later():
    return first().received_at + timedelta(days=40)


def check(company, door):
    before = facts()
    door(company)
    assert facts() != before, "this door changes nothing that is added up"
    assert mark_count() > 0
    assert differences() == []
    refresh(company.pk)
    assert mark_count() == 0
    # Without marks every sum is compared with the facts, so that one report is enough.
    assert differences(("campaign",)) == []


@pytest.mark.parametrize("name", LEAD_DOORS)
def test_leads(company, name):
    check(company, LEAD_DOORS[name])


@pytest.mark.parametrize("name", BOOKING_DOORS)
def test_bookings(company, name):
    check(company, BOOKING_DOORS[name])


@pytest.mark.parametrize("name", SPEND_DOORS)
def test_spend(company, name):
    check(company, SPEND_DOORS[name])


@pytest.mark.parametrize("name", OWN_DOORS)
def test_the_engines_own_statements(company, name):
    check(company, lambda _: execute(OWN_DOORS[name]))


def test_several_doors_before_one_refresh(company):
    def all_of_them(company):
        LEAD_DOORS["save"](company)
        BOOKING_DOORS["status, saved"](company)
        LEAD_DOORS["update"](company)
        SPEND_DOORS["a campaign that it waited for"](company)
        BOOKING_DOORS["delete"](company)

    check(company, all_of_them)


def test_what_changes_no_figure_leaves_no_mark(company):
    erase_person([first()])
    Lead.objects.update(city="Bern", is_hot=True)
    changed(first(), city="Basel").save()
    SpendEntry.objects.update(note="paid")
    changed(visit(), status="completed").save()
    changed(autumn(), name="Autumn fair").save()
    assert mark_count() == 0
    assert differences() == []


def test_a_refresh_in_the_middle_of_a_transaction_leaves_nothing_to_mark(company):
    make_lead(company, "autumn")
    refresh(company.pk)
    make_booking(first(), "completed", 100)
    refresh(company.pk)
    assert mark_count() == 0
    assert differences() == []
