"""A number becomes text: the one place where figures are rounded and dressed for reading."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.numbers import (
    NumberPattern,
    format_currency,
    format_decimal,
    get_currency_precision,
    get_currency_symbol,
    parse_pattern,
)
from django.utils.translation import get_language

from reports.metrics import Metric, Unit

DASH = "–"  # not known; nought is "0"
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
KPI_WHOLE_FROM = 10_000  # totals on cards lose their cents from here on

Number = int | Decimal


def metric(one: Metric, value: Number | None, currency: str) -> str:
    """Any metric of the registry, by its unit."""
    match one.unit:
        case Unit.COUNT:
            return count(value)
        case Unit.MONEY:
            return money(value, currency)
        case Unit.RATE:
            return rate(value)
        case Unit.SIGNED_RATE:
            return signed_rate(value)
        case Unit.MULTIPLE:
            return multiple(value)


def count(value: Number | None) -> str:
    return DASH if value is None else _decimal(value, 0)


def money(value: Number | None, currency: str, *, whole: bool = False) -> str:
    """An amount in the currency's own number of digits, or without them when `whole`."""
    if value is None:
        return DASH
    locale = _locale(get_language() or "en")
    digits = 0 if whole else get_currency_precision(currency)
    pattern = _money_pattern(locale, currency, whole=whole)
    return format_currency(
        half_up(value, digits), currency, pattern, locale=locale, currency_digits=not whole
    )


def kpi_money(value: Number | None, currency: str) -> str:
    return money(value, currency, whole=value is not None and abs(value) >= KPI_WHOLE_FROM)


def rate(value: Number | None) -> str:
    """A share with one decimal: 0.347 is "34.7 %"."""
    return DASH if value is None else _decimal(value * 100, 1) + NO_BREAK_SPACE + "%"


def signed_rate(value: Number | None) -> str:
    """A gain or a loss with its sign: "+58.0 %", "−12.5 %"."""
    if value is None:
        return DASH
    rounded = half_up(value * 100, 1)
    sign = MINUS if rounded < 0 else "+" if rounded > 0 else ""
    return sign + rate(abs(value))


def multiple(value: Number | None) -> str:
    return DASH if value is None else _decimal(value, 1) + "×"


def points(value: Number) -> str:
    """The distance of two rates in percentage points, without a sign: "2.1 points"."""
    return _decimal(abs(value) * 100, 1)


def half_up(value: Number, digits: int) -> Decimal:
    """The one rounding rule: half up, away from nought, and only here at display."""
    return Decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _decimal(value: Number, digits: int) -> str:
    rounded = half_up(value, digits)
    shown = rounded or abs(rounded)  # no "-0.0"
    return format_decimal(shown, _decimal_pattern(digits), locale=_locale(get_language() or "en"))


@cache
def _decimal_pattern(digits: int) -> NumberPattern:
    return parse_pattern("#,##0" + ("." + "0" * digits if digits else ""))


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@cache
def _money_pattern(locale: Locale, currency: str, *, whole: bool) -> NumberPattern:
    written: str = locale.currency_formats["standard"].pattern
    if whole:
        written = written.replace(".00", "")
    if get_currency_symbol(currency, locale)[-1:].isalpha():
        written = written.replace("¤#", "¤" + NO_BREAK_SPACE + "#")  # "CHF 5.00", not "CHF5.00"
    return parse_pattern(written)
