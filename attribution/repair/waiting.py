"""The readings that wait in the repair queue, and the groups that they form there."""

from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from attribution.models import Company, Reading
from attribution.repair.intents import DISCOVERED, GroupKey

# Its leads count for a campaign that nobody has looked at, by its very name and by no decision.
_DISCOVERED = Q(
    campaign__discovered=True, campaign__merged_into=None, campaign__key=F("campaign_key")
)


def waiting(company: Company) -> "QuerySet[Any]":
    """Readings about which nobody has decided: without a campaign, or with a discovered one.

    Each has `why`: the reason, or DISCOVERED.
    """
    undecided = Reading.objects.filter(
        company=company, campaign_rule__isnull=True, pin__isnull=True, given__isnull=True
    )
    why = Case(
        When(campaign__isnull=False, then=Value(DISCOVERED)),
        default=F("reason"),
        output_field=CharField(),
    )
    return undecided.filter(Q(campaign__isnull=True) | _DISCOVERED).annotate(why=why)


def readings_of(company: Company, group: GroupKey) -> "QuerySet[Any]":
    """The readings that form this group of the queue; none when it is not there any more."""
    found = waiting(company).filter(why=group.why, campaign_key=group.campaign)
    if not group.campaign:
        found = found.filter(source_key=group.source, medium_key=group.medium)
    return found


def group_of(why: str, campaign_key: str, source_key: str, medium_key: str) -> GroupKey:
    """The group that a waiting reading belongs to."""
    if campaign_key:
        return GroupKey(why, campaign_key)
    return GroupKey(why, "", source_key, medium_key)
