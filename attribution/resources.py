"""Leads, bookings and campaigns as tables: what an export holds, column by column."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from import_export.fields import Field

from attribution.masking import mask_email, mask_name, mask_phone
from attribution.models import Booking, Lead
from attribution.money import decimal_of
from attribution.transfer.resource import ExportResource, column, instant
from attribution.utm import CLICK_IDS


def _click_id(name: str, lead: Lead) -> str:
    return lead.click_ids.get(name, "")


def _marks(lead: Lead) -> str:
    marks = {"hot": lead.is_hot, "vpn": lead.is_vpn, "suspicious": lead.is_suspicious}
    return ", ".join(mark for mark, given in marks.items() if given)


def _revenue(lead: Lead) -> Decimal | None:
    """Empty where a part of it is unknown; the column behind it names the currency."""
    if getattr(lead, "rate_missing", None):
        return None
    return decimal_of(lead.revenue_minor, lead.company.currency)


class LeadResource(ExportResource):
    """One row is one lead: as captured, where it is counted, and what became of it."""

    right = "lead.export"
    related = ("company", "campaign")

    company = column("company", lambda lead: lead.company.slug)
    id = column("id", lambda lead: lead.external_id)
    received_at = column("received_at", lambda lead: instant(lead.received_at, lead.company))
    kind = column("kind", lambda lead: lead.kind)
    utm_source = column("utm_source", lambda lead: lead.utm_source)
    utm_medium = column("utm_medium", lambda lead: lead.utm_medium)
    utm_campaign = column("utm_campaign", lambda lead: lead.utm_campaign)
    utm_content = column("utm_content", lambda lead: lead.utm_content)
    utm_term = column("utm_term", lambda lead: lead.utm_term)
    utm_id = column("utm_id", lambda lead: lead.utm_id)
    referrer = column("referrer", lambda lead: lead.referrer)
    landing_page = column("landing_page", lambda lead: lead.landing_page)
    country = column("country", lambda lead: lead.country)
    city = column("city", lambda lead: lead.city)
    name = Field("name", "name")
    email = Field("email", "email")
    phone = Field("phone", "phone")
    marks = column("marks", _marks)
    counted_for = column("counted for", lambda lead: lead.campaign.key if lead.campaign else "")
    reason = column("reason", lambda lead: lead.unattributed_reason)
    booked = column("booked", lambda lead: int(lead.booked))
    completed = column("completed", lambda lead: int(lead.completed))
    revenue = column("revenue", _revenue)
    currency = column("currency", lambda lead: lead.company.currency)
    rate_missing = column("rate missing", lambda lead: getattr(lead, "rate_missing", None) or "")

    def __init__(self, contact_companies: frozenset[int] = frozenset()) -> None:
        super().__init__(contact_companies)
        for name in sorted(CLICK_IDS):
            self.fields[name] = column(name, partial(_click_id, name))

    def dehydrate_name(self, lead: Lead) -> str:
        return self._contact(lead, lead.name, mask_name)

    def dehydrate_email(self, lead: Lead) -> str:
        return self._contact(lead, lead.email, mask_email)

    def dehydrate_phone(self, lead: Lead) -> str:
        return self._contact(lead, lead.phone, mask_phone)

    def _contact(self, lead: Lead, text: str, mask: Callable[[str], str]) -> str:
        return text if lead.company_id in self.contact_companies else mask(text)


def _recorded(booking: Booking) -> Decimal | None:
    minor = booking.recorded_minor
    return None if minor is None else decimal_of(minor, booking.currency)


class BookingResource(ExportResource):
    """One row is one appointment or order."""

    right = "booking.export"
    related = ("company", "lead")

    company = column("company", lambda booking: booking.company.slug)
    id = column("id", lambda booking: booking.external_id)
    lead = column("lead", lambda booking: booking.lead.external_id)
    status = column("status", lambda booking: booking.status)
    booked_at = column("booked_at", lambda booking: instant(booking.booked_at, booking.company))
    completed_at = column(
        "completed_at", lambda booking: instant(booking.completed_at, booking.company)
    )
    # As it was recorded, so that what is read back changes nothing.
    value = column("value", _recorded)
    currency = column("currency", lambda booking: booking.currency)


class CampaignResource(ExportResource):
    """One row is one campaign and how it is kept."""

    right = "campaign.export"
    related = ("company", "owner")

    company = column("company", lambda campaign: campaign.company.slug)
    utm_campaign = column("utm_campaign", lambda campaign: campaign.key)
    name = column("name", lambda campaign: campaign.name)
    channel = column("channel", lambda campaign: campaign.channel)
    status = column("status", lambda campaign: campaign.status)
    owner = column(
        "owner", lambda campaign: campaign.owner.get_username() if campaign.owner else ""
    )
    starts_on = column("first day", lambda campaign: campaign.starts_on)
    ends_on = column("last day", lambda campaign: campaign.ends_on)
    type = column("type", lambda campaign: campaign.type)
    goal = column("goal", lambda campaign: campaign.goal)
    segment = column("segment", lambda campaign: campaign.segment)
    location = column("location", lambda campaign: campaign.location)
    language = column("language", lambda campaign: campaign.language)
    landing_page = column("landing page", lambda campaign: campaign.landing_page)
    tags = column("tags", lambda campaign: campaign.tags)
    is_template = column("template", lambda campaign: "yes" if campaign.is_template else "no")
    discovered = column("discovered", lambda campaign: int(campaign.discovered))
