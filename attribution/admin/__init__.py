"""The admin of companies, campaigns, leads, bookings, import runs and people."""

from attribution.admin import booking, campaign, company, importrun, lead, membership, user

__all__ = ["booking", "campaign", "company", "importrun", "lead", "membership", "user"]
