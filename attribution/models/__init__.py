"""Companies, their people, their campaigns and links, and the leads and bookings that came."""

from attribution.models.booking import Booking
from attribution.models.campaign import Campaign
from attribution.models.company import Company, Membership
from attribution.models.importrun import ImportRun
from attribution.models.lead import Lead
from attribution.models.naming import NamingRules
from attribution.models.rate import ExchangeRate
from attribution.models.reading import Reading
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

__all__ = [
    "Booking",
    "Campaign",
    "CampaignChange",
    "Company",
    "Correction",
    "ExchangeRate",
    "ImportRun",
    "Lead",
    "LinkHost",
    "Membership",
    "NamingRules",
    "Pin",
    "Reading",
    "ReadingMove",
    "Repair",
    "RepairDraft",
    "Rule",
    "RuleVersion",
    "ShortLink",
    "ShortLinkChange",
    "ShortLinkDay",
]
