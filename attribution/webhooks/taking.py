"""What a webhook sent is stored, the way of every lead; what cannot be is kept with its reason."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from attribution import scope
from attribution.capture import bookings, refusals, store
from attribution.capture.doors import WEBHOOK, Door
from attribution.capture.items import BookingItem, LeadItem, Refused
from attribution.capture.taken import REFUSED, REPEATED, SAME, STORED, WAITING, Taken
from attribution.ingest import body
from attribution.ingest.answers import Problem
from attribution.models import (
    Booking,
    Company,
    DeliveryCount,
    Refusal,
    WaitingBooking,
    WebhookSource,
)
from attribution.webhooks import reading
from attribution.webhooks.reading import Found

logger = logging.getLogger(__name__)
LONGEST_EVENT = 64 * 1024
What = Refusal.What
Refuse = Callable[[str, str, Refused, str], None]  # what, as sent, why, its id


@dataclass
class Result:
    """How many events of one payload ended how."""

    stored: int = 0
    repeated: int = 0
    waiting: int = 0
    refused: int = 0
    first_refusal: str = ""

    def add(self, other: "Result") -> None:
        self.stored += other.stored
        self.repeated += other.repeated
        self.waiting += other.waiting
        self.refused += other.refused
        self.first_refusal = self.first_refusal or other.first_refusal

    def heard(self, status: str) -> None:
        self.stored += status not in (REPEATED, SAME, WAITING, REFUSED)
        self.repeated += status in (REPEATED, SAME)
        self.waiting += status == WAITING


class Items(NamedTuple):
    """What is to be stored of one event."""

    found: Found
    lead: LeadItem | None
    booking: BookingItem | None


def door_of(source: WebhookSource) -> Door:
    """A server sends: its address and its program are not the visitor's."""
    return Door(f"{WEBHOOK}{source.name}", timezone.now())


def take(source: WebhookSource, text: str) -> Result:
    """Inside the company's scope. All that is right is stored, and each of the rest is kept."""
    door, result = door_of(source), Result()
    keep = partial(_keep, source.company, door, result)
    try:
        found = events_of(source, text)
    except Refused as refused:
        keep(What.OTHER.value, text, refused, "")
        return result
    try:
        return _taken(source.company, door, found)
    except (DataError, IntegrityError) as fault:
        logger.error("Events of webhook %s were not stored: %s.", source.pk, type(fault).__name__)
    for one in found:  # what the database cannot hold keeps none of the others out
        try:
            result.add(_taken(source.company, door, [one]))
        except (DataError, IntegrityError):
            text = "It could not be stored. We look into it."
            keep(one.what, one.sent, Refused(Refusal.Why.FAILED.value, "", text), one.id)
    return result


def _taken(company: Company, door: Door, found: Sequence[Found]) -> Result:
    result = Result()
    keep = partial(_keep, company, door, result)
    with transaction.atomic():
        for one in found:
            if one.refused is not None:
                keep(one.what, one.sent, one.refused, one.id)
        right = [one for one in found if one.refused is None]
        take_found(company, door, right, result, keep)
    return result


def _keep(
    company: Company,
    door: Door,
    result: Result,
    what: str,
    payload: str,
    refused: Refused,
    id: str,
) -> None:
    refusals.keep(company, door, what, payload, refused, id)
    result.refused += 1
    result.first_refusal = result.first_refusal or refused.text


def events_of(source: WebhookSource, text: str) -> list[Found]:
    """The events of a payload as it was sent. Raises Refused."""
    try:
        payload = body.parse(text.encode("utf-8", "surrogatepass"))
        if body.is_deep(payload):
            raise body.too_deep()
    except Problem as problem:
        raise Refused(Refusal.Why.INVALID.value, "", str(problem)) from None
    return [_sized(one) for one in reading.read(source, payload)]


def _sized(one: Found) -> Found:
    if one.refused is None and len(one.sent.encode()) > LONGEST_EVENT:
        text = f"The event has more than {LONGEST_EVENT // 1024} kB."
        refused = Refused(Refusal.Why.TOO_LARGE.value, "", text)
        return one._replace(lead=None, booking=None, refused=refused)
    return one


def take_found(
    company: Company, door: Door, found: Sequence[Found], result: Result, refuse: Refuse
) -> None:
    """Stores what the events make. A booking that takes another's place is of the same lead.
    `refuse` gets what the store would not have.
    """
    scope.require(company.pk)
    leads_of = _leads_of_bookings(company, found)
    events = [_items(one, leads_of) for one in found]
    statuses = [""] * len(events)  # of each event, once

    def heard(n: int, what: Refusal.What, outcome: Taken) -> str:
        if outcome.error is not None:
            refuse(what.value, events[n].found.sent, outcome.error, outcome.id)
        return outcome.status

    with transaction.atomic():
        leads = [(n, one.lead) for n, one in enumerate(events) if one.lead is not None]
        taken = store.take_leads(company, door, [lead for __, lead in leads])
        for n, outcome in zip([n for n, __ in leads], taken, strict=True):
            statuses[n] = heard(n, What.LEAD, outcome)
        booked = [(n, one.booking) for n, one in enumerate(events) if one.booking is not None]
        said = bookings.take_bookings(company, door, [booking for __, booking in booked])
        for n, outcome in zip([n for n, __ in booked], said, strict=True):
            status = heard(n, What.BOOKING, outcome)
            # A lead that was there may have a new booking; one that is new came with its own.
            if not statuses[n] or (statuses[n] != STORED and status != SAME):
                statuses[n] = status
        for status in statuses:
            result.heard(status)
        again = sum(status in (REPEATED, SAME) for status in statuses)
        if again:
            refusals.count(company, door, DeliveryCount.What.REPEATED.value, again)


def _items(one: Found, leads_of: dict[str, str]) -> Items:
    lead, booking = one.items()
    if booking is None:
        return Items(one, lead, None)
    first = leads_of.get(one.after) or leads_of.get(booking.id, "")
    if first and lead is None:
        return Items(one, None, booking._replace(lead=first))
    if first and lead is not None and one.after and first != lead.id:
        # An appointment that was moved is no new lead.
        return Items(one, None, booking._replace(lead=first))
    if lead is not None:
        lead = lead._replace(booking=booking._replace(lead=""))
    return Items(one, lead, booking)


def _leads_of_bookings(company: Company, found: Sequence[Found]) -> dict[str, str]:
    """Of the bookings that are named: whose they are, where that is known."""
    ids = {one.after for one in found if one.after}
    ids |= {str(one.booking["id"]) for one in found if one.booking is not None and one.booking}
    if not ids:
        return {}
    waiting = WaitingBooking.objects.filter(company=company, external_id__in=ids)
    booked = Booking.objects.filter(company=company, external_id__in=ids)
    return {
        **dict(waiting.values_list("external_id", "lead_external_id")),
        **dict(booked.values_list("external_id", "lead__external_id")),
    }
