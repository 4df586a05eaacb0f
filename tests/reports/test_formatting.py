"""Numbers as text."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal, get_currency_precision
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

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


LANGUAGES = ["en", "de", "de-ch", "fr", "sv", "es", "pl", "pt-br", "ar", "hi", "en-in", "ja", "fa"]
AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, places=4)


@given(st.sampled_from(LANGUAGES), st.sampled_from(["EUR", "JPY", "INR", "KWD"]), AMOUNTS)
def test_amounts_are_written_as_babel_writes_them(language, currency, value):
    """What stands around the digits is learned from one amount: it must hold for all."""
    rounded = formatting.half_up(value, get_currency_precision(currency)) or Decimal(0)
    locale = language.replace("-", "_").replace("_ch", "_CH").replace("_br", "_BR")
    expected = format_currency(rounded, currency, locale=locale.replace("_in", "_IN"))
    with override(language):
        written = formatting.money(value, currency)
    assert written.replace(NBSP, "") == expected.replace(NBSP, "")


@given(st.sampled_from(LANGUAGES), st.integers(min_value=-(10**15), max_value=10**15))
def test_counts_are_written_as_babel_writes_them(language, value):
    locale = language.replace("-", "_").replace("_ch", "_CH").replace("_br", "_BR")
    with override(language):
        written = formatting.count(value)
    assert written == format_decimal(value, "#,##0", locale=locale.replace("_in", "_IN"))


@pytest.mark.parametrize("unit", [Unit.MONEY, Unit.RATE, Unit.SIGNED_RATE, Unit.MULTIPLE])
def test_what_rounds_to_nought_has_no_sign(unit):
    for language in ("en", "hi"):
        with override(language):
            assert "-" not in formatting.figure(Decimal("-0.00001"), unit, "EUR")
