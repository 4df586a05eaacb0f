"""Cal.com: `BOOKING_CREATED` and what becomes of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from attribution.money import decimal_of
from attribution.webhooks import signatures
from attribution.webhooks.mapping import Mapped
from attribution.webhooks.shapes.base import (
    BOOKING,
    LEAD,
    Event,
    Shape,
    carried,
    not_this,
    obj,
    rows,
    text,
)

# BOOKING_REQUESTED waits for somebody to accept it: a lead without a booking yet.
STATUSES = {
    "BOOKING_CREATED": "booked",
    "BOOKING_RESCHEDULED": "booked",
    "BOOKING_REQUESTED": "",
    "BOOKING_CANCELLED": "cancelled",
    "BOOKING_REJECTED": "cancelled",
    "BOOKING_NO_SHOW_UPDATED": "no_show",
    "MEETING_ENDED": "completed",
}
NEW = ("BOOKING_CREATED", "BOOKING_RESCHEDULED", "BOOKING_REQUESTED")


class Calcom(Shape):
    """A booking is a lead with its booking. One that takes the place of another cancels that."""

    name = "calcom"
    label = "Cal.com"
    verify = signatures.calcom
    secret_is = "The secret of the webhook: Settings → Webhooks."  # noqa: S105
    mapping = Mapped(
        lead={
            "id": "id",
            "received_at": "at",
            "name": ["answers.name", "attendee.name"],
            "email": ["answers.email", "attendee.email"],
            "phone": [
                "answers.attendeePhoneNumber",
                "answers.phone",
                "answers.smsReminderNumber",
                "attendee.phoneNumber",
            ],
            **carried("payload.tracking", "payload.metadata", "answers"),
        },
        booking={
            "id": "id",
            "lead": "id",
            "status": "status",
            "booked_at": "booked_at",
            "completed_at": "completed_at",
            "as_of": "at",
            "value": "value",
            "currency": "currency",
        },
    )

    @classmethod
    def events(cls, payload: Any) -> Iterator[Event]:
        said = obj(payload)
        event = text(said.get("triggerEvent"))
        if event and event not in STATUSES:
            return
        booking = obj(said.get("payload")) or said  # ended meetings stand by themselves
        number = text(booking.get("uid") or booking.get("bookingUid"))
        if not event or not number:
            raise not_this(cls, "payload.uid" if event else "triggerEvent")
        old = text(booking.get("rescheduleUid")) if event == "BOOKING_RESCHEDULED" else ""
        data = _data(said, booking, event, number)
        if old and old != number:
            gone = {**data, "id": f"calcom-{old}", "status": "cancelled", "booked_at": None}
            yield Event(gone, payload, (BOOKING,))
        yield Event(data, payload, _parts(event), after=f"calcom-{old}" if old else "")


def _parts(event: str) -> tuple[str, ...]:
    if event == "BOOKING_REQUESTED":
        return (LEAD,)
    return (LEAD, BOOKING) if event in NEW else (BOOKING,)


def _data(
    said: Mapping[str, Any], booking: Mapping[str, Any], event: str, number: str
) -> dict[str, Any]:
    attendees = rows(booking.get("attendees"))
    attendee = attendees[0] if attendees else {}
    came = event == "BOOKING_NO_SHOW_UPDATED" and not any(one.get("noShow") for one in attendees)
    at = said.get("createdAt")
    price, currency = booking.get("price"), text(booking.get("currency")).upper()
    answers = {**_values(booking.get("userFieldsResponses")), **_values(booking.get("responses"))}
    return {
        "id": f"calcom-{number}",
        "event": event,
        "at": at,
        "booked_at": at if event in NEW else None,
        "completed_at": booking.get("endTime") if STATUSES[event] == "completed" else None,
        "status": "booked" if came else STATUSES[event],
        "attendee": attendee,
        "answers": answers,
        # Their prices are in the minor unit, and 0 where there is none.
        "value": None if not price else _amount(price, currency),
        "currency": currency if price else None,
        "payload": booking,
    }


def _values(answers: Any) -> dict[str, Any]:
    """Each answer stands as {label, value}."""
    found = {}
    for name, one in obj(answers).items():
        value = one.get("value") if isinstance(one, Mapping) else one
        if isinstance(value, str | int | bool):
            found[name] = value
    return found


def _amount(minor: Any, currency: str) -> str | None:
    """1250 → "12.50"; of yen, which have no smaller unit, "1250"."""
    if isinstance(minor, int) and not isinstance(minor, bool) and 0 <= minor < 10**12:
        return f"{decimal_of(minor, currency):f}"
    return None
