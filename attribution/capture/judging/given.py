"""What is looked at of a lead, whichever door it came through or whether it is stored already."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from attribution.capture.doors import SNIPPET, Door
from attribution.capture.items import LeadItem
from attribution.models import Booking, Lead


class Keys(Protocol):
    """The digests under which a person is found again; empty: not known."""

    @property
    def person_email(self) -> str: ...

    @property
    def person_phone(self) -> str: ...


class Given(NamedTuple):
    """The values of one lead that rules, lists and signals read."""

    received_at: datetime
    stated_kind: str = ""  # empty: not stated
    honeypot: bool = False
    agent: str = ""  # of the visitor's browser; empty: not known
    email: str = ""
    name: str = ""
    phone: str = ""
    ip: str = ""  # of the visitor
    referrer: str = ""
    landing_page: str = ""
    country: str = ""
    hot: bool = False
    suspicious: bool = False
    vpn: bool = False
    booked: bool = False  # a booking came with it
    seconds: float | None = None  # from opening the page to sending the form; None: not known
    person_email: str = ""
    person_phone: str = ""
    lead: int = 0  # its id, when it is stored


class Judgement(NamedTuple):
    """What becomes of a lead, and why. `attribution.capture.judging.words` says it in words."""

    kind: str
    kind_reason: str = ""
    marks: Mapping[str, str] = {}  # never changed
    first_lead: int | None = None  # of a follow-up: the id of the first lead, when it is stored
    first_item: int | None = None  # else its place in this batch


def of_item(item: LeadItem, door: Door, keys: Keys | None, country: str = "") -> Given:
    """A lead that arrives. Agent and address of a server that sends are not the visitor's.

    `country` is where the address lies, for a lead that does not say its own.
    """
    is_browser = door.came_by == SNIPPET
    booking = item.booking
    return Given(
        item.received_at or door.at,
        item.kind if item.kind != Lead.Kind.PRIMARY else "",
        bool(item.honeypot),
        item.user_agent or (door.agent if is_browser else ""),
        item.email,
        item.name,
        item.phone,
        item.ip or (door.ip if is_browser else ""),
        item.captured.referrer,
        item.captured.landing_page,
        item.country or country,
        item.hot,
        item.suspicious,
        item.vpn,
        booking is not None and booking.status != Booking.Status.CANCELLED,
        _seconds(item) if is_browser else None,
        keys.person_email if keys else "",
        keys.person_phone if keys else "",
    )


def of_lead(lead: Lead) -> Given:
    """A stored lead, with what is kept of it: no user agent, and perhaps no person."""
    return Given(
        lead.received_at,
        email=lead.email,
        name=lead.name,
        phone=lead.phone,
        ip=lead.ip,
        referrer=lead.referrer,
        landing_page=lead.landing_page,
        country=lead.country,
        person_email=lead.person_email,
        person_phone=lead.person_phone,
        lead=lead.pk,
    )


def _seconds(item: LeadItem) -> float | None:
    """Between the last visit and the lead, where the browser tells both."""
    if item.received_at is None or not item.touches:
        return None
    between = (item.received_at - max(touch.at for touch in item.touches)).total_seconds()
    return between if between >= 0 else None
