"""Reads XLSX: looks into the archive before anything is parsed, then gives typed cells as text."""

import re
import weakref
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from openpyxl import load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from attribution.files.problems import FileProblem
from attribution.files.table import MEGABYTE, Limits, Table

MAX_RATIO = 100
MAX_SHEET_ROWS = 1_048_576
MAX_TAGS_OUTSIDE_ROWS = 200_000
MAX_TAGS_IN_STRINGS = 5_000_000
MAX_ROW_BYTES = 4 * MEGABYTE
TAGS_PER_CELL = 40  # rich text in a cell takes several
BLOCK = 256 * 1024
LINES_LOOKED_AT = 20  # to see what a sheet is
# Where a program lays its rows out for people first, and then has them as they are.
PLAIN_SHEET = "raw data report"

# XLSX writes a control character as _x000D_, and that very text as _x005F_x000D_. openpyxl
# undoes only half of it: a text such as _x0041_ may be meant, a control character never is.
ESCAPED = re.compile(r"_x005F_(x[0-9A-Fa-f]{4}_)|_x(00[01][0-9A-Fa-f])_")
# Excel keeps 15 digits of a number. What is written with more was rounded, such as an id of 18.
MOST_DIGITS = 15
MAY_GROUP = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")  # with a point, this may be 1,234
SECTION = re.compile(rb"(<(?:[\w.-]+:)?row[\s/>]|</(?:[\w.-]+:)?sheetData>)")


