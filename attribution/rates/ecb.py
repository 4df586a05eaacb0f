"""Reads the European Central Bank's files of reference rates.

`eurofxref-hist.csv` and `eurofxref.csv`, as they are or inside their .zip: a column `Date`, then a
column for each currency, one euro in units of it; `N/A` or nothing where there was no rate; a
comma at the end of each line. Days as 2026-03-31, in the file of one day as 31 March 2026.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from babel.numbers import list_currencies

from attribution.files.problems import FileProblem
from attribution.rates.book import PIVOT, RateKey

MOST_BYTES = 20 * 1024 * 1024  # 25 years of 40 currencies are 2.5 MB
WHERE = "Download eurofxref-hist.zip from the ECB's page of euro reference rates."
FIRST_DAY = date(1999, 1, 4)
NONE = frozenset({"", "n/a"})
RATE = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,8})0*)?")
ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
WRITTEN_DAY = re.compile(r"([0-9]{1,2}) ([A-Za-z]+) ([0-9]{4})")
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError),
    *(NotImplementedError, RuntimeError),  # packed in another way, or with a password
)
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


@dataclass(frozen=True)
class EcbFile:
    """What a file holds: its currencies, and the rates of those that were asked for."""

    currencies: tuple[str, ...]
    rates: dict[RateKey, Decimal] = field(repr=False)

    @property
    def days(self) -> tuple[date, date] | None:
        days = {one.day for one in self.rates}
        return (min(days), max(days)) if days else None


def currencies_of(content: bytes, name: str) -> tuple[str, ...]:
    """The currencies that a file has columns for. Raises FileProblem."""
    return tuple(code for code in _headings(_records(content, name), name) if code)


def read(content: bytes, name: str, wanted: Collection[str], today: date) -> EcbFile:
    """The rates of the currencies wanted. Raises FileProblem at the first cell that is none."""
    records = _records(content, name)
    headings = _headings(records, name)
    columns = [(place, code) for place, code in enumerate(headings) if code in wanted]
    rates: dict[RateKey, Decimal] = {}
    seen: dict[date, int] = {}
    for line, cells in records:
        if not any(cells):
            continue
        day = _day(cells[0], name, line, today)
        if len(cells) > len(headings) + 1:
            raise FileProblem(
                f'Row {line} of "{name}" has {len(cells)} cells, and the headings are '
                f"{len(headings) + 1}. Write decimals with a point."
            )
        if day in seen:
            raise FileProblem(
                f'Row {line} of "{name}" is of {day} again, as row {seen[day]}. Delete one of both.'
            )
        seen[day] = line
        for place, code in columns:
            text = cells[place + 1] if place + 1 < len(cells) else ""
            if text.casefold() not in NONE:
                rates[RateKey(day, PIVOT, code)] = _rate(text, name, line, code)
    if not seen:
        raise FileProblem(f'"{name}" has headings, but no day below them. {WHERE}')
    return EcbFile(tuple(code for code in headings if code), rates)


def _records(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    text = _text(content, name)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise FileProblem(
            f'Row {reader.line_num} of "{name}" is no row of a CSV file. {WHERE}'
        ) from error


def _text(content: bytes, name: str) -> str:
    if content.startswith(b"PK"):
        content = _unpacked(content, name)
    if len(content) > MOST_BYTES:
        raise FileProblem(f'"{name}" is larger than any file of the ECB. {WHERE}')
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileProblem(f'"{name}" is no file of the ECB: it is not text. {WHERE}') from error
    return text.replace("\x00", "\ufffd")  # no cell that is read has either


def _unpacked(content: bytes, name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = [one for one in archive.infolist() if one.filename.lower().endswith(".csv")]
            if len(found) != 1:
                raise FileProblem(
                    f'"{name}" holds {len(found)} CSV files, and one was expected. {WHERE}'
                )
            with archive.open(found[0]) as file:
                return file.read(MOST_BYTES + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
    ) as error:
        raise FileProblem(f'"{name}" is damaged, or has a password. {WHERE}') from error


def _headings(records: Iterator[tuple[int, list[str]]], name: str) -> list[str]:
    """The codes of the columns after `Date`; empty for the one behind the last comma."""
    __, cells = next(records, (0, []))
    if not cells or cells[0].casefold() != "date":
        first = cells[0][:40] if cells else ""
        raise FileProblem(
            f'"{name}" is no file of the ECB: its first heading is "{first}" and not "Date". '
            f"{WHERE}"
        )
    known = set(list_currencies())
    codes = [cell.upper() for cell in cells[1:]]
    for code in codes:
        if code and (code not in known or codes.count(code) > 1):
            trouble = "there twice" if code in known else "no currency"
            raise FileProblem(f'Row 1 of "{name}": the heading "{code[:40]}" is {trouble}. {WHERE}')
    if not any(codes):
        raise FileProblem(f'"{name}" has no column of a currency. {WHERE}')
    return codes


def _day(text: str, name: str, line: int, today: date) -> date:
    day = None
    try:
        if found := ISO_DAY.fullmatch(text):
            day = date(*(int(part) for part in found.groups()))
        elif found := WRITTEN_DAY.fullmatch(text):
            month = MONTHS.index(found[2].casefold()) + 1
            day = date(int(found[3]), month, int(found[1]))
    except ValueError:
        day = None
    if day is None:
        raise FileProblem(
            f'Row {line} of "{name}", column Date, "{text[:40]}": this is not a day. Write it as '
            "year-month-day, such as 2026-02-27."
        )
    if not FIRST_DAY <= day <= today:
        raise FileProblem(
            f'Row {line} of "{name}", column Date, "{text}": the ECB has rates from {FIRST_DAY} '
            f"to {today}. Check the year."
        )
    return day


def _rate(text: str, name: str, line: int, code: str) -> Decimal:
    if RATE.fullmatch(text):
        rate = Decimal(text)
        if rate > 0:
            return rate
    raise FileProblem(
        f'Row {line} of "{name}", column {code}, "{text[:40]}": this is no rate. Write a number '
        "above 0 with a point and at most 7 digits before and 8 behind it, such as 11.1125, or N/A."
    )
