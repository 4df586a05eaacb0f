"""Checks a file, or takes it in: one recorded run in one transaction, whole or not at all."""

from contextlib import suppress
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from attribution import roles, scope
from attribution.files.reading import (
    FileProblem,
    Limits,
    Source,
    Table,
    fingerprint,
    open_table,
)
from attribution.imports import runs
from attribution.imports.columns import place
from attribution.imports.importer import Importer, Job, now
from attribution.imports.options import ImportOptions
from attribution.imports.outcome import SHOWN, Outcome, RowError, moment
from attribution.imports.registry import importer_of
from attribution.imports.rows import staged_rows
from attribution.imports.staging import Staging
from attribution.models import Company, ImportRun
from attribution.signals import facts_changed, facts_settled

MANY_ROWS = 10_000  # from here on it is worth tidying the tables up


def check(
    company: Company,
    kind: str,
    source: Source,
    name: str,
    options: ImportOptions,
    author: Any = None,
    limits: Limits | None = None,
    kept_errors: int = SHOWN,
) -> Outcome:
    """What taking the file in would do. Saves nothing; the command line has no author."""
    _require(company, kind, author)
    outcome = Outcome(kind=kind, name=name, kept_errors=kept_errors)
    with transaction.atomic():
        _prepare()
        _read(company, source, options, author, limits, outcome)
        transaction.set_rollback(True)
    with suppress(OSError):
        asked = ImportRun(
            company=company,
            kind=kind,
            file_hash=fingerprint(source),
            options=options.to_json(),
        )
        outcome.already = _before(asked, outcome)
    return outcome


def take_in(
    company: Company,
    kind: str,
    source: Source,
    name: str,
    options: ImportOptions,
    author: Any,
    run: ImportRun | None = None,
    limits: Limits | None = None,
) -> Outcome:
    """Save the file's rows, their counts and the run's state together; with errors, nothing.

    `run` is a file uploaded before and now confirmed. Of several confirmations one takes it in;
    the others get its outcome in `already`.
    """
    _require(company, kind, author)
    ours = run or runs.begin(company, kind, name, fingerprint(source), options, author)

    def attempt() -> tuple[Outcome, Importer | None]:
        outcome = Outcome(kind=kind, name=name, run=ours)
        with transaction.atomic():
            _prepare()
            runs.lock(company)
            runs.mark_dead(company, alive=ours)
            if run is not None and not runs.claim(run):
                return _taken_in_already(run, outcome), None
            importer = _read(company, source, options, author, limits, outcome)
            if importer is None or outcome.error_count:
                transaction.set_rollback(True)
            else:
                _save(importer, ours)
        if outcome.error_count:
            runs.refused(ours, outcome)
        return outcome, importer

    try:
        try:
            outcome, importer = attempt()
        except IntegrityError:
            # Another door wrote one of these rows in the same moment. Now it is seen.
            outcome, importer = attempt()
    except BaseException:
        if run is None:
            with suppress(DatabaseError):  # what went wrong is what the caller must hear of
                runs.interrupted(ours)
        raise
    if importer is not None and outcome.new + outcome.changed > MANY_ROWS:
        _tidy_up(importer)
    return outcome


def _require(company: Company, kind: str, author: Any) -> None:
    scope.require(company.pk)
    if author is not None and not roles.may(author, importer_of(kind).right, company.pk):
        raise PermissionDenied


def _prepare() -> None:
    """A big file takes longer than a page may, and sorts more than a page does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '64MB'")


def _read(
    company: Company,
    source: Source,
    options: ImportOptions,
    author: Any,
    limits: Limits | None,
    outcome: Outcome,
) -> Importer | None:
    """Stage the file's rows, and fill the outcome with what they would do."""
    kind = importer_of(outcome.kind)
    try:
        table = open_table(source, name=outcome.name, limits=limits)
        placement = place(table.headers, kind.fields, options)
        outcome.headers, outcome.unused = list(table.headers), placement.unused
        outcome.placed = {
            column.header: name
            for name, column in placement.columns.items()
            if column.index is not None
        }
        for error in placement.errors:
            outcome.add_error(error)
        if placement.errors:
            return None
        stage = Staging(kind.staged_columns)
        importer = kind(
            Job(
                company=company,
                author=author,
                options=options,
                placement=placement,
                outcome=outcome,
                stage=stage,
                run_id=outcome.run.pk if outcome.run else None,
                started=now(),
            )
        )
        _stage(table, importer)
    except FileProblem as problem:
        outcome.add_error(RowError(0, "", "", str(problem), ""))
        return None
    importer.check_staged()
    importer.compare()
    if outcome.unused:
        outcome.note(f"Columns not used: {', '.join(outcome.unused)}.")
    if not outcome.rows:
        outcome.note("The file has headings, but no rows.")
    outcome.errors.sort(key=lambda error: error.line)
    return importer


def _stage(table: Table, importer: Importer) -> None:
    importer.stage.create()
    importer.stage.load(staged_rows(table, importer), without=importer.not_staged)


def _save(importer: Importer, run: ImportRun) -> None:
    importer.merge()
    importer.stage.drop()
    importer.outcome.already = _before(run, importer.outcome)
    runs.done(run, importer.outcome)
    if importer.outcome.new or importer.outcome.changed:
        facts_changed.send(sender=ImportRun, company_id=run.company_id)


def _before(run: ImportRun, outcome: Outcome) -> ImportRun | None:
    """An earlier run of the same file, if this one adds nothing; else a word of warning."""
    if outcome.error_count:
        return None
    if outcome.new:
        found = runs.taken_in_otherwise(run)
        if found:
            outcome.notes.insert(0, _otherwise_text(found, outcome.new))
        return None
    found = None if outcome.changed else runs.taken_in_before(run)
    if found:
        outcome.notes.insert(0, _already_text(found))
    return found


def _taken_in_already(run: ImportRun, outcome: Outcome) -> Outcome:
    run.refresh_from_db()
    outcome.already = run
    outcome.rows, outcome.new, outcome.changed = run.rows, run.new, run.changed
    outcome.same, outcome.error_count = run.same, run.error_count
    outcome.note(_already_text(run))
    return outcome


def _already_text(run: ImportRun) -> str:
    if run.state == ImportRun.State.REFUSED:
        return f"{run.file_name} was refused already; nothing was saved."
    return f"{run.file_name} was already taken in on {_when_and_by(run)}; nothing was added."


def _otherwise_text(run: ImportRun, new: int) -> str:
    return (
        f"This file was taken in before, on {_when_and_by(run)}, with its columns read in another "
        f"way. What is new now, {new:,}, counts beside what that brought."
    )


def _when_and_by(run: ImportRun) -> str:
    by = f" by {run.author}" if run.author else ""
    return f"{moment(run.finished_at or run.started_at)}{by}"


def _tidy_up(importer: Importer) -> None:
    """New statistics, and pages marked as settled: reports then read their indexes alone."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for table in importer.busy_tables:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
        cursor.execute("RESET statement_timeout")
    facts_settled.send(sender=ImportRun)
