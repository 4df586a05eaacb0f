"""What may be sent and what is answered, as JSON Schema; limits stand where the store has them."""

from typing import Any

from attribution.capture import items
from attribution.capture.taken import CHANGED, REPEATED, SAME, STORED, WAITING
from attribution.ingest.body import ITEM_BYTES
from attribution.models import Booking, Lead, Refusal
from attribution.models.lead import RAW_LENGTH, URL_LENGTH
from attribution.models.touch import TOUCHES_PER_LEAD
from attribution.utm import CLICK_IDS

Schema = dict[str, Any]
MOST_ITEMS = 500


def text(longest: int, meaning: str = "", **more: Any) -> Schema:
    said = {"description": meaning} if meaning else {}
    return {"type": "string", "maxLength": longest, "nullable": True, **said, **more}


def moment(meaning: str) -> Schema:
    return {
        "type": "string",
        "format": "date-time",
        "nullable": True,
        "description": f"{meaning} ISO 8601 with an offset from UTC, or Z.",
    }


def choice(values: list[str], meaning: str) -> Schema:
    return {"type": "string", "enum": sorted(values), "description": meaning}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def closed(properties: Schema, required: tuple[str, ...] = (), meaning: str = "") -> Schema:
    """An object without other fields."""
    needed = {"required": list(required)} if required else {}
    return {
        "type": "object",
        "description": meaning,
        "properties": properties,
        "additionalProperties": False,
        **needed,
    }


def captured() -> Schema:
    """The raw values of a visit."""
    clicks = {name: text(RAW_LENGTH) for name in sorted(CLICK_IDS)}
    return {
        **{name: text(RAW_LENGTH) for name in items.UTM},
        "click_ids": {**closed(clicks, meaning="Click ids by their parameter."), "nullable": True},
        "referrer": text(URL_LENGTH, "Address of the page that linked."),
        "landing_page": text(
            URL_LENGTH,
            "Address of the first page, with its parameters. UTM values and click ids are read from"
            " it when no utm field is sent.",
        ),
    }


def lead_fields() -> Schema:
    flag = {"type": "boolean", "nullable": True}
    longest = items._LIMITS
    return {
        "id": text(items.LEAD_ID, "Your own id of the lead. Sent again, it is no second lead."),
        "received_at": moment("When it came; else the moment of arrival counts."),
        "kind": choice(Lead.Kind.values, "When you know it to be no ordinary lead."),
        **captured(),
        **{name: text(number) for name, number in longest.items()},
        **dict.fromkeys(items.MARKS, flag),
        "touches": {
            "type": "array",
            "maxItems": TOUCHES_PER_LEAD,
            "nullable": True,
            "items": ref("Touch"),
            "description": "Earlier visits of the same person.",
        },
    }


def booking_fields() -> Schema:
    """All but the lead."""
    amount = {
        "description": "Such as 250.00, in the currency below.",
        "oneOf": [
            {"type": "string", "pattern": r"^\d{1,15}(\.\d{1,8})?$"},
            {"type": "number", "minimum": 0},
        ],
    }
    return {
        "id": text(items.BOOKING_ID, "Your own id of the booking; updates name it.", minLength=1),
        "status": choice(Booking.Status.values, "booked unless it is said."),
        "booked_at": moment("When it was booked."),
        "completed_at": moment("When it was completed."),
        "value": amount,
        "currency": text(3, "ISO 4217; the company's own unless it is said."),
        "as_of": moment("The moment your statement is of; else that of arrival."),
    }


def booking() -> Schema:
    lead = text(items.LEAD_ID, "Your own id of its lead, which may come later.", minLength=1)
    return closed({**booking_fields(), "lead": lead}, ("id", "lead"))


def lead() -> Schema:
    own = closed(booking_fields(), ("id",), "A booking that came with the lead.")
    return closed({**lead_fields(), "booking": {**own, "nullable": True}})


def page_lead() -> Schema:
    """What a page may send, with the key for those who cannot send a header."""
    fields = lead_fields()
    for name in ("ip", "user_agent"):
        del fields[name]
    key = {"type": "string", "description": "The browser's key, when no header carries it."}
    return closed({**fields, "key": key})


def touch() -> Schema:
    return closed({"at": moment("When the visit was."), **captured()}, ("at",))


def batch(name: str) -> Schema:
    many = {"type": "array", "maxItems": MOST_ITEMS, "items": ref(name)}
    return closed({"items": many}, ("items",), f"Up to {MOST_ITEMS}, of {ITEM_BYTES:,} bytes each.")


def error_object() -> Schema:
    return {
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "string", "description": "For programs; it stays as it is."},
            "message": {"type": "string", "description": "For people, with the way out."},
            "field": {"type": "string", "description": "What it is about."},
        },
    }


def result() -> Schema:
    """Of one item."""
    statuses = [STORED, REPEATED, CHANGED, SAME, WAITING]
    return {
        "type": "object",
        "required": ["status", "id"],
        "properties": {
            "status": choice(statuses, "What became of it."),
            "id": {"type": "string", "description": "Yours, or the one it was given."},
            "kind": choice(Lead.Kind.values, "Of a lead: what it counts as."),
            "reason": {"type": "string", "description": "Why it is of that kind."},
            "differs": {
                "type": "boolean",
                "description": "It was stored before with other values, which stay.",
            },
            "notes": {"type": "array", "items": {"type": "string"}},
        },
    }


def refused() -> Schema:
    """One item that was set aside."""
    codes = ", ".join(Refusal.Why.values)
    return {
        "type": "object",
        "required": ["status", "id", "error"],
        "description": f"Codes: {codes}.",
        "properties": {
            "status": {"type": "string", "enum": ["refused"]},
            "id": {"type": "string"},
            "error": error_object(),
        },
    }


def results() -> Schema:
    one = {"anyOf": [ref("Result"), ref("Refused")]}
    return {
        "type": "object",
        "required": ["items"],
        "properties": {
            "items": {"type": "array", "items": one, "description": "In the order they were sent."}
        },
    }


def components() -> Schema:
    return {
        "Lead": lead(),
        "PageLead": page_lead(),
        "Touch": touch(),
        "Booking": booking(),
        "LeadBatch": batch("Lead"),
        "BookingBatch": batch("Booking"),
        "Result": result(),
        "Refused": refused(),
        "Results": results(),
        "Error": {
            "type": "object",
            "required": ["error"],
            "properties": {"error": error_object()},
        },
    }
