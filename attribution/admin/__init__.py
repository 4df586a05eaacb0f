"""The admin of companies, campaigns, leads, bookings, import runs, links and people."""

from attribution.admin import (
    booking,
    campaign,
    company,
    importrun,
    lead,
    membership,
    naming,
    rate,
    shortlink,
    user,
)

__all__ = [
    "booking",
    "campaign",
    "company",
    "importrun",
    "lead",
    "membership",
    "naming",
    "rate",
    "shortlink",
    "user",
]
