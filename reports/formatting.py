"""A number becomes text: the one place where figures are rounded and dressed for reading."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, partial

from babel import Locale, UnknownLocaleError
from babel.numbers import (
    NumberPattern,
    format_currency,
    format_decimal,
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
    parse_pattern,
)
from django.utils.translation import get_language

from reports.metrics import Interval, Metric, Unit, Value

DASH = "–"  # not known; nought is "0"
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
KPI_WHOLE_FROM = 10_000  # totals on cards lose their cents from here on
SAMPLE = Decimal("1234567.8912345")  # shows where a language puts its signs

Number = int | Decimal
Writer = Callable[[Value], str]
NumberWriter = Callable[[Number], str]


def writer(unit: Unit, currency: str = "") -> Writer:
    """What writes values of this unit in the reader's language; for many values, ask once."""
    return _writer(unit, currency, get_language() or "en")


def metric(one: Metric, value: Value, currency: str) -> str:
    """Any metric of the registry, by its unit."""
    return writer(one.unit, currency)(value)


def figure(value: Value, unit: Unit, currency: str) -> str:
    """The value of a metric as a cell shows it."""
    return writer(unit, currency)(value)


def kpi(value: Value, unit: Unit, currency: str) -> str:
    """The value of a metric as a card shows it."""
    return kpi_money(value, currency) if unit is Unit.MONEY else figure(value, unit, currency)


def count(value: Value) -> str:
    return writer(Unit.COUNT)(value)


def middle(value: Number) -> str:
    """The median of counts: whole, or a half between two; of parts of leads with two decimals."""
    if value == int(value):
        return count(int(value))
    is_half = 2 * value == int(2 * value)
    return _numbers(1, get_language() or "en")(value) if is_half else count(value)


def money(value: Value, currency: str) -> str:
    """An amount in the currency's own number of digits."""
    return writer(Unit.MONEY, currency)(value)


def kpi_money(value: Value, currency: str) -> str:
    if value is None or abs(Decimal(value)) < KPI_WHOLE_FROM:
        return money(value, currency)
    return _amounts(currency, get_language() or "en", whole=True)(value)


def rate(value: Value) -> str:
    """A share with one decimal: 0.347 is "34.7 %"."""
    return writer(Unit.RATE)(value)


def signed_rate(value: Value) -> str:
    """A gain or a loss with its sign: "+58.0 %", "−12.5 %"."""
    return writer(Unit.SIGNED_RATE)(value)


def multiple(value: Value) -> str:
    return writer(Unit.MULTIPLE)(value)


def points(value: Number) -> str:
    """The distance of two rates in percentage points, without a sign: "2.1 points"."""
    return _numbers(1, get_language() or "en")(abs(Decimal(value)) * 100)


def interval(ends: Interval) -> str:
    """The range that chance leaves to a rate: "17.9–46.9 %"."""
    low, high = ends
    return f"{_numbers(1, get_language() or 'en')(low * 100)}–{rate(high)}"


def half_up(value: Number, digits: int) -> Decimal:
    """The one rounding rule: half up, away from nought, and only here at display."""
    return Decimal(value).quantize(_step(digits), rounding=ROUND_HALF_UP)


@cache
def _step(digits: int) -> Decimal:
    return Decimal(1).scaleb(-digits)


@cache
def _writer(unit: Unit, currency: str, language: str) -> Writer:
    match unit:
        case Unit.MONEY:
            number = _amounts(currency, language, whole=False)
        case Unit.COUNT:
            number = _counts(language)
        case _:
            number = _numbers(1, language)

    def rate(value: Number) -> str:
        return number(value * 100) + NO_BREAK_SPACE + "%"

    def signed_rate(value: Number) -> str:
        rounded = half_up(value * 100, 1)
        sign = MINUS if rounded < 0 else "+" if rounded > 0 else ""
        return sign + rate(-value if value < 0 else value)

    def multiple(value: Number) -> str:
        return number(value) + "×"

    ways = {Unit.RATE: rate, Unit.SIGNED_RATE: signed_rate, Unit.MULTIPLE: multiple}
    write = ways.get(unit, number)
    return lambda value: DASH if value is None else write(value)


def _counts(language: str) -> NumberWriter:
    """Parts of leads, as a model gives them, with two decimals."""
    whole, parted = _numbers(0, language), _numbers(2, language)
    return lambda value: parted(value) if isinstance(value, Decimal) else whole(value)


@cache
def _numbers(digits: int, language: str) -> NumberWriter:
    locale = _locale(language)
    pattern = parse_pattern("#,##0" + ("." + "0" * digits if digits else ""))
    return _as_babel(partial(format_decimal, format=pattern, locale=locale), locale, digits)


@cache
def _amounts(currency: str, language: str, *, whole: bool) -> NumberWriter:
    locale = _locale(language)
    write = partial(
        format_currency,
        currency=currency,
        format=_money_pattern(locale, currency, whole=whole),
        locale=locale,
        currency_digits=not whole,
    )
    return _as_babel(write, locale, 0 if whole else get_currency_precision(currency))


def _as_babel(write: Callable[[Decimal], str], locale: Locale, digits: int) -> NumberWriter:
    """Writes numbers as Babel does, many times faster.

    Where signs and separators stand is learned from one number, so only the digits change.
    """
    in_threes = _separated_by(get_group_symbol(locale), get_decimal_symbol(locale))
    sample = half_up(SAMPLE, digits)
    before, found, after = write(sample).partition(in_threes(sample))
    minus_before, minus_found, minus_after = write(-sample).partition(in_threes(sample))
    if not (found and minus_found):  # digits in twos, as in India
        return lambda value: write(half_up(value, digits) or Decimal(0))  # no "-0.0"
    step = _step(digits)

    def number(value: Number) -> str:
        rounded = Decimal(value).quantize(step, ROUND_HALF_UP)
        if rounded < 0:
            return minus_before + in_threes(-rounded) + minus_after
        return before + in_threes(abs(rounded)) + after

    return number


def _separated_by(group: str, point: str) -> Callable[[Decimal], str]:
    """Writes the digits of a number that is not negative, parted after each three."""
    if (group, point) == (",", "."):
        return "{:,f}".format
    signs = str.maketrans({",": group, ".": point})
    return lambda number: f"{number:,f}".translate(signs)


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _money_pattern(locale: Locale, currency: str, *, whole: bool) -> NumberPattern:
    written: str = locale.currency_formats["standard"].pattern
    if whole:
        written = written.replace(".00", "")
    if get_currency_symbol(currency, locale)[-1:].isalpha():
        written = written.replace("¤#", "¤" + NO_BREAK_SPACE + "#")  # "CHF 5.00", not "CHF5.00"
    return parse_pattern(written)
