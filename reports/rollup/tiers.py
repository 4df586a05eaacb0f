"""A range of days as few rows of the sums: running totals, and the single days next to them.

Kept are the totals of a month until its 5th, 10th, 15th, 20th, 25th and last day, and those of a
year until the end of each quarter. What lies between two days is the difference of two running
totals, so a year costs no more than a week. Rows that tell weekdays apart read those of whole
months, seven rows instead of thirty.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from django.db.models import Q

ONE_DAY = timedelta(days=1)
QUARTERS = (3, 6, 9, 12)
DAYS_A_WEEK = 7
FEW_MONTHS = 4  # more are never less to read than totals of the year
Range = tuple[date, date]  # both ends included


class Tier(IntEnum):
    """What one row of a table adds up, until the end of its `day`; the value is about its cost."""

    DAY = 1  # the day
    MONTH = 2  # the days of the month so far
    YEAR = 3  # the months of the year so far
    WEEKDAY = 4  # this weekday of the whole month; kept on the last such day of the month


Parts = Counter[tuple[Tier, date]]  # how often the rows of this day count: once, or taken away


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table whose day lies in a range, added or taken away."""

    tier: Tier
    days: Range
    sign: int = 1


@dataclass(frozen=True, slots=True)
class Tiers:
    """All days of `reach`, each once, when these parts are added up."""

    reach: Range
    parts: tuple[Part, ...]


def tiers(first: date, last: date) -> Tiers:
    """Split the range."""
    parts: Parts = Counter()
    start = first
    while start <= last:
        stop = min(last, date(start.year, 12, 31))
        parts.update(_within_year(start, stop))
        start = stop + ONE_DAY
    return _signed(first, last, parts)


def _signed(first: date, last: date, parts: Parts) -> Tiers:
    signed = sorted((tier, sign, day) for (tier, day), sign in parts.items() if sign)
    return Tiers((first, last), tuple(Part(tier, (day, day), sign) for tier, sign, day in signed))


def all_days(first: date, last: date) -> Tiers:
    """The range day by day, for all campaigns."""
    return Tiers((first, last), (Part(Tier.DAY, (first, last)),))


def by_weekday(first: date, last: date) -> Tiers:
    """The range in parts none of which is of two weekdays, nor of two months.

    Of a month that lies in it only partly, the days, or the whole month without the other days.
    """
    parts: list[Part] = []
    for end in month_ends(first, month_end(last)):
        month = end.replace(day=1), end
        asked = max(first, month[0]), min(last, end)
        others = [(month[0], asked[0] - ONE_DAY), (asked[1] + ONE_DAY, end)]
        others = [one for one in others if one[0] <= one[1]]
        if _length(asked) <= DAYS_A_WEEK + sum(map(_length, others)):
            parts.append(Part(Tier.DAY, asked))
        else:
            stops = _days(end - timedelta(days=DAYS_A_WEEK - 1), end)
            parts += [Part(Tier.WEEKDAY, (stop, stop)) for stop in stops]
            parts += [Part(Tier.DAY, one, -1) for one in others]
    return Tiers((first, last), tuple(sorted(parts, key=lambda part: (part.tier, part.sign))))


def month_by_month(first: date, last: date) -> Tiers:
    """The range in parts none of which reaches beyond a month."""
    parts: Parts = Counter()
    start = first
    while start <= last:
        stop = min(last, month_end(start))
        parts.update(_month_until(stop))
        if start.day > 1:
            parts.subtract(_month_until(start - ONE_DAY))
        start = stop + ONE_DAY
    return _signed(first, last, parts)


def some_days(found: Tiers, wanted: Callable[[date], bool]) -> Tiers:
    """The parts that are of wanted days, where none is of such and of others; perhaps none."""
    parts = [
        Part(part.tier, (day, day), part.sign)
        for part in found.parts
        for day in _days(*part.days)
        if wanted(day)
    ]
    return Tiers(found.reach, tuple(parts))


def single_days(first: date, last: date) -> Tiers:
    """The same for few campaigns: each is looked up on each day, the others are passed over."""
    return Tiers((first, last), tuple(Part(Tier.DAY, (day, day)) for day in _days(first, last)))


