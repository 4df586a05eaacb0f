"""Companies, their people, their campaigns and links, and the leads and bookings that came."""

from attribution.models.booking import Booking
from attribution.models.campaign import Campaign
from attribution.models.channel import ChannelRules, OwnHost
from attribution.models.company import Company, Membership
from attribution.models.importrun import ImportRun
from attribution.models.ingest import (
    DeliveryCount,
    IngestKey,
    Refusal,
    RememberedAnswer,
    WaitingBooking,
)
from attribution.models.junk import CaptureRule, KindBatch, KindChange
from attribution.models.lead import Lead
from attribution.models.naming import NamingRules
from attribution.models.rate import ExchangeRate
from attribution.models.reading import Reading
from attribution.models.readkey import ReadKey
from attribution.models.repair import (
    CampaignChange,
    Correction,
    Pin,
    ReadingMove,
    Repair,
    RepairDraft,
    Rule,
    RuleVersion,
)
from attribution.models.shortlink import LinkHost, ShortLink, ShortLinkChange, ShortLinkDay
from attribution.models.touch import Touchpoint
from attribution.models.webhook import FileMapping, WebhookSource

__all__ = [
    "Booking",
    "Campaign",
    "CampaignChange",
    "CaptureRule",
    "ChannelRules",
    "Company",
    "Correction",
    "DeliveryCount",
    "ExchangeRate",
    "FileMapping",
    "ImportRun",
    "IngestKey",
    "KindBatch",
    "KindChange",
    "Lead",
    "LinkHost",
    "Membership",
    "NamingRules",
    "OwnHost",
    "Pin",
    "ReadKey",
    "Reading",
    "ReadingMove",
    "Refusal",
    "RememberedAnswer",
    "Repair",
    "RepairDraft",
    "Rule",
    "RuleVersion",
    "ShortLink",
    "ShortLinkChange",
    "ShortLinkDay",
    "Touchpoint",
    "WaitingBooking",
    "WebhookSource",
]
