"""Reads the days that a cell stands for: a day, a week, a month, a quarter or a range."""

import calendar
import re
from contextlib import suppress
from datetime import date, timedelta
from functools import lru_cache

from attribution.files.days import parse_day
from attribution.files.problems import CellError
from attribution.imports.options import DayOrder
from spend.formats.headings import fold
from spend.formats.words import MONTHS

WAY_OUT = (
    "Write a day as 2026-03-01, a week as 2026-W10, a month as 2026-03, "
    "or a range as 2026-03-01 - 2026-03-31."
)
DAYS_OF = {"week": 7, "fortnight": 14}
LONGEST = 100  # characters of a range of days
ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMERIC = re.compile(r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}|[0-9]{1,2}([-/.])[0-9]{1,2}\2[0-9]{4}")
COMPACT = re.compile(r"[0-9]{8}")
# Between two days: a dash with blanks, a long dash, or a word.
BETWEEN = re.compile(
    r"\s+(?:-|to|bis(?: zum)?|until|through|au|al|a|ate|até|hasta|tot(?: en met)?|t/m)\s+"
    r"|\s*[–—~～〜]\s*|\.\.+|(?<=[0-9])\s*[,;]\s*(?=[0-9]{1,2}[-/.])|(?<=[0-9]{4}-[0-9]{2}-[0-9]{2})/",
    re.IGNORECASE,
)
# The same dash without blanks: "2026/03/01-2026/03/31", "Mar 1, 2026-Mar 31, 2026", "1-31 March
# 2026", "01.-31.03.2026".
TIGHT = re.compile(
    r"(?<=^[0-9])-(?=[0-9]{1,2} [A-Za-z])|(?<=^[0-9]{2})-(?=[0-9]{1,2} [A-Za-z])"
    r"|(?<=[0-9]\.)-(?=[0-9]{1,2}\.[0-9])|(?<=[0-9]{4})-(?=[A-Za-z]|[0-9]{1,2}(?:[/.][0-9]|\.?\s[A-Za-z]))"
    r"|(?<=[0-9]{2})-(?=[0-9]{4}[-/.][0-9]{2}|[0-9]{8}$)"
)
NAME = r"(?P<month>[a-zıа-я]{3,10})\.?"
DAY = r"(?P<day>[0-9]{1,2})(?:\.|er|st|nd|rd|th|o|a)?"
YEAR = r"(?P<year>[0-9]{4})(?: г\.?)?"
SHORT_YEAR = r"(?P<short>[1-9][0-9])"  # behind a month's name, as in Mar-26
WEEKDAY = r"(?:[a-z]{2,10}(?:\.?,|\.)\s*)?"
NAMED_DAYS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{WEEKDAY}{DAY}\s*(?:de |of )?\s*{NAME},?\s*(?:de |del )?\s*{YEAR}",
        rf"{WEEKDAY}{NAME}\s*{DAY},?\s+{YEAR}",
        rf"{YEAR}[\s/.]+{NAME}[\s/.]+{DAY}",
    )
)
SHORT_DAY = re.compile(rf"(?P<first>[0-9]{{1,2}})\.?\s{NAME}\s(?P<second>[0-9]{{1,2}})")
NAMED_MONTHS = (
    re.compile(rf"{NAME}[\s/,.]*(?:de |del )?\s*{YEAR}"),
    re.compile(rf"{YEAR}[\s/,.]*{NAME}"),
)
SHORT_MONTH = re.compile(rf"{NAME}\s{SHORT_YEAR}")  # where a column is of months
DAY_AND_MONTH = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.")  # of a range: "1.3. - 31.3.2026"
# 2026年3月1日, 2026년 3월 1일, 2026. 3. 1.
EAST_ASIAN_DAY = re.compile(r"([0-9]{4})[年년.] ?([0-9]{1,2})[月월.] ?([0-9]{1,2})[日일.]")
MONTH = (
    re.compile(r"(?P<year>[0-9]{4})[年년] ?(?P<month>[0-9]{1,2})[月월]"),
    re.compile(r"(?P<year>[0-9]{4})[-/.|](?P<month>[0-9]{1,2})"),
    re.compile(r"(?P<month>[0-9]{1,2})[-/.](?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>(?:19|20)[0-9]{2})(?P<month>0[1-9]|1[0-2])"),
)
WEEK = (
    re.compile(r"(?P<year>[0-9]{4})[\s/-]*(?:w|kw|week|woche)\s*(?P<week>[0-9]{1,2})"),
    re.compile(r"(?:w|kw|week|woche)\.?\s*(?P<week>[0-9]{1,2})[\s/,-]+(?P<year>[0-9]{4})"),
)
WEEK_OF = re.compile(
    r"^week (?:of|commencing|beginning|starting) (?=[^ ]*[0-9]|[a-z]+ [0-9])", re.I
)
QUARTER = (
    re.compile(r"(?P<year>[0-9]{4})[\s/-]*[qt](?P<quarter>[1-4])"),
    re.compile(r"[qt](?P<quarter>[1-4])[\s/,-]*(?P<year>[0-9]{4})"),
)
YEAR_ALONE = re.compile(r"(?:19|20)[0-9]{2}")
LAST_DAY = re.compile(r"([0-9]{1,2}),?\s+([0-9]{4})")
START_ONLY = (  # of a range whose end says the rest: "Jul 8 – 31, 2025", "8–31 Jul 2025"
    re.compile(r"[a-z]{3,10}\.?\s*[0-9]{1,2}(?:st|nd|rd|th)?"),
    re.compile(r"[0-9]{1,2}(?:\.|er|st|nd|rd|th)?(?:\s*(?:de )?[a-z]{3,10}\.?)?"),
)


