"""How long a booking took is stored with it, whatever the door."""

from datetime import UTC, datetime, timedelta

from attribution.models import Booking
from reports.maturity.kept import lags
from tests.attribution.import_files import take_in
from tests.factories import make_booking, make_lead

AT = datetime(2026, 3, 2, 12, 29, tzinfo=UTC)


def took(**one):
    return Booking.objects.get(**one).slots_to_book


def test_it_counts_half_hours_that_have_begun_and_is_never_negative(company):
    lead = make_lead(company, received_at=AT)
    assert make_booking(lead, booked_at=AT).slots_to_book == 0
    assert make_booking(lead, booked_at=AT + timedelta(minutes=1)).slots_to_book == 1
    assert make_booking(lead, booked_at=AT + timedelta(days=2)).slots_to_book == 96
    assert make_booking(lead, booked_at=AT - timedelta(days=2)).slots_to_book == 0


def test_it_follows_another_moment_and_another_lead(company):
    lead = make_lead(company, received_at=AT)
    booking = make_booking(lead, booked_at=AT + timedelta(days=1))
    booking.booked_at += timedelta(days=1)
    booking.save()
    assert took(pk=booking.pk) == 96
    booking.lead = make_lead(company, received_at=AT + timedelta(days=1))
    booking.save()
    assert took(pk=booking.pk) == 48
    again = Booking.objects.get(pk=booking.pk)
    again.lead_id = lead.pk
    again.save()
    assert took(pk=booking.pk) == 96


def test_bookings_made_many_at_a_time_have_it(company):
    lead = make_lead(company, received_at=AT)
    Booking.objects.bulk_create(
        Booking(company=company, lead=lead, external_id=str(n), booked_at=AT + timedelta(days=n))
        for n in range(3)
    )
    assert sorted(Booking.objects.values_list("slots_to_book", flat=True)) == [0, 48, 96]


def test_a_file_of_bookings_brings_it_and_changes_it(company):
    for n, external_id in enumerate("AB"):
        make_lead(company, external_id=external_id, received_at=AT + timedelta(days=n))
    head = "booking_id,lead_id,booked_at\n"
    take_in(company, "bookings", f"{head}1,A,2026-03-03 12:00\n2,A,2026-03-01 12:00\n3,B,\n")
    assert [took(external_id=n) for n in "123"] == [48, 0, 0]
    take_in(company, "bookings", f"{head}1,A,2026-03-05 12:00\n2,A,\n3,B,2026-03-04 00:00\n")
    assert [took(external_id=n) for n in "123"] == [144, 0, 48 - 24]
    take_in(company, "bookings", f"{head}1,B,\n")
    assert took(external_id="1") == 96


def test_a_file_of_leads_with_outcomes_brings_it(company):
    head = "id,received_at,booking_status,booked_at\n"
    take_in(company, "leads", f"{head}A,2026-03-02 12:00,booked,2026-03-03 11:30\n")
    assert took(external_id="lead:A") == 47
    take_in(company, "leads", f"{head}A,2026-03-02 12:00,booked,2026-03-03 12:30\n")
    assert took(external_id="lead:A") == 49


def test_the_latest_thousand_tell_how_long_a_booking_takes_in_one_query(
    company, django_assert_num_queries
):
    lead = make_lead(company, received_at=AT)
    latest = AT + timedelta(days=50)
    Booking.objects.bulk_create(
        Booking(
            company=company,
            lead=lead,
            external_id=str(n),
            # Older ones took shorter; of the equal moments at the edge the newest rows count.
            booked_at=AT if n < 30 else latest,
            status="cancelled" if n % 2 else "booked",
        )
        for n in range(2 * 1000 + 30)
    )
    with django_assert_num_queries(1):
        assert lags(company).latest == 50
