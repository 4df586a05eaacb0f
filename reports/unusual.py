"""What the same weekdays of the last weeks let expect: a rule of our own, plain functions.

Alerts and charts go by it.

The middle of eight such days, and around it three times their usual distance from it, or three
times the root of it, whichever is more: counts scatter by about their root by chance alone. The
middle and the median distance are used because one day that was unusual itself moves neither.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, sqrt
from statistics import median

WEEKS = 8
LOOK_BACK = timedelta(weeks=WEEKS)
ENOUGH_WEEKS = 6  # with days on which anything could be counted
ENOUGH_LEADS = 5  # in the middle: below it, chance alone doubles or halves a day
WIDTH = 3
AS_DEVIATION = 1.4826  # times the median distance, as wide as a standard deviation


@dataclass(frozen=True)
class Expected:
    """The range, both ends in it."""

    low: int
    high: int
    middle: float

    def takes(self, count: int) -> bool:
        """Whether the count is usual."""
        return self.low <= count <= self.high


def weeks_before(day: date) -> date:
    """The earliest of the days that it is compared with, as far as there is a calendar."""
    return date.fromordinal(max(day.toordinal() - LOOK_BACK.days, date.min.toordinal()))


def same_weekdays(day: date) -> list[date]:
    """The days that it is compared with, the latest first."""
    return [day - timedelta(weeks=week) for week in range(1, WEEKS + 1)]


def expected(day: date, counts: Mapping[date, int], first: date | None) -> Expected | None:
    """What the day lets expect; None: too little is known. `first` is the first day with leads."""
    days = [one for one in same_weekdays(day) if first is not None and one >= first]
    found = [counts.get(one, 0) for one in days]
    if len(found) < ENOUGH_WEEKS or median(found) < ENOUGH_LEADS:
        return None
    return _range(found)


def unusual_days(
    days: Iterable[date], counts: Mapping[date, int], first: date | None, today: date
) -> dict[date, Expected]:
    """Those of these days whose count is not what they let expect; `first` as of `expected`.

    A day that is not over is never one of them, and none of which too little is known.
    """
    if first is None:
        return {}
    over = (day for day in days if first < day < today)
    ranges = ((day, expected(day, counts, first)) for day in over)
    return {day: one for day, one in ranges if one and not one.takes(counts.get(day, 0))}


def _range(found: Sequence[int]) -> Expected:
    middle = float(median(found))
    distance = AS_DEVIATION * float(median(abs(one - middle) for one in found))
    reach = WIDTH * max(distance, sqrt(middle))
    return Expected(max(0, ceil(middle - reach)), floor(middle + reach), middle)
