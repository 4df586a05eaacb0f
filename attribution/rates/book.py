"""Converts money at the rate of its own day: the same today, next week and next year.

A day without a rate takes the one of the last day before it, at most a week back: banks publish
none on weekends and holidays. It is a rate between the two currencies, in either direction, or one
through the euro, as the European Central Bank publishes them: the later of both, and of the same
day the direct one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Q

from attribution.files.amounts import minor_digits
from attribution.models.company import Company
from attribution.models.rate import ExchangeRate

PIVOT = "EUR"
LOOK_BACK = timedelta(days=7)
Pair = tuple[str, str]
Curve = tuple[list[date], list[Fraction]]  # days in order, and the rate of each
Dated = tuple[date, Fraction]


class RateKey(NamedTuple):
    """Which rate of a company: one unit of `base` in units of `quote`, on this day."""

    day: date
    base: str
    quote: str


NewRates = Mapping[RateKey, Decimal | None]  # None: it is taken away


class Rates:
    """The rates of one company into its own currency. Each month that is asked for is read once.

    `instead`: rates that are not saved, and go before those that are.
    """

    def __init__(self, company: Company, instead: NewRates | None = None) -> None:
        self.company = company
        self._instead = instead or {}
        self._instead_keys = sorted(self._instead)
        self._months: dict[tuple[str, int, int], dict[Pair, Curve]] = {}
        self._factors: dict[tuple[str, date], Fraction | None] = {}

    def convert(self, minor: int, currency: str, day: date) -> int | None:
        """Minor units of the company's currency, rounded half up; None: there is no rate."""
        factor = self.factor(currency, day)
        if factor is None:
            return None
        return rounded(minor * factor.numerator, factor.denominator)

    def factor(self, currency: str, day: date) -> Fraction | None:
        """How many minor units of the company's one minor unit of the currency is worth."""
        key = currency, day
        if key not in self._factors:
            own = self.company.currency
            rate = self.rate(currency, day)
            digits = minor_digits(own) - minor_digits(currency)
            self._factors[key] = None if rate is None else rate * Fraction(10) ** digits
        return self._factors[key]

    def rate(self, currency: str, day: date) -> Fraction | None:
        """What one unit of a currency is worth on a day, in units of the company's."""
        own = self.company.currency
        if currency == own:
            return Fraction(1)
        curves = self._curves(currency, day)
        direct = _between(curves, currency, own, day)
        if PIVOT in (currency, own):
            return direct[1] if direct else None
        to_pivot = _between(curves, currency, PIVOT, day)
        from_pivot = _between(curves, PIVOT, own, day)
        if to_pivot is None or from_pivot is None:
            return direct[1] if direct else None
        if direct is not None and direct[0] >= min(to_pivot[0], from_pivot[0]):
            return direct[1]
        return to_pivot[1] * from_pivot[1]

    def _curves(self, currency: str, day: date) -> dict[Pair, Curve]:
        """The rates of a month, and of the days before it, that may convert this currency."""
        key = currency, day.year, day.month
        if key not in self._months:
            self._months[key] = self._read(currency, day.replace(day=1))
        return self._months[key]

    def _read(self, currency: str, first: date) -> dict[Pair, Curve]:
        wanted = {currency, self.company.currency, PIVOT}
        start, end = first - LOOK_BACK, first + timedelta(days=31)
        rows = ExchangeRate.objects.filter(
            Q(base__in=wanted, quote__in=wanted),
            company=self.company,
            day__gte=start,
            day__lt=end,
        )
        rates: dict[RateKey, Decimal | None] = {
            RateKey(day, base, quote): rate
            for day, base, quote, rate in rows.values_list("day", "base", "quote", "rate")
        }

        def place(day: date) -> int:
            return bisect_left(self._instead_keys, RateKey(day, "", ""))

        rates |= {
            one: self._instead[one]
            for one in self._instead_keys[place(start) : place(end)]
            if {one.base, one.quote} <= wanted
        }
        found: dict[Pair, Curve] = {}
        for one in sorted(rates):
            rate = rates[one]
            if rate is not None:
                days, values = found.setdefault((one.base, one.quote), ([], []))
                days.append(one.day)
                values.append(Fraction(rate))
        return found


def rounded(numerator: int, denominator: int = 1) -> int:
    """Half up, away from nought on both sides of it."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def _between(curves: dict[Pair, Curve], base: str, quote: str, day: date) -> Dated | None:
    """The latest rate of a pair, in either direction, and its day."""
    found = _latest(curves.get((base, quote)), day)
    inverse = _latest(curves.get((quote, base)), day)
    if found is not None and (inverse is None or found[0] >= inverse[0]):
        return found
    return None if inverse is None else (inverse[0], 1 / inverse[1])


def _latest(curve: Curve | None, day: date) -> Dated | None:
    if curve is None:
        return None
    days, rates = curve
    place = bisect_right(days, day) - 1
    if place < 0 or days[place] < day - LOOK_BACK:
        return None
    return days[place], rates[place]
