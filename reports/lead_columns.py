"""What a lead counts under in a question: its day, and the values of what it is split by.

The day is that on which the lead was received, booked first, or was completed first, whichever
the question goes by. A lead without a booking of that kind counts on no day.
"""

# ruff: noqa: S608, S611  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import BooleanField, CharField, DateField, F, Q, QuerySet
from django.db.models.expressions import Combinable, RawSQL

from attribution.models import Booking, Lead
from reports.dimensions import OF_LEADS, of_day, of_lead
from reports.query import ReportQuery
from reports.rollup.condition import Condition
from spend.models import SpendEntry

LEADS, BOOKINGS = f'"{Lead._meta.db_table}"', f'"{Booking._meta.db_table}"'
STANDS = {"booked": "status <> 'cancelled'", "completed": "status = 'completed'"}
Days = Sequence[tuple[date, date]]


def day_of(query: ReportQuery, table: str) -> str:
    """The day that a lead of this table counts on, as SQL."""
    if query.basis == "received":
        return f'{table}"day"'
    return (
        f"(SELECT MIN({_day_of_booking(query)}) FROM {BOOKINGS} o WHERE o.lead_id = {table}id"
        f" AND o.{STANDS[query.basis]})"
    )


def of_days(query: ReportQuery, days: Days, table: str) -> Condition:
    """Leads of this table that count on one of these days.

    By another date than that of receipt the bookings are looked up first: an index holds them.
    """
    on = day_of(query, table)
    sql = " OR ".join([f"{on} BETWEEN %s AND %s"] * len(days))
    params: tuple[Any, ...] = tuple(str(day) for one in days for day in one)
    if query.basis == "received":
        return Condition(f"({sql})", params)
    first, last = min(one[0] for one in days), max(one[1] for one in days)
    moments = [_midnight(query, first), _midnight(query, last + timedelta(days=1))]
    when = "o.booked_at >= %s AND o.booked_at < %s"
    if query.basis == "completed":  # of one without the moment, that of the booking stands for it
        when = (
            f"(o.completed_at >= %s AND o.completed_at < %s OR o.completed_at IS NULL AND {when})"
        )
        moments *= 2
    return Condition(
        f"{table}id IN (SELECT o.lead_id FROM {BOOKINGS} o WHERE o.company_id = %s"
        f" AND o.{STANDS[query.basis]} AND {when}) AND ({sql})",
        (query.company.pk, *moments, *params),
    )


def value_of(query: ReportQuery, name: str, table: str) -> str:
    """What a lead of this table counts under, as SQL."""
    days = query.first, query.end
    return of_lead(name, query.company.zone, days, table, day_of(query, table))


def leads_of(query: ReportQuery, days: Days) -> "QuerySet[Lead]":
    """The company's leads that count on these days, of any kind; each with `counts_on`."""
    leads = Lead.objects.filter(company_id=query.company.pk)
    if query.basis == "received":
        wanted = Q()
        for first, last in days:
            wanted |= Q(day__gte=first, day__lte=last)
        return leads.alias(counts_on=F("day")).filter(wanted)
    of = of_days(query, days, f"{LEADS}.")
    on = RawSQL(day_of(query, f"{LEADS}."), (), output_field=DateField())
    chosen = RawSQL(of.sql, of.params, output_field=BooleanField())
    return leads.alias(counts_on=on).filter(chosen)


def counting_on(first: date, last: date) -> dict[str, date]:
    """A filter on leads of `leads_of`: only those that count on these days."""
    return {"counts_on__gte": first, "counts_on__lte": last}


def expression(query: ReportQuery, name: str) -> Combinable:
    """The same as `value_of`, for a QuerySet of leads."""
    if name in OF_LEADS:
        return F(OF_LEADS[name])
    return RawSQL(value_of(query, name, f"{LEADS}."), (), output_field=CharField())


def spend_expression(name: str) -> Combinable:
    """One of `BY_DAY`, for a QuerySet of spend."""
    return RawSQL(of_day(name, f'"{SpendEntry._meta.db_table}"."day"'), (), CharField())


def _day_of_booking(query: ReportQuery) -> str:
    if query.basis == "booked":
        return 'o."day"'
    zone = query.company.timezone.replace("'", "''")
    if connection.vendor == "postgresql":
        local = f"(o.completed_at AT TIME ZONE '{zone}')::date"
    else:
        local = f"django_datetime_cast_date(o.completed_at, '{zone}', 'UTC')"
    return f'COALESCE({local}, o."day")'


def _midnight(query: ReportQuery, day: date) -> Any:
    """The moment at which the company's day begins, as the engine keeps moments."""
    begins = datetime(day.year, day.month, day.day, tzinfo=query.company.zone)
    return connection.ops.adapt_datetimefield_value(begins.astimezone(UTC))
