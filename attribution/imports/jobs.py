"""Checks and imports of large files, by a worker beside the web server.

Small files are done at once, so that whoever has no worker needs none for them. The run itself
says how far it is; the queue only holds its number.
"""

import subprocess
import sys
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from attribution import scope
from attribution.files.reading import Limits
from attribution.imports import engine
from attribution.imports.options import ImportOptions
from attribution.imports.outcome import Outcome
from attribution.imports.progress import SILENT
from attribution.models import ImportRun

State = ImportRun.State
INLINE_BYTES = 200_000  # what is smaller takes less than a second
WORKER = ("db_worker", "--batch", "--no-startup-delay", "--no-reload", "--interval", "0.5")


def limits() -> Limits:
    """What an upload may hold, by the settings."""
    return Limits(
        file_bytes=settings.UPLOAD_MAX_BYTES,
        rows=settings.IMPORT_MAX_ROWS,
        columns=settings.IMPORT_MAX_COLUMNS,
        unpacked_bytes=settings.IMPORT_MAX_UNPACKED_BYTES,
    )


def is_large(run: ImportRun) -> bool:
    """Whether a request would have to wait too long for it."""
    size = len(run.file_content or b"")
    return size > INLINE_BYTES and settings.IMPORT_WORKER != "inline"


def content(run: ImportRun) -> BytesIO | None:
    """The file, or None once it was taken in or cleared away."""
    return None if run.file_content is None else BytesIO(bytes(run.file_content))


def check(run: ImportRun, **more: Any) -> Outcome | None:
    """What the file would do, found out now; None when it is no longer kept."""
    file = content(run)
    if file is None:
        return None
    options = ImportOptions.from_json(run.options)
    return engine.check(
        *(run.company, run.kind, file, run.file_name, options),
        author=run.author,
        limits=limits(),
        **more,
    )


def take_in(run: ImportRun, basis: str | None) -> Outcome | None:
    """Save it; None when it is no longer kept. Raises engine.Overtaken."""
    file = content(run)
    if file is None:
        run.refresh_from_db(fields=["state"])  # it may have gone with another click, just now
        return None
    options = ImportOptions.from_json(run.options)
    return engine.take_in(
        *(run.company, run.kind, file, run.file_name, options, run.author),
        run=run,
        limits=limits(),
        basis=basis,
    )


def start_check(run: ImportRun) -> None:
    """From now on the run is being checked; its page shows how far that is."""
    waiting = (State.UPLOADED, State.CHECKING, State.INTERRUPTED)
    _begin(run, waiting, State.CHECKING)
    _enqueue(check_upload, run.pk)


def start_import(run: ImportRun, basis: str | None) -> bool:
    """Whether the confirmed run is ours to take in; False when another click was first."""
    confirmed = run.report | {"confirmed": basis}
    if not _begin(run, (State.UPLOADED,), State.QUEUED, report=confirmed):
        return False
    _enqueue(take_upload_in, run.pk, basis)
    return True


def remind(run: ImportRun) -> None:
    """Nobody has taken it up for a while: perhaps who did so was killed. However often it is in
    the queue, it is taken in once.
    """
    if _begin(run, (State.QUEUED,), State.QUEUED):
        _enqueue(take_upload_in, run.pk, run.report.get("confirmed"))


def is_silent(run: ImportRun) -> bool:
    """Whether nobody has been heard of who works on it: killed, or there is no worker."""
    return run.alive_at is None or timezone.now() - run.alive_at > SILENT


def give_up(run: ImportRun) -> None:
    """It was killed. Nothing of it was saved, and it can be tried again."""
    ImportRun.objects.filter(pk=run.pk, state=run.state, alive_at=run.alive_at).update(
        state=State.INTERRUPTED, finished_at=timezone.now()
    )


def _begin(run: ImportRun, states: tuple[str, ...], state: str, **more: Any) -> bool:
    waiting = ImportRun.objects.filter(pk=run.pk, state__in=states)
    now = timezone.now()
    return bool(waiting.update(state=state, progress=0, alive_at=now, finished_at=None, **more))


def _enqueue(job: Any, *arguments: Any) -> None:
    transaction.on_commit(partial(job.enqueue, *arguments))
    transaction.on_commit(_wake)


def _wake() -> None:
    """Where no worker runs for good, one is started for what there is to do."""
    if settings.IMPORT_WORKER == "spawn":
        subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-m", "django", *WORKER],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


@task()
def check_upload(run_id: int) -> None:
    """Find out what an uploaded file would do, and keep that with its run."""
    with scope.all_companies():
        run = ImportRun.objects.select_related("company", "author").get(pk=run_id)
    with scope.company_scope([run.company_id]):
        _heard(run)
        outcome = check(run, run_id=run.pk)
        if outcome is not None:
            keep_check(run, outcome)


def keep_check(run: ImportRun, outcome: Outcome) -> None:
    ImportRun.objects.filter(pk=run.pk, state=State.CHECKING).update(
        state=State.UPLOADED, report=outcome.to_json(), progress=1000
    )


@task()
def take_upload_in(run_id: int, basis: str | None) -> None:
    """Take a confirmed file in; if somebody was at its entries meanwhile, it is checked anew."""
    with scope.all_companies():
        run = ImportRun.objects.select_related("company", "author").get(pk=run_id)
    with scope.company_scope([run.company_id]):
        # Seen at once: if nothing is heard of it any more, it was killed.
        if not _begin(run, (State.QUEUED, State.RUNNING), State.RUNNING):
            return
        try:
            take_in(run, basis)
        except engine.Overtaken:
            _begin(run, (State.RUNNING,), State.CHECKING)
            outcome = check(run, run_id=run.pk)
            if outcome is not None:
                keep_check(run, replace(outcome, overtaken=True))


def _heard(run: ImportRun) -> None:
    ImportRun.objects.filter(pk=run.pk).update(alive_at=timezone.now())
