"""Which notes a person sees and may change; writing, changing and deleting them."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from attribution import roles
from attribution.models import Campaign, Company
from reports.notes.models import Note


def notes_of(company: Company) -> "QuerySet[Note]":
    """All of a company, the latest days first."""
    rows: QuerySet[Note] = Note.objects.filter(company=company)
    return rows.select_related("campaign", "author").order_by("-first_day", "-pk")


def touching(rows: "QuerySet[Note]", start: date, end: date) -> "QuerySet[Note]":
    """Those with a day in the period."""
    return rows.alias(until=Coalesce("last_day", "first_day")).filter(
        first_day__lte=end, until__gte=start
    )


def of_the_company(company: Company, start: date, end: date, most: int) -> list[Note]:
    """What the chart of the report marks: notes about no campaign, by their days."""
    rows = touching(notes_of(company).filter(campaign=None), start, end)
    return sorted(rows[:most], key=lambda one: (one.first_day, one.pk))


def of_campaign(campaign: Campaign) -> Q:
    """Notes about a campaign, and about those that were merged into it."""
    return Q(campaign=campaign) | Q(campaign__merged_into=campaign)


def find(user: Any, pk: int) -> Note | None:
    """A note that the person sees, in whichever of the companies."""
    note = Note.objects.select_related("company", "campaign", "author").filter(pk=pk).first()
    return note if note and roles.may(user, "note.view", note.company_id) else None


def may_write(user: Any, company: Company) -> bool:
    return roles.may(user, "note.write", company.pk)


def may_change(user: Any, note: Note) -> bool:
    """One's own while one may write at all, and admins anybody's."""
    if roles.may(user, "note.change", note.company_id):
        return True
    return note.author_id == user.pk and roles.may(user, "note.write", note.company_id)


def store(note: Note) -> Note:
    """Save what was written; raises ValidationError in words for the person."""
    note.complete()
    note.full_clean()
    note.save()
    return note


def said(error: ValidationError) -> list[str]:
    return list(dict.fromkeys(error.messages))
