"""Apache Spark as the runner of `reports.rollup.build`, for those who outgrow one machine.

It runs the very text that Django compiles for PostgreSQL, over Parquet files of the facts. Spark
reads it alike with ANSI rules and double-quoted names, as long as the sums keep to what both know:
no `::` casts, no time zones, no `/` on integers.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.db.utils import load_backend

from reports.rollup.build import Days
from reports.rollup.parquet import columns, table_folder
from reports.rollup.sums import BOOKS, Book

POSTGRESQL = "django.db.backends.postgresql"
SETTINGS = {
    "spark.sql.ansi.enabled": "true",  # errors instead of NULL, overflow included
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
}


class SparkFailed(Exception):  # noqa: N818 - reads as what is the matter
    """Spark could not do it; in its own words."""


class OnSpark:
    """A Spark session over one folder of facts, which all its machines reach by the same path."""

    def __init__(
        self, master_url: str, folder: Path, settings: Mapping[str, str] | None = None
    ) -> None:
        """Returns when a worker has answered; a cluster without workers is waited for."""
        from pyspark.sql import SparkSession

        self.folder = folder.resolve()
        self._reads = False
        with _in_its_words():
            builder = SparkSession.builder.master(master_url).appName("rollup")
            self.session = builder.config(map=SETTINGS | dict(settings or {})).getOrCreate()
            self.session.range(1).count()

    def build(self, book: Book, days: Days) -> Iterator[tuple[Any, ...]]:
        with _in_its_words():
            self._read_facts()
            rows = self.session.sql(in_one_text(book.live(days.rows)))
            for row in rows.toLocalIterator():
                yield tuple(row)

    def close(self) -> None:
        self.session.stop()

    def _read_facts(self) -> None:
        """The files under the names of their tables."""
        if self._reads:
            return
        for book in BOOKS:
            types = ", ".join(f"{name} {sql}" for name, (_, sql) in columns(book).items())
            folder = table_folder(self.folder, book)
            facts = self.session.read.schema(types).parquet(folder.as_uri())
            facts.createOrReplaceTempView(folder.name)
        self._reads = True


@contextmanager
def _in_its_words() -> Iterator[None]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as problem:
        raise SparkFailed(str(problem).split("\n\tat ")[0]) from problem


def in_one_text(rows: "QuerySet[Any, Any]") -> str:
    """PostgreSQL's text of a query with its parameters in it, whatever database is in use."""
    settings = connections["default"].settings_dict | {"ENGINE": POSTGRESQL, "OPTIONS": {}}
    postgresql = load_backend(POSTGRESQL).DatabaseWrapper(settings)  # compiles, never connects
    sql, params = rows.query.get_compiler(connection=postgresql).as_sql()
    return str(sql % tuple(map(literal, params)))


def literal(value: object) -> str:
    """A parameter as PostgreSQL and Spark both read it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return f"{value:d}" if value >= 0 else f"({value:d})"
    if type(value) is date:
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str) and "\\" not in value:  # each reads a backslash in its own way
        return "'" + str(value).replace("'", "''") + "'"
    raise TypeError(f"{value!r} cannot be written so that PostgreSQL and Spark read it alike.")
