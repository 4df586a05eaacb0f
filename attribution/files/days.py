"""Reads days and instants. Nothing is guessed: what could be two days is refused."""

import re
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from attribution.files.problems import CellError

Order = Literal["ymd", "dmy", "mdy"]

FIRST_DAY = date(2000, 1, 1)

YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
COMPACT = re.compile(r"((?:19|20|99)[0-9]{2})([0-9]{2})([0-9]{2})")
YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
SHORT_YEAR = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}")
MIDNIGHT = re.compile(r"[T ]0?0:00(?::00(?:\.0+)?)?")
INSTANT = re.compile(
    r"(?P<day>[0-9./-]+)"
    r"(?:(?:T|,? +)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
    r"(?: ?(?P<offset>[Zz]|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?))?)?"
)

DAY_WAY_OUT = "Write it as year-month-day, such as 2026-02-01."
ORDER_WAY_OUT = (
    "Write it as year-month-day, such as 2026-02-01, "
    "or declare the order of days in this file (dmy or mdy)."
)
INSTANT_WAY_OUT = "Write it as 2026-02-01 14:30:00, or with its offset: 2026-02-01T14:30:00+01:00."


def parse_day(text: str, order: Order = "ymd") -> date:
    """A day as 2026-02-01, or in the order that is declared for the file."""
    return _in_range(_day(text, order))


def parse_instant(text: str, zone: ZoneInfo, order: Order = "ymd") -> datetime:
    """An instant in UTC. Without an offset it is local time of `zone`; a day alone is 00:00."""
    moment = _iso(text)
    if moment is None:
        moment = _moment(text.strip(), order)
    if moment.year in (MINYEAR, MAXYEAR):  # its UTC may lie outside the calendar
        _in_range(moment.date())
    in_utc = _local(moment, zone) if moment.tzinfo is None else moment.astimezone(UTC)
    _in_range(in_utc.date())
    return in_utc


@lru_cache(maxsize=8192)
def _day(text: str, order: Order) -> date:
    text = text.strip()
    if not text:
        raise CellError("This cell is empty.", DAY_WAY_OUT)
    body, _, clock = text.replace("T", " ", 1).partition(" ")
    if clock and not MIDNIGHT.fullmatch(" " + clock):
        if INSTANT.fullmatch(text):
            raise CellError("This is a day with a time.", "Write the day alone.")
        raise CellError("This is not a day.", DAY_WAY_OUT)
    year, month, day = _year_month_day(body, order)
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError("There is no such day.", DAY_WAY_OUT) from None


def _year_month_day(text: str, order: Order) -> tuple[int, int, int]:
    if found := YEAR_FIRST.fullmatch(text):
        return int(found[1]), int(found[3]), int(found[4])
    if found := COMPACT.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := YEAR_LAST.fullmatch(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if order == "dmy":
            return year, second, first
        if order == "mdy":
            return year, first, second
        if first <= 12 and second <= 12 and first != second:
            raise CellError("This could be two different days.", ORDER_WAY_OUT)
        raise CellError("This does not begin with the year.", ORDER_WAY_OUT)
    if SHORT_YEAR.fullmatch(text):
        raise CellError("The year has only two digits.", DAY_WAY_OUT)
    raise CellError("This is not a day.", DAY_WAY_OUT)


def _in_range(day: date) -> date:
    last = _a_year_after(datetime.now(UTC).date())
    if not FIRST_DAY <= day <= last:
        raise CellError(
            f"This lies outside {FIRST_DAY} to {last}, the days that are taken.",
            "Check the year.",
        )
    return day


@lru_cache(maxsize=2)
def _a_year_after(day: date) -> date:
    return (
        date(day.year + 1, 3, 1)
        if (day.month, day.day) == (2, 29)
        else day.replace(year=day.year + 1)
    )


def _iso(text: str) -> datetime | None:
    """The quick way for what most files hold: 2026-02-01 14:30:00, with or without an offset."""
    if len(text) >= 16 and text[4:5] == "-" and text[10] in "T " and text.isascii():
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    return None


def _moment(text: str, order: Order) -> datetime:
    if not text:
        raise CellError("This cell is empty.", INSTANT_WAY_OUT)
    found = INSTANT.fullmatch(text)
    if not found:
        raise CellError("This is not a day with a time.", INSTANT_WAY_OUT)
    try:
        day = _day(found["day"], order)
    except CellError as error:
        raise CellError(
            error.problem, error.way_out.replace(DAY_WAY_OUT, INSTANT_WAY_OUT)
        ) from None
    return datetime.combine(day, _clock(found), _offset(found["offset"]))


def _clock(found: re.Match[str]) -> time:
    if found["hour"] is None:
        return time()
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise CellError("There is no such time of day.", INSTANT_WAY_OUT)
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    microsecond = int((found["fraction"] or "0")[:6].ljust(6, "0"))
    try:
        return time(hour, minute, second, microsecond)
    except ValueError:
        raise CellError("There is no such time of day.", INSTANT_WAY_OUT) from None


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 18 or minutes > 59:
        raise CellError("There is no such offset from UTC.", INSTANT_WAY_OUT)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """Of an hour that comes twice the first is taken; an hour that is left out is refused."""
    in_utc = moment.replace(tzinfo=zone).astimezone(UTC)
    if in_utc.astimezone(zone).replace(tzinfo=None) != moment:
        raise CellError(
            f"There is no such time in {zone.key}: the clocks went forward over it.",
            "Write the time with its offset, such as 2026-03-29T02:30:00+01:00.",
        )
    return in_utc
