"""Statements about bookings, in any order and any number: the latest of each value holds."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from attribution import scope
from attribution.capture.bookings import settle_all, settle_waiting, take_bookings
from attribution.capture.doors import Door
from attribution.capture.items import read_booking, read_lead
from attribution.capture.statements import RANK, Known
from attribution.capture.store import take_leads
from attribution.models import Booking, Lead, WaitingBooking
from tests.factories import make_booking, make_company, make_lead

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DOOR = Door("api", NOW)
MOMENTS = [NOW + timedelta(hours=n) for n in range(4)]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


@pytest.fixture
def company():
    return make_company()


def said(id="B-1", lead="L-1", **fields):
    return read_booking({"id": id, "lead": lead, **fields})


def take(company, *items, door=DOOR):
    return [one.status for one in take_bookings(company, door, list(items))]


def stored(company):
    rows = Booking.objects.filter(company=company).order_by("external_id")
    columns = ("external_id", "lead__external_id", "status", "booked_at", "completed_at")
    return list(rows.values_list(*columns, "value_minor", "original_minor", "currency"))


def test_a_booking_and_its_update(company):
    lead = make_lead(company, external_id="L-1")
    assert take(company, said(value="250.00", as_of="2026-03-02T10:00:00Z")) == ["stored"]
    assert stored(company) == [
        ("B-1", "L-1", "booked", NOW - timedelta(hours=2), None, 250_00, None, "EUR")
    ]
    later = said(status="completed", as_of="2026-03-02T11:00:00Z")
    assert take(company, later) == ["changed"]
    assert take(company, later) == ["same"]
    assert take(company, said(status="cancelled", as_of="2026-03-02T10:30:00Z")) == ["same"]
    lead.refresh_from_db()
    assert (lead.booked, lead.completed, lead.revenue_minor) == (True, True, 250_00)
    assert Booking.objects.get().completed_at == NOW - timedelta(hours=1)


def test_a_booking_before_its_lead_waits_for_it(company):
    assert take(company, said(status="completed", value="9.50")) == ["waiting"]
    assert (Booking.objects.count(), WaitingBooking.objects.count()) == (0, 1)
    assert take(company, said(status="completed", value="9.50")) == ["waiting"]
    take_leads(company, DOOR, [read_lead({"id": "L-1"})])
    assert (Booking.objects.count(), WaitingBooking.objects.count()) == (1, 0)
    assert Lead.objects.get().revenue_minor == 9_50
    assert Booking.objects.get().came_by == "api"


def test_a_lead_that_comes_by_another_door_is_waited_for_too(company):
    take(company, said())
    make_lead(company, external_id="L-1")
    assert Booking.objects.count() == 1


def test_a_lead_that_crossed_its_booking_is_found_afterwards(company):
    make_lead(company, external_id="L-1")
    WaitingBooking.objects.create(
        company=company,
        external_id="B-1",
        lead_external_id="L-1",
        status="booked",
        stated={"lead": "2026-03-02T12:00:00.000000Z", "first": "2026-03-02T12:00:00.000000Z"},
        came_by="api",
        arrived_at=NOW,
    )
    assert settle_all(company) == 1
    assert stored(company) == [("B-1", "L-1", "booked", NOW, None, 0, None, "EUR")]


def test_nothing_waits_for_nobody(company):
    assert settle_waiting(company, ["L-1"]) == 0


def test_a_booking_with_its_lead(company):
    sent = {"id": "L-1", "booking": {"id": "B-1", "status": "completed", "value": "5"}}
    take_leads(company, DOOR, [read_lead(sent)])
    assert Lead.objects.get().revenue_minor == 5_00


def test_a_value_finer_than_its_currency_is_refused_and_the_rest_is_stored(company):
    make_lead(company, external_id="L-1")
    items = [said("fine", value="0.005"), said("good", value="1")]
    taken = take_bookings(company, DOOR, items)
    assert [one.status for one in taken] == ["refused", "stored"]
    assert (taken[0].error.field, Booking.objects.get().external_id) == ("value", "good")


def test_another_currency_is_kept_and_its_worth_unknown_without_a_rate(company):
    make_lead(company, external_id="L-1")
    take(company, said(value="10", currency="USD"))
    booking = Booking.objects.get()
    assert (booking.value_minor, booking.original_minor, booking.currency) == (None, 10_00, "USD")


def test_what_a_file_said_stays_until_a_sender_says_otherwise(company):
    lead = make_lead(company, external_id="L-1")
    made = make_booking(lead, "completed", 70_00, external_id="B-1")
    assert take(company, said(as_of="2020-01-01T00:00:00Z")) == ["changed"]
    booking = Booking.objects.get()
    kept = ("status", "booked_at", "completed_at", "value_minor", "came_by")
    assert [getattr(booking, name) for name in kept] == [getattr(made, name) for name in kept]


def test_a_booking_moves_to_another_lead(company):
    one, two = make_lead(company, external_id="L-1"), make_lead(company, external_id="L-2")
    take(company, said(status="completed", value="5"))
    take(company, said(lead="L-2", as_of="2026-03-02T13:00:00Z"))
    one.refresh_from_db()
    two.refresh_from_db()
    assert [(x.booked, x.revenue_minor) for x in (one, two)] == [(False, 0), (True, 5_00)]


def test_bookings_of_companies_do_not_meet(company):
    make_lead(company, external_id="L-1")
    assert take(make_company(), said()) == ["waiting"]
    assert not Booking.objects.exists()


STORY = [
    read_lead({"id": "L-1", "received_at": "2026-03-02T09:00:00Z"}),
    said(value="100", as_of="2026-03-02T10:00:00Z"),
    said(status="no_show", as_of="2026-03-02T11:00:00Z"),
    said(status="completed", as_of="2026-03-02T11:00:00Z", booked_at="2026-03-01T00:00:00Z"),
]


def test_every_order_ends_the_same(company):
    ends = []
    for number, order in enumerate(permutations(STORY)):
        other = make_company(slug=f"order-{number}")
        for item in (*order, order[0]):
            if isinstance(item, type(STORY[0])):
                take_leads(other, DOOR, [item])
            else:
                take(other, item)
        ends.append(
            (
                stored(other),
                list(Lead.objects.filter(company=other).values("booked", "revenue_minor")),
            )
        )
    assert len({str(end) for end in ends}) == 1
    assert ends[0][1] == [{"booked": True, "revenue_minor": 100_00}]


STATEMENTS = st.lists(
    st.tuples(
        st.fixed_dictionaries(
            {"lead": st.sampled_from(["L-1", "L-2"])},
            optional={
                "status": st.sampled_from(sorted(RANK)),
                "booked_at": st.sampled_from(MOMENTS),
                "completed_at": st.sampled_from(MOMENTS),
                "value": st.tuples(st.integers(0, 3), st.sampled_from(["EUR", "USD"])),
            },
        ),
        st.sampled_from(MOMENTS),
    ),
    min_size=1,
    max_size=5,
)


@given(STATEMENTS, st.randoms(use_true_random=False))
def test_statements_are_heard_in_any_order_and_number(statements, random):
    ends = []
    for __ in range(2):
        known = Known()
        for said_now, as_of in statements:
            known.hear(said_now, as_of)
        ends.append((known, known.settled()))
        statements = [*statements, random.choice(statements)]
        random.shuffle(statements)
    assert ends[0] == ends[1]


def test_what_a_person_or_a_file_decides_stays_against_earlier_statements(
    company, tmp_path, capsys
):
    make_lead(company, external_id="L-1")
    take(company, said(status="completed", value="5"))
    path = tmp_path / "bookings.csv"
    path.write_text("id,lead,status,value\nB-1,L-1,cancelled,5\n")
    call_command("import_bookings", str(path), company=company.slug)
    assert Booking.objects.get().status == "cancelled"
    assert take(company, said(status="completed", as_of="2026-03-02T12:30:00Z")) == ["same"]
    later = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    assert take(company, said(status="no_show", as_of=later)) == ["changed"]
