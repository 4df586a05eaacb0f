"""Files of bookings: made, changed, and refused."""

import pytest

from attribution import scope
from attribution.models import Booking, Lead
from tests.attribution.import_files import check, take_in, texts
from tests.factories import make_company, make_lead

pytestmark = pytest.mark.django_db

TWO = """booking_id,lead_id,status,booked_at,completed_at,revenue
1,A,completed,2026-03-02 10:00,2026-03-05 10:00,100
2,A,no-show,2026-03-03 10:00,,40
"""


@pytest.fixture
def company():
    with scope.all_companies():
        company = make_company(name="Acme", timezone="Europe/Berlin")
        make_lead(company, "sale", external_id="A")
        make_lead(company, external_id="B")
        yield company


def outcome_of(external_id):
    lead = Lead.objects.get(external_id=external_id)
    return lead.booked, lead.completed, lead.revenue_minor


def test_bookings_are_stored_and_their_leads_know(company):
    outcome = take_in(company, "bookings", TWO)
    assert (outcome.rows, outcome.new, outcome.changed, outcome.same) == (2, 2, 0, 0)
    assert outcome_of("A") == (True, True, 10_000)
    first = Booking.objects.get(external_id="1")
    assert first.booked_at.isoformat() == "2026-03-02T09:00:00+00:00"
    assert (str(first.day), first.currency) == ("2026-03-02", "EUR")
    assert first.import_run == outcome.run


def test_the_same_file_again_adds_nothing(company):
    take_in(company, "bookings", TWO)
    for outcome in (check(company, "bookings", TWO), take_in(company, "bookings", TWO)):
        assert (outcome.new, outcome.changed, outcome.same) == (0, 0, 2)
        assert "already taken in" in outcome.notes[0]
    assert Booking.objects.count() == 2


def test_a_changed_row_changes_the_booking_and_is_listed_in_words(company):
    take_in(company, "bookings", TWO)
    outcome = take_in(company, "bookings", TWO.replace("2,A,no-show", "2,B,booked"))
    assert (outcome.new, outcome.changed, outcome.same) == (0, 1, 1)
    assert [change.text for change in outcome.changes] == [
        "row 3: booking 2, lead: A → B",
        "row 3: booking 2, status: no_show → booked",
    ]
    assert outcome_of("B") == (True, False, 0)


def test_an_empty_cell_changes_nothing_that_is_there(company):
    take_in(company, "bookings", TWO)
    outcome = take_in(company, "bookings", "id,lead,status\n1,A,\n2,A,\n")
    assert (outcome.changed, outcome.same) == (0, 2)
    assert outcome_of("A") == (True, True, 10_000)


def test_a_cancelled_booking_is_no_longer_completed(company):
    take_in(company, "bookings", TWO)
    take_in(company, "bookings", "id,lead,status\n1,A,canceled\n")
    assert Booking.objects.get(external_id="1").completed_at is None
    assert outcome_of("A") == (True, False, 0)


def test_without_a_day_a_booking_has_the_day_of_its_lead(company):
    take_in(company, "bookings", "id,lead,status\n1,A,completed\n2,B,\n")
    lead = Lead.objects.get(external_id="A")
    booking = Booking.objects.get(external_id="1")
    assert booking.booked_at == booking.completed_at == lead.received_at
    assert (booking.day, booking.slot) == (lead.day, lead.slot)
    assert Booking.objects.get(external_id="2").status == "booked"


def test_rows_without_id_that_are_alike_are_all_kept(company):
    alike = "lead,value\nA,5\nA,5\nB,5\n"
    assert take_in(company, "bookings", alike).new == 3
    assert take_in(company, "bookings", alike).new == 0


REFUSED = [
    ("1,X,,,,", 'row 2, column lead_id, "X": Acme has no lead with this id. '
     "Import the leads first, or correct the id."),
    ("1,,,,,", "row 2, column lead_id: This cell is empty."),
    (",A,,,,", "row 2, column booking_id: This cell is empty."),
    ("1,A,compleeted,,,", "Did you mean completed?"),
    ("1,A,yes,,,", '--value "status:yes=completed"'),
    ("1,A,,03/04/2026,,", 'row 2, column booked_at, "03/04/2026": This could be'),
    ("1,A,,,,-1", 'row 2, column revenue, "-1": A value is never negative.'),
    ("1,A,,,,$5", "This amount is not in EUR."),
    ("1,A,,,,\n1,B,,,,", 'row 3, column booking_id, "1": Row 2 has this id too.'),
]  # fmt: skip


@pytest.mark.parametrize(("row", "text"), REFUSED)
def test_a_bad_row_is_named_and_nothing_is_saved(company, row, text):
    outcome = take_in(company, "bookings", f"{TWO.splitlines()[0]}\n{row}\n")
    assert outcome.error_count == 1
    assert text in texts(outcome)[0]
    assert not Booking.objects.exists()


def test_a_lead_of_another_company_is_not_found(company):
    make_lead(make_company(), external_id="Z")
    outcome = take_in(company, "bookings", "id,lead\n1,Z\n")
    assert "Acme has no lead with this id" in texts(outcome)[0]
