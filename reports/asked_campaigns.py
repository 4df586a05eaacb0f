"""Campaigns that a question names by their keys, and what has become of these."""

from collections.abc import Collection, Iterator

from attribution.models import Campaign, Company
from attribution.repair import law
from attribution.verdict import Rulebook


def became(company: Company, keys: Collection[str]) -> dict[str, str]:
    """The key of the campaign that has the figures of each now: the same, or that of the one it
    was merged into. Keys that no campaign has are left out."""
    if not keys:
        return {}
    live = Campaign.objects.filter(company=company, withdrawn=False)
    named = {one.key: one for one in live.filter(key__in=keys).only("key", "merged_into")}
    if all(one.merged_into_id is None for one in named.values()):
        return {key: key for key in named}
    book = Rulebook(merged=law.merges(company))
    final = {key: book.final(one.pk) for key, one in named.items()}
    keys_now = dict(live.filter(pk__in=final.values()).values_list("pk", "key"))
    return {key: keys_now[pk] for key, pk in final.items() if pk in keys_now}


def not_in_force(company: Company, keys: Collection[str]) -> Iterator[tuple[str, str]]:
    """Keys under which nothing counts, each with what is the matter and what to ask for instead."""
    now = became(company, keys)
    for key in filter(None, keys):
        if key not in now:
            yield key, f"No campaign has the key “{key[:60]}”."
        elif now[key] != key:
            yield key, f"“{key}” has become part of “{now[key]}”: ask for that one."
