"""The record of each import: begun, done, refused, or found interrupted."""

import secrets
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from attribution.imports.importer import now
from attribution.imports.options import ImportOptions
from attribution.imports.outcome import Outcome
from attribution.imports.progress import LEFT, SILENT
from attribution.models import Company, ImportRun

State = ImportRun.State
LEFT_KEY = "left"  # in the report of a run


def begin(
    company: Company, kind: str, name: str, file_hash: str, options: ImportOptions, author: Any
) -> ImportRun:
    """A run that is seen from now on, so that one that is killed leaves its trace."""
    return ImportRun.objects.create(
        company=company,
        kind=kind,
        state=State.RUNNING,
        token=secrets.token_urlsafe(32),
        author=author,
        alive_at=now(),
        file_name=name[-255:],
        file_hash=file_hash,
        options=options.to_json(),
    )


def lock(company: Company) -> None:
    """One import a company at a time: a row lock on PostgreSQL; SQLite has one writer anyway.

    Who had to wait may have waited for a change of the time zone.
    """
    for locked in Company.objects.select_for_update(no_key=True).filter(pk=company.pk):
        company.timezone = locked.timezone


def claim(run: ImportRun) -> bool:
    """Whether the uploaded run is ours to take in; False when another click was first.

    With the company's lock held, so one that runs was begun by us, or by somebody who waits.
    """
    at_hand = (State.UPLOADED, State.QUEUED, State.RUNNING)
    waiting = ImportRun.objects.filter(pk=run.pk, state__in=at_hand)
    return bool(waiting.update(state=State.RUNNING, alive_at=now()))


def done(run: ImportRun, outcome: Outcome) -> None:
    """In the transaction of the rows: they, this state, and what is left to do become visible
    together."""
    if outcome.left:
        run.progress = LEFT
    _finish(run, State.DONE, outcome)


def with_work_left(company: Company, kind: str) -> QuerySet[ImportRun]:
    """Runs that are done but for what their reports keep as left. Looked for among a company's
    runs by a number, so that no report is read in vain."""
    done = ImportRun.objects.filter(company=company, kind=kind, state=State.DONE, progress=LEFT)
    return done.order_by("pk")


def nothing_left(run: ImportRun) -> None:
    """What was left of it is done."""
    run.report = {key: value for key, value in run.report.items() if key != LEFT_KEY}
    run.progress = 1000
    run.save(update_fields=["report", "progress"])


def refused(run: ImportRun, outcome: Outcome) -> None:
    _finish(run, State.REFUSED, outcome)


def interrupted(run: ImportRun) -> None:
    ImportRun.objects.filter(pk=run.pk, state=State.RUNNING).update(
        state=State.INTERRUPTED, finished_at=now()
    )


def _finish(run: ImportRun, state: str, outcome: Outcome) -> None:
    run.state = state
    run.rows, run.new, run.changed = outcome.rows, outcome.new, outcome.changed
    run.same, run.error_count = outcome.same, outcome.error_count
    run.report = outcome.to_json() | ({LEFT_KEY: outcome.left} if outcome.left else {})
    run.file_content = None
    run.finished_at = now()
    run.save()


def taken_in_before(run: ImportRun) -> ImportRun | None:
    """The first run that took in the same bytes with the same options."""
    return _same_bytes(run).filter(options=run.options).first()


def taken_in_otherwise(run: ImportRun) -> ImportRun | None:
    """The first run that took in the same bytes with other options."""
    return _same_bytes(run).exclude(options=run.options).first()


def _same_bytes(run: ImportRun) -> QuerySet[ImportRun]:
    return (
        ImportRun.objects.filter(
            company_id=run.company_id,
            kind=run.kind,
            file_hash=run.file_hash,
            state=State.DONE,
        )
        .exclude(pk=run.pk)
        .order_by("finished_at", "pk")
    )


def mark_dead(company: Company, alive: ImportRun | None = None) -> int:
    """With the company's lock held no other run is saving: those that have not been heard of for
    a while were killed.

    One that has begun and waits for the lock may be marked too, and marks itself done in the end.
    """
    heard = now() - SILENT
    at_work = (State.RUNNING, State.CHECKING)
    running = ImportRun.objects.filter(company=company, state__in=at_work).filter(
        Q(alive_at__isnull=True) | Q(alive_at__lt=heard)
    )
    dead = running.exclude(pk=alive.pk) if alive else running
    return dead.update(state=State.INTERRUPTED, finished_at=now())


def sweep(company: Company) -> int:
    """Mark runs that were killed as interrupted. Returns how many; 0 while an import runs."""
    with transaction.atomic():
        free = Company.objects.select_for_update(no_key=True, skip_locked=True)
        if not free.filter(pk=company.pk).first():
            return 0
        return mark_dead(company)
