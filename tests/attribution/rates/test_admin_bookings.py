"""Bookings in other currencies in the admin: typed, listed, exported and read back."""

import pytest

from attribution.models import Booking, Lead
from tests.attribution.import_files import check
from tests.attribution.pages import post, url
from tests.attribution.rates.conftest import worth
from tests.attribution.uploads import words
from tests.factories import make_lead

pytestmark = pytest.mark.django_db
BOOKINGS = "attribution_booking"
LEADS = "attribution_lead"


def exported(client, model):
    answer = client.post(url(model, "export"), {"format": "0"})
    return b"".join(answer.streaming_content).decode()


@pytest.fixture
def typed(client, company):
    """Sends the form of a new booking."""
    lead = make_lead(company, external_id="A")

    def send(amount, currency=""):
        data = {
            "lead": lead.pk,
            "external_id": "B-1",
            "status": "completed",
            "booked_at_0": "2026-03-02",
            "booked_at_1": "10:00",
            "amount": amount,
        }
        return post(client, url(BOOKINGS, "add"), **data, currency=currency)

    return send


def test_an_amount_is_typed_in_any_currency(client, company, signed_in, typed, rate):
    signed_in()
    assert typed("1150", "sek") == []
    sold = Booking.objects.get()
    assert (sold.currency, sold.original_minor, sold.value_minor) == ("SEK", 115_000, None)
    assert "1,150.00 (rate missing)" in words(client.get(url(BOOKINGS, "changelist")))
    rate("EUR/USD", "1.1")
    rate("EUR/SEK", "11.5")
    assert worth(sold) == 11_000
    assert "($110.00)" in words(client.get(url(BOOKINGS, "changelist")))
    change = client.get(url(BOOKINGS, "change", sold.pk)).content.decode()
    assert 'value="1150.00"' in change and 'value="SEK"' in change


def test_the_companys_own_currency_is_the_default(signed_in, typed):
    signed_in()
    assert typed("11.50") == []
    sold = Booking.objects.get()
    assert (sold.currency, sold.original_minor, sold.value_minor) == ("USD", None, 1_150)


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("5", "XXZ", "“XXZ” is no currency."),
        ("5.5", "JPY", "This has more decimals than JPY has (0)."),
        ("-5", "SEK", "This amount cannot be below 0."),
    ],
)
def test_what_cannot_be_an_amount_is_said(signed_in, typed, amount, currency, said):
    signed_in()
    assert said in " ".join(typed(amount, currency))
    assert not Booking.objects.exists()


def test_a_form_changes_currency_and_amount(client, company, signed_in, booking, rate):
    signed_in()
    rate("EUR/USD", "2")
    sold = booking(1_000, "EUR")
    data = {
        "status": "completed",
        "booked_at_0": "2026-03-02",
        "booked_at_1": "10:00",
        "completed_at_0": "2026-03-02",
        "completed_at_1": "10:00",
        "amount": "10.00",
    }
    for currency, stored in (
        ("EUR", ("EUR", 1_000, 2_000)),
        ("", ("USD", None, 1_000)),
        ("eur", ("EUR", 1_000, 2_000)),
    ):
        assert post(client, url(BOOKINGS, "change", sold.pk), **data | {"currency": currency}) == []
        sold.refresh_from_db()
        assert (sold.currency, sold.original_minor, sold.value_minor) == stored


def test_a_lead_with_an_unknown_part_of_its_revenue_says_so(
    client, company, signed_in, booking, rate
):
    signed_in()
    sold = booking(1_000, "SEK")
    lead = Lead.objects.get(booking=sold)
    assert "Completed, – (no rate for SEK)" in words(client.get(url(LEADS, "changelist")))
    assert "Completed, – (no rate for SEK)" in words(client.get(url(LEADS, "change", lead.pk)))
    header, row = exported(client, LEADS).splitlines()
    cells = dict(zip(header.split(","), row.split(","), strict=True))
    assert (cells["revenue"], cells["currency"], cells["rate missing"]) == ("", "USD", "SEK")
    rate("SEK/USD", "0.1")
    assert "Completed, $1.00" in words(client.get(url(LEADS, "changelist")))
    row = exported(client, LEADS).splitlines()[1]
    cells = dict(zip(header.split(","), row.split(","), strict=True))
    assert (cells["revenue"], cells["rate missing"]) == ("1.00", "")


def test_an_exported_file_read_back_changes_nothing(client, company, signed_in, booking, rate):
    signed_in()
    rate("USD/JPY", "150")
    for minor, currency in ((1_000, "SEK"), (15_001, "JPY"), (1_234_567, "KWD"), (0, "SEK")):
        booking(minor, currency)
    text = exported(client, BOOKINGS)
    assert "1234.567,KWD" in text and "15001,JPY" in text
    again = check(company, "bookings", text)
    assert (again.error_count, again.new, again.changed, again.same) == (0, 0, 0, 4)
