"""What the database itself keeps true, whoever writes: raw values, and each lead's outcome."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction

from attribution import scope
from attribution.models import Booking, Lead
from attribution.triggers import GUARDED, RAW_MESSAGE
from attribution.utm import RAW_FIELDS
from tests.factories import make_booking, make_campaign, make_company, make_lead

OTHER = {
    "external_id": "other",
    "received_at": datetime(2026, 1, 1, tzinfo=UTC),
    "click_ids": {"gclid": "other"},
    "stated_at": datetime(2026, 1, 1, tzinfo=UTC),
    "key_id": 1,
}
CHANGEABLE = [name for name in GUARDED if name != "company_id"]


def outcome(lead):
    lead.refresh_from_db()
    return lead.booked, lead.completed, lead.revenue_minor


def execute(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def lead(company):
    return make_lead(company, "Spring", utm_source="Google", click_ids={"gclid": "AbC"})


# Raw values


def test_every_captured_value_is_guarded():
    assert set(RAW_FIELDS) <= set(GUARDED)


@pytest.mark.parametrize("column", CHANGEABLE)
def test_a_raw_value_is_not_changed_by_update(lead, column):
    with pytest.raises(DatabaseError, match=RAW_MESSAGE), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(**{column: OTHER.get(column, "other")})


@pytest.mark.parametrize("column", CHANGEABLE)
def test_a_raw_value_is_not_changed_by_save(lead, column):
    setattr(lead, column, OTHER.get(column, "other"))
    with pytest.raises(DatabaseError, match=RAW_MESSAGE), transaction.atomic():
        lead.save()


def test_a_raw_value_is_not_changed_by_bulk_update_upsert_or_sql(lead):
    lead.utm_source = "other"
    with pytest.raises(DatabaseError, match=RAW_MESSAGE), transaction.atomic():
        Lead.objects.bulk_update([lead], ["utm_source"])
    twin = Lead(company=lead.company, external_id=lead.external_id, received_at=lead.received_at)
    with pytest.raises(DatabaseError, match=RAW_MESSAGE), transaction.atomic():
        Lead.objects.bulk_create(
            [twin],
            update_conflicts=True,
            update_fields=["utm_source"],
            unique_fields=["company", "external_id"],
        )
    with pytest.raises(DatabaseError, match=RAW_MESSAGE), transaction.atomic():
        execute("UPDATE attribution_lead SET utm_source = 'other' WHERE id = %s", lead.pk)
    lead.refresh_from_db()
    assert lead.utm_source == "Google"


def test_only_erasing_a_person_may_cut_a_link_short_and_only_once(company):
    link = "https://x.test/page?email=erika@example.com"
    lead = Lead.objects.filter(pk=make_lead(company, landing_page=link).pk)
    now = datetime(2026, 3, 2, tzinfo=UTC)
    for values in (
        {"landing_page": "https://x.test/page"},
        {"landing_page": "https://y.test/page", "erased_at": now},
        {"landing_page": "https://x.test/page", "utm_source": "", "utm_id": "x", "erased_at": now},
    ):
        with pytest.raises(DatabaseError, match=RAW_MESSAGE), transaction.atomic():
            lead.update(**values)
    lead.update(landing_page="https://x.test/page", erased_at=now)
    with pytest.raises(DatabaseError, match=RAW_MESSAGE), transaction.atomic():
        lead.update(landing_page="https://x.test/", erased_at=now + timedelta(days=1))


@pytest.mark.parametrize(
    "clicks", [{}, {"gclid": ""}, {"gclid": "", "mkt_tok": "x"}, {"gclid": "", "fbclid": ""}]
)
def test_only_erasing_a_person_may_empty_click_ids_and_their_names_stay(company, clicks):
    lead = make_lead(company, click_ids={"mkt_tok": "to-erika", "gclid": "AbC"})
    rows, now = Lead.objects.filter(pk=lead.pk), datetime(2026, 3, 2, tzinfo=UTC)
    emptied = {"gclid": "", "mkt_tok": ""}
    for values in ({"click_ids": emptied}, {"click_ids": clicks, "erased_at": now}):
        with pytest.raises(DatabaseError, match=RAW_MESSAGE), transaction.atomic():
            rows.update(**values)
    rows.update(click_ids=dict.fromkeys(lead.click_ids, ""), erased_at=now)
    assert rows.get().click_ids == emptied


def test_a_lead_does_not_move_to_another_company(lead):
    with scope.all_companies():
        other = make_company()
        with pytest.raises(DatabaseError, match=RAW_MESSAGE), transaction.atomic():
            Lead.objects.filter(pk=lead.pk).update(company=other)


def test_everything_else_of_a_lead_may_change(lead):
    lead.kind, lead.city, lead.is_hot = Lead.Kind.TEST, "Bern", True
    lead.save()
    lead.refresh_from_db()
    assert (lead.kind, lead.city, lead.is_hot) == ("test", "Bern", True)


def test_raw_values_may_be_written_again_as_they_are(lead):
    Lead.objects.filter(pk=lead.pk).update(utm_source="Google", click_ids={"gclid": "AbC"})


# Outcome


def test_the_outcome_follows_each_save_of_a_booking(lead):
    assert outcome(lead) == (False, False, 0)
    booking = make_booking(lead, value_minor=5000)
    assert outcome(lead) == (True, False, 0)
    booking.status = "completed"
    booking.save()
    assert outcome(lead) == (True, True, 5000)
    booking.value_minor = 7000
    booking.save()
    assert outcome(lead) == (True, True, 7000)
    booking.status = "no_show"
    booking.save()
    assert outcome(lead) == (True, False, 0)
    booking.status = "cancelled"
    booking.save()
    assert outcome(lead) == (False, False, 0)
    booking.delete()
    assert outcome(lead) == (False, False, 0)


def test_a_second_booking_adds_revenue_but_is_not_a_second_booked_lead(lead):
    make_booking(lead, "completed", 5000)
    second = make_booking(lead, "completed", 2500)
    make_booking(lead, "cancelled", 9900)
    assert outcome(lead) == (True, True, 7500)
    second.delete()
    assert outcome(lead) == (True, True, 5000)


def test_bookings_made_changed_and_deleted_many_at_a_time_count(company):
    leads = [make_lead(company) for _ in range(3)]
    at = datetime(2026, 3, 3, tzinfo=UTC)
    Booking.objects.bulk_create(
        Booking(
            company=company,
            lead=lead,
            external_id=f"{lead.pk}-{n}",
            booked_at=at,
            status="completed",
            value_minor=100 * (n + 1),
        )
        for lead in leads
        for n in range(2)
    )
    assert [outcome(lead) for lead in leads] == [(True, True, 300)] * 3
    Booking.objects.filter(external_id__endswith="-0").update(status="cancelled")
    assert [outcome(lead) for lead in leads] == [(True, True, 200)] * 3
    Booking.objects.filter(lead=leads[0]).delete()
    assert [outcome(lead) for lead in leads] == [(False, False, 0), *[(True, True, 200)] * 2]


def test_sql_by_hand_counts_too(lead):
    booking = make_booking(lead, value_minor=5000)
    execute("UPDATE attribution_booking SET status = 'completed' WHERE id = %s", booking.pk)
    assert outcome(lead) == (True, True, 5000)
    execute("DELETE FROM attribution_booking WHERE id = %s", booking.pk)
    assert outcome(lead) == (False, False, 0)


def test_a_booking_that_moves_to_another_lead_takes_its_outcome_with_it(company):
    first, second = make_lead(company), make_lead(company)
    booking = make_booking(first, "completed", 5000)
    booking.lead = second
    booking.save()
    assert (outcome(first), outcome(second)) == ((False, False, 0), (True, True, 5000))
    execute("UPDATE attribution_booking SET lead_id = %s WHERE id = %s", first.pk, booking.pk)
    assert (outcome(first), outcome(second)) == ((True, True, 5000), (False, False, 0))


def test_a_lead_read_before_its_booking_and_saved_after_it_keeps_its_outcome(lead):
    make_booking(lead, "completed", 5000)  # `lead` in memory knows nothing of it
    lead.city = "Bern"
    lead.save()
    assert outcome(lead) == (True, True, 5000)
    assert lead.city == "Bern"


def test_an_outcome_without_bookings_cannot_be_written(lead):
    Lead.objects.filter(pk=lead.pk).update(booked=True, completed=True, revenue_minor=1)
    assert outcome(lead) == (False, False, 0)
    make_booking(lead, "completed", 5000)
    execute("UPDATE attribution_lead SET revenue_minor = 7, booked = %s", False)
    assert outcome(lead) == (True, True, 5000)


def test_the_kind_of_a_lead_and_its_campaign_leave_its_outcome_alone(lead):
    make_booking(lead, "completed", 5000)
    Lead.objects.filter(pk=lead.pk).update(
        kind="test", campaign=make_campaign(lead.company, "autumn")
    )
    assert outcome(lead) == (True, True, 5000)


# Two at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statuses", [("completed", "completed"), ("booked", "cancelled")])
def test_two_writers_of_one_lead_leave_the_outcome_of_both(statuses):
    if connection.vendor != "postgresql":
        pytest.skip("about postgresql alone: SQLite has one writer at a time")
    with scope.all_companies():
        company = make_company()
        leads = [make_lead(company) for _ in range(10)]
    for lead in leads:
        together = Barrier(2)

        def book(status, lead=lead, together=together):
            try:
                with scope.all_companies(), transaction.atomic():
                    list(Booking.objects.filter(lead=lead))  # the transaction has begun
                    together.wait(timeout=30)
                    make_booking(lead, status, 5000)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(book, statuses))
    wanted = (True, "completed" in statuses, 5000 * statuses.count("completed"))
    with scope.all_companies():
        assert [outcome(lead) for lead in leads] == [wanted] * 10


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_waits_for_another_counts_what_that_one_wrote():
    if connection.vendor != "postgresql":
        pytest.skip("about postgresql alone: SQLite has one writer at a time")
    with scope.all_companies():
        company = make_company()
        lead = make_lead(company)
        booking = make_booking(lead, "completed", 5000)

    def book_second():
        try:
            with scope.all_companies():
                make_booking(lead, "completed", 2500)
        finally:
            connection.close()

    with scope.all_companies(), ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            booking.status = "cancelled"
            booking.booked_at += timedelta(days=1)
            booking.save()  # holds the lead until the end of this block
            waiting = threads.submit(book_second)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        waiting.result(timeout=30)
        assert outcome(lead) == (True, True, 2500)


def test_a_new_lead_has_no_outcome_whatever_is_written_with_it(company):
    lead = make_lead(company, "Spring", booked=True, completed=True, revenue_minor=999)
    assert outcome(lead) == (False, False, 0)
    copy = make_lead(company, "Spring")
    Lead.objects.filter(pk=copy.pk).update(booked=True)
    assert outcome(copy) == (False, False, 0)
    Lead.objects.bulk_create(
        [
            Lead(
                company=company,
                external_id="bulk",
                received_at=datetime(2026, 3, 1, tzinfo=UTC),
                completed=True,
                revenue_minor=5,
            )
        ]
    )
    assert outcome(Lead.objects.get(external_id="bulk")) == (False, False, 0)
