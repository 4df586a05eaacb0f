"""Campaigns that a question names by their keys, and what has become of these."""

from collections.abc import Collection, Iterator, Mapping

from django.db.models import Q

from attribution.models import Campaign, Company


def became(company: Company, keys: Collection[str]) -> dict[str, str]:
    """The key of the campaign that has the figures of each now: the same, or that of the one it
    was merged into. Keys that no campaign has are left out."""
    if not keys:
        return {}
    live = Campaign.objects.filter(company=company, withdrawn=False)
    merged = live.filter(merged_into__isnull=False)
    wanted = Q(key__in=keys) | Q(merged_into__isnull=False)
    wanted |= Q(pk__in=merged.order_by().values("merged_into"))
    found = {one.pk: one for one in live.filter(wanted).only("key", "merged_into")}
    return {one.key: _final(one, found).key for one in found.values() if one.key in keys}


def _final(campaign: Campaign, found: Mapping[int, Campaign]) -> Campaign:
    """The end of the chain. Repairs let none be a circle; a page would not end in one either."""
    for _ in found:
        campaign = found.get(campaign.merged_into_id or 0, campaign)
    return campaign


def not_in_force(company: Company, keys: Collection[str]) -> Iterator[tuple[str, str]]:
    """Keys under which nothing counts, each with what is the matter and what to ask for instead."""
    now = became(company, keys)
    for key in filter(None, keys):
        if key not in now:
            yield key, f"No campaign has the key “{key[:60]}”."
        elif now[key] != key:
            yield key, f"“{key[:60]}” has become part of “{now[key][:60]}”: ask for that one."
