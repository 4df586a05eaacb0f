"""Changes that reach beyond one row: erasing a person's data."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from attribution.utm import page_of

if TYPE_CHECKING:
    from attribution.models.lead import Lead


@transaction.atomic
def erase_person(leads: "Iterable[Lead]") -> int:
    """Erase who the persons are; every total stays. Returns how many.

    Name, e-mail and phone go. Links keep their page and lose their parameters, where forms and
    mail tools leave addresses; the UTM values and click ids stand in columns of their own.
    """
    from attribution.models.lead import Lead

    now = timezone.now()
    return sum(
        Lead.objects.filter(pk=lead.pk).update(
            name="",
            email="",
            phone="",
            landing_page=page_of(lead.landing_page),
            referrer=page_of(lead.referrer),
            erased_at=now,
        )
        for lead in leads
    )
