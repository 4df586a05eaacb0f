"""Bookings that were sent, in any order, and those that wait for their lead.

The leads that are named are locked first, in the order of their ids, so statements about one
booking are heard one after the other.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from attribution import scope
from attribution.capture.doors import Door
from attribution.capture.items import BookingItem
from attribution.capture.statements import FIELDS, Known, moment
from attribution.capture.taken import CHANGED, REFUSED, SAME, STORED, WAITING, Taken
from attribution.capture.values import Refused, invalid
from attribution.files.amounts import minor_digits
from attribution.models import Booking, Company, Lead, WaitingBooking
from attribution.prepared import Prepared
from attribution.repair import locking

ATTEMPTS = 3  # when somebody else stores the same new booking in the same moment


def _again_when_crossed(work: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(work)
    def repeated(*args: Any) -> Any:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    return work(*args)
            except IntegrityError:
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError("The last attempt ends one way or the other.")

    return repeated


@_again_when_crossed
def take_bookings(company: Company, door: Door, items: Sequence[BookingItem]) -> list[Taken]:
    """What became of each statement, in their order. All are heard, or none."""
    scope.require(company.pk)
    locking.capturing(company.pk)
    desk = _Desk(company, [item.id for item in items], [item.lead for item in items])
    taken = []
    for item in items:
        try:
            said = _said(company, item)
        except Refused as refused:
            taken.append(Taken(REFUSED, item.id, error=refused))
            continue
        status = desk.hear(item.id, said, item.as_of or door.at, door)
        taken.append(Taken(status, item.id, notes=item.notes))
    desk.save(door)
    return taken


def settle_waiting(company: Company, leads: Iterable[str]) -> int:
    """Stores the bookings that have waited for these leads (their own ids); returns how many."""
    scope.require(company.pk)
    if not list(_WAITING.rows([company.pk])):  # nearly always; many ids are long to ask for
        return 0
    waiting = WaitingBooking.objects.filter(company=company, lead_external_id__in=list(leads))
    ids = list(waiting.order_by("pk").values_list("external_id", flat=True))
    if not ids:
        return 0
    with transaction.atomic():
        desk = _Desk(company, ids, [])
        return desk.save(None)


def _waiting() -> QuerySet[WaitingBooking, tuple[int]]:
    with scope.all_companies():
        return WaitingBooking.objects.filter(company=0).order_by().values_list("pk")[:1]


_WAITING = Prepared(_waiting)  # asked for each lead that arrives alone


def settle_all(company: Company, most: int = 1_000) -> int:
    """Those whose lead came in the very moment in which they began to wait."""
    waiting = WaitingBooking.objects.filter(company=company).values_list("lead_external_id")
    there = Lead.objects.filter(company=company, external_id__in=waiting)
    return settle_waiting(company, there.values_list("external_id", flat=True)[:most])


class _Desk:
    """The bookings of one piece of work, held until its transaction ends."""

    def __init__(self, company: Company, ids: Iterable[str], leads: Iterable[str]) -> None:
        self._company = company
        ids = set(ids)
        waiting = WaitingBooking.objects.filter(company=company, external_id__in=ids)
        self._waiting = {one.external_id: one for one in waiting.select_for_update().order_by("pk")}
        named = {*leads, *(one.lead_external_id for one in self._waiting.values())}
        bookings = Booking.objects.filter(company=company, external_id__in=ids)
        former = set(bookings.values_list("lead", flat=True))
        self._leads = self._held(named, former)
        found = bookings.select_for_update(of=("self",)).select_related("lead").order_by("pk")
        self._bookings = {one.external_id: one for one in found}
        self._known: dict[str, Known] = {}
        self._changed = set(self._waiting)

    def _held(self, named: set[str], former: set[int]) -> dict[str, Lead]:
        leads = Lead.objects.filter(company=self._company)
        ids = set(leads.filter(external_id__in=named).values_list("pk", flat=True)) | former
        held = leads.filter(pk__in=ids).select_for_update(no_key=True).order_by("pk")
        return {lead.external_id: lead for lead in held}

    def hear(self, id: str, said: dict[str, Any], as_of: Any, door: Door) -> str:
        known = self._known.setdefault(id, self._read(id))
        changed = known.hear(said, as_of)
        if changed:
            self._changed.add(id)
        if known.lead not in self._leads:
            return WAITING
        if id not in self._bookings:
            return STORED
        return CHANGED if changed else SAME

    def _read(self, id: str) -> Known:
        if id in self._waiting:
            return _of_waiting(self._waiting[id])
        if id in self._bookings:
            return _of_booking(self._bookings[id])
        return Known()

    def save(self, door: Door | None) -> int:
        """Writes what changed; returns how many bookings now stand under a lead."""
        new, saved = [], 0
        for id in sorted(self._changed):
            known = self._known.get(id) or self._read(id)
            lead = self._leads.get(known.lead)
            if lead is None:
                self._let_wait(id, known, door)
                continue
            saved += 1
            booking = self._bookings.get(id)
            if booking is None:
                booking = Booking(company=self._company, external_id=id)
                booking.came_by = door.came_by if door else self._waiting[id].came_by
                new.append(booking)
            self._write(booking, lead, known)
            if booking.pk is not None:
                booking.save()
        Booking.objects.bulk_create(new)
        settled = [one.pk for id, one in self._waiting.items() if self._is_settled(id)]
        WaitingBooking.objects.filter(pk__in=settled).delete()
        return saved

    def _is_settled(self, id: str) -> bool:
        known = self._known.get(id) or self._read(id)
        return known.lead in self._leads

    def _write(self, booking: Booking, lead: Lead, known: Known) -> None:
        booking.company = self._company
        booking.lead = lead
        booking.status, booking.booked_at, booking.completed_at = known.settled()
        booking.stated = known.stated
        if known.value is not None:
            minor, currency = known.value
            own = currency == self._company.currency
            booking.currency = currency
            booking.value_minor = minor if own else None
            booking.original_minor = None if own else minor

    def _let_wait(self, id: str, known: Known, door: Door | None) -> None:
        if door is None:
            return
        waiting = self._waiting.get(id) or WaitingBooking(
            company=self._company,
            external_id=id,
            came_by=door.came_by,
            key=door.key,
            arrived_at=door.at,
        )
        waiting.lead_external_id = known.lead
        waiting.status = known.settled()[0]
        waiting.booked_at, waiting.completed_at = known.booked_at, known.completed_at
        waiting.minor, waiting.currency = known.value or (None, "")
        waiting.stated = known.stated
        waiting.save()


def _said(company: Company, item: BookingItem) -> dict[str, Any]:
    """The fields that the statement speaks of. Raises Refused."""
    value = None
    if item.value is not None:
        currency = item.currency or company.currency
        value = _minor(item.value, currency), currency
    return {
        "lead": item.lead,
        "status": item.status,
        "booked_at": item.booked_at,
        "completed_at": item.completed_at,
        "value": value,
    }


def _minor(value: Decimal, currency: str) -> int:
    digits = minor_digits(currency)
    minor = value.scaleb(digits)
    if minor != minor.to_integral_value():
        raise invalid(
            "value", f"{value} is finer than {currency} can be. Send at most {digits} decimals."
        )
    return int(minor)


def _of_booking(booking: Booking) -> Known:
    """What no sender has stated is of no moment: whatever is stated goes before it."""
    minor = booking.recorded_minor
    value = None if minor is None else (minor, booking.currency)
    known = Known(
        booking.lead.external_id,
        booking.status,
        booking.booked_at,
        booking.completed_at,
        value,
        dict(booking.stated),
    )
    if not known.stated:
        known.stated = {name: "" for name in FIELDS if getattr(known, name) is not None}
        known.stated["first"] = moment(booking.booked_at)
    return _without_what_followed(known)


def _of_waiting(one: WaitingBooking) -> Known:
    value = None if one.minor is None else (one.minor, one.currency)
    known = Known(
        one.lead_external_id, one.status, one.booked_at, one.completed_at, value, dict(one.stated)
    )
    return _without_what_followed(known)


def _without_what_followed(known: Known) -> Known:
    """What was worked out from other values is worked out anew."""
    if "status" not in known.stated:
        known.status = ""
    for name in ("booked_at", "completed_at", "value"):
        if name not in known.stated:
            setattr(known, name, None)
    return known
