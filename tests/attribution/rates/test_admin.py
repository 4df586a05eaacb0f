"""Rates typed by hand, and the list that says which are missing."""

import pytest

from attribution.models import ExchangeRate
from spend.models import SpendRevision
from tests.attribution.pages import post, url
from tests.attribution.rates.conftest import worth
from tests.attribution.uploads import words

pytestmark = pytest.mark.django_db
RATES = "attribution_exchangerate"


@pytest.fixture
def typed(client, company):
    """Sends the form of a new rate; the texts of its errors."""

    def send(number, day="2026-03-02", **said):
        data = {"company": company.pk, "day": day, "base": "eur", "quote": "SEK", "rate": number}
        return post(client, url(RATES, "add"), **data | said)

    return send


def test_a_typed_rate_converts_at_once(client, signed_in, typed, rate, spend):
    user = signed_in("owner")
    entry = spend(115_000, "SEK")
    rate("EUR/USD", "1.1")
    page = words(client.get(url(RATES, "changelist")))
    assert "Missing rates" in page and "SEK , 2 Mar 2026: Spend entries: 1, SEK" in page
    assert typed("11.5") == []
    saved = ExchangeRate.objects.get(quote="SEK")
    assert (saved.base, saved.source, saved.author) == ("EUR", "typed", user)
    assert worth(entry) == 11_000
    page = words(client.get(url(RATES, "changelist")))
    assert "Missing rates" not in page and "1 EUR = 11.5 SEK" in page


def test_a_rate_is_corrected_and_taken_away(client, signed_in, rate, spend):
    user = signed_in("owner")
    entry = spend(1_000, "EUR")
    saved = rate("EUR/USD", "1.1", source="ecb")
    assert post(client, url(RATES, "change", saved.pk), rate="1.2") == []
    saved.refresh_from_db()
    assert (saved.source, saved.author, worth(entry)) == ("typed", user, 1_200)
    client.post(url(RATES, "delete", saved.pk), {"post": "yes"})
    assert worth(entry) is None
    assert [one.author for one in SpendRevision.objects.order_by("pk")] == [user, user]


@pytest.mark.parametrize(
    ("number", "said", "text"),
    [
        ("0", {}, "A rate is more than nought."),
        ("-1", {}, "A rate is more than nought."),
        ("12345678.9", {}, "no more than"),
        ("1.123456789", {}, "no more than"),
        ("11", {"quote": "EUR"}, "A rate is between two different currencies."),
        ("11", {"quote": "XXZ"}, "“XXZ” is no currency."),
        ("11", {"day": "1999-12-31"}, "is not between the year 2000"),
    ],
)
def test_what_is_no_rate_is_said(signed_in, typed, number, said, text):
    signed_in("owner")
    assert text in " ".join(typed(number, **said))
    assert not ExchangeRate.objects.exists()


def test_a_slip_of_the_finger_is_asked_about(signed_in, typed, rate):
    signed_in("owner")
    rate("EUR/SEK", "11.5")
    (said,) = typed("115", "2026-03-03")
    assert said.startswith("The rate of 2026-03-02 is 11.5, and this is 115.")
    assert typed("34.6", "2026-03-03") and typed("3.8", "2026-03-01")
    assert typed("34.4", "2026-03-04") == typed("115", "2026-03-20", sure="on") == []
    (said,) = typed("11", "2026-03-03", base="SEK", quote="EUR")
    assert "2026-03-02 is 0.08695652" in said
    (said,) = typed("11", "2026-03-02")
    assert "rate of this pair and day already" in said


@pytest.mark.parametrize(("role", "code"), [("viewer", 403), ("utm_admin", 403), ("owner", 200)])
def test_rates_are_for_those_who_keep_spend(client, signed_in, rate, role, code):
    signed_in(role)
    rate("EUR/SEK", "11.5")
    assert client.get(url(RATES, "add")).status_code == code
    assert "1 EUR = 11.5 SEK" in words(client.get(url(RATES, "changelist")))


def test_many_rates_are_listed_by_few_queries(
    client, signed_in, rate, spend, django_assert_max_num_queries
):
    signed_in("owner")
    spend(1_000, "NOK")
    for day in range(1, 29):
        rate("EUR/SEK", "11.5", f"2026-03-{day:02}")
    with django_assert_max_num_queries(15):
        assert client.get(url(RATES, "changelist")).status_code == 200
