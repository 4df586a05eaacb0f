"""Opens a CSV or XLSX file as a table, whatever its name says, and refuses all else."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from attribution.files.csv_reading import csv_table
from attribution.files.problems import FileProblem
from attribution.files.table import (
    COMMAND_LINE,
    MEGABYTE,
    UPLOAD,
    Limits,
    Row,
    Table,
)
from attribution.files.xlsx_reading import cell_of_amounts, cell_text, xlsx_table

__all__ = [
    "UPLOAD",
    "FileProblem",
    "Limits",
    "Row",
    "Source",
    "Table",
    "fingerprint",
    "lines_of",
    "open_table",
    "size_of",
]

Source = Path | BinaryIO

SAMPLE_BYTES = 64 * 1024

OTHER_FORMATS = (
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls), or protected by a password"),
    (b"%pdf", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"rar!", "a RAR archive"),
    (b"par1", "a Parquet file"),
    (b"sqlite format 3", "an SQLite database"),
    (b"\x89png", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"gif8", "a picture"),
    (b"{\\rtf", "an RTF document"),
    (b"<", "HTML or XML"),
    (b"{", "JSON"),
    (b"[{", "JSON"),
    (b"[[", "JSON"),
    (b"---\n", "YAML"),
    (b"---\r\n", "YAML"),
    (b"%yaml", "YAML"),
)


def open_table(
    source: Source, *, name: str, limits: Limits | None = UPLOAD, has_amounts: bool = False
) -> Table:
    """The table in a file; `limits=None` for the command line. Raises FileProblem.

    `has_amounts`: numbers in cells of a spreadsheet become texts that mean no thousands.
    """
    limits = limits or COMMAND_LINE
    try:
        return _open_table(source, name, limits, has_amounts)
    except OSError as error:
        raise FileProblem(
            f'"{name}" cannot be opened: {error.strerror or error}. Check its path and its rights.'
        ) from error


def fingerprint(source: Source) -> str:
    """The SHA-256 of the file's bytes: the same file twice has the same one."""
    digest = hashlib.sha256()
    with opened(source) as file:
        while block := file.read(MEGABYTE):
            digest.update(block)
    return digest.hexdigest()


def lines_of(source: Source) -> int:
    """About how many rows there are, for saying how far one is; 0 for what is packed."""
    with opened(source) as file:
        if file.read(2) == b"PK":
            return 0
        lines = 0
        while block := file.read(MEGABYTE):
            lines += block.count(b"\n")
        return lines


def size_of(source: Source) -> int:
    """In bytes."""
    if isinstance(source, Path):
        return source.stat().st_size
    source.seek(0, 2)
    return source.tell()  # Django's uploads return nothing from seek()


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """The file from its first byte. What the caller opened stays open."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
    else:
        source.seek(0)
        yield source


def _open_table(source: Source, name: str, limits: Limits, has_amounts: bool) -> Table:
    if not isinstance(source, Path) and not source.seekable():
        source = _copied(source, limits)
    _check_size(source, name, limits)
    with opened(source) as file:
        sample = file.read(SAMPLE_BYTES)
    if sample.startswith(b"PK"):
        return xlsx_table(source, name, limits, cell_of_amounts if has_amounts else cell_text)
    _refuse_other_formats(sample, name)
    return csv_table(lambda: opened(source), sample, name, limits)


def _copied(source: BinaryIO, limits: Limits) -> BinaryIO:
    """A pipe is read once; the copy can be read again. One byte over the limit is enough."""
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the table
    left = limits.file_bytes + 1
    while left > 0 and (block := source.read(min(left, MEGABYTE))):
        left -= copy.write(block)
    return cast(BinaryIO, copy)


def _check_size(source: Source, name: str, limits: Limits) -> None:
    size = size_of(source)
    if size == 0:
        raise FileProblem(
            f'"{name}" is empty. Export it again with a line of headings and the rows below it.'
        )
    if size > limits.file_bytes:
        raise FileProblem(
            f'"{name}" has {size / MEGABYTE:.1f} MB, and at most '
            f"{limits.file_bytes / MEGABYTE:.0f} MB are taken. "
            "Split it into smaller files, or import it on the command line."
        )


def _refuse_other_formats(sample: bytes, name: str) -> None:
    start = sample.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for beginning, kind in OTHER_FORMATS:
        if start.startswith(beginning):
            raise FileProblem(
                f'"{name}" is {kind}, and only CSV and XLSX are read. '
                "Save it as XLSX or as CSV UTF-8."
            )
