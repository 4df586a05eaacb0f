"""A range of days as whole months and the single days at its edges."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

ONE_DAY = timedelta(days=1)
Range = tuple[date, date]  # both ends included


@dataclass(frozen=True, slots=True)
class Tiers:
    """Which months (by their first days) and which days make up the range."""

    months: tuple[Range, ...]
    days: tuple[Range, ...]


def tiers(first: date, last: date, cuts: Iterable[date] = ()) -> Tiers:
    """Split the days so that no month reaches over a cut: a cut is the first day of what follows.

    A month that ends or begins elsewhere than the range and its cuts is read by its days.
    """
    inner = sorted({cut for cut in cuts if first < cut <= last})
    starts = [first, *inner]
    ends = [*(cut - ONE_DAY for cut in inner), last]
    months: list[Range] = []
    days: list[Range] = []
    for start, end in zip(starts, ends, strict=True):
        begin = start if start.day == 1 else next_month(start)
        after = (end + ONE_DAY).replace(day=1)  # first day of the month that is not whole
        if begin < after:
            _add(days, start, begin - ONE_DAY)
            _add(months, begin, after - ONE_DAY)
            _add(days, after, end)
        else:
            _add(days, start, end)
    return Tiers(tuple(months), tuple(days))


def next_month(day: date) -> date:
    """The first day of the month after this day's."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def within(ranges: Iterable[Range]) -> Q:
    """Rows whose day lies in one of the ranges."""
    found = Q()
    for start, end in ranges:
        found |= Q(day__gte=start, day__lte=end)
    return found


def _add(ranges: list[Range], start: date, end: date) -> None:
    """One more range, if there is anything in it; joined to the one before when they touch."""
    if end < start:
        return
    if ranges and ranges[-1][1] + ONE_DAY == start:
        start = ranges.pop()[0]
    ranges.append((start, end))
