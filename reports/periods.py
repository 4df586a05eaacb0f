"""Which days a report looks at, and which days these are compared with."""

from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

# Whole weeks, so that weekdays line up with those of the period before.
PERIODS = {
    "7d": _("7 days"),
    "28d": _("28 days"),
    "91d": _("91 days (13 weeks)"),
    "364d": _("364 days (52 weeks)"),
    "this-month": _("This month"),
    "last-month": _("Last month"),
    "custom": _("From … to …"),
}
DEFAULT_PERIOD = "91d"
LONGEST_PERIOD = timedelta(days=3660)
COMPARISONS = {
    "previous": _("Previous period"),
    "year": _("Same weekdays last year"),
    "custom": _("Other days …"),
    "none": _("No comparison"),
}
USUAL_COMPARISON = "previous"
YEAR = timedelta(days=364)  # 52 weeks: every day is compared with its own weekday
ONE_DAY = timedelta(days=1)


class Days(NamedTuple):
    """A first and a last day; both belong to it."""

    start: date
    end: date

    def __len__(self) -> int:
        return (self.end - self.start).days + 1


def resolve_period(
    name: str, today: date, start: date | None = None, end: date | None = None
) -> tuple[date, date]:
    """First and last day of a preset of `PERIODS`; presets of n days end today.

    Raises ValueError when the name is unknown, or custom without both days.
    """
    if name == "custom":
        if start is None or end is None:
            raise ValueError("A custom period needs its first and its last day.")
        return start, end
    if name == "this-month":
        return today.replace(day=1), today
    if name == "last-month":
        last = today.replace(day=1) - ONE_DAY
        return last.replace(day=1), last
    if name not in PERIODS:
        raise ValueError(f"There is no period named {name}.")
    return today - timedelta(days=int(name.removesuffix("d")) - 1), today


def compared_days(how: str, period: Days, own: Days | None = None) -> Days | None:
    """The days that a period is compared with, by a name of `COMPARISONS`; None for none.

    They lie before the period, so that no lead is counted on both sides. Raises ValueError.
    """
    if how == "none":
        return None
    if how not in COMPARISONS:
        raise ValueError(f"There is no comparison named {how}; there are {', '.join(COMPARISONS)}.")
    try:
        found = _found(how, period, own)
    except OverflowError:
        raise ValueError("The calendar has no period before this one to compare it with.") from None
    if found.end < found.start:
        raise ValueError("The last day compared with comes before the first.")
    if found.end >= period.start:
        raise ValueError(
            "The days compared with must lie before the period, "
            f"until {period.start - ONE_DAY} at the latest."
        )
    if period.end - found.start > 2 * LONGEST_PERIOD:
        raise ValueError("The days compared with lie more than twenty years back.")
    return found


def _found(how: str, period: Days, own: Days | None) -> Days:
    if how == "custom":
        if own is None:
            raise ValueError("A comparison with other days needs their first and their last day.")
        return own
    back = YEAR if how == "year" else period.end - period.start + ONE_DAY
    return Days(period.start - back, period.end - back)
