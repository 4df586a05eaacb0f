"""Companies, their people, their campaigns, and the leads and bookings that came."""

from attribution.models.booking import Booking
from attribution.models.campaign import Campaign
from attribution.models.company import Company, Membership
from attribution.models.importrun import ImportRun
from attribution.models.lead import Lead

__all__ = ["Booking", "Campaign", "Company", "ImportRun", "Lead", "Membership"]
