"""Checks a file, or takes it in: one recorded run in one transaction, whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, DataError, IntegrityError, connection, transaction

from attribution import roles, scope
from attribution.files.reading import (
    FileProblem,
    Limits,
    Source,
    fingerprint,
    lines_of,
    size_of,
)
from attribution.imports import runs
from attribution.imports.importer import Importer, NotStraight
from attribution.imports.opening import read, table_of
from attribution.imports.options import ImportOptions
from attribution.imports.outcome import SHOWN, Outcome, RowError, moment
from attribution.imports.progress import progress_of
from attribution.imports.registry import importer_of, straight_importer_of
from attribution.imports.staging import Staging, nothing_kept, only_temporary
from attribution.models import Company, ImportRun
from attribution.signals import facts_changed, facts_settled

MANY_ROWS = 10_000  # from here on it is worth tidying the tables up
STRAIGHT_FROM = 200_000  # bytes; what is smaller takes less than a second


def check(
    company: Company,
    kind: str,
    source: Source,
    name: str,
    options: ImportOptions,
    author: Any = None,
    limits: Limits | None = None,
    listed: int = SHOWN,
    run_id: int | None = None,
) -> Outcome:
    """What taking the file in would do. Saves nothing; the command line has no author.

    `run_id`: a run whose progress is to be seen meanwhile.
    """
    _require(company, kind, author)
    outcome = Outcome(kind=kind, name=name, listed=listed)
    with _staged(company, source, options, author, limits, outcome, run_id) as importer:
        if importer is not None:
            with nothing_kept():
                _prepare()
                _compare(importer)
    outcome.errors.sort(key=lambda error: error.line)
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
    basis: str | None = None,
    listed: int = SHOWN,
) -> Outcome:
    """Save the file's rows, their counts and the run's state together; with errors, nothing.

    `run` is a file uploaded before and now confirmed. Of several confirmations one takes it in;
    the others get its outcome in `already`. `basis` is that of the outcome which was confirmed:
    if what it would have changed is different by now, nothing is saved, and Overtaken is raised.
    """
    _require(company, kind, author)
    taking = _Taking(
        company=company,
        kind=kind,
        source=source,
        name=name,
        options=options,
        author=author,
        run=run or runs.begin(company, kind, name, fingerprint(source), options, author),
        is_confirmed=run is not None,
        limits=limits,
        basis=basis,
        listed=listed,
    )
    try:
        straight = taking.straight_way()
        if straight is not None:
            with suppress(NotStraight, FileProblem, IntegrityError, DataError):
                return taking.straight(straight)
        try:
            return taking.staged()
        except (IntegrityError, _ZoneChanged):
            # Another door wrote one of these rows in the same moment. Now it is seen.
            return taking.staged()
    except BaseException as error:
        if run is None or not isinstance(error, Overtaken):
            with suppress(DatabaseError):  # what went wrong is what the caller must hear of
                runs.interrupted(taking.run)
        raise


@dataclass(frozen=True, kw_only=True)
class _Taking:
    """One file on its way into one company."""

    company: Company
    kind: str
    source: Source
    name: str
    options: ImportOptions
    author: Any
    run: ImportRun  # its record
    is_confirmed: bool  # whether the run is of a file that was uploaded before
    limits: Limits | None
    basis: str | None
    listed: int

    def straight_way(self) -> type[Importer] | None:
        """Small files are not worth it. SQLite would be locked while the file is read."""
        if connection.vendor != "postgresql" or size_of(self.source) < STRAIGHT_FROM:
            return None
        return straight_importer_of(self.kind)

    def straight(self, kind: type[Importer]) -> Outcome:
        """Saves the rows as they are read. Nothing was saved if it raises NotStraight, or
        something that the other way will say better.
        """
        outcome = self._outcome()
        with progress_of(self.run.pk, lines_of(self.source)) as progress, transaction.atomic():
            _prepare()
            self._lock()
            table = table_of(kind, self.source, self.name, self.limits)
            given = (table, self.company, self.options, self.author, outcome, progress)
            importer = read(kind, *given)
            # Only now: the run could not say how far it is before.
            if importer is None or not self._claim():
                raise NotStraight
            _compare(importer)
            if outcome.error_count or self._is_overtaken(outcome):
                raise NotStraight
            _save(importer, self.run)
        _tidy_up(importer)
        return outcome

    def staged(self) -> Outcome:
        """Saves the rows when all of them have been read and compared with what is there."""
        outcome = self._outcome()
        zone = self.company.timezone
        with _staged(
            *(self.company, self.source, self.options, self.author, self.limits, outcome),
            self.run.pk,
        ) as importer:
            with transaction.atomic():
                _prepare()
                self._lock()
                if not self._claim():
                    return _taken_in_already(self.run, outcome)
                if self.company.timezone != zone:
                    raise _ZoneChanged
                if importer is not None:
                    _compare(importer)
                if self._is_overtaken(outcome):
                    raise Overtaken
                if importer is None or outcome.error_count or outcome.questions:
                    transaction.set_rollback(True)
                else:
                    _save(importer, self.run)
            outcome.errors.sort(key=lambda error: error.line)
            if outcome.error_count or outcome.questions:
                runs.refused(self.run, outcome)
        if importer is not None:
            _tidy_up(importer)
        return outcome

    def _outcome(self) -> Outcome:
        return Outcome(kind=self.kind, name=self.name, run=self.run, listed=self.listed)

    def _lock(self) -> None:
        runs.lock(self.company)
        runs.mark_dead(self.company, alive=self.run)

    def _claim(self) -> bool:
        return not self.is_confirmed or runs.claim(self.run)

    def _is_overtaken(self, outcome: Outcome) -> bool:
        return self.basis is not None and not outcome.error_count and outcome.basis != self.basis


class Overtaken(Exception):  # noqa: N818 - reads as what is the matter
    """What the import would change is not what it was when it was checked."""


class _ZoneChanged(Exception):  # noqa: N818 - reads as what is the matter
    """The days of the rows were read in a time zone that is no longer the company's."""


