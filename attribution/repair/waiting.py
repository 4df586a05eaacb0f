"""The readings that wait in the repair queue, and the groups that they form there."""

from collections.abc import Collection
from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from attribution.models import Company, Reading
from attribution.repair.intents import DISCOVERED, GroupKey
from attribution.repair.parts import parts
from attribution.utm import Reason

# Its leads count for a campaign that nobody has looked at, by its very name and by no decision.
_DISCOVERED = Q(
    campaign__discovered=True, campaign__merged_into=None, campaign__key=F("campaign_key")
)


def waiting(company: Company) -> "QuerySet[Any]":
    """Readings about which nobody has decided: without a campaign, or with a discovered one.

    Each has `why`: the reason, or DISCOVERED. Leads that somebody entered as having no campaign
    are not among them: that is a decision.
    """
    undecided = Reading.objects.filter(
        company=company, campaign_rule__isnull=True, pin__isnull=True, given__isnull=True
    )
    why = Case(
        When(campaign__isnull=False, then=Value(DISCOVERED)),
        default=F("reason"),
        output_field=CharField(),
    )
    waits = Q(campaign__isnull=True) & ~Q(reason=Reason.BY_PERSON)
    return undecided.filter(waits | _DISCOVERED).annotate(why=why)


def waiting_in(company: Company, groups: Collection[GroupKey]) -> dict[GroupKey, list[Reading]]:
    """The readings that form these groups of the queue; none for one that is not there any more."""
    found: dict[GroupKey, list[Reading]] = {group: [] for group in groups}
    for keys in parts({group.campaign for group in groups}):
        for reading in waiting(company).filter(campaign_key__in=keys).order_by("pk"):
            group = group_of(
                reading.why, reading.campaign_key, reading.source_key, reading.medium_key
            )
            if group in found:
                found[group].append(reading)
    return found


def group_of(why: str, campaign_key: str, source_key: str, medium_key: str) -> GroupKey:
    """The group that a waiting reading belongs to."""
    if campaign_key:
        return GroupKey(why, campaign_key)
    return GroupKey(why, "", source_key, medium_key)


def label(group: GroupKey) -> str:
    """A group in few words."""
    if group.campaign:
        return group.campaign
    values = " / ".join(filter(None, (group.source, group.medium)))
    return values or str(Reason(group.why).label)
