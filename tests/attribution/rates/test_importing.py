"""Bookings of files in any currency: recorded as written, worth the rate of their lead's day."""

from datetime import UTC, datetime, timedelta

import pytest

from attribution.models import Booking, Lead
from tests.attribution.import_files import check, take_in, texts
from tests.attribution.rates.conftest import DAY
from tests.factories import make_lead

pytestmark = pytest.mark.django_db
THREE = """id,lead,status,value,currency
1,A,completed,"1,150.00",SEK
2,A,completed,100,
3,B,completed,500,jpy
"""


@pytest.fixture(autouse=True)
def _leads(company):
    for name, days in (("A", 0), ("B", 1), ("C", 20)):
        at = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC) + timedelta(days=days)
        make_lead(company, external_id=name, received_at=at)


@pytest.fixture
def kronor(rate):
    rate("EUR/USD", "1.1")
    rate("EUR/SEK", "11.5")


def stored(number):
    one = Booking.objects.get(external_id=number)
    return one.currency, one.original_minor, one.value_minor


def test_each_row_has_its_own_currency(company, kronor, rate):
    outcome = take_in(company, "bookings", THREE)
    assert (outcome.new, outcome.error_count) == (3, 0)
    assert stored("1") == ("SEK", 115_000, 11_000)
    assert stored("2") == ("USD", None, 10_000)
    assert stored("3") == ("JPY", 500, None)  # yen have no decimals
    assert Lead.objects.get(external_id="A").revenue_minor == 21_000
    (note,) = [one for one in outcome.notes if "rate" in one]
    assert note.startswith("No rate of exchange for JPY (2026-03-03).") and note.endswith(": 1.")
    rate("USD/JPY", "150", DAY + timedelta(days=1))
    assert stored("3") == ("JPY", 500, 333)


def test_the_same_file_again_changes_nothing(company, kronor):
    take_in(company, "bookings", THREE)
    again = check(company, "bookings", THREE + "\n")
    assert (again.new, again.changed, again.same) == (0, 0, 3)


def test_another_currency_or_value_is_a_change_in_words(company, kronor):
    take_in(company, "bookings", THREE)
    outcome = take_in(company, "bookings", THREE.replace("SEK", "EUR").replace("100,", "101,"))
    assert (outcome.changed, outcome.same) == (2, 1)
    assert [change.text for change in outcome.changes] == [
        "row 2: booking 1, value: SEK\u00a01,150.00 → €1,150.00",
        "row 3: booking 2, value: $100.00 → $101.00",
    ]
    assert stored("1") == ("EUR", 115_000, 126_500)
    back = take_in(company, "bookings", "id,lead,value\n1,A,5\n")
    assert (back.changed, stored("1")) == (1, ("USD", None, 500))


def test_a_row_without_a_value_keeps_what_is_there(company, kronor):
    take_in(company, "bookings", THREE)
    outcome = take_in(company, "bookings", "id,lead,status,value,currency\n1,A,cancelled,,NOK\n")
    assert (outcome.changed, stored("1")) == (1, ("SEK", 115_000, 11_000))


def test_a_booking_that_goes_to_another_lead_takes_the_rate_of_its_day(company, kronor, rate):
    take_in(company, "bookings", THREE)
    rate("EUR/USD", "1.2", DAY + timedelta(days=20))
    rate("EUR/SEK", "11.5", DAY + timedelta(days=20))
    outcome = take_in(company, "bookings", "id,lead,status\n1,C,completed\n3,C,completed\n")
    assert outcome.changed == 2
    assert stored("1") == ("SEK", 115_000, 12_000)
    assert stored("3") == ("JPY", 500, None)
    assert Lead.objects.get(external_id="C").revenue_minor == 12_000


def test_leads_bring_bookings_in_other_currencies(company, kronor):
    text = """id,received_at,booking_status,value,currency
N,2026-03-04,completed,1150,SEK
A,2026-03-02,booked,11.50,SEK
B,2026-03-03,,5,SEK
O,2026-05-04,completed,7,SEK
"""
    looked = check(company, "leads", text)
    assert not looked.errors
    assert any("No rate of exchange for SEK (2026-05-04)" in note for note in looked.notes)
    take_in(company, "leads", text)
    assert stored("lead:N") == ("SEK", 115_000, 11_000)
    assert stored("lead:A") == ("SEK", 1_150, 110)
    assert stored("lead:O") == ("SEK", 700, None)
    again = check(company, "leads", text + "\n")
    assert (again.new, again.changed) == (0, 0)


def test_one_currency_can_be_said_for_all_rows(company, kronor):
    said = {"constants": {"currency": "sek"}}
    take_in(company, "bookings", "id,lead,value\n1,A,1150\n2,A,\n", **said)
    assert stored("1") == ("SEK", 115_000, 11_000)
    assert stored("2") == ("USD", None, 0)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,A,booked,5,XXZ", 'row 2, column currency, "XXZ": This is no currency.'),
        ("1,A,booked,5.5,JPY", 'row 2, column value, "5.5": This has more decimals than JPY'),
        ("1,A,booked,-5,SEK", "A value is never negative."),
        ("1,A,booked,5 EUR,SEK", "This amount is not in SEK."),
        ("1,A,booked,five,", "This is not a number."),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_row(company, row, said):
    outcome = take_in(company, "bookings", f"id,lead,status,value,currency\n{row}\n")
    assert said in texts(outcome)[0]
    assert not Booking.objects.exists()
