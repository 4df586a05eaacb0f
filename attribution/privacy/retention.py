"""Who leads were is erased when they are as old as the company says; totals stay."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from attribution.models import Company, Lead, Refusal
from attribution.privacy.erasing import ERASED, PERSONAL, erase_person

AT_ONCE = 2_000  # in one turn: the next minute has another one
REFUSED_KEPT = timedelta(days=90)
# As the index says it that holds these leads alone.
WITH_PERSON = Q(erased_at__isnull=True) & ~Q(**dict.fromkeys(PERSONAL, ""))


def retire(company: Company) -> int:
    """How many leads lost their person in this turn."""
    if company.retention_days is None:
        return 0
    oldest = timezone.now() - timedelta(days=company.retention_days)
    old = Lead.objects.filter(WITH_PERSON, company=company, received_at__lt=oldest)
    return erase_person(old.order_by("received_at")[:AT_ONCE])


def forget_refused(company: Company) -> int:
    """What was refused long ago is no longer kept as it was sent; that it came remains."""
    old = Refusal.objects.filter(
        company=company, arrived_at__lt=timezone.now() - REFUSED_KEPT
    ).exclude(payload__in=["", ERASED])
    return old.update(payload=ERASED)
