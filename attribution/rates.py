"""Converts money at the rate of its own day: the same today, next week and next year.

A day without a rate takes the one of the last day before it, at most a week back: banks publish
none on weekends and holidays. A rate between the two currencies goes first, in either direction;
else both are converted through the euro, as the European Central Bank publishes them.
"""

from bisect import bisect_right
from datetime import date, timedelta
from fractions import Fraction

from django.db.models import Q

from attribution.files.amounts import minor_digits
from attribution.models.company import Company
from attribution.models.rate import ExchangeRate

PIVOT = "EUR"
LOOK_BACK = timedelta(days=7)
Pair = tuple[str, str]
Curve = tuple[list[date], list[Fraction]]  # days in order, and the rate of each


class Rates:
    """The rates of one company into its own currency. Each month that is asked for is read once."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._months: dict[tuple[str, int, int], dict[Pair, Curve]] = {}
        self._days: dict[tuple[str, date], Fraction | None] = {}

    def convert(self, minor: int, currency: str, day: date) -> int | None:
        """Minor units of the company's currency, rounded half up; None: there is no rate."""
        own = self._company.currency
        if currency == own:
            return minor
        rate = self.rate(currency, day)
        if rate is None:
            return None
        return rounded(minor * rate * Fraction(10) ** (minor_digits(own) - minor_digits(currency)))

    def rate(self, currency: str, day: date) -> Fraction | None:
        """What one unit of a currency is worth on a day, in units of the company's."""
        key = currency, day
        if key not in self._days:
            self._days[key] = self._found(currency, day)
        return self._days[key]

    def _found(self, currency: str, day: date) -> Fraction | None:
        curves, own = self._curves(currency, day), self._company.currency
        direct = _between(curves, currency, own, day)
        if direct is not None:
            return direct
        to_pivot = _between(curves, currency, PIVOT, day)
        from_pivot = _between(curves, PIVOT, own, day)
        return None if to_pivot is None or from_pivot is None else to_pivot * from_pivot

    def _curves(self, currency: str, day: date) -> dict[Pair, Curve]:
        """The rates of a month, and of the days before it, that may convert this currency."""
        key = currency, day.year, day.month
        if key not in self._months:
            first = day.replace(day=1)
            wanted = {currency, self._company.currency, PIVOT}
            rows = ExchangeRate.objects.filter(
                Q(base__in=wanted, quote__in=wanted),
                company=self._company,
                day__gte=first - LOOK_BACK,
                day__lt=first + timedelta(days=31),
            )
            found: dict[Pair, Curve] = {}
            for base, quote, on, rate in rows.order_by("day").values_list(
                "base", "quote", "day", "rate"
            ):
                days, rates = found.setdefault((base, quote), ([], []))
                days.append(on)
                rates.append(Fraction(rate))
            self._months[key] = found
        return self._months[key]


def rounded(amount: Fraction) -> int:
    """Half up, away from nought on both sides of it."""
    size = (abs(amount) * 2 + 1) // 2
    return int(size if amount >= 0 else -size)


def _between(curves: dict[Pair, Curve], base: str, quote: str, day: date) -> Fraction | None:
    if base == quote:
        return Fraction(1)
    found = _latest(curves.get((base, quote)), day)
    inverse = _latest(curves.get((quote, base)), day)
    if found is not None and (inverse is None or found[0] >= inverse[0]):
        return found[1]
    return None if inverse is None else 1 / inverse[1]


def _latest(curve: Curve | None, day: date) -> tuple[date, Fraction] | None:
    if curve is None:
        return None
    days, rates = curve
    place = bisect_right(days, day) - 1
    if place < 0 or days[place] < day - LOOK_BACK:
        return None
    return days[place], rates[place]
