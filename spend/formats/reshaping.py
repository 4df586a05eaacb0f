"""Makes plain tables of files that are none: a report down the page, months in two columns."""

import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice

from attribution.files.table import Records
from spend.formats.headings import Heading, fold, read_headings
from spend.formats.words import MONTHS, WORDS, names

TOP_LINES = 40  # within which the headings must stand
Line = tuple[int, list[str]]

# Of one mailing, what its report says at least.
OF_MAILING = frozenset({"title", "delivery date/time", "successful deliveries"})
SHARE = re.compile(r"\s*\([0-9.,]+ ?%\)$")  # "321 (26.8%)"

MONTHS_OF_YEAR = names(
    "month of year | month name | month number | month no. | monat des jahres | monatsname | "
    "mois de l'annee | mes del ano | mes do ano | mese dell'anno"
)
DAYS = names("day | tag | jour | dia | giorno | dag")
DAYS_OF_MONTH = names(
    "day of month | day of the month | tag des monats | jour du mois | dia del mes"
)
YEAR = re.compile(r"((?:19|20)[0-9]{2})(?:\.0+)?")
NUMBER = re.compile(r"0?([0-9]{1,2})(?:\.0+)?")


def reshaped(records: Records) -> Records:
    """The lines of a plain table; of a file that is one already, its own."""
    with closing(_iterator(records)) as lines:
        top = list(islice(lines, TOP_LINES))
    return _one_row(top) or _dated(top, records) or records


def _iterator(records: Records) -> Generator[Line]:
    """One that can be closed: an upload is read from one place at a time."""
    yield from records()


def _one_row(top: Sequence[Line]) -> Records | None:
    """Labels and their values, below each other, as the headings and the one row of a table.

    Below them the report has tables of its links, which say nothing of the mailing as a whole.
    """
    found: dict[str, tuple[int, str]] = {}
    for number, cells in top:
        filled = [cell.strip() for cell in cells if cell.strip()]
        if len(filled) > 2:
            break
        if len(filled) == 2:
            found.setdefault(filled[0].rstrip(": "), (number, SHARE.sub("", filled[1])))
    if not {fold(label) for label in found} >= OF_MAILING:
        return None
    first = min(number for number, _ in found.values())
    row = [value for _, value in found.values()]
    return lambda: iter([(0, list(found)), (first, row)])


@dataclass(frozen=True)
class Parts:
    """The columns that together say which month or day a row is of."""

    heading_line: int
    year: Heading
    month: Heading
    day: Heading | None

    def headings(self, cells: list[str]) -> list[str]:
        """The month, or its day, is called what it is from now on."""
        cells = list(cells)
        for heading, known, plain in (
            (self.month, WORDS["month"], "Month"),
            (self.day, DAYS, "Day"),
        ):
            if heading and heading.bare not in known:
                cells[heading.index] = plain
        return cells

    def row(self, cells: list[str]) -> list[str]:
        """With the whole month or day in the finest of these columns."""
        parts = (self.year, self.month, self.day)
        said = [cells[h.index].strip() if h and h.index < len(cells) else "" for h in parts]
        text = _written(*said, has_day=self.day is not None)
        if not text:
            return cells
        cells = list(cells)
        cells[(self.day or self.month).index] = text
        return cells


def _dated(top: Sequence[Line], records: Records) -> Records | None:
    for place, (number, cells) in enumerate(top):
        parts = _parts(number, cells)
        if parts is None:
            continue
        below = (cells for _, cells in top[place + 1 :] if any(map(str.strip, cells)))
        first = next(below, [])
        return partial(_with_days, records, parts) if parts.row(first) is not first else None
    return None


def _parts(number: int, cells: list[str]) -> Parts | None:
    headings = read_headings(cells)
    years = _called(headings, WORDS["year"])
    months = _called(headings, (*WORDS["month"], *MONTHS_OF_YEAR))
    days = _called(headings, (*DAYS, *DAYS_OF_MONTH))
    if len(years) != 1 or len(months) != 1 or len(days) > 1:
        return None
    return Parts(number, years[0], months[0], days[0] if days else None)


def _called(headings: Iterable[Heading], known: Sequence[str]) -> list[Heading]:
    return [heading for heading in headings if heading.bare in known]


def _with_days(records: Records, parts: Parts) -> Iterator[Line]:
    for number, cells in records():
        if number == parts.heading_line:
            yield number, parts.headings(cells)
        else:
            yield number, parts.row(cells) if number > parts.heading_line else cells


@lru_cache(maxsize=4096)
def _written(year: str, month: str, day: str, has_day: bool) -> str:
    """2026, March and 5 as 2026-03-05; "" where one of them says something else, or all of it."""
    in_year, in_month, in_day = YEAR.fullmatch(year), NUMBER.fullmatch(month), NUMBER.fullmatch(day)
    number = int(in_month[1]) if in_month else MONTHS.get(fold(month).rstrip("."), 0)
    if not in_year or not 1 <= number <= 12 or (has_day and not in_day):
        return ""
    text = f"{in_year[1]}-{number:02}"
    return f"{text}-{int(in_day[1]):02}" if has_day and in_day else text
