"""Into which bucket spend and leads belong. Plain functions over what was read; no database.

Buckets are asked in their order, and the first that holds is taken: so each entry and each lead is
in exactly one, and the buckets add up to all spend and all counted leads.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from attribution.models import Campaign
from reports.audit.known_sources import is_known
from spend.formats.registry import FORMATS
from spend.matching import PlatformsId, platform_of

# Channels that somebody is paid for: leads without spend mean that spend is missing.
PAID = frozenset(
    (
        Campaign.Channel.PAID_SEARCH.value,
        Campaign.Channel.PAID_SOCIAL.value,
        Campaign.Channel.DISPLAY.value,
        Campaign.Channel.VIDEO.value,
        Campaign.Channel.AFFILIATE.value,
    )
)
PLATFORMS = frozenset(one.platform for one in FORMATS.values() if one.platform)


class Money(StrEnum):
    """Of spend, in the order in which they are asked."""

    UNMATCHED = "spend-unmatched"
    NO_RATE = "spend-no-rate"
    OUTSIDE = "spend-outside-days"
    NO_LEADS = "spend-no-leads"
    COLLISION = "spend-name-collision"
    UNKNOWN_SOURCE = "spend-unknown-source"
    IN_ORDER = "spend-in-order"


class Leads(StrEnum):
    """Of counted leads, in the order in which they are asked."""

    UNATTRIBUTED = "leads-unattributed"
    NO_SPEND = "leads-no-spend"
    OUTSIDE = "leads-outside-days"
    UNKNOWN_SOURCE = "leads-unknown-source"
    IN_ORDER = "leads-in-order"


Kind = Money | Leads
KINDS: tuple[Kind, ...] = (*Money, *Leads)
IN_ORDER: tuple[Kind, ...] = (Money.IN_ORDER, Leads.IN_ORDER)


class SpendRow(NamedTuple):
    """Entries of spend of the period that are alike in all that decides about their bucket."""

    campaign_id: int | None
    key: str  # the tidy name
    utm_source: str
    came_from: str
    platform_id: str
    outside: bool  # the day is none of the campaign's own
    waits_in: str  # the currency that lacks a rate; empty when the amount is known
    entries: int
    amounts: int  # entries that tell an amount, known or not
    priced: int  # entries whose amount is known
    known_minor: int  # of these
    recorded_minor: int  # in `waits_in`, of the others
    first: date
    last: date

    @property
    def platform(self) -> str:
        """Empty where it was a form, a shared cost or a table of people."""
        platform = platform_of(self.came_from)
        return platform if platform in PLATFORMS else ""


class LeadRow(NamedTuple):
    """Counted leads of the period that are alike in all that decides about their bucket."""

    campaign_id: int | None
    reason: str  # why without campaign
    source: str
    outside: bool
    leads: int
    revenue_minor: int  # of bookings whose value is known
    first: date | None = None  # known of those outside the campaign's own days
    last: date | None = None


@dataclass(frozen=True)
class Known:
    """What spend and leads are held against."""

    channels: Mapping[int, str]  # campaign → channel, of those that count
    spend: Collection[SpendRow]
    leads_of: Mapping[int, int]  # campaign → counted leads of the period
    heard_of: Collection[str] = ()  # sources that a lead of the company had, ever
    allowed: frozenset[str] = frozenset()  # the company's own list of sources
    ruled: frozenset[str] = frozenset()  # what rules make of sources
    said: Collection[PlatformsId] = field(default=())  # ids of which a person said whose they are

    @cached_property
    def with_spend(self) -> frozenset[int]:
        """Campaigns of which any amount was recorded, 0.00 too."""
        return frozenset(row.campaign_id or 0 for row in self.spend if row.amounts)

    @cached_property
    def sources_of_spend(self) -> frozenset[str]:
        return frozenset(row.utm_source for row in self.spend)

    @cached_property
    def several_platforms(self) -> Mapping[int, frozenset[str]]:
        """Campaigns whose spend comes from two platforms or more, and which."""
        found: dict[int, set[str]] = {}
        for row in self.spend:
            if row.platform and row.campaign_id:
                found.setdefault(row.campaign_id, set()).add(row.platform)
        return {one: frozenset(some) for one, some in found.items() if len(some) > 1}

    @cached_property
    def ambiguous(self) -> frozenset[tuple[str, str]]:
        """Names under which ids of one platform belong to different campaigns, as platform, name.

        An id whose campaign is not known yet belongs to none.
        """
        found: dict[tuple[str, str], dict[str, int]] = {}
        for row in self.spend:
            if row.platform and row.platform_id and row.campaign_id:
                ids = found.setdefault((row.platform, row.key), {})
                ids.setdefault(row.platform_id, row.campaign_id)
        return frozenset(name for name, ids in found.items() if len(set(ids.values())) > 1)

    def collides(self, row: SpendRow) -> bool:
        """Whether the name of this spend may mean another campaign, and no person said which."""
        if not row.platform or (row.platform, row.platform_id) in self.said:
            return False
        named = (row.platform, row.key) in self.ambiguous
        return named or row.campaign_id in self.several_platforms


def bucket_of_spend(row: SpendRow, known: Known) -> Money:
    """The first that holds."""
    if row.campaign_id not in known.channels:
        return Money.UNMATCHED
    if row.waits_in:
        return Money.NO_RATE
    if row.outside:
        return Money.OUTSIDE
    if not known.leads_of.get(row.campaign_id or 0):
        return Money.NO_LEADS
    if known.collides(row):
        return Money.COLLISION
    if row.utm_source and row.utm_source not in known.heard_of:
        return Money.UNKNOWN_SOURCE
    return Money.IN_ORDER


def bucket_of_leads(row: LeadRow, known: Known) -> Leads:
    """The first that holds."""
    campaign = row.campaign_id or 0
    if campaign not in known.channels:
        return Leads.UNATTRIBUTED
    if known.channels[campaign] in PAID and campaign not in known.with_spend:
        return Leads.NO_SPEND
    if row.outside:
        return Leads.OUTSIDE
    if row.source and not (
        row.source in known.ruled
        or row.source in known.sources_of_spend
        or is_known(row.source, known.allowed)
    ):
        return Leads.UNKNOWN_SOURCE
    return Leads.IN_ORDER
