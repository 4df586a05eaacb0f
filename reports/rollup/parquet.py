"""Writes the facts that the sums are made of as Parquet files, for a build elsewhere.

    <folder>/attribution_lead/company_id=7/facts.parquet
    <folder>/spend_spendentry/company_id=7/facts.parquet

One file for each company, ordered by day, in blocks that several machines read side by side.
Neither names nor addresses nor raw values are in them. PostgreSQL sends the rows as CSV and Arrow
reads them as they come, so that memory does not grow with the facts.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

import io
from pathlib import Path
from typing import Any

from django.db import connection

from reports.rollup.sql import execute, names
from reports.rollup.sums import Book
from reports.rollup.triggers import TABLES

AT_ONCE = 16 * 2**20  # bytes of CSV: some 250,000 leads, one block of the file

# Type of a model's field: what Arrow calls it, what SQL calls it.
TYPES = {
    "BigIntegerField": ("int64", "BIGINT"),
    "PositiveBigIntegerField": ("int64", "BIGINT"),
    "ForeignKey": ("int64", "BIGINT"),
    "DateField": ("date32", "DATE"),
    "BooleanField": ("bool", "BOOLEAN"),
    "CharField": ("string", "STRING"),
}


def table_folder(folder: Path, book: Book) -> Path:
    return folder / book.facts._meta.db_table


def columns(book: Book) -> dict[str, tuple[str, str]]:
    """What the sums read: the same columns whose change makes a mark, with their types."""
    _, listed = TABLES[book.fact]
    fields = {name: book.facts._meta.get_field(name) for name in listed.split(", ")}
    return {name: TYPES[field.get_internal_type()] for name, field in fields.items()}


def write_facts(folder: Path, book: Book, company_id: int) -> int:
    """Write one company's facts, as the current transaction sees them; returns how many."""
    import pyarrow.csv

    types = {name: arrow for name, (arrow, _) in columns(book).items() if name != "company_id"}
    table_folder(folder, book).mkdir(parents=True, exist_ok=True)
    execute("SET LOCAL datestyle = ISO")
    with (
        connection.cursor() as cursor,
        cursor.copy(
            f"COPY (SELECT {names(types)} FROM {book.facts._meta.db_table}"
            f" WHERE company_id = {int(company_id)} ORDER BY day) TO STDOUT (FORMAT csv, HEADER)"
        ) as copy,
    ):
        batches = pyarrow.csv.open_csv(
            io.BufferedReader(_Copied(copy)),
            read_options=pyarrow.csv.ReadOptions(block_size=AT_ONCE),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            # PostgreSQL writes NULL as nothing and the empty text as "".
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=types, null_values=[""], true_values=["t"], false_values=["f"]
            ),
        )
        target = table_folder(folder, book) / f"company_id={company_id}" / "facts.parquet"
        return _write(batches, target)


def _write(batches: Any, target: Path) -> int:
    """A file with these rows; returns how many."""
    import pyarrow.parquet

    rows = 0
    target.parent.mkdir()
    with pyarrow.parquet.ParquetWriter(target, batches.schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


class _Copied(io.RawIOBase):
    """The bytes that COPY sends, as a file to read from."""

    def __init__(self, copy: Any) -> None:
        self.chunks = iter(copy)
        self.rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        while not self.rest:
            chunk = next(self.chunks, None)
            if chunk is None:
                return 0
            self.rest = memoryview(chunk)
        size = min(len(room), len(self.rest))
        room[:size] = self.rest[:size]
        self.rest = self.rest[size:]
        return size
