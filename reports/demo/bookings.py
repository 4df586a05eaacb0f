"""Demo bookings: who booked after how many days, and whether they came."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from attribution.models import Booking, ImportRun
from reports.demo.leads import Made
from reports.demo.plans import CompanyPlan, Flow
from reports.demo.rhythm import chance

CANCELLED = 0.55  # of those who did not come; the others are no-shows
SECOND = 0.07  # of those whose appointment is over: a second booking
SPREAD = 0.4  # of values around the flow's own


def make_bookings(
    plan: CompanyPlan, made: list[Made], run: ImportRun, now: datetime, minor_units: int
) -> list[Booking]:
    """The bookings of the counted leads as they stand now; what is yet to come is not told."""
    rng = chance(plan, "bookings")
    bookings: list[Booking] = []
    for one in made:
        if one.lead.kind != "primary" or rng.random() >= one.flow.booked:
            continue
        for booking in _of_one_lead(plan, one, rng, minor_units):
            if booking.booked_at <= now:
                booking.external_id = f"B-{len(bookings) + 1:06d}"
                booking.import_run = run
                bookings.append(_as_of(booking, now))
    return bookings


def _of_one_lead(plan: CompanyPlan, one: Made, rng: Random, minor_units: int) -> Iterator[Booking]:
    """One booking, sometimes two, with how each will have ended."""
    at = one.lead.received_at
    for __ in range(2 if rng.random() < SECOND else 1):
        booked_at = at + timedelta(days=rng.expovariate(1 / plan.lag))
        at = booked_at + timedelta(days=rng.uniform(*plan.ahead))
        status = _status(one.flow, rng)
        value = one.flow.value * rng.lognormvariate(-(SPREAD**2) / 2, SPREAD)
        yield Booking(
            company=one.lead.company,
            lead=one.lead,
            status=status,
            booked_at=booked_at,
            completed_at=at,
            value_minor=round(value * minor_units),
        )


def _status(flow: Flow, rng: Random) -> str:
    if rng.random() < flow.shown:
        return Booking.Status.COMPLETED.value
    cancelled = rng.random() < CANCELLED
    return (Booking.Status.CANCELLED if cancelled else Booking.Status.NO_SHOW).value


def _as_of(booking: Booking, now: datetime) -> Booking:
    """An appointment that is still to come is booked, whatever will become of it."""
    if booking.completed_at is not None and booking.completed_at > now:
        booking.status = Booking.Status.BOOKED.value
    if booking.status != Booking.Status.COMPLETED:
        booking.completed_at = None
    return booking
