"""What a lead and a booking are when they are sent: fields, limits, and what refuses them."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from attribution.capture.values import Refused, Values, invalid
from attribution.models import Booking, Lead
from attribution.models.company import validate_currency
from attribution.models.lead import RAW_LENGTH, URL_LENGTH
from attribution.models.touch import TOUCHES_PER_LEAD
from attribution.touches.items import TouchItem
from attribution.utm import CLICK_IDS, RAW_FIELDS, Captured, captured_from_link

__all__ = ["BookingItem", "LeadItem", "Refused", "read_booking", "read_lead"]

UTM = tuple(name for name in RAW_FIELDS if name.startswith("utm_"))
LEAD_ID, BOOKING_ID = 200, 220
KINDS = frozenset(Lead.Kind.values)
STATUSES = frozenset(Booking.Status.values)
MARKS = ("hot", "suspicious", "vpn")
_LIMITS = {
    "country": 60,
    "region": 120,
    "city": 120,
    "name": 200,
    "email": 254,
    "phone": 60,
    "ip": 45,
    "user_agent": 500,
    "honeypot": 500,
}
_CAPTURED = frozenset(RAW_FIELDS)
_LEAD = frozenset({"id", "received_at", "kind", "touches", "booking", *MARKS, *_LIMITS}) | _CAPTURED
_TOUCH = frozenset({"at"}) | _CAPTURED
_BOOKING = frozenset(
    {"id", "lead", "status", "booked_at", "completed_at", "value", "currency", "as_of"}
)
_OWN_BOOKING = _BOOKING - {"lead"}


class BookingItem(NamedTuple):
    """A statement about one booking, as of a moment."""

    id: str
    lead: str  # the lead's own id
    status: str  # empty: nothing was said
    booked_at: datetime | None
    completed_at: datetime | None
    value: Decimal | None  # None: nothing was said
    currency: str  # empty: the company's
    as_of: datetime | None  # None: of the moment it arrives
    notes: tuple[str, ...] = ()


class LeadItem(NamedTuple):
    """One lead as it was sent."""

    id: str  # empty: the sender has none
    received_at: datetime | None
    kind: str  # empty: not stated
    captured: Captured
    country: str = ""
    region: str = ""
    city: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    ip: str = ""
    user_agent: str = ""
    honeypot: str = ""
    hot: bool = False
    suspicious: bool = False
    vpn: bool = False
    touches: tuple[TouchItem, ...] = ()
    booking: BookingItem | None = None
    notes: tuple[str, ...] = ()


def read_lead(data: Any) -> LeadItem:
    """Raises Refused."""
    values = Values(data, _LEAD)
    booking = values.inner("booking")
    fields: dict[str, Any] = {
        "id": values.text("id", LEAD_ID),
        "received_at": values.instant("received_at"),
        "kind": values.choice("kind", KINDS),
        "captured": _captured(values),
        "touches": _touches(values),
        "booking": None if booking is None else _booking(booking, _OWN_BOOKING, "booking"),
    }
    for name, longest in _LIMITS.items():
        fields[name] = values.text(name, longest)
    for name in MARKS:
        fields[name] = values.flag(name)
    return LeadItem(**fields, notes=tuple(values.notes))


def read_booking(data: Any) -> BookingItem:
    """Raises Refused."""
    return _booking(data, _BOOKING, "")


def _booking(data: Any, known: frozenset[str], where: str) -> BookingItem:
    values = Values(data, known, where)
    booking = BookingItem(
        id=values.text("id", BOOKING_ID),
        lead=values.text("lead", LEAD_ID),
        status=values.choice("status", STATUSES),
        booked_at=values.instant("booked_at"),
        completed_at=values.instant("completed_at"),
        value=values.amount("value"),
        currency=values.text("currency", 3),
        as_of=values.instant("as_of"),
        notes=tuple(values.notes),
    )
    dot = f"{where}." if where else ""
    if not booking.id:
        raise invalid(f"{dot}id", "A booking needs an id: by it later updates find it.")
    if "lead" in known and not booking.lead:
        raise invalid("lead", "Name the lead that made the booking, by its id.")
    if booking.currency:
        _check_currency(f"{dot}currency", booking.currency)
    return booking


def _check_currency(field: str, code: str) -> None:
    from django.core.exceptions import ValidationError

    try:
        validate_currency(code)
    except ValidationError as error:
        raise invalid(field, error.messages[0]) from None


def _captured(values: Values) -> Captured:
    """The raw values; where no UTM value was sent, those that the landing page carries."""
    utm = {name: values.text(name, RAW_LENGTH) for name in UTM}
    clicks = _click_ids(values)
    referrer = values.text("referrer", URL_LENGTH)
    landing = values.text("landing_page", URL_LENGTH)
    if "=" in landing and not any(utm.values()):
        found = captured_from_link(landing)
        utm = {name: found.get(name, "")[:RAW_LENGTH] for name in UTM}
        in_link = found.get("click_ids", {}).items()
        clicks = {name: value[:RAW_LENGTH] for name, value in in_link} | clicks
    return Captured(**utm, click_ids=clicks, referrer=referrer, landing_page=landing)


def _click_ids(values: Values) -> dict[str, str]:
    sent = values.inner("click_ids")
    if not sent:
        return {}
    inner = Values(sent, CLICK_IDS, "click_ids")
    clicks = {name: inner.text(name, RAW_LENGTH) for name in sent}
    values.notes += inner.notes
    return {name: value for name, value in clicks.items() if value}


def _touches(values: Values) -> tuple[TouchItem, ...]:
    return tuple(
        _touch(one, f"touches.{number}", values.notes)
        for number, one in enumerate(values.items("touches", TOUCHES_PER_LEAD))
    )


def _touch(data: Any, where: str, notes: list[str]) -> TouchItem:
    values = Values(data, _TOUCH, where)
    at = values.instant("at")
    if at is None:
        raise invalid(f"{where}.at", "Say when the visit was.")
    captured = _captured(values)
    notes += values.notes
    return TouchItem(at, captured)