def xlsx_table(
    source: Path | BinaryIO, name: str, limits: Limits, text_of: Callable[[object], str]
) -> Table:
    """The table in a workbook; `text_of`: what a cell says."""
    try:
        archive = zipfile.ZipFile(source)
        _check_archive(archive, name, limits)
        # The open file, since openpyxl refuses paths by their ending.
        workbook = load_workbook(archive.fp, read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    except FileProblem:
        raise
    except Exception as error:  # openpyxl raises what it stumbles over, of any kind
        raise _damaged(name) from error
    if not sheets:
        raise FileProblem(f'"{name}" has no sheet with cells. Put the table into the first sheet.')
    sheet = _sheet_of_table(sheets, name)
    weakref.finalize(sheet, archive.close)  # rows are read from it as long as the table lives
    sheet.reset_dimensions()  # files of other programs state wrong ones

    def records() -> Iterator[tuple[int, list[str]]]:
        try:
            for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
                if line > MAX_SHEET_ROWS:
                    raise _damaged(name)
                if values:
                    yield line, [text_of(value) for value in values]
        except FileProblem:
            raise
        except Exception as error:
            raise _damaged(name) from error

    return Table(
        name=name,
        kind="XLSX",
        limits=limits,
        records=records,
        sheet=sheet.title,
        other_sheets=tuple(
            other.title for other in sheets if other is not sheet and _has_cells(other, name)
        ),
    )


def _sheet_of_table(sheets: list[ReadOnlyWorksheet], name: str) -> ReadOnlyWorksheet:
    """The first that holds a table: a cover has a title, and no cells beside each other."""
    if plain := [each for each in sheets if each.title.casefold() == PLAIN_SHEET]:
        return plain[0]
    if len(sheets) == 1:
        return sheets[0]
    return next((each for each in sheets if _widest_line(each, name) > 1), sheets[0])


def _has_cells(sheet: ReadOnlyWorksheet, name: str) -> bool:
    """Whether anything stands in its first lines; empty sheets come with every new workbook."""
    return _widest_line(sheet, name) > 0


def _widest_line(sheet: ReadOnlyWorksheet, name: str) -> int:
    """How many cells of one of its first lines are filled."""
    try:
        lines = sheet.iter_rows(max_row=LINES_LOOKED_AT, values_only=True)
        return max((sum(value is not None for value in values) for values in lines), default=0)
    except Exception as error:
        raise _damaged(name) from error


def cell_text(value: object) -> str:
    """The same text as a CSV would hold: ISO days, numbers without the noise of binary floats."""
    match value:
        case None:
            return ""
        case str():
            return ESCAPED.sub(_unescaped, value) if "_x" in value else value
        case bool():
            return "true" if value else "false"
        case float():
            return _number_text(value)
        case datetime():
            if value.time() == time():
                return value.date().isoformat()
            return value.isoformat(" ", "milliseconds" if value.microsecond else "seconds")
        case date():
            return value.isoformat()
    return str(value)


class Pointed(str):
    """The text of a number, with a nought more, so that its point parts no thousands.

    It equals no text, though a column may have that too: what is read once of each is told apart.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pointed) and str.__eq__(self, other)

    def __hash__(self) -> int:
        return hash((Pointed, str(self)))

    @property
    def plain(self) -> str:
        """As it is where it stands for no number."""
        return self[:-1]


def as_shown(cell: str) -> str:
    """The cell as the spreadsheet shows it."""
    return cell.plain if isinstance(cell, Pointed) else cell


def cell_of_amounts(value: object) -> str:
    """The same of a table with amounts. The point of a number is known here, and not to who reads
    its text: 1.234 becomes 1.2340.
    """
    text = cell_text(value)
    is_open = isinstance(value, float) and MAY_GROUP.fullmatch(text)
    return Pointed(text + "0") if is_open else text


def _number_text(value: float) -> str:
    """Of digits that Excel did not keep, no noughts are made: 1.2021E+17 is seen to be rounded."""
    text = format(value, f".{MOST_DIGITS}g").upper()  # the rest is noise
    return format(Decimal(text), "f") if abs(value) < 10**MOST_DIGITS else text


def _unescaped(found: re.Match[str]) -> str:
    return "_" + found[1] if found[1] else chr(int(found[2], 16))


def _damaged(name: str) -> FileProblem:
    return FileProblem(
        f'"{name}" cannot be read as XLSX. Open it in a spreadsheet and save it as XLSX again.'
    )


def _check_archive(archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
    parts = archive.infolist()
    names = {part.filename.casefold() for part in parts}
    if "xl/workbook.xml" not in names:
        raise FileProblem(f'"{name}" is an archive, but not XLSX. Save it as XLSX or as CSV UTF-8.')
    if "xl/vbaproject.bin" in names:
        raise FileProblem(f'"{name}" holds macros. Save it as XLSX without macros.')
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if unpacked > limits.unpacked_bytes:
        raise FileProblem(
            f'"{name}" unpacks to {unpacked / MEGABYTE:,.0f} MB, and at most '
            f"{limits.unpacked_bytes / MEGABYTE:,.0f} MB are taken. "
            "Split it, or save it as CSV UTF-8."
        )
    if unpacked > MAX_RATIO * max(packed, 1):
        raise FileProblem(
            f'"{name}" unpacks to more than {MAX_RATIO} times its size. Save it as CSV UTF-8.'
        )
    for part in parts:
        if part.filename.casefold().endswith((".xml", ".rels")):
            _check_part(archive, part, name, limits)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, limits: Limits) -> None:
    """openpyxl builds a whole row, and all that is no row, before it shows any of it."""
    rows = tags = size = 0
    is_strings = part.filename.casefold().endswith("sharedstrings.xml")
    outside = MAX_TAGS_IN_STRINGS if is_strings else MAX_TAGS_OUTSIDE_ROWS
    in_row = False
    for block in _blocks(archive, part):
        # A document type can blow up in memory. UTF-16 would hide it from this search.
        if b"\0" in block or b"<!DOCTYPE" in block:
            raise _damaged(name)
        pieces = [b"", *SECTION.split(block)]
        for start, piece in zip(pieces[0::2], pieces[1::2], strict=True):
            if start:
                in_row, tags, size = not start.startswith(b"</"), 0, 0
                rows += in_row
            tags += piece.count(b"<")
            size += len(piece)
            if in_row and (tags > limits.columns * TAGS_PER_CELL or size > MAX_ROW_BYTES):
                raise FileProblem(
                    f'A row of "{name}" is wider than {limits.columns:,} columns. '
                    "Delete the columns that are not needed, empty formatted ones included."
                )
            if not in_row and tags > outside:
                raise FileProblem(
                    f'"{name}" holds too much beside its cells, such as links and pivot tables. '
                    "Copy the values of the table into a new file."
                )
        if rows > limits.rows + 1:
            raise FileProblem(
                f'"{name}" has more than {limits.rows:,} rows, empty formatted ones included. '
                "Delete those below the table, split it, or import it on the command line."
            )


def _blocks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part piece by piece, each cut before a tag, so that no tag is cut in two."""
    rest = b""
    with archive.open(part) as file:
        while data := file.read(BLOCK):
            block = rest + data
            cut = block.rfind(b"<")
            if cut <= 0:
                cut = len(block)
            rest = block[cut:]
            yield block[:cut]
    yield rest
