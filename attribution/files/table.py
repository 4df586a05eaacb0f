"""What a table in a file is: headings, and rows that are read one at a time."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from attribution.files.problems import FileProblem
from attribution.files.writing import unguard

MEGABYTE = 1024 * 1024
MOST_AROUND = 200  # lines of headings, totals and notes that do not count as rows
CHUNK = 1_000  # rows that are looked at together


class Row(NamedTuple):
    line: int
    cells: list[str]


class Chunk(NamedTuple):
    """Rows that follow each other, and the lines they begin on."""

    lines: Sequence[int]
    rows: list[list[str]]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much of a file is taken in. The defaults hold for every upload."""

    file_bytes: int = 10 * MEGABYTE
    rows: int = 100_000
    columns: int = 100
    cell_characters: int = 32_000
    unpacked_bytes: int = 100 * MEGABYTE  # what an XLSX may grow to


UPLOAD = Limits()
# On the command line a file of any length goes in; an XLSX bomb is still refused.
COMMAND_LINE = Limits(
    file_bytes=2**62,
    rows=2**62,
    columns=16_384,
    cell_characters=131_072,
    unpacked_bytes=2048 * MEGABYTE,
)

Records = Callable[[], Iterator[tuple[int, list[str]]]]
Chunks = Callable[[], Iterator[Chunk]]


