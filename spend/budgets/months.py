"""What of a budget falls into some days: by days, adding up to the cent."""

from datetime import date, timedelta

from spend.formats.spreading import spread

DAY = timedelta(days=1)


def part_of(amount_minor: int, first: date, last: date, start: date, end: date) -> int:
    """The part of an amount for `first` to `last` that falls into `start` to `end`.

    Every day has its share; the parts of periods that follow one another add up to the amount.
    """
    parts = spread(amount_minor, (last - first).days + 1)
    begin = max((start - first).days, 0)
    return sum(parts[begin : max((end - first).days + 1, begin)])


def month_of(day: date) -> date:
    """The first day of its month, which stands for the month."""
    return day.replace(day=1)


def month_end(month: date) -> date:
    return moved(month, 1) - DAY


def moved(month: date, number: int) -> date:
    """The first day of the month so many months later (or earlier)."""
    years, index = divmod(month.month - 1 + number, 12)
    return date(month.year + years, index + 1, 1)


def same_day(day: date, number: int) -> date:
    """The same day so many months later; the month's last one where there is no such day."""
    month = moved(month_of(day), number)
    return min(month + DAY * (day.day - 1), month_end(month))


def following(first: date, last: date) -> tuple[date, date]:
    """The days after these that a budget is copied to: a whole month is followed by the next one.

    Whole months (or as many months from any day) by as many; other days by as many days.
    """
    begin = last + DAY
    for number in range(1, 37):
        if same_day(first, number) == begin:
            return begin, same_day(first, 2 * number) - DAY
    return begin, begin + (last - first)
