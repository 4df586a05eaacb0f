"""A value of a report becomes text: dressed for reading, by its unit."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache

from django.utils.translation import get_language

from attribution.numerals import DASH as DASH
from attribution.numerals import MINUS as MINUS
from attribution.numerals import NO_BREAK_SPACE as NO_BREAK_SPACE
from attribution.numerals import Number, amounts, numbers
from attribution.numerals import half_up as half_up
from reports.metrics import Interval, Metric, Unit, Value

KPI_WHOLE_FROM = 10_000  # totals on cards lose their cents from here on

Writer = Callable[[Value], str]


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
    return numbers(1, get_language() or "en")(value) if is_half else count(value)


def money(value: Value, currency: str) -> str:
    """An amount in the currency's own number of digits."""
    return writer(Unit.MONEY, currency)(value)


def kpi_money(value: Value, currency: str) -> str:
    if value is None or abs(Decimal(value)) < KPI_WHOLE_FROM:
        return money(value, currency)
    return amounts(currency, get_language() or "en", whole=True)(value)


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
    return numbers(1, get_language() or "en")(abs(Decimal(value)) * 100)


def interval(ends: Interval) -> str:
    """The range that chance leaves to a rate: "17.9–46.9 %"."""
    low, high = ends
    return f"{numbers(1, get_language() or 'en')(low * 100)}–{rate(high)}"


@cache
def _writer(unit: Unit, currency: str, language: str) -> Writer:
    match unit:
        case Unit.MONEY:
            number = amounts(currency, language, whole=False)
        case Unit.COUNT:
            number = _counts(language)
        case _:
            number = numbers(1, language)

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


def _counts(language: str) -> Callable[[Number], str]:
    """Parts of leads, as a model gives them, with two decimals."""
    whole, parted = numbers(0, language), numbers(2, language)
    return lambda value: parted(value) if isinstance(value, Decimal) else whole(value)
