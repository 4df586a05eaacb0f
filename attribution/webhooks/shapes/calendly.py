"""Calendly: `invitee.created` and `invitee.canceled`, and those who did not come."""

from collections.abc import Iterator, Mapping
from typing import Any

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

STATUSES = {
    "invitee.created": "booked",
    "invitee.canceled": "cancelled",
    "invitee_no_show.created": "no_show",
    "invitee_no_show.deleted": "booked",
}


class Calendly(Shape):
    """An invitee is a lead with its booking. Who moves an appointment gives up one booking and
    makes another one; both are of the lead that came first.
    """

    name = "calendly"
    label = "Calendly"
    verify = signatures.calendly
    secret_is = "The signing key that was given when the subscription was made."  # noqa: S105
    mapping = Mapped(
        lead={
            "id": "id",
            "received_at": "made_at",
            "name": ["name", {"join": ["first_name", "last_name"]}],
            "email": "email",
            "phone": ["payload.text_reminder_number", "answers.Phone", 'answers."Phone Number"'],
            **carried("payload.tracking", "answers"),
        },
        booking={
            "id": "id",
            "lead": "id",
            "status": "status",
            "booked_at": "made_at",
            "as_of": "at",
            "value": "value",
            "currency": "payload.payment.currency",
        },
    )

    @classmethod
    def events(cls, payload: Any) -> Iterator[Event]:
        said = obj(payload)
        event = text(said.get("event"))
        if event and event not in STATUSES:
            return
        invitee = obj(said.get("payload"))
        invitee = obj(invitee.get("invitee")) or invitee  # those who did not come hold it inside
        number = _last(invitee.get("uri"))
        if not event or not number:
            raise not_this(cls, "payload.uri" if event else "event")
        data = {
            "id": number,
            "event": event,
            "status": STATUSES[event],
            "at": said.get("created_at"),
            "made_at": invitee.get("created_at"),
            "answers": {
                text(one.get("question")): one.get("answer")
                for one in rows(invitee.get("questions_and_answers"))
            },
            "value": _paid(obj(invitee.get("payment"))),
            **{name: invitee.get(name) for name in ("name", "first_name", "last_name", "email")},
            "payload": invitee,
        }
        parts = (LEAD, BOOKING) if event == "invitee.created" else (BOOKING,)
        yield Event(data, payload, parts, after=_last(invitee.get("old_invitee")))


def _paid(payment: Mapping[str, Any]) -> Any:
    """Nothing where the payment failed."""
    return None if payment.get("successful") is False else payment.get("amount")


def _last(uri: Any) -> str:
    """The last part of an address of theirs, which is the number of what it names."""
    last = text(uri).rstrip("/").rpartition("/")[2]
    return f"calendly-{last}" if last else ""
