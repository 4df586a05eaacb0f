"""The temporary table in which a file's rows stand before they are merged, on both engines."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import chain, islice
from typing import Any, ClassVar

from django.db import connection, transaction

CHUNK = 5_000
SAMPLE = 10  # of the usual 100: so much less is looked at for the planner
Rows = Iterable[tuple[Any, ...]]
# What has a meaning of its own in the text that COPY reads.
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@contextmanager
def only_temporary() -> Iterator[None]:
    """Inside, temporary tables alone are written, however long it takes.

    SQLite is not locked for others then, and PostgreSQL gives no statement up for its length.
    """
    if connection.in_atomic_block:
        with transaction.atomic():  # a file that breaks off takes no more than this along
            yield
        return
    on_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0" if on_postgresql else "BEGIN")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout" if on_postgresql else "COMMIT")


@contextmanager
def nothing_kept() -> Iterator[None]:
    """A transaction that leaves nothing behind. On SQLite it does not keep others from writing."""
    if connection.in_atomic_block or connection.vendor == "postgresql":
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


class Staging:
    """One temporary table, `import_stage`. SQL given to it is PostgreSQL's; SQLite's is near."""

    table: ClassVar[str] = "import_stage"
    has_lines: ClassVar[bool] = True  # whether a row says which line of the file it was

    def __init__(self, columns: Mapping[str, str]) -> None:
        self.on_postgresql = connection.vendor == "postgresql"
        # COPY takes whole rows. SQLite is given what all rows say alike once, in the statement.
        self.says_constants = self.on_postgresql
        # SQLite finds a row by its key without an index; PostgreSQL would build one, and joins
        # whole tables anyway.
        row = "integer" if self.on_postgresql else "integer PRIMARY KEY"
        self.columns = {"file_row": row, **columns}
        self.constants: Mapping[str, Any] = {}  # columns of which every row says the same

    def create(self) -> None:
        columns = ", ".join(f"{name} {kind}" for name, kind in self.columns.items())
        self.drop()
        self.execute(f"CREATE TEMPORARY TABLE import_stage ({columns})")

    def drop(self) -> None:
        self.execute("DROP TABLE IF EXISTS import_stage")

    def load(self, rows: Rows, without: Collection[str] = ()) -> None:
        """No other query runs on this connection until all rows are in.

        Columns left out are not in the rows either; they are NULL.
        """
        columns = [name for name in self.columns if name not in without]
        if self.on_postgresql:
            self._copy(rows, columns)
            self.sample("import_stage")
        else:
            self._insert(rows, columns)

    def encode(self, values: tuple[Any, ...]) -> Any:
        """Values that stand beside each other, as `load_chunks` takes them."""
        if self.on_postgresql:
            return "\t".join(map(_copied, values))
        return tuple(v.isoformat() if isinstance(v, date) else v for v in values)

    def encode_lines(self, lines: Sequence[int]) -> list[Any]:
        """As `encode`, for each number by itself."""
        return list(map(str, lines)) if self.on_postgresql else list(zip(lines, strict=True))

    def encode_numbers(self, texts: list[str]) -> list[Any]:
        """As `encode`, for each whole number by itself, which is given as it is written."""
        return texts if self.on_postgresql else list(zip(map(int, texts), strict=True))

    def places_of(self, names: Sequence[str]) -> list[int]:
        """Where these columns stand in a row that was staged by itself."""
        columns = list(self.columns)
        return [columns.index(name) for name in names]

    def load_chunks(self, chunks: Iterable[Sequence[Any]], names: Sequence[str]) -> None:
        """As `load`, for many rows at a time: lists of encoded values, which make the columns
        `names` side by side.
        """
        if not self.on_postgresql:
            target = f"{self.table} ({', '.join([*names, *self.constants])})"
            said = map(_literal, self.encode(tuple(self.constants.values())))
            sql = f"INSERT INTO {target} VALUES ({', '.join([*['%s'] * len(names), *said])})"
            with connection.cursor() as cursor:
                for chunk in chunks:
                    columns = (zip(*encoded, strict=True) for encoded in chunk)
                    rows = list(zip(*chain.from_iterable(columns), strict=True))
                    cursor.executemany(sql, rows)
            return
        statement = f"COPY {self.table} ({', '.join(names)}) FROM STDIN"
        with (
            connection.wrap_database_errors,
            connection.cursor() as cursor,
            cursor.copy(statement) as copy,
        ):
            for chunk in chunks:
                lines = map("\t".join, zip(*chunk, strict=True))
                copy.write("\n".join((*lines, "")))
        self.sample(self.table)

    def execute(self, sql: str, **params: Any) -> int:
        """Runs one statement; returns how many rows it wrote."""
        with self._cursor(sql, params) as cursor:
            return int(cursor.rowcount)

    def renew_statistics(self, table: str) -> None:
        """For a table that this transaction has filled: the planner knows nothing of it yet."""
        if self.on_postgresql:
            self.execute(f"ANALYZE {table}")

    def sample(self, table: str) -> None:
        """The same for a temporary table, whose rows are looked at once and in a few ways."""
        if self.on_postgresql:
            target = "default_statistics_target"
            self.execute(f"SET {target} = {SAMPLE}; ANALYZE {table}; RESET {target}")

    def execute_many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)

    def rows(self, sql: str, **params: Any) -> list[tuple[Any, ...]]:
        with self._cursor(sql, params) as cursor:
            return list(cursor.fetchall())

    def row(self, sql: str, **params: Any) -> tuple[Any, ...]:
        return self.rows(sql, **params)[0]

    def number(self, sql: str, **params: Any) -> int:
        return int(self.row(sql, **params)[0] or 0)

    @contextmanager
    def _cursor(self, sql: str, params: Mapping[str, Any]) -> Iterator[Any]:
        if not self.on_postgresql:
            # SQLite knows the standard's words only since 3.39.
            sql = sql.replace("IS DISTINCT FROM", "IS NOT")
        adapted = {name: self._adapted(value) for name, value in params.items()}
        with connection.cursor() as cursor:
            cursor.execute(sql, adapted or None)
            yield cursor

    def _adapted(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return connection.ops.adapt_datetimefield_value(value)
        return value

    def _copy(self, rows: Rows, columns: list[str]) -> None:
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY import_stage ({', '.join(columns)}) FROM STDIN") as copy,
        ):
            write = copy.write_row
            for row in rows:
                write(row)

    def _insert(self, rows: Rows, columns: list[str]) -> None:
        marks = ", ".join(["%s"] * len(columns))
        sql = f"INSERT INTO import_stage ({', '.join(columns)}) VALUES ({marks})"
        instants = [n for n, name in enumerate(columns) if self.columns[name] == "timestamptz"]
        iterator = (self._for_sqlite(row, instants) for row in rows)
        with connection.cursor() as cursor:
            while chunk := list(islice(iterator, CHUNK)):
                cursor.executemany(sql, chunk)

    def _for_sqlite(self, row: tuple[Any, ...], instants: list[int]) -> list[Any]:
        cells = list(row)
        for n in instants:
            cells[n] = self._adapted(cells[n])
        return cells


def _literal(value: str | int | None) -> str:
    """In SQLite's SQL. Texts by their bytes, whatever quotes and marks are in them."""
    if value is None:
        return "NULL"
    return f"CAST(x'{value.encode().hex()}' AS text)" if isinstance(value, str) else f"{value:d}"


def _copied(value: Any) -> str:
    if value is None:
        return "\\N"
    return value.translate(ESCAPED) if isinstance(value, str) else str(value)
