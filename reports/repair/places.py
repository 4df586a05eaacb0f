"""Where leads count, in words."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext

from attribution.repair.history import unattributed
from attribution.verdict import Place
from reports.query import CampaignBrief


class Move(NamedTuple):
    """From one place to another, in words."""

    was: str
    becomes: str


class Namer:
    """Knows the campaigns by the names that they have before, and those they have afterwards."""

    def __init__(self, before: Iterable[CampaignBrief], after: Iterable[CampaignBrief]) -> None:
        self.before = {one.id: one for one in before}
        self.after = {one.id: one for one in after}

    def move(self, was: Place, becomes: Place) -> Move:
        """Only what differs: of leads that stay with their campaign, source and medium."""
        old, new = [], []
        if was[:2] != becomes[:2]:
            old.append(_campaign(self.before, was))
            new.append(_campaign(self.after, becomes))
        for name, one, other in (
            (gettext("source"), was.source, becomes.source),
            (gettext("medium"), was.medium, becomes.medium),
        ):
            if one != other:
                old.append(_value(name, one))
                new.append(_value(name, other))
        return Move(", ".join(old), ", ".join(new))

    def spend(self, was: int | None, becomes: int | None) -> Move:
        return Move(_matched(self.before, was), _matched(self.after, becomes))


def _campaign(campaigns: Mapping[int, CampaignBrief], place: Place) -> str:
    if place.campaign is None:
        return unattributed(place.reason)
    campaign = campaigns[place.campaign]
    if campaign.discovered:
        return gettext("%(name)s (discovered)") % {"name": campaign.name}
    return campaign.name


def _value(name: str, value: str) -> str:
    return f"{name} {value}" if value else gettext("no %(name)s") % {"name": name}


def _matched(campaigns: Mapping[int, CampaignBrief], campaign: int | None) -> str:
    return gettext("not matched") if campaign is None else campaigns[campaign].name
