"""Erasing who the persons behind leads are, wherever it was written down."""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from attribution.models import ImportRun, Lead
from attribution.services import erase_person

ERASED = "[erased]"
SHORTEST = 4  # shorter texts would be found everywhere


@transaction.atomic
def erase(leads: Iterable[Lead]) -> int:
    """Erase name, e-mail and phone from leads, import reports and the log. Totals stay."""
    chosen = list(leads)
    values = {
        text
        for lead in chosen
        for text in (lead.name, lead.email, lead.phone)
        if len(text) >= SHORTEST
    }
    _erase_from_log(chosen, values)
    _erase_from_runs({lead.company_id for lead in chosen}, values)
    return erase_person(chosen)


def _erase_from_log(leads: list[Lead], values: set[str]) -> None:
    """The log names leads by number; a name given by another door is taken out as well."""
    numbers = [str(lead.pk) for lead in leads]
    kind = ContentType.objects.get_for_model(Lead)
    for entry in LogEntry.objects.filter(content_type=kind, object_id__in=numbers):
        entry.object_repr = f"{Lead._meta.verbose_name} {entry.object_id}"
        entry.change_message = _without(entry.change_message, values)
        entry.save(update_fields=["object_repr", "change_message"])


def _erase_from_runs(companies: set[int], values: set[str]) -> None:
    """Import runs remember faulty cells, and the file itself until it is confirmed."""
    runs = ImportRun.objects.filter(company__in=companies)
    for run in runs.exclude(report={}).only("report").iterator():
        cleaned = _cleaned(run.report, values)
        if cleaned != run.report:
            ImportRun.objects.filter(pk=run.pk).update(report=cleaned)
    runs.filter(file_content__isnull=False).update(file_content=None)


def _cleaned(found: Any, values: set[str]) -> Any:
    if isinstance(found, str):
        return _without(found, values)
    if isinstance(found, list):
        return [_cleaned(one, values) for one in found]
    if isinstance(found, dict):
        return {name: _cleaned(one, values) for name, one in found.items()}
    return found


def _without(text: str, values: set[str]) -> str:
    for value in values:
        # In a log message the value may stand as JSON writes it.
        text = text.replace(value, ERASED).replace(json.dumps(value)[1:-1], ERASED)
    return text
