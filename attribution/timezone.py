"""Another time zone for a company that has leads: the days of its facts are worked out anew.

Instants and slots stay. So do the days of spend, which are dates, and the day on which a campaign
was discovered.
"""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import QuerySet

from attribution.imports import runs
from attribution.models import Booking, Company, Lead
from attribution.models.company import validate_timezone
from attribution.rates import Rates, bookings
from attribution.rates.reach import everything
from attribution.signals import facts_changed

INSTANTS: dict[type[Lead] | type[Booking], str] = {Lead: "received_at", Booking: "booked_at"}
SECOND = timedelta(seconds=1)


class Moved(NamedTuple):
    """How many facts have another day."""

    leads: int
    bookings: int


def preview(company: Company, name: str) -> Moved:
    """What `change_timezone` would move. Saves nothing."""
    validate_timezone(name)
    return Moved(*(_on_another_day(company, model, ZoneInfo(name)) for model in INSTANTS))


def change_timezone(company: Company, name: str) -> Moved:
    """Save the zone, and give every lead and booking its day in it, all or nothing.

    With the zone that the company has it moves what was stored with another one: by a writer who
    had read the company just before the zone changed.
    """
    validate_timezone(name)
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
        runs.lock(company)
        company.timezone = name
        company.save(update_fields=["timezone"])
        moved = Moved(*(_on_another_day(company, model, company.zone, True) for model in INSTANTS))
        # Values in other currencies take the rate of their lead's new day.
        bookings.convert(Rates(company), everything(company, date.min, date.max))
        facts_changed.send(sender=Company, company_id=company.pk)
    return moved


def _on_another_day(
    company: Company, model: type[Lead] | type[Booking], zone: ZoneInfo, move: bool = False
) -> int:
    """How many rows stand on another day than theirs in the zone; on request they are moved.

    Goes from one day with rows to the next, each a short range of the index on their instants.
    """
    found = 0
    column = INSTANTS[model]
    rows: QuerySet[Any] = model._default_manager.filter(company=company).order_by(column)
    at = _first(rows, column)
    while at is not None:
        day, end = at.astimezone(zone).date(), same_day_until(at, zone)
        elsewhere = rows.filter(**{f"{column}__gte": at, f"{column}__lt": end}).exclude(day=day)
        found += elsewhere.update(day=day) if move else elsewhere.count()
        at = _first(rows.filter(**{f"{column}__gte": end}), column)
    return found


def _first(rows: QuerySet[Any], column: str) -> datetime | None:
    return rows.values_list(column, flat=True).first()


def same_day_until(at: datetime, zone: ZoneInfo) -> datetime:
    """The first instant after this one when a day begins or the clock changes, in UTC.

    A day is not always one stretch: at 00:01 a clock may go back into the day before.
    """
    local = at.astimezone(zone)
    offset = local.utcoffset() or timedelta()

    def changed(instant: datetime) -> bool:
        return instant.astimezone(zone).utcoffset() != offset

    midnight = datetime.combine(local.date() + timedelta(days=1), time.min, UTC) - offset
    if not changed(midnight - SECOND):
        return midnight
    second = at.astimezone(UTC).replace(microsecond=0)
    seconds = range((midnight - second) // SECOND)
    return second + SECOND * bisect_left(
        seconds, True, key=lambda later: changed(second + SECOND * later)
    )
