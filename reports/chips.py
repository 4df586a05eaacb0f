"""The filters in force, each with the address that leads out of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from attribution.campaign_texts import NOTHING
from attribution.models import Campaign, Lead
from reports.dimensions import DIMENSIONS, OF_LEADS, SAID
from reports.filters import Address
from reports.query import CampaignBrief, ReportQuery
from spend.models import SpendEntry


@dataclass(frozen=True)
class Chip:
    """One active filter and the address without it."""

    name: str
    value: str
    url: str


def chips(
    query: ReportQuery, address: Address, campaigns: Iterable[CampaignBrief] = ()
) -> list[Chip]:
    """The filters in force, in the order of the form; `campaigns` are called by their names."""
    labels: dict[str, dict[str, Any]] = {
        "campaign": {one.key: one.name for one in campaigns} if query.campaigns else {},
        "channel": dict(Campaign.Channel.choices),
        "status": dict(Campaign.Status.choices),
        **{name: {NOTHING: gettext("(none)")} for name in ("tag", *SAID)},
        "line": dict(SpendEntry.Line.choices),
        "kind": dict(Lead.Kind.choices),
    }
    names = {
        "campaign": gettext("Campaign"),
        "channel": gettext("Channel"),
        "source": gettext("Source"),
        "medium": gettext("Medium"),
        "status": gettext("Status"),
        "tag": gettext("Tag"),
        **{name: str(DIMENSIONS[dimension]) for name, dimension in SAID.items()},
        **{name: str(DIMENSIONS[name]) for name in OF_LEADS},
        "line": gettext("Spend only of"),
        "kind": gettext("Counted too"),
        "landing": gettext("Landing page begins with"),
        "q": gettext("Search"),
    }
    return [
        Chip(
            name=names[name],
            value=str(labels.get(name, {}).get(value, value)),
            url=str(address.without(name, value)),
        )
        for name, value in address.pairs
        if name in names
    ]
