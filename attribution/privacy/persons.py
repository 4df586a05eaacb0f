"""One person: which leads are theirs, and all that is kept of them, to be given out."""

from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q

from attribution.models import Booking, Company, Lead, Refusal, Touchpoint
from attribution.privacy.erasing import SHORTEST, naming
from attribution.privacy.keeping import email_key, phone_key

MOST_LEADS = 5_000  # of one person; more are a robot's
# Worked out by the program for its own use, and of no meaning to a person.
LEFT_OUT = {"company", "slot", "reading", "digest", "person_email", "person_phone", "key"}


def leads_of(company: Company, *, email: str = "", phone: str = "", lead: str = "") -> list[Lead]:
    """Leads of the person with this address or number, or of this lead (its own id), in order.

    By the keyed digests, which are there also where addresses are not kept. A lead's person is
    looked for by its address and number too.
    """
    rows = Lead.objects.filter(company=company)
    found = Q(pk__in=[])
    if email:
        found |= Q(person_email=email_key(company.pk, email)) | Q(email__iexact=email)
    if phone:
        found |= Q(person_phone=phone_key(company.pk, phone)) | Q(phone=phone)
    if lead:
        found |= Q(external_id=lead)
        for one in rows.filter(external_id=lead):
            if one.person_email:
                found |= Q(person_email=one.person_email)
            if one.person_phone:
                found |= Q(person_phone=one.person_phone)
    # An empty digest is nobody's.
    return list(rows.filter(found).order_by("received_at", "pk")[:MOST_LEADS])


def refused_of(company: Company, addresses: list[str]) -> list[Refusal]:
    """Events that were refused and name one of these addresses or numbers."""
    values = {text for text in addresses if len(text) >= SHORTEST}
    rows = Refusal.objects.filter(naming(("payload", "detail"), values), company=company)
    return list(rows.order_by("arrived_at", "pk")[:MOST_LEADS])


def export(company: Company, leads: list[Lead], addresses: list[str]) -> dict[str, Any]:
    """Everything that is kept of the person, as plain values for JSON."""
    numbers = [lead.pk for lead in leads]
    touches = Touchpoint.objects.filter(lead__in=numbers).order_by("lead", "at", "pk")
    bookings = Booking.objects.filter(lead__in=numbers).order_by("lead", "booked_at", "pk")
    return {
        "company": company.name,
        "leads": [
            _plain(lead)
            | {
                "touches": [_plain(one) for one in touches if one.lead_id == lead.pk],
                "bookings": [_plain(one) for one in bookings if one.lead_id == lead.pk],
            }
            for lead in leads
        ],
        "refused": [
            {"arrived_at": one.arrived_at.isoformat(), "as_sent": one.payload, "why": one.detail}
            for one in refused_of(company, addresses)
        ],
    }


def addresses_of(leads: list[Lead], *given: str) -> list[str]:
    """Every address and number under which the person may be named elsewhere."""
    texts = [*given, *(text for lead in leads for text in (lead.email, lead.phone))]
    return sorted({text for text in texts if text})


def _plain(row: Model) -> dict[str, Any]:
    """What is there of a row; empty values say nothing."""
    values = {}
    for column in row._meta.concrete_fields:
        value = getattr(row, column.attname)
        if column.name in LEFT_OUT or column.primary_key or value in (None, "", {}, []):
            continue
        values[column.attname] = value.isoformat() if isinstance(value, date | datetime) else value
    return values
