"""What would change if something were confirmed or undone: one answer for preview and for both."""

from dataclasses import dataclass, field
from typing import NamedTuple

from attribution.models import Company, Repair
from attribution.repair.intents import Intent
from attribution.repair.items import Items
from attribution.verdict import Place, Verdict


class Refused(Exception):  # noqa: N818 - reads as what is the matter
    """What is asked for cannot be done; the text says why and what to do instead."""


class SpendName(NamedTuple):
    """Spend that is alike in everything that decides about its campaign."""

    key: str
    source: str
    medium: str
    campaign: int | None  # where it counts now


class Remainder(NamedTuple):
    """Something that undoing does not put back, because of a later repair."""

    repair: int  # the later one
    what: str  # a sentence


@dataclass(frozen=True)
class Plan:
    """What would change. Campaigns and rules that would be made have negative ids."""

    company: Company
    intent: Intent
    kind: str  # of the repair
    title: str
    items: Items = field(default_factory=Items)
    undoes: Repair | None = None
    # Only what differs: where it counts now, and where it would.
    readings: dict[int, tuple[Verdict, Verdict]] = field(default_factory=dict)
    fixed: dict[int, tuple[Place, Place]] = field(default_factory=dict)  # leads corrected by hand
    # Campaign → column → old and new value, as on the model; also merged_into and withdrawn.
    campaigns: dict[int, dict[str, tuple[object, object]]] = field(default_factory=dict)
    spend: dict[SpendName, int | None] = field(default_factory=dict)
    remains: tuple[Remainder, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Of the decisions and of what moves where, without numbers of leads."""
        raise NotImplementedError


def plan(company: Company, intent: Intent) -> Plan:
    """Work it out; writes nothing. Raises Refused."""
    raise NotImplementedError