def parse_period(text: str, order: DayOrder, grain: str) -> tuple[date, date]:
    """The first and the last day. `grain` says what a single day stands for. Raises CellError."""
    first, last = _period(text, order, grain)
    parse_day(first.isoformat())  # within the days that are taken, whatever they were written as
    if first != last:
        if last < first:
            raise CellError("The last day comes before the first.", "Exchange the two days.")
        parse_day(last.isoformat())
    return first, last


def cut_to(text: str, order: DayOrder, grain: str, within: tuple[date, date]) -> str:
    """The part of a week, month, … that lies within a report's days; the text where all of it does.

    A report of 20 January to 10 February has only twelve days in its row of January.
    """
    try:
        first, last = parse_period(text, order, grain)
    except CellError:
        return text
    start, end = max(first, within[0]), min(last, within[1])
    if (start, end) == (first, last) or start > end:
        return text
    return f"{start} - {end}"


def ends_of(text: str) -> tuple[str, str] | None:
    """What stands before and after the dash of a range of days."""
    for between in (BETWEEN, TIGHT):
        sides = between.split(text)
        if len(sides) == 2:
            return sides[0].strip(), sides[1].strip()
    return None


def may_be_days(text: str) -> bool:
    """Could this be a period, in whatever order and of whatever grain?"""
    orders: tuple[DayOrder, ...] = ("dmy", "mdy")
    for order in orders:
        try:
            parse_period(text, order, "day")
        except CellError:
            continue
        return True
    return False


@lru_cache(maxsize=8192)
def _period(text: str, order: DayOrder, grain: str) -> tuple[date, date]:
    body = EAST_ASIAN_DAY.sub(r"\1-\2-\3", WEEK_OF.sub("", text.strip()))
    if len(body) > LONGEST:
        raise CellError("This is not a day, week, month or range of days.", WAY_OUT)
    if ISO.fullmatch(body) or not body:
        return _of_grain(parse_day(body, order), grain)
    if found := _week(body) or _quarter(body) or _month(body, grain) or _year(body, grain):
        return found
    day = _day(body, order)
    if day is not None:
        return _of_grain(day, grain)
    if sides := ends_of(body):
        first, last = _ends(*sides, order)
        if first and last:
            return first, last
    raise _unknown(body, order)


def _unknown(body: str, order: DayOrder) -> CellError:
    """parse_day knows best what is wrong with a day; for the rest our own way out is longer."""
    try:
        parse_day(body, order)
    except CellError as error:
        if error.problem != "This is not a day.":
            return error
    return CellError("This is not a day, week, month or range of days.", WAY_OUT)


