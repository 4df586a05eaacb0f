"""A range of days as whole months and single days, so that as few rows as possible are read."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

ONE_DAY = timedelta(days=1)
Range = tuple[date, date]  # both ends included


@dataclass(frozen=True, slots=True)
class Tiers:
    """The range is these months and these days, less those days of the months that lie outside."""

    reach: Range  # the range itself
    months: tuple[Range, ...] = ()  # by their first days
    days: tuple[Range, ...] = ()
    less: tuple[Range, ...] = ()


def tiers(first: date, last: date) -> Tiers:
    """Split the range. The longer part of a month is read as the month less the shorter part."""
    months: list[Range] = []
    days: list[Range] = []
    less: list[Range] = []
    month = first.replace(day=1)
    while month <= last:
        end = next_month(month) - ONE_DAY
        start, stop = max(first, month), min(last, end)
        inside = (stop - start).days + 1
        if 2 * inside > (end - month).days + 1:
            _add(months, month, month)
            _add(less, month, start - ONE_DAY)
            _add(less, stop + ONE_DAY, end)
        else:
            _add(days, start, stop)
        month = end + ONE_DAY
    return Tiers((first, last), tuple(months), tuple(days), tuple(less))


def single_days(first: date, last: date) -> Tiers:
    """The range day by day."""
    return Tiers((first, last), days=((first, last),))


def whole_months(first: date, last: date) -> Tiers | None:
    """The months that lie wholly in the range, month by month; None when there is none."""
    start = first if first.day == 1 else next_month(first)
    end = (last + ONE_DAY).replace(day=1) - ONE_DAY
    if end < start:
        return None
    return Tiers((start, end), months=((start, end.replace(day=1)),))


def next_month(day: date) -> date:
    """The first day of the month after this day's."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def within(days: Range) -> Q:
    """Facts of these days."""
    return Q(day__gte=days[0], day__lte=days[1])


def _add(ranges: list[Range], start: date, end: date) -> None:
    """One more range, if there is anything in it; joined to the one before where they touch."""
    if end < start:
        return
    if ranges and _follows(ranges[-1][1], start):
        start = ranges.pop()[0]
    ranges.append((start, end))


def _follows(end: date, start: date) -> bool:
    """The next day, or of two first days of months the next month."""
    return end + ONE_DAY == start or (end.day == start.day == 1 and next_month(end) == start)
