"""A number becomes text: the one place where figures are rounded and dressed for reading."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

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

from reports.metrics import Interval, Metric, Unit, Value

DASH = "–"  # not known; nought is "0"
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
KPI_WHOLE_FROM = 10_000  # totals on cards lose their cents from here on

Number = int | Decimal


def metric(one: Metric, value: Value, currency: str) -> str:
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


def count(value: Value) -> str:
    return DASH if value is None else _decimal(value, 0)


def money(value: Value, currency: str, *, whole: bool = False) -> str:
    """An amount in the currency's own number of digits, or without them when `whole`."""
    if value is None:
        return DASH
    digits = 0 if whole else get_currency_precision(currency)
    return _amount(half_up(value, digits), currency, whole, get_language() or "en")


@lru_cache(maxsize=16_384)
def _amount(rounded: Decimal, currency: str, whole: bool, language: str) -> str:
    locale = _locale(language)
    pattern = _money_pattern(locale, currency, whole=whole)
    return format_currency(rounded, currency, pattern, locale=locale, currency_digits=not whole)


def kpi_money(value: Value, currency: str) -> str:
    whole = value is not None and abs(Decimal(value)) >= KPI_WHOLE_FROM
    return money(value, currency, whole=whole)


def rate(value: Value) -> str:
    """A share with one decimal: 0.347 is "34.7 %"."""
    return DASH if value is None else _decimal(value * 100, 1) + NO_BREAK_SPACE + "%"


def signed_rate(value: Value) -> str:
    """A gain or a loss with its sign: "+58.0 %", "−12.5 %"."""
    if value is None:
        return DASH
    rounded = half_up(value * 100, 1)
    sign = MINUS if rounded < 0 else "+" if rounded > 0 else ""
    return sign + rate(abs(Decimal(value)))


def multiple(value: Value) -> str:
    return DASH if value is None else _decimal(value, 1) + "×"


def points(value: Number) -> str:
    """The distance of two rates in percentage points, without a sign: "2.1 points"."""
    return _decimal(abs(Decimal(value)) * 100, 1)


def figure(value: Value, unit: Unit, currency: str) -> str:
    """The value of a metric as a cell shows it."""
    match unit:
        case Unit.MONEY:
            return money(value, currency)
        case Unit.RATE:
            return rate(value)
        case Unit.SIGNED_RATE:
            return signed_rate(value)
        case Unit.MULTIPLE:
            return multiple(value)
        case _:
            return count(value)


def kpi(value: Value, unit: Unit, currency: str) -> str:
    """The value of a metric as a card shows it."""
    return kpi_money(value, currency) if unit is Unit.MONEY else figure(value, unit, currency)


def interval(ends: Interval) -> str:
    """The range that chance leaves to a rate: "17.9–46.9 %"."""
    low, high = ends
    return f"{_decimal(low * 100, 1)}–{rate(high)}"


def half_up(value: Number, digits: int) -> Decimal:
    """The one rounding rule: half up, away from nought, and only here at display."""
    return Decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _decimal(value: Number, digits: int) -> str:
    return _written(half_up(value, digits), digits, get_language() or "en")


@lru_cache(maxsize=16_384)
def _written(rounded: Decimal, digits: int, language: str) -> str:
    shown = rounded or abs(rounded)  # no "-0.0"
    return format_decimal(shown, _decimal_pattern(digits), locale=_locale(language))


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
