"""Rows made of what owners say about campaigns: goal, segment, group and the like.

Each campaign belongs to one row of such a report, and one that says nothing to the row "(none)";
leads without a campaign are unattributed, as in a report by campaign.
"""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.campaign_texts import FACTS as FACTS
from attribution.campaign_texts import NOTHING, tag, tags_in
from attribution.models import Campaign, Company
from reports.dimensions import BY_CAMPAIGN
from reports.query import CampaignBrief
from spend.groups import AND, groups_of

# What is said where a campaign has more than one value.
OF_SEVERAL = {
    "group": gettext_lazy(
        "A campaign that is in several groups stands in a row of its own, which names all "
        "of them: so nothing is counted twice."
    ),
    "tag": gettext_lazy(
        "A campaign with several tags stands in a row of its own, which names all of them: "
        "so nothing is counted twice. To add up all that has one tag, filter by it."
    ),
}


class Places:
    """To which row of a report campaigns belong."""

    def __init__(self, company: Company, dimension: str) -> None:
        self.dimension = dimension
        self._groups: Mapping[int, str] = groups_of(company) if dimension == "group" else {}

    def row_of(self, campaign: CampaignBrief) -> str:
        """The key of its row; never empty."""
        if self.dimension == "group":
            return self._groups.get(campaign.id, NOTHING)
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
    """Tags as they are kept, each once."""
    return tuple(dict.fromkeys(found for value in values if (found := tag(value))))


def tags_of(campaigns: Iterable[CampaignBrief]) -> list[str]:
    """All tags of these campaigns, by the alphabet."""
    return sorted({one for text in {c.tags for c in campaigns} for one in tags_in(text)})
