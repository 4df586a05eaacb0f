"""Reads a table's rows through an importer: cells become values, faults become errors."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from attribution.files.cells import CellError
from attribution.files.reading import Table
from attribution.imports.columns import Column
from attribution.imports.importer import Importer, Parser
from attribution.imports.outcome import RowError

EMPTY = "This cell is empty."
EMPTY_WAY_OUT = "Every row needs a value here."
Plan = list[tuple[int, int, Column, Parser]]  # place among the values, column in the file


def staged_rows(table: Table, importer: Importer) -> Iterator[tuple[Any, ...]]:
    """The rows that can be staged, one at a time; the others leave their errors behind."""
    template, plan = _plan(importer)
    outcome = importer.outcome
    for line, cells in table.rows():
        outcome.rows += 1
        values = template.copy()
        sound = True
        for place, index, column, parse in plan:
            text = cells[index]
            if column.values:
                text = column.values.get(text.strip().casefold(), text)
            if not text or text.isspace():
                if column.field.filled:
                    outcome.add_error(
                        RowError(line, column.header, cells[index], EMPTY, EMPTY_WAY_OUT)
                    )
                    sound = False
                continue
            try:
                values[place] = parse(text)
            except CellError as error:
                outcome.add_error(
                    RowError(line, column.header, cells[index], error.problem, error.way_out)
                )
                sound = False
        if sound:
            yield importer.staged(line, values, cells)


def _plan(importer: Importer) -> tuple[list[Any], Plan]:
    """Constants are parsed here, once; what is left is one step for each column."""
    template: list[Any] = [None] * len(importer.fields)
    plan: Plan = []
    parsers = importer.parsers()
    for place, field in enumerate(importer.fields):
        column = importer.placement.columns.get(field.name)
        if column is None:
            continue
        if column.index is not None:
            plan.append((place, column.index, column, parsers[field.name]))
        elif column.constant.strip():
            try:
                template[place] = parsers[field.name](column.constant)
            except CellError as error:
                importer.outcome.add_error(
                    RowError(0, field.name, column.constant, error.problem, error.way_out)
                )
    return template, plan


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
    count_distinct = "SELECT count(*) - count(DISTINCT external_id) FROM import_stage"
    count = importer.stage.number(count_distinct)
    if not count:
        return
    for line, external_id, first in importer.stage.rows(
        f"SELECT file_row, external_id, first_row {repeated} ORDER BY file_row LIMIT %(kept)s",
        kept=importer.outcome.kept_errors,
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
