"""Reads CSV: finds its encoding and its separator, and gives its lines one at a time."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import chain, islice
from typing import BinaryIO

from attribution.files.problems import FileProblem
from attribution.files.table import CHUNK, MEGABYTE, Chunk, Limits, Table

Opener = Callable[[], AbstractContextManager[BinaryIO]]

SEPARATORS = (",", ";", "\t")
BAR = "|"  # also a separator, but far more often a part of names: "Brand | Search | Exact"
SNIFFED_ROWS = 20
MAX_LINE = 1_000_000  # characters; a file without line ends must not fill the memory
BLOCK = 64 * 1024  # characters
FIRST_CHUNK = 64  # rows: who looks at the headings alone need not wait for many


def csv_table(opener: Opener, sample: bytes, name: str, limits: Limits) -> Table:
    encoding = find_encoding(sample, name)
    separator = find_separator(_sample_text(sample, encoding))

    def chunks() -> Iterator[Chunk]:
        return _chunks(opener, encoding, separator, name)

    def records() -> Iterator[tuple[int, list[str]]]:
        for lines, rows in chunks():
            yield from zip(lines, rows, strict=True)

    table = Table(name=name, kind="CSV", limits=limits, records=records, record_chunks=chunks)
    if _may_have_too_many_rows(opener, limits):
        table.check_row_count()
    return table


def find_encoding(sample: bytes, name: str) -> str:
    """UTF-8, or UTF-16 with or without its mark. Anything else is refused, never guessed."""
    if sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise FileProblem(f'"{name}" is UTF-32. Save it as CSV UTF-8.')
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Letters, digits and separators have a zero byte in UTF-16, always on the same side.
    half = len(sample) // 2
    first, second = sample[0::2].count(0), sample[1::2].count(0)
    if second > half / 10 and first <= second / 10:
        return "utf-16-le"
    if first > half / 10 and second <= first / 10:
        return "utf-16-be"
    if first + second > half / 50:
        raise FileProblem(
            f'"{name}" is neither CSV nor XLSX: it holds binary data. '
            "Save it as XLSX or as CSV UTF-8."
        )
    return "utf-8"


def find_separator(text: str) -> str:
    """The separator that cuts the headings and the rows below them into equally many cells.

    Lines above the headings, as platforms write them, have cells of their own number.
    """
    widths = {separator: _widths(text, separator) for separator in (*SEPARATORS, BAR)}
    usual = max(SEPARATORS, key=lambda separator: _fit(widths[separator]))
    return BAR if _is_bar(text, widths[usual], widths[BAR]) else usual


def _is_bar(text: str, by_usual: dict[int, int], by_bar: dict[int, int]) -> bool:
    """Where a bar parts cells, it parts those of the headings too, which no usual separator does,
    and all rows below them. In names, it is in rows alone, and they have separators.

    A list of names alone has no separator in any line, and blanks around its bars.
    """
    usual, barred = _lines_of_fit(by_usual), _lines_of_fit(by_bar)
    first = min(barred, default=0)
    if not first or first in usual:
        return False
    is_list = not usual and " | " in text and min(by_bar) < first
    return not is_list and {line for line in usual if line > first} <= barred


def _widths(text: str, separator: str) -> dict[int, int]:
    """How many cells it makes of each of the first lines that are not blank."""
    widths: dict[int, int] = {}
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        for cells in reader:
            if any(cells):
                widths[reader.line_num] = len(cells)
            if len(widths) > SNIFFED_ROWS:
                break
    except csv.Error:
        pass  # the reading proper names the line
    return widths


def _fit(widths: dict[int, int]) -> tuple[int, int]:
    """How many cells lines of one width have in all, and that width: a comma that is found in a
    few dates or amounts makes far less than the tabs between all cells.
    """
    alike = Counter(width for width in widths.values() if width > 1)
    return max(((times * (width - 1), width) for width, times in alike.items()), default=(0, 0))


def _lines_of_fit(widths: dict[int, int]) -> set[int]:
    """The lines of that width."""
    best = _fit(widths)[1]
    return {line for line, width in widths.items() if width == best}


def _sample_text(sample: bytes, encoding: str) -> str:
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    # The last line may be cut off, and a cut line has fewer cells.
    end = max(text.rfind("\n"), text.rfind("\r")) + 1
    return text[:end] or text


def _may_have_too_many_rows(opener: Opener, limits: Limits) -> bool:
    """Counts line ends, which is quick; only a file with many of them is counted by rows."""
    ends = 0
    with opener() as file:
        while block := file.read(MEGABYTE):
            ends += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
            if ends > 2 * limits.file_bytes:
                break
    return ends > limits.rows + 1  # headings


def _chunks(opener: Opener, encoding: str, separator: str, name: str) -> Iterator[Chunk]:
    with opener() as file:
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        line, size = 1, FIRST_CHUNK
        try:
            # Strict: without it a quote that is never closed swallows the rows below it.
            lines = chain.from_iterable(_lines(text, name))
            reader = csv.reader(lines, delimiter=separator, strict=True)
            while True:
                rows: list[list[str]] = []
                problem = None
                try:
                    rows.extend(islice(reader, size))
                except (csv.Error, UnicodeDecodeError, FileProblem) as error:
                    problem = error  # after the rows above it
                passed = None if problem else reader.line_num
                numbers = _numbers(rows, line, passed)
                line = passed + 1 if passed is not None else numbers.pop()
                if rows:
                    yield Chunk(numbers[: len(rows)], rows)
                if problem:
                    raise problem
                if len(rows) < size:
                    return
                size = CHUNK
        except csv.Error as error:
            raise FileProblem(
                f'Row {line} of "{name}" has a double quote that does not close its cell. '
                'Write a quote inside a quoted cell twice ("").'
            ) from error
        except UnicodeDecodeError as error:
            raise _undecodable(opener, encoding, name) from error
        finally:
            if not file.closed:
                text.detach()  # else it would close what the caller opened


def _numbers(rows: list[list[str]], line: int, passed: int | None) -> list[int]:
    """The line on which each row begins, and that after the last; `passed`: the lines read so far.

    A cell in quotes may hold line ends.
    """
    if passed is not None and passed + 1 - line == len(rows):
        return list(range(line, passed + 2))
    numbers = [line]
    for cells in rows:
        line += 1 + sum(c.count("\n") + c.count("\r") - c.count("\r\n") for c in cells)
        numbers.append(line)
    return numbers


def _lines(text: io.TextIOWrapper, name: str) -> Iterator[list[str]]:
    """Many lines at a time, with their ends: a line feed, a carriage return, or both."""
    number, rest = 0, ""
    while block := text.read(BLOCK):
        block = rest + block
        lines = io.StringIO(block, newline="").readlines()
        rest = "" if block[-1] == "\n" else lines.pop()
        if max(len(rest), len(lines[0]) if lines else 0) > MAX_LINE:
            long = number + (1 if lines and len(lines[0]) > MAX_LINE else len(lines) + 1)
            raise FileProblem(
                f'Row {long} of "{name}" is longer than {MAX_LINE:,} characters. '
                "Check that the file has line ends."
            )
        number += len(lines)
        yield lines
    if rest:
        yield [rest]


def _undecodable(opener: Opener, encoding: str, name: str) -> FileProblem:
    if not encoding.startswith("utf-8"):
        return FileProblem(f'"{name}" is damaged UTF-16. Save it as CSV UTF-8.')
    with opener() as file:
        for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), b""), start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                byte = line[error.start]
                letter = bytes([byte]).decode("cp1252", "replace")
                return FileProblem(
                    f'"{name}" is not UTF-8: row {number} holds the byte 0x{byte:02X}, '
                    f'"{letter}" if it is Windows-1252. Save it as CSV UTF-8.'
                )
    return FileProblem(f'"{name}" is not UTF-8. Save it as CSV UTF-8.')