def whole_months(first: date, last: date) -> Tiers | None:
    """The months that lie wholly in the range, month by month; None when there is none."""
    start = first if first.day == 1 else next_month(first)
    end = (last + ONE_DAY).replace(day=1) - ONE_DAY
    if end < start:
        return None
    ends = (Part(Tier.MONTH, (day, day)) for day in month_ends(start, end))
    return Tiers((start, end), tuple(ends))


def touched_months(first: date, last: date) -> Tiers:
    """The months of the range, also where it holds only a part of them; nothing is taken away."""
    start, end = first.replace(day=1), month_end(last)
    parts: list[Part] = []
    for stop in month_ends(start, end):
        tier = Tier.MONTH
        if stop.month in QUARTERS and start <= stop.replace(month=1, day=1):  # all of them in one
            tier, parts = Tier.YEAR, [part for part in parts if part.days[0].year < stop.year]
        parts.append(Part(tier, (stop, stop)))
    return Tiers((start, end), tuple(parts))


def month_stops(month: date) -> list[date]:
    """The days until which the totals of this month are kept."""
    return [*(month.replace(day=day) for day in range(5, 26, 5)), month_end(month)]


def month_days(month: date) -> Iterator[date]:
    """All days of it."""
    return _days(month.replace(day=1), month_end(month))


def weekday_stop(day: date) -> date:
    """The last such weekday of its month: where the total of these is kept."""
    return day + timedelta(weeks=(month_end(day) - day).days // DAYS_A_WEEK)


def year_stops(year: int) -> list[date]:
    """The days until which the totals of this year are kept."""
    return [month_end(date(year, month, 1)) for month in QUARTERS]


def year_range(year: int) -> Range:
    """Its first and last day."""
    return date(year, 1, 1), date(year, 12, 31)


def month_end(day: date) -> date:
    """The last day of this day's month."""
    return next_month(day) - ONE_DAY


def next_month(day: date) -> date:
    """The first day of the month after this day's."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def within(days: Range) -> Q:
    """Facts of these days."""
    return Q(day__gte=days[0], day__lte=days[1])


def _within_year(first: date, last: date) -> Parts:
    """Between two totals of the year, or month by month where that is less to read."""
    before = first - ONE_DAY
    by_year = _year_until(last)
    if before.year == first.year:
        by_year.subtract(_year_until(before))
    if last.month - first.month > FEW_MONTHS:
        return by_year
    by_month: Parts = Counter()
    for end in month_ends(first, month_end(last)):
        by_month.update(_month_until(min(end, last)))
    if first.day > 1:
        by_month.subtract(_month_until(before))
    return min(by_month, by_year, key=_cost)


def _year_until(day: date) -> Parts:
    """The year so far: the quarter's end that is next to it, and the months between."""
    parts: Parts = Counter()
    months = day.month if day == month_end(day) else day.month - 1  # that are whole
    quarter = 3 * ((months + 1) // 3)
    if quarter:
        parts[Tier.YEAR, month_end(day.replace(month=quarter, day=1))] = 1
    for month in range(min(months, quarter) + 1, max(months, quarter) + 1):
        end = month_end(day.replace(month=month, day=1))
        parts[Tier.MONTH, end] = 1 if months > quarter else -1
    if months < day.month:
        parts.update(_month_until(day))
    return parts


def _month_until(day: date) -> Parts:
    """The month so far: the kept total that is next to it, and the days between."""
    parts: Parts = Counter()
    before = day.replace(day=1) - ONE_DAY  # where the total is nought
    stop = min((before, *month_stops(day)), key=lambda stop: abs(stop - day))
    if stop > before:
        parts[Tier.MONTH, stop] = 1
    first, last = min(stop, day) + ONE_DAY, max(stop, day)
    for between in _days(first, last):
        parts[Tier.DAY, between] = 1 if stop < day else -1
    return parts


def _cost(parts: Parts) -> int:
    return sum(tier for (tier, _day), sign in parts.items() if sign)


def _length(days: Range) -> int:
    return (days[1] - days[0]).days + 1


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def month_ends(first: date, last: date) -> Iterator[date]:
    end = month_end(first)
    while end <= last:
        yield end
        end = month_end(end + ONE_DAY)
