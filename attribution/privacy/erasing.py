"""Erasing who persons are, wherever it was written down. Every total stays."""

import json
import re
from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from attribution.channels.links import page_of
from attribution.models import Company, ImportRun, Lead, Refusal, RememberedAnswer, Touchpoint
from attribution.repair.parts import any_of

ERASED = "[erased]"
SHORTEST = 4  # shorter texts would be found everywhere


@transaction.atomic
def erase(leads: Iterable[Lead], also: Iterable[str] = (), of: Company | None = None) -> int:
    """Erase the persons from their leads and from whatever names them; returns how many leads.

    `also`: further texts that name them, such as an address that their leads no longer hold.
    `of`: the company, where there may be no lead.
    """
    chosen = list(leads)
    addresses = _long_enough(
        [*also, *(text for lead in chosen for text in (lead.email, lead.phone))]
    )
    values = addresses | _long_enough(lead.name for lead in chosen)
    companies = {lead.company_id for lead in chosen} | ({of.pk} if of else set())
    _erase_from_log(chosen, values)
    _erase_from_runs(companies, values)
    # A name alone may be another person's.
    _erase_from_refused(companies, addresses)
    _erase_from_answers(companies, addresses)
    return erase_person(chosen)


@transaction.atomic
def erase_person(leads: Iterable[Lead]) -> int:
    """Erase the persons from the leads themselves. Returns how many leads there were.

    Name, e-mail, phone, IP address and their digests go. Links keep their page and lose their
    parameters, where forms and mail tools leave addresses; the UTM values stand in columns of their
    own. Click ids, by which who gave them knows the click or even the recipient of a mail, keep
    their names alone: channels follow from these.
    """
    now = timezone.now()
    chosen = list(leads)
    for touch in Touchpoint.objects.filter(lead__in=any_of(lead.pk for lead in chosen)):
        Touchpoint.objects.filter(pk=touch.pk).update(**_nameless(touch))
    count = 0
    for lead in chosen:
        count += Lead.objects.filter(pk=lead.pk).update(
            **dict.fromkeys(PERSONAL, ""), **_nameless(lead), erased_at=now
        )
    return count


PERSONAL = ("name", "email", "phone", "ip", "person_email", "person_phone")


def _nameless(row: Lead | Touchpoint) -> dict[str, Any]:
    return {
        "landing_page": page_of(row.landing_page),
        "referrer": page_of(row.referrer),
        "click_ids": dict.fromkeys(row.click_ids, ""),
    }


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


def _erase_from_refused(companies: set[int], addresses: set[str]) -> None:
    """What was refused is kept as it was sent: all of it goes, and that it came remains."""
    found = Refusal.objects.filter(naming(("payload", "detail"), addresses), company__in=companies)
    for event in found:
        Refusal.objects.filter(pk=event.pk).update(
            payload=ERASED if event.payload else "", detail=_without(event.detail, addresses)
        )


def _erase_from_answers(companies: set[int], values: set[str]) -> None:
    """An answer that is remembered for a day may quote what was wrong."""
    for one in RememberedAnswer.objects.filter(naming(("answer",), values), company__in=companies):
        RememberedAnswer.objects.filter(pk=one.pk).update(answer=_without(one.answer, values))


def _long_enough(texts: Iterable[str]) -> set[str]:
    return {text for text in texts if len(text) >= SHORTEST}


def naming(columns: Iterable[str], values: set[str]) -> Q:
    """Rows whose texts hold one of the values, also as JSON writes it."""
    found = Q(pk__in=[])
    for value in values:
        for written in {value, json.dumps(value)[1:-1]}:
            for column in columns:
                found |= Q(**{f"{column}__icontains": written})
    return found


def _cleaned(found: Any, values: set[str]) -> Any:
    if isinstance(found, str):
        return _without(found, values)
    if isinstance(found, list):
        return [_cleaned(one, values) for one in found]
    if isinstance(found, dict):
        return {name: _cleaned(one, values) for name, one in found.items()}
    return found


def _without(text: str, values: set[str]) -> str:
    """Whatever the capitals, and also where the value stands as JSON writes it."""
    for value in sorted(values, key=len, reverse=True):
        for written in (value, json.dumps(value)[1:-1]):
            text = re.sub(re.escape(written), ERASED, text, flags=re.IGNORECASE)
    return text
