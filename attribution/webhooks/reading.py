"""Payloads become the items of leads and bookings, by their tool's shape and the source's mapping.
Nothing is stored here."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from attribution.capture.items import (
    BookingItem,
    LeadItem,
    Refused,
    read_booking,
    read_lead,
)
from attribution.models import Refusal, WebhookSource
from attribution.webhooks import mapping
from attribution.webhooks.mapping import Mapped
from attribution.webhooks.shapes import Event, shape_of
from attribution.webhooks.shapes.base import BOOKING, LEAD

What = Refusal.What


class Found(NamedTuple):
    """What one event makes, or why it makes nothing."""

    sent: str  # the event as JSON, to be sent in again
    lead: dict[str, Any] | None = None
    booking: dict[str, Any] | None = None
    after: str = ""  # the booking that it takes the place of
    refused: Refused | None = None
    what: str = What.OTHER.value
    id: str = ""

    def items(self) -> tuple[LeadItem | None, BookingItem | None]:
        """Checked as every door checks them. Raises Refused."""
        booking = None if self.booking is None else read_booking(self.booking)
        lead = None if self.lead is None else read_lead(self.lead)
        return lead, booking


def mapping_of(source: WebhookSource) -> Mapped:
    """What the tool's own mapping says, and over it what the company says."""
    return mapping.check(source.mapping).over(shape_of(source.shape).mapping)


def read(source: WebhookSource, payload: Any) -> list[Found]:
    """An entry for each event that is taken; none where the payload is about something else.
    Raises Refused when it is nothing that the tool sends.
    """
    mapped = mapping_of(source)
    return [
        _found(source, mapped, event)
        for event in shape_of(source.shape).events(payload)
        if mapped.takes(event.data)
    ]


def _found(source: WebhookSource, mapped: Mapped, event: Event) -> Found:
    sent = as_text(event.sent)
    what = What.LEAD.value if LEAD in event.parts else What.BOOKING.value
    number = ""
    try:
        lead, lead_found = mapped.read("lead", event.data) if LEAD in event.parts else ({}, False)
        booking, booked = (
            mapped.read("booking", event.data) if BOOKING in event.parts else ({}, False)
        )
        number = lead.get("id") or booking.get("id") or ""
        if not lead_found and not booked:
            text = "Nothing that the mapping names was found in what was sent."
            raise Refused(Refusal.Why.NOT_MAPPED.value, "", text)
        own = f"{source.name}-{_digest(sent)}"
        if lead_found:
            lead.setdefault("id", own)
        if booked:
            booking.setdefault("id", own)
            if lead_found:
                booking.setdefault("lead", lead["id"])
        made = Found(
            sent,
            lead if lead_found else None,
            booking if booked else None,
            event.after,
            what=what,
            id=str(number),
        )
        made.items()  # refuses what the store would refuse
    except Refused as refused:
        return Found(sent, refused=refused, what=what, id=str(number))
    return made


def as_text(sent: Any) -> str:
    """JSON for people: it may be corrected by one of them and sent in again."""
    return json.dumps(sent, ensure_ascii=False, indent=1, default=_number)


def _number(value: Any) -> Any:
    """Amounts are read as decimals, which JSON writes as they were."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value)} is nothing that JSON knows.")


def _digest(sent: str) -> str:
    """The same for the same event, however often it is sent."""
    return hashlib.sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def fields_of(item: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """The fields of an item as a person reads them."""
    found: list[tuple[str, str]] = []
    for name, value in (item or {}).items():
        if isinstance(value, Mapping):
            found += [(f"{name}.{inner}", str(text)) for inner, text in value.items()]
        elif isinstance(value, bool):
            found.append((name, "true" if value else "false"))
        else:
            found.append((name, as_text(value) if isinstance(value, list) else str(value)))
    return found