def _require(company: Company, kind: str, author: Any) -> None:
    scope.require(company.pk)
    if author is not None and not roles.may(author, importer_of(kind).right, company.pk):
        raise PermissionDenied


def _prepare() -> None:
    """A big file takes longer than a page may, and sorts more than a page does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '64MB'")


@contextmanager
def _staged(
    company: Company,
    source: Source,
    options: ImportOptions,
    author: Any,
    limits: Limits | None,
    outcome: Outcome,
    run_id: int | None,
) -> Iterator[Importer | None]:
    """Inside, the file's rows stand in a temporary table; None: they cannot be read.

    They are read before any lock is taken, so that nobody waits for a long file.
    """
    importer = None
    with progress_of(run_id, 0 if run_id is None else lines_of(source)) as progress:
        try:
            kind = importer_of(outcome.kind)
            table = table_of(kind, source, outcome.name, limits)
            with only_temporary():
                importer = read(kind, table, company, options, author, outcome, progress)
        except FileProblem as problem:
            outcome.add_error(RowError(0, "", "", str(problem), ""))
            Staging({}).drop()  # what had been read of it
        try:
            yield importer
        finally:
            if importer is not None:
                importer.drop()


def _compare(importer: Importer) -> None:
    """Fill the outcome with what the rows would do."""
    outcome = importer.outcome
    importer.check_staged()
    importer.compare()
    if outcome.unused:
        outcome.note(f"Columns not used: {', '.join(outcome.unused).removesuffix('.')}.")
    if not outcome.rows:
        outcome.note("The file has headings, but no rows.")


def _save(importer: Importer, run: ImportRun) -> None:
    importer.merge()
    importer.remember()
    importer.outcome.already = _before(run, importer.outcome)
    runs.done(run, importer.outcome)
    if importer.outcome.new or importer.outcome.changed or importer.outcome.gone:
        facts_changed.send(sender=ImportRun, company_id=run.company_id)


def _before(run: ImportRun, outcome: Outcome) -> ImportRun | None:
    """An earlier run of the same file, if this one adds nothing; else a word of warning."""
    if outcome.error_count or outcome.questions:
        return None
    if outcome.new:
        found = runs.taken_in_otherwise(run)
        if found:
            outcome.notes.insert(0, _otherwise_text(found, outcome.new))
        return None
    found = None if outcome.changed or outcome.gone else runs.taken_in_before(run)
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
    """After many rows: new statistics, and pages marked as settled, so that reports read their
    indexes alone.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return
    if importer.outcome.new + importer.outcome.changed <= MANY_ROWS:
        return
    tables = {table.partition(" ")[0] for table in importer.busy_tables}
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(importer.busy_tables)}")
        cursor.execute("RESET statement_timeout")
    facts_settled.send(sender=ImportRun, tables=tables)
