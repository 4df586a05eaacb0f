"""Opens a file for an importer, and stages its rows."""

from dataclasses import replace
from typing import Any

from attribution.files.reading import Limits, Source, Table, open_table
from attribution.imports.importer import Importer, Job, now
from attribution.imports.options import ImportOptions
from attribution.imports.outcome import Outcome, named
from attribution.imports.progress import Progress
from attribution.imports.rows import stage
from attribution.models import Company

SHEETS_NAMED = 5


def table_of(kind: type[Importer], source: Source, name: str, limits: Limits | None) -> Table:
    return open_table(source, name=name, limits=limits, has_amounts=kind.has_amounts)


def read(
    kind: type[Importer],
    table: Table,
    company: Company,
    options: ImportOptions,
    author: Any,
    outcome: Outcome,
    progress: Progress,
) -> Importer | None:
    """Stage the rows. With an error in the headings, or a question, no row is read."""
    if table.other_sheets:
        sheets = named(list(table.other_sheets[:SHEETS_NAMED]), len(table.other_sheets))
        outcome.note(f"Only the sheet {table.sheet} was read, and not: {sheets}.")
    importer = _read_as(kind, table, company, options, author, outcome, progress)
    if importer is not None and (heard := importer.heard()):
        importer.drop()
        outcome.begin_anew()
        said = replace(options, **heard)
        importer = _read_as(kind, table, company, said, author, outcome, progress)
    return importer


def _read_as(
    kind: type[Importer],
    table: Table,
    company: Company,
    options: ImportOptions,
    author: Any,
    outcome: Outcome,
    progress: Progress,
) -> Importer | None:
    understood = kind.understand(table, company, options)
    placement = understood.placement
    outcome.headers, outcome.unused = list(understood.table.headers), placement.unused
    outcome.questions = list(understood.questions)
    outcome.program = understood.program
    outcome.placed = {
        column.header: name
        for name, column in placement.columns.items()
        if column.index is not None
    }
    for error in placement.errors:
        outcome.add_error(error)
    if placement.errors or understood.questions:
        return None
    importer = kind(
        Job(
            company=company,
            author=author,
            options=understood.options,
            placement=placement,
            outcome=outcome,
            stage=kind.new_stage(),
            run_id=outcome.run.pk if outcome.run else None,
            started=now(),
            layout=understood.layout,
        )
    )
    importer.stage.create()
    stage(understood.table, importer, progress)
    return importer