def _of_grain(day: date, grain: str) -> tuple[date, date]:
    if grain in DAYS_OF:
        return day, day + timedelta(days=DAYS_OF[grain] - 1)
    if grain == "month":
        return _month_of(day.year, day.month)
    if grain == "quarter":
        return _quarter_of(day.year, (day.month + 2) // 3)
    if grain == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    return day, day


def _month_of(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _day(text: str, order: DayOrder) -> date | None:
    """A day written in digits or with the month's name. Digits that are no day raise CellError."""
    if NUMERIC.fullmatch(text) or COMPACT.fullmatch(text):
        return parse_day(text, order)
    folded = fold(text)
    for pattern in NAMED_DAYS:
        found = pattern.fullmatch(folded)
        if found and found["month"] in MONTHS:
            try:
                return date(int(found["year"]), MONTHS[found["month"]], int(found["day"]))
            except ValueError:
                raise CellError("There is no such day.", WAY_OUT) from None
    return _short(folded, order)


def ways_of_short(text: str) -> dict[DayOrder, date]:
    """What a day with a year of two digits can be: 12-Mar-26 of 2026 ("dmy") or 2012 ("ymd")."""
    found = SHORT_DAY.fullmatch(fold(text))
    if not found or found["month"] not in MONTHS:
        return {}
    first, second = found["first"], found["second"]
    sides: dict[DayOrder, tuple[str, str]] = {"dmy": (second, first), "ymd": (first, second)}
    ways: dict[DayOrder, date] = {}
    for order, (year, day) in sides.items():
        if len(year) == 2 and year[0] != "0":
            with suppress(CellError):
                ways[order] = parse_day(f"20{year}-{MONTHS[found['month']]:02}-{int(day):02}")
    return ways


def _short(text: str, order: DayOrder) -> date | None:
    ways = ways_of_short(text)
    if order == "ymd":
        return ways.get("ymd") or ways.get("dmy")  # such as 1-Mar-26
    return ways.get("dmy")


def _ends(start: str, end: str, order: DayOrder) -> tuple[date | None, date | None]:
    """Both ends of a range. The start may leave out the year, or the month too."""
    last = _day(end, order)
    if last is None and (found := LAST_DAY.fullmatch(end)):
        name = re.match(r"[A-Za-z]{3,10}", start)  # the month stands with the first day alone
        last = _day(f"{found[1]} {name[0]} {found[2]}", order) if name else None
    if last is None:
        return None, None
    if found := DAY_AND_MONTH.fullmatch(start):
        return _before(int(found[2]), int(found[1]), last), last
    if not NUMERIC.search(start) and any(p.fullmatch(fold(start)) for p in START_ONLY):
        return _completed(fold(start), last), last
    return _day(start, order), last


def _completed(start: str, last: date) -> date | None:
    number = re.search(r"[0-9]{1,2}", start)
    names = [name for name in re.findall(r"[a-z]{3,10}", start) if name in MONTHS]
    if number is None:
        return None
    return _before(MONTHS[names[0]] if names else last.month, int(number[0]), last)


def _before(month: int, day: int, last: date) -> date | None:
    """This day in the year of the last one, or in that before it."""
    year = last.year if (month, day) <= (last.month, last.day) else last.year - 1
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(text: str, grain: str) -> tuple[date, date] | None:
    """A month in digits or by name. In a column of weeks 2026-10 could be a week: not taken."""
    for pattern in MONTH if grain != "week" else ():
        if (found := pattern.fullmatch(text)) and 1 <= int(found["month"]) <= 12:
            return _months(int(found["year"]), int(found["month"]))
    folded = fold(text)
    for pattern in (*NAMED_MONTHS, SHORT_MONTH) if grain == "month" else NAMED_MONTHS:
        if (found := pattern.fullmatch(folded)) and found["month"] in MONTHS:
            return _months(_year_in(found), MONTHS[found["month"]])
    return None


def _year_in(found: re.Match[str]) -> int:
    parts = found.groupdict()
    return int(parts.get("year") or "20" + parts["short"])


def _months(year: int, month: int) -> tuple[date, date] | None:
    return _month_of(year, month) if year > 0 else None


def _week(text: str) -> tuple[date, date] | None:
    """A week by its ISO 8601 number: the first is the one with the year's first Thursday."""
    folded = fold(text)
    for pattern in WEEK:
        if found := pattern.fullmatch(folded):
            try:
                first = date.fromisocalendar(int(found["year"]), int(found["week"]), 1)
                return first, first + timedelta(days=6)
            except (ValueError, OverflowError):
                raise CellError("There is no such week.", WAY_OUT) from None
    return None


def _quarter(text: str) -> tuple[date, date] | None:
    folded = fold(text)
    for pattern in QUARTER:
        if found := pattern.fullmatch(folded):
            year = int(found["year"])
            if year > 0:
                return _quarter_of(year, int(found["quarter"]))
    return None


def _quarter_of(year: int, quarter: int) -> tuple[date, date]:
    return date(year, 3 * quarter - 2, 1), _month_of(year, 3 * quarter)[1]


def _year(text: str, grain: str) -> tuple[date, date] | None:
    """2026 is a year only in a column of years."""
    if grain == "year" and (found := YEAR_ALONE.fullmatch(text)):
        return date(int(found[0]), 1, 1), date(int(found[0]), 12, 31)
    return None
