"""Reads a table's rows through an importer: cells become values, faults become errors."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from attribution.files.cells import CellError
from attribution.files.reading import Table
from attribution.imports.collecting import seldom_collected
from attribution.imports.importer import Importer, Parser
from attribution.imports.outcome import RowError
from attribution.imports.parts import Part, PartReader, Values
from attribution.imports.progress import Progress

SOME_ROWS = 1_000
SEEN = 1_000  # texts remembered of each column
EMPTY = "This cell is empty."
EMPTY_WAY_OUT = "Every row needs a value here."


class Step(NamedTuple):
    """How one column of the file becomes one value."""

    place: int  # among the values
    column: int  # of the file
    header: str
    values: Mapping[str, str]
    filled: bool
    clean: Callable[[str], str] | None
    parse: Parser
    blank: Any
    seen: dict[str, Any]  # text → value: most columns say the same few things again and again

    def read(self, cell: str) -> Any:
        """The value of a cell. Raises CellError."""
        text = self.clean(cell) if self.clean else cell
        if self.values:
            text = self.values.get(text.strip().casefold(), text)
        if text and not text.isspace():
            return self.parse(text)
        if self.filled:
            raise CellError(EMPTY, EMPTY_WAY_OUT)
        return self.blank


class Plan:
    """What is read from where, and what is the same for every row."""

    def __init__(self, importer: Importer) -> None:
        """Constants are parsed here, once; what is left is one step for each column."""
        self.template: list[Any] = [importer.blank.get(field.name) for field in importer.fields]
        self.steps: dict[str, Step] = {}
        parsers = importer.parsers()
        for place, field in enumerate(importer.fields):
            column = importer.placement.columns.get(field.name)
            if column is None:
                continue
            parse = parsers[field.name]
            if column.index is not None:
                clean = importer.cleaned(field.name)
                filled = importer.must_fill(field)
                blank = self.template[place]
                self.steps[field.name] = Step(
                    *(place, column.index, column.header, column.values, filled, clean, parse),
                    *(blank, {}),
                )
            elif column.constant.strip():
                try:
                    self.template[place] = parse(column.constant)
                except CellError as error:
                    importer.error(0, field.name, column.constant, error.problem, error.way_out)
            elif field.filled:
                importer.error(0, field.name, "", "The value for all rows is empty.", "Give one.")
        self._names = [field.name for field in importer.fields]

    def constant(self, field: str) -> Any:
        """What every row says, where no column does."""
        return self.template[self._names.index(field)]

    def part(
        self, names: tuple[str, ...], fields: tuple[str, ...], make: Callable[..., Any]
    ) -> Part:
        """A part whose values `make` finds from these fields, wherever their texts come from."""
        steps = [(n, self.steps[name]) for n, name in enumerate(fields) if name in self.steps]
        fixed = [self.constant(name) for name in fields]
        find = partial(_found, steps, fixed, make)
        return Part(names, tuple(step.column for _, step in steps), find)


def _found(
    steps: list[tuple[int, Step]], fixed: list[Any], make: Callable[..., Any], *texts: str
) -> tuple[Values, bool]:
    values = fixed.copy()
    for (place, step), text in zip(steps, texts, strict=True):
        values[place] = step.read(text)
    made: tuple[Values, bool] = make(*values)
    return made


@seldom_collected()
def stage(table: Table, importer: Importer, progress: Progress) -> None:
    """Put the rows into the staging table; those that cannot be leave their errors behind."""
    plan = Plan(importer)
    usable = not importer.outcome.error_count  # else a constant is missing from every row
    parts = importer.parts(plan) if usable else None
    one_by_one = partial(_one_by_one, table.rows(), importer, progress, plan)
    if parts is None:
        importer.stage.load(one_by_one(), without=importer.not_staged)
        return
    encode_lines = importer.stage.encode_lines if importer.stage.has_lines else None
    encode, says_constants = importer.stage.encode, importer.stage.says_constants
    try:
        reader = PartReader(parts, encode, encode_lines, says_constants=says_constants)
    except CellError:  # what all rows say alike is wrong in each of them
        importer.stage.load(one_by_one(), without=importer.not_staged)
        return
    importer.stage.constants = reader.constants
    importer.stage.load_chunks(_by_chunks(table, importer, progress, plan, reader), reader.names)


def _by_chunks(
    table: Table, importer: Importer, progress: Progress, plan: Plan, reader: PartReader
) -> Iterator[list[Any]]:
    """Many rows at a time. Where one of them has an error, all of them are read one by one."""
    for chunk in table.chunks():
        lines, rows = chunk
        columns = list(zip(*rows, strict=True))
        out = {n for n in importer.suspects(columns) if not importer.passes(lines[n], rows[n])}
        if out:
            lines = [line for n, line in enumerate(lines) if n not in out]
            rows = [cells for n, cells in enumerate(rows) if n not in out]
            columns = list(zip(*rows, strict=True))
        if not rows:
            continue
        try:
            found, marked = reader.read(lines, columns)
        except CellError:
            read = _one_by_one(zip(lines, rows, strict=True), importer, progress, plan, all_of=True)
            order = importer.stage.places_of(reader.names)
            yield [[reader.row(row, order) for row in read]]
            continue
        importer.marked(marked)
        importer.outcome.rows += len(rows)
        progress.rows(importer.outcome.rows)
        yield found


def _one_by_one(
    rows: Iterable[tuple[int, list[str]]],
    importer: Importer,
    progress: Progress,
    plan: Plan,
    *,
    all_of: bool = False,  # whether it is known that each row passes
) -> Iterator[Values]:
    """The rows that can be staged, one at a time."""
    outcome = importer.outcome
    usable = not outcome.error_count or all_of
    steps = [(s.place, s.column, s.header, s.seen, s.read) for s in plan.steps.values()]
    for line, cells in rows:
        if not all_of and not importer.passes(line, cells):
            continue
        outcome.rows += 1
        if not outcome.rows % SOME_ROWS:
            progress.rows(outcome.rows)
        values = plan.template.copy()
        sound = usable
        for place, index, header, seen, read in steps:
            text = cells[index]
            if text in seen:
                values[place] = seen[text]
                continue
            try:
                values[place] = seen[text] = read(text)
            except CellError as error:
                outcome.add_error(RowError(line, header, text, error.problem, error.way_out))
                sound = False
            if len(seen) > SEEN:
                seen.clear()
        if sound and (row := importer.staged(line, values, cells)) is not None:
            yield row


class ContentIds:
    """Ids for the rows of a file that has none: the same content gets the same id.

    The order of columns and rows makes no difference. Rows that are alike are told apart later
    by their number among their like, see `number_content_ids`.
    """

    def __init__(self, headers: Sequence[str]) -> None:
        self._columns = sorted((header, index) for index, header in enumerate(headers))

    def of(self, cells: list[str]) -> str:
        content = "\x1f".join(f"{header}={cells[index]}" for header, index in self._columns)
        digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
        return f"row-{digest[:20]}"


def number_content_ids(importer: Importer) -> None:
    """row-… becomes row-…-1, row-…-2 for rows that are alike, so that all of them are kept."""
    importer.stage.execute(
        """UPDATE import_stage SET external_id = numbered.id
             FROM (SELECT file_row AS numbered_row,
                          external_id || '-' || CAST(row_number() OVER (
                            PARTITION BY external_id ORDER BY file_row) AS text) AS id
                     FROM import_stage) AS numbered
            WHERE file_row = numbered_row"""
    )
    importer.outcome.note(
        "The file has no column with an id, so each row's id is made from its content: "
        "the same file again adds nothing, and rows that are alike are all kept."
    )


def refuse_repeated_ids(importer: Importer, what: str) -> None:
    """An id twice in one file is an error that names both rows."""
    repeated = """FROM (SELECT file_row, external_id,
                               min(file_row) OVER (PARTITION BY external_id) AS first_row
                          FROM import_stage
                         WHERE external_id IN (SELECT external_id FROM import_stage
                                                GROUP BY external_id HAVING count(*) > 1)) AS ids
                  WHERE file_row > first_row"""
    count = importer.stage.number(
        """SELECT SUM(times - 1) FROM (SELECT count(*) AS times FROM import_stage
                                        GROUP BY external_id HAVING count(*) > 1) AS repeated"""
    )
    if not count:
        return
    for line, external_id, first in importer.stage.rows(
        f"SELECT file_row, external_id, first_row {repeated} ORDER BY file_row LIMIT %(kept)s",
        kept=importer.outcome.listed,
    ):
        importer.error(
            line,
            "id",
            external_id,
            f"Row {first} has this id too.",
            f"Give each {what} an id of its own, or delete one of the two rows.",
        )
        count -= 1
    importer.outcome.error_count += count
