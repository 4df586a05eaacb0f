"""Reads a table's rows through an importer: cells become values, faults become errors."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from attribution.files.cells import CellError
from attribution.files.reading import Table
from attribution.imports.importer import Importer, Parser
from attribution.imports.outcome import RowError
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
    seen: dict[str, Any]  # text → value: most columns say the same few things again and again


def staged_rows(table: Table, importer: Importer, progress: Progress) -> Iterator[tuple[Any, ...]]:
    """The rows that can be staged, one at a time; the others leave their errors behind."""
    template, steps = _plan(importer)
    outcome = importer.outcome
    usable = not outcome.error_count  # else a constant is missing from every row
    for line, cells in table.rows():
        if not importer.passes(line, cells):
            continue
        outcome.rows += 1
        if not outcome.rows % SOME_ROWS:
            progress.rows(outcome.rows)
        values = template.copy()
        sound = usable
        for place, index, header, translated, filled, clean, parse, seen in steps:
            text = cells[index]
            if text in seen:
                values[place] = seen[text]
                continue
            if clean:
                text = clean(text)
            if translated:
                text = translated.get(text.strip().casefold(), text)
            if not text or text.isspace():
                if filled:
                    outcome.add_error(RowError(line, header, cells[index], EMPTY, EMPTY_WAY_OUT))
                    sound = False
                else:
                    seen[cells[index]] = template[place]
                continue
            try:
                values[place] = seen[cells[index]] = parse(text)
            except CellError as error:
                outcome.add_error(
                    RowError(line, header, cells[index], error.problem, error.way_out)
                )
                sound = False
            if len(seen) > SEEN:
                seen.clear()
        if sound and (row := importer.staged(line, values, cells)) is not None:
            yield row


def _plan(importer: Importer) -> tuple[list[Any], list[Step]]:
    """Constants are parsed here, once; what is left is one step for each column."""
    template: list[Any] = [importer.blank.get(field.name) for field in importer.fields]
    steps: list[Step] = []
    parsers = importer.parsers()
    for place, field in enumerate(importer.fields):
        column = importer.placement.columns.get(field.name)
        if column is None:
            continue
        parse = parsers[field.name]
        if column.index is not None:
            clean = importer.cleaned(field.name)
            filled = importer.must_fill(field)
            steps.append(
                Step(place, column.index, column.header, column.values, filled, clean, parse, {})
            )
        elif column.constant.strip():
            try:
                template[place] = parse(column.constant)
            except CellError as error:
                importer.error(0, field.name, column.constant, error.problem, error.way_out)
        elif field.filled:
            importer.error(0, field.name, "", "The value for all rows is empty.", "Give one.")
    return template, steps


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
