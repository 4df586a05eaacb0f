"""Spend through django-import-export: a dataset goes through the same import as a file.

The library calls for each row of a dataset; its own extension point takes the rows together.
"""

import csv
import io
from collections.abc import Callable, Sequence
from itertools import accumulate, groupby
from operator import itemgetter
from string import ascii_letters, digits
from typing import Any, cast

from django.core.exceptions import ValidationError
from import_export.exceptions import ImportError as RowsError
from import_export.results import Result, RowResult

from attribution.files.writing import csv_cell
from attribution.imports import engine
from attribution.imports.collecting import seldom_collected
from attribution.imports.jobs import limits
from attribution.imports.options import ImportOptions
from attribution.imports.outcome import Outcome, RowError
from attribution.models import Company

NAME = "dataset.csv"
AT_ONCE = 5_000  # rows
ORDINARY = frozenset(ascii_letters + digits)  # what a cell begins with
LISTED = 1_000  # errors that are named; of more there is the number
NO_COMPANY = "Say whose spend it is: SpendResource(company=…)."


class LibraryImport:
    """Gives a resource the import of spend. Whole or not at all: with an invalid row, nothing.

    `company`, `options` and `author` are the resource's own arguments; a `user` that is given to
    `import_data`, as the library's admin does, is the author too. Without one it is as on the
    command line, which may do all.

    The result has the totals, and of its rows those with errors alone: each row that is saved is
    named nowhere, however many there are.
    """

    company: Company | None
    options: ImportOptions
    author: Any
    get_result_class: Callable[[], type[Any]]
    handle_import_error: Callable[[Result, Exception, bool], None]
    before_import: Callable[..., None]
    after_import: Callable[..., None]

    def get_use_transactions(self) -> bool:
        """The import makes its own, and keeps a record of one that was refused."""
        return False

    @seldom_collected()
    def import_data_inner(
        self,
        dataset: Any,
        dry_run: bool,
        raise_errors: bool,
        using_transactions: bool,
        collect_failed_rows: bool,
        **kwargs: Any,
    ) -> Result:
        result = self.get_result_class()()
        result.diff_headers = list(dataset.headers or ())
        try:
            self.before_import(dataset, **kwargs)
            if self.company is None:
                raise ValueError(NO_COMPANY)
        except Exception as error:  # as the library does: whatever stands in the way is reported
            self.handle_import_error(result, error, raise_errors)
            return result
        result.total_rows = len(dataset)
        if collect_failed_rows:
            result.add_dataset_headers(dataset.headers)
        text, first_lines = _written(dataset)
        author = self.author or kwargs.get("user")
        given = (self.company, "spend", io.BytesIO(text), NAME, self.options, author)
        run = engine.check if dry_run else engine.take_in
        outcome = run(*given, limits=limits(), listed=LISTED)
        _count(result, outcome)
        for found in outcome.errors:
            if not found.line:
                self.handle_import_error(result, RowsError(found.text), raise_errors)
        for question in outcome.questions:
            self.handle_import_error(result, RowsError(question.text), raise_errors)
        self._name_rows(result, dataset, outcome, first_lines, raise_errors, collect_failed_rows)
        try:
            self.after_import(dataset, result, **kwargs)
        except Exception as error:
            self.handle_import_error(result, error, raise_errors)
        return result

    def _name_rows(
        self,
        result: Result,
        dataset: Any,
        outcome: Outcome,
        first_lines: dict[int, int],
        raise_errors: bool,
        collect_failed_rows: bool,
    ) -> None:
        """Rows that could not be read, each with what is wrong with its cells."""
        errors = [error for error in outcome.errors if error.line]
        for line, found in groupby(errors, key=lambda error: error.line):
            number = first_lines.get(line, line - 1)
            row = dict(zip(dataset.headers, dataset[number - 1], strict=True))
            invalid = _invalid(list(found))
            row_result = RowResult()
            row_result.import_type = RowResult.IMPORT_TYPE_INVALID
            row_result.validation_error = invalid
            result.append_invalid_row(number, row, invalid)
            result.increment_row_result_total(row_result)
            result.append_row_result(row_result)
            if collect_failed_rows:
                result.append_failed_row(row, invalid)
            if raise_errors:
                raise RowsError(invalid, number=number, row=row)
        more = outcome.error_count - len(outcome.errors)
        if more:
            self.handle_import_error(result, RowsError(f"… and {more:,} more errors"), raise_errors)


def _written(dataset: Any) -> tuple[bytes, dict[int, int]]:
    """The dataset as a file; and where cells hold line ends, which row begins on which line."""
    headers: Sequence[str] = dataset.headers or []
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([csv_cell(header) for header in headers])
    for start in range(0, len(dataset), AT_ONCE):
        columns = zip(*dataset[start : start + AT_ONCE], strict=True)
        rows = list(zip(*map(_cells, columns), strict=True))
        lines = "\r\n".join((*map(",".join, rows), ""))
        if _is_plain(lines, rows):
            file.write(lines)
        else:
            writer.writerows(rows)
    text = file.getvalue()
    first_lines: dict[int, int] = {}
    if text.count("\n") + text.count("\r") - text.count("\r\n") > len(dataset) + 1:
        lengths = (_lines(row) for row in [headers, *dataset])
        first_lines = {1 + passed: n for n, passed in enumerate(accumulate(lengths), start=1)}
    return text.encode("utf-8", "surrogatepass"), first_lines


def _is_plain(lines: str, rows: Sequence[Sequence[str]]) -> bool:
    """Whether no cell has anything in it that needs quotes, as most have not."""
    between = len(rows) * (len(rows[0]) - 1)
    return (
        '"' not in lines
        and lines.count(",") == between > 0
        and lines.count("\r") == lines.count("\n") == len(rows)
    )


def _cells(column: Sequence[object]) -> Sequence[str]:
    """As `csv_cell` writes each; most are texts with nothing about them to guard."""
    if set(map(type, column)) == {str}:
        texts = cast(Sequence[str], column)
        if all(texts) and ORDINARY.issuperset(map(itemgetter(0), texts)):
            return texts
        return [text if text[:1].isalnum() else csv_cell(text) for text in texts]
    return list(map(csv_cell, column))


def _lines(row: Sequence[object]) -> int:
    cells = [csv_cell(value) for value in row]
    return 1 + sum(c.count("\n") + c.count("\r") - c.count("\r\n") for c in cells)


def _count(result: Result, outcome: Outcome) -> None:
    result.totals[RowResult.IMPORT_TYPE_NEW] = outcome.new
    result.totals[RowResult.IMPORT_TYPE_UPDATE] = outcome.changed
    result.totals[RowResult.IMPORT_TYPE_DELETE] = outcome.gone
    result.totals[RowResult.IMPORT_TYPE_SKIP] = outcome.same


def _invalid(errors: list[RowError]) -> ValidationError:
    """By column, as the library shows it."""
    by_column: dict[str, list[str]] = {}
    for error in errors:
        by_column.setdefault(error.column, []).append(f"{error.problem} {error.way_out}".strip())
    return ValidationError(by_column)
