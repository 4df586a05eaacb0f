"""Uploaded files that wait for confirmation: in the database, so that every server finds them."""

import secrets
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from attribution import roles, scope
from attribution.files.reading import fingerprint, open_table
from attribution.imports import jobs
from attribution.imports.options import ImportOptions
from attribution.imports.registry import importer_of
from attribution.models import Company, ImportRun

KEPT_FOR = timedelta(days=1)
State = ImportRun.State


def keep(
    author: Any, company: Company, kind: str, upload: UploadedFile, options: ImportOptions
) -> ImportRun:
    """Keep an upload until it is confirmed. Raises FileProblem when it is no table at all."""
    clear_old()
    content = upload.read()
    name = upload.name or ""
    open_table(BytesIO(content), name=name, limits=jobs.limits())
    run = ImportRun.objects.create(
        company=company,
        kind=kind,
        state=State.UPLOADED,
        token=secrets.token_urlsafe(32),
        author=author,
        file_name=name,
        file_hash=fingerprint(BytesIO(content)),
        file_content=content,
        options=options.to_json(),
    )
    if jobs.is_large(run):
        jobs.start_check(run)
    return run


def find(user: Any, kind: str, token: str) -> ImportRun:
    """The run of this token: for its author alone, while he may still import for the company."""
    return _found(user, kind, ImportRun.objects.filter(token=token, author=user.pk))


def find_to_undo(user: Any, kind: str, token: str) -> ImportRun:
    """The same, also for others of the company who may see its history of imports."""
    run = _found(user, kind, ImportRun.objects.filter(token=token))
    if run.author_id != user.pk and not roles.may(user, "importrun.view", run.company_id):
        raise Http404
    return run


def _found(user: Any, kind: str, runs: QuerySet[ImportRun]) -> ImportRun:
    run = runs.filter(kind=kind).defer("file_content").first()  # 10 MB, and mostly not asked for
    if run is None or not roles.may(user, importer_of(kind).right, run.company_id):
        raise Http404
    return run


def read_differently(run: ImportRun, options: ImportOptions) -> None:
    """From now on the file means something else, unless it was taken in meanwhile."""
    waiting = ImportRun.objects.filter(pk=run.pk, state=State.UPLOADED)
    if waiting.update(options=options.to_json()) and jobs.is_large(run):
        jobs.start_check(run)


def clear_old() -> None:
    """Files that nobody confirmed for a day are cleared by the next upload: no job is needed."""
    with scope.all_companies():
        ImportRun.objects.filter(
            state__in=(State.UPLOADED, State.CHECKING, State.QUEUED, State.INTERRUPTED),
            started_at__lt=timezone.now() - KEPT_FOR,
            file_content__isnull=False,
        ).update(file_content=None, state=State.INTERRUPTED)
