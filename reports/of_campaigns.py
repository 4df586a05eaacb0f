"""Rows made of what owners say about campaigns: goal, segment, group and the like.

Each campaign belongs to one row of such a report, and one that says nothing to the row "(none)";
leads without a campaign are unattributed, as in a report by campaign.
"""

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.campaign_texts import FACTS as FACTS
from attribution.campaign_texts import NOTHING, tag_asked, tags_in
from attribution.models import Campaign
from reports.dimensions import BY_CAMPAIGN, SAID
from reports.query import CampaignBrief, ReportQuery
from spend.groups import AND, groups_of

# What is said where a campaign has more than one value.
OF_SEVERAL = {
    "group": gettext_lazy(
        "A campaign that is in several groups stands in a row of its own, which names all "
        "of them: so nothing is counted twice. To add up all that is in one group, filter by it."
    ),
    "tag": gettext_lazy(
        "A campaign with several tags stands in a row of its own, which names all of them: "
        "so nothing is counted twice. To add up all that has one tag, filter by it."
    ),
}


class Places:
    """To which row of a report campaigns belong."""

    def __init__(self, dimension: str) -> None:
        self.dimension = dimension

    def row_of(self, campaign: CampaignBrief) -> str:
        """The key of its row; never empty."""
        if self.dimension == "group":
            return AND.join(campaign.groups) or NOTHING
        if self.dimension == "tag":
            return AND.join(tags_in(campaign.tags)) or NOTHING
        if self.dimension in FACTS or self.dimension == "channel":
            return str(getattr(campaign, self.dimension)) or NOTHING
        return str(campaign.id)

    def label(self, key: str) -> str:
        """What a row is called that is no campaign."""
        if self.dimension == "channel":
            return str(Campaign.Channel(key).label)
        return _("(none)") if self.dimension in BY_CAMPAIGN and key == NOTHING else key

    def note(self, keys: Iterable[str]) -> str:
        """What is to be said about the rows; mostly nothing."""
        several = self.dimension in OF_SEVERAL and any(AND in key for key in keys)
        return str(OF_SEVERAL[self.dimension]) if several else ""


def tags_asked(values: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept, or `(none)`, each once."""
    return tuple(dict.fromkeys(found for value in values if (found := tag_asked(value))))


def said_asked(given: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What is asked for of each of `SAID`; only where something is."""
    values = {name: tuple(dict.fromkeys(filter(None, given.get(name) or ()))) for name in SAID}
    return {name: wanted for name, wanted in values.items() if wanted}


def with_groups(campaigns: Iterable[CampaignBrief], query: ReportQuery) -> Iterator[CampaignBrief]:
    """Each with the groups that it is in today, if the question asks for groups."""
    if not query.asks_for_groups:
        yield from campaigns
        return
    groups = groups_of(query.company)
    for one in campaigns:
        yield one._replace(groups=groups.get(one.id, ()))


def offered(campaigns: Iterable[CampaignBrief], groups: Iterable[str]) -> dict[str, list[str]]:
    """What each of `SAID` can be narrowed to; empty where no campaign says anything."""
    texts = set(map(attrgetter(*FACTS), campaigns))
    found = {name: set(one) for name, one in zip(FACTS, zip(*texts, strict=True), strict=False)}
    found["campaign_group"] = {*groups, ""}
    return {name: _with_nothing(found.get(name, set())) for name in SAID}


def _with_nothing(values: set[str]) -> list[str]:
    """By the alphabet, with `(none)` for those without a value where others have one."""
    known = sorted(values - {""})
    return [NOTHING, *known] if known and "" in values else known


def tags_of(campaigns: Iterable[CampaignBrief]) -> list[str]:
    """All tags of these campaigns, as `offered`."""
    texts = {campaign.tags for campaign in campaigns}
    return _with_nothing({one for text in texts for one in tags_in(text) or ("",)})