@dataclass(frozen=True, kw_only=True)
class Table:
    """`rows()` starts from the top each time. Do not run two of them side by side on one upload."""

    name: str
    kind: str  # "CSV" or "XLSX"
    limits: Limits
    records: Records  # every line of the file, headings included
    heading_line: int = 0  # the number of the line of headings; 0: the first that is not blank
    known_headers: tuple[str, ...] = ()  # by who has looked at that line; () takes it as it stands
    sheet: str = ""  # of an XLSX: the one that is read
    other_sheets: tuple[str, ...] = ()  # those with cells that are not read
    record_chunks: Chunks | None = None  # the same lines as `records`, where they come by many
    _names: list[str] = field(init=False)

    def __post_init__(self) -> None:
        _, cells = self._heading(self.records())
        names = list(self.known_headers) or self._named(cells)
        object.__setattr__(self, "_names", names)

    @cached_property
    def headers(self) -> list[str]:
        """Each is the only one of its name; who has looked at their line tells them apart."""
        if not self.known_headers:
            self._refuse_repeated()
        return self._names

    def rows(self) -> Iterator[Row]:
        """The rows that are not blank, one at a time."""
        for lines, rows in self.chunks():
            yield from map(Row, lines, rows)

    def chunks(self) -> Iterator[Chunk]:
        """The rows that are not blank, some thousand at a time. Raises FileProblem."""
        # Of a file that is recognised, notes and totals may stand below the rows.
        width = len(self.headers)
        left = self.limits.rows + (MOST_AROUND if self.known_headers else 0)
        for found in self._below_heading():
            chunk, problem = found, None
            if not self._is_plain(chunk.rows, width):
                chunk, problem = self._tidied(chunk)
            if len(chunk.rows) > left:
                chunk, problem = Chunk(chunk.lines[:left], chunk.rows[:left]), self.too_many_rows()
            left -= len(chunk.rows)
            if chunk.rows:
                yield chunk
            if problem:
                raise problem

    def _below_heading(self) -> Iterator[Chunk]:
        chunks = self.record_chunks() if self.record_chunks else _in_chunks(self.records())
        passed = False
        for lines, rows in chunks:
            first = 0
            while not passed and first < len(rows):
                passed = lines[first] >= self.heading_line and any(map(str.strip, rows[first]))
                first += 1
            if first < len(rows):
                yield Chunk(lines[first:], rows[first:])

    def _is_plain(self, rows: list[list[str]], width: int) -> bool:
        """Whether there is nothing to do about these rows, found out for all of them at once."""
        if set(map(len, rows)) != {width}:
            return False
        joined = list(map("".join, rows))
        return (
            all(joined)
            and not any(map(str.isspace, joined))
            and max(map(len, joined)) <= self.limits.cell_characters
            and "'" not in "".join(joined)
        )

    def _tidied(self, chunk: Chunk) -> tuple[Chunk, FileProblem | None]:
        """Without blank rows, all of one width, and free of marks; and what ends them early."""
        width, limits = len(self.headers), self.limits
        lines: list[int] = []
        rows: list[list[str]] = []
        try:
            for line, cells in zip(*chunk, strict=True):
                fitted = cells if len(cells) == width else self._fitted(line, cells)
                joined = "".join(fitted)
                if not joined or joined.isspace():
                    continue
                if len(joined) > limits.cell_characters:
                    self._check_lengths(line, fitted)
                if "'" in joined:
                    fitted = [unguard(cell) for cell in fitted]
                lines.append(line)
                rows.append(fitted)
        except FileProblem as problem:
            return Chunk(lines, rows), problem
        return Chunk(lines, rows), None

    def check_row_count(self) -> None:
        """Refuse the file for its length before anything else is said about it."""
        filled = (len(cells) for _, cells in self.records() if any(cells))
        widths = list(islice(filled, MOST_AROUND))
        around = 1 if widths[:1] == [max(widths, default=0)] else MOST_AROUND  # first: headings
        most = self.limits.rows + around
        if len(widths) + sum(1 for _ in islice(filled, most)) > most:
            raise self.too_many_rows()

    def too_many_rows(self) -> FileProblem:
        return FileProblem(
            f'"{self.name}" has more than {self.limits.rows:,} rows. '
            "Split it into smaller files, or import it on the command line."
        )

    def _heading(self, records: Iterator[tuple[int, list[str]]]) -> tuple[int, list[str]]:
        for line, cells in records:
            if line >= self.heading_line and any(cell.strip() for cell in cells):
                return line, cells
        raise FileProblem(
            f'"{self.name}" is empty. '
            "Export it again with a line of headings and the rows below it."
        )

    def _named(self, cells: list[str]) -> list[str]:
        names = _without_blank_end([unguard(cell).strip() for cell in cells])
        if len(names) > self.limits.columns:
            raise FileProblem(
                f'"{self.name}" has {len(names):,} columns, and at most {self.limits.columns:,} '
                "are taken. Delete the columns that are not needed."
            )
        self._check_lengths(1, names)
        return [name or f"column {number}" for number, name in enumerate(names, start=1)]

    def _refuse_repeated(self) -> None:
        names = self._names
        seen = Counter(name.casefold() for name in names)
        twice = [name for name in names if seen[name.casefold()] > 1]
        if twice:
            raise FileProblem(
                f'"{self.name}" has the heading "{twice[0]}" {seen[twice[0].casefold()]} times. '
                "Rename or delete all but one of these columns."
            )

    def _fitted(self, line: int, cells: list[str]) -> list[str]:
        width = len(self.headers)
        if len(cells) > width:
            cells = _without_blank_end(cells)
        if len(cells) > width:
            way_out = (
                "Write a heading above each column, or delete what stands beside the table."
                if self.kind == "XLSX"
                else "Put double quotes around a cell that contains the separator, "
                "and delete lines above the headings."
            )
            raise FileProblem(
                f'Row {line} of "{self.name}" has {len(cells):,} cells, but the line of headings '
                f"has {width:,}. {way_out}"
            )
        return cells + [""] * (width - len(cells))

    def _check_lengths(self, line: int, cells: list[str]) -> None:
        for number, cell in enumerate(cells, start=1):
            if len(cell) > self.limits.cell_characters:
                raise FileProblem(
                    f'Row {line} of "{self.name}" has {len(cell):,} characters in column {number}, '
                    f"and at most {self.limits.cell_characters:,} are taken. Shorten that cell."
                )


def _without_blank_end(cells: list[str]) -> list[str]:
    """Spreadsheets write cells that were only formatted as blank ones at the end of a line."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _in_chunks(records: Iterator[tuple[int, list[str]]]) -> Iterator[Chunk]:
    while some := list(islice(records, CHUNK)):
        yield Chunk([line for line, _ in some], [cells for _, cells in some])
