"""Numbers as text."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from reports import formatting
from reports.metrics import METRICS, Unit

NBSP = "\u00a0"


@pytest.mark.parametrize("unit", Unit)
def test_what_is_not_known_is_a_dash_and_never_nought(unit):
    assert formatting.figure(None, unit, "EUR") == "–"
    assert formatting.kpi(None, unit, "EUR") == "–"


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (Decimal("5715"), "EUR", "€5,715.00"),
        (Decimal("0"), "EUR", "€0.00"),
        (Decimal("1.005"), "EUR", "€1.01"),  # half up
        (Decimal("1.004999"), "EUR", "€1.00"),
        (Decimal("-1.005"), "EUR", "-€1.01"),  # away from nought
        (Decimal("1234.5"), "JPY", "¥1,235"),
        (Decimal("1.2345"), "KWD", f"KWD{NBSP}1.235"),
        (Decimal("12"), "CHF", f"CHF{NBSP}12.00"),
    ],
)
def test_money_has_the_digits_of_its_currency(value, currency, text):
    assert formatting.money(value, currency) == text


def test_totals_on_cards_lose_their_cents_from_ten_thousand_on():
    assert formatting.kpi_money(Decimal("9999.99"), "EUR") == "€9,999.99"
    assert formatting.kpi_money(Decimal("10000.50"), "EUR") == "€10,001"


def test_money_is_written_as_the_language_writes_it():
    with override("de"):
        assert formatting.money(Decimal("5715.5"), "EUR") == f"5.715,50{NBSP}€"
        assert formatting.kpi_money(Decimal("57150.5"), "EUR") == f"57.151{NBSP}€"
        assert formatting.rate(Decimal("0.3465")) == f"34,7{NBSP}%"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("0.34650"), f"34.7{NBSP}%"),
        (Decimal("0.34649"), f"34.6{NBSP}%"),
        (Decimal(1) / 3, f"33.3{NBSP}%"),
        (1, f"100.0{NBSP}%"),
        (0, f"0.0{NBSP}%"),
        (Decimal("-0.0001"), f"0.0{NBSP}%"),
    ],
)
def test_rates_have_one_decimal(value, text):
    assert formatting.rate(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("0.58"), f"+58.0{NBSP}%"),
        (Decimal("-0.125"), f"−12.5{NBSP}%"),
        (Decimal("-0.0001"), f"0.0{NBSP}%"),
        (0, f"0.0{NBSP}%"),
        (-1, f"−100.0{NBSP}%"),
    ],
)
def test_return_has_its_sign(value, text):
    assert formatting.signed_rate(value) == text


def test_multiple_and_count():
    assert formatting.multiple(Decimal("2.35")) == "2.4×"
    assert formatting.count(5635) == "5,635"
    assert formatting.count(0) == "0"


def test_interval_of_a_rate():
    assert formatting.interval((Decimal("0.179"), Decimal("0.4691"))) == f"17.9–46.9{NBSP}%"


@pytest.mark.parametrize("metric", METRICS.values(), ids=str)
def test_every_metric_can_be_written(metric):
    assert formatting.figure(Decimal("1.5"), metric.unit, "EUR")
