"""Writes every CSV and XLSX that leaves the program, so that no spreadsheet runs a cell of it."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO, NamedTuple

import xlsxwriter

Cell = object  # text, number, date, yes/no or None; anything else is written as its text

ROWS_AT_ONCE = 500
MAX_SHEET_ROWS = 1_048_576
MAX_XLSX_TEXT = 32_767
MAX_NUMBER = 10**15
COLUMN_WIDTH = 18

# What spreadsheets take for the beginning of a formula, also behind what they skip over.
FORMULA = re.compile(
    "[\\s\"'`´‘’‚“”„«»\x00-\x20\x7f-\x9f\u200b-\u200f\u2060-\u2064\ufeff]*"
    "[=+\\-@\t\r\n\x00＝＋－＠﹦﹢﹣﹫]"
)

NOT_IN_XML = re.compile("[\ufffe\uffff]")  # one of them makes the whole file unreadable


class Sheet(NamedTuple):
    name: str
    headers: Sequence[object]
    rows: Iterable[Sequence[Cell]]


def guard(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet could take it for a formula."""
    if text[:1].isalnum() or not text:
        return text
    return "'" + text if text[0] == "'" or FORMULA.match(text) else text


def unguard(text: str) -> str:
    """What the text was before `guard`."""
    if text[:1] != "'":
        return text
    return text[1:] if guard(text[1:]) != text[1:] else text


def stream_csv(
    headers: Sequence[object], rows: Iterable[Sequence[Cell]], *, bom: bool = False
) -> Iterator[bytes]:
    """UTF-8, in pieces, for a streaming answer. Excel needs `bom` to see that it is UTF-8."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([csv_cell(header) for header in headers])
    start = "\ufeff" if bom else ""
    for number, row in enumerate(rows, start=1):
        writer.writerow([csv_cell(value) for value in row])
        if number % ROWS_AT_ONCE == 0:
            yield (start + buffer.getvalue()).encode()
            start = ""
            buffer.seek(0)
            buffer.truncate()
    yield (start + buffer.getvalue()).encode()


def csv_cell(value: Cell) -> str:
    """Numbers stay numbers, -5.00 too; every text is guarded."""
    match value:
        case str():
            return guard(value)
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case float():
            return format(Decimal(repr(value)), "f")
        case datetime():
            return value.isoformat(" ", "seconds" if not value.microsecond else "microseconds")
        case date():
            return value.isoformat()
    return guard(str(value))


def write_xlsx(
    target: BinaryIO,
    headers: Sequence[object],
    rows: Iterable[Sequence[Cell]],
    *,
    name: str = "Data",
    sheets: Iterable[Sheet] = (),
) -> None:
    """One sheet of rows, and further ones (definitions, about). No cell is a formula."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(target, options) as workbook:
        formats = Formats(workbook)
        for sheet in [Sheet(name, headers, rows), *sheets]:
            _write_sheet(workbook.add_worksheet(sheet.name), sheet, formats)


class Formats:
    """How cells look; a workbook wants each format made once."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self.heading = workbook.add_format({"bold": True})
        self.day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.instant = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.decimals = {
            digits: workbook.add_format({"num_format": "0." + "0" * digits})
            for digits in range(1, 5)
        }


def _write_sheet(worksheet: xlsxwriter.worksheet.Worksheet, sheet: Sheet, formats: Formats) -> None:
    worksheet.freeze_panes(1, 0)
    worksheet.set_column(0, max(len(sheet.headers) - 1, 0), COLUMN_WIDTH)
    for column, header in enumerate(sheet.headers):
        worksheet.write_string(0, column, guard(str(header)), formats.heading)
    for line, row in enumerate(sheet.rows, start=1):
        if line >= MAX_SHEET_ROWS:
            raise ValueError(f"A sheet holds at most {MAX_SHEET_ROWS - 1:,} rows. Export as CSV.")
        for column, value in enumerate(row):
            _write_cell(worksheet, line, column, value, formats)


def _write_cell(
    worksheet: xlsxwriter.worksheet.Worksheet,
    line: int,
    column: int,
    value: Cell,
    formats: Formats,
) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        worksheet.write_boolean(line, column, value)
    elif isinstance(value, int | float | Decimal) and -MAX_NUMBER < value < MAX_NUMBER:
        worksheet.write_number(line, column, value, _number_format(value, formats))
    elif isinstance(value, datetime) and value.tzinfo is None:
        worksheet.write_datetime(line, column, value, formats.instant)
    elif isinstance(value, date) and not isinstance(value, datetime):
        worksheet.write_datetime(line, column, value, formats.day)
    else:
        # Excel knows no time zones and 15 digits: such values keep what they are as text.
        text = NOT_IN_XML.sub("\ufffd", csv_cell(value))
        if len(text) > MAX_XLSX_TEXT:
            raise ValueError(f"A cell holds at most {MAX_XLSX_TEXT:,} characters. Export as CSV.")
        worksheet.write_string(line, column, text)


def _number_format(
    value: int | Decimal | float, formats: Formats
) -> xlsxwriter.format.Format | None:
    """An amount shows all the digits of its currency: 5.00, not 5."""
    if not isinstance(value, Decimal):
        return None
    exponent = value.as_tuple().exponent
    return formats.decimals.get(-exponent) if isinstance(exponent, int) else None
