"""The admin of companies, campaigns, leads, bookings, import runs, links and people."""

from attribution.admin import (
    booking,
    campaign,
    company,
    filemapping,
    importrun,
    ingestkey,
    lead,
    membership,
    naming,
    rate,
    refusal,
    shortlink,
    user,
    waitingbooking,
    webhook,
)

__all__ = [
    "booking",
    "campaign",
    "company",
    "filemapping",
    "importrun",
    "ingestkey",
    "lead",
    "membership",
    "naming",
    "rate",
    "refusal",
    "shortlink",
    "user",
    "waitingbooking",
    "webhook",
]
