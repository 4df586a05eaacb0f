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

from attribution.models import Booking, Company, Lead
from reports.dimensions import OF_LEADS, of_day, of_lead
from reports.query import ReportQuery
from reports.rollup.condition import Condition, any_of
from spend.models import SpendEntry

LEADS, BOOKINGS = f'"{Lead._meta.db_table}"', f'"{Booking._meta.db_table}"'
STANDS = {"booked": "status <> 'cancelled'", "completed": "status = 'completed'"}
ZONE_OF_COMPANY = f'(SELECT c.timezone FROM "{Company._meta.db_table}" c WHERE c.id = o.company_id)'
COUNTS_ON = "counts_on"
FIRST_DAY, LAST_DAY = date(1, 1, 3), date(9999, 12, 28)  # with room for a day before and after
Days = Sequence[tuple[date, date]]


def day_of(query: ReportQuery, table: str) -> str:
    """The day that a lead of this table counts on, as SQL."""
    return _counting_day(query.basis, _zone_of(query), table)


def _counting_day(basis: str, zone: str, table: str) -> str:
    if basis == "received":
        return f'{table}"day"'
    return (
        f"(SELECT MIN({_day_of_booking(basis, zone)}) FROM {BOOKINGS} o"
        f" WHERE o.lead_id = {table}id AND o.{STANDS[basis]})"
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
    moments = midnight(query, first), midnight(query, last + timedelta(days=1))
    chosen = _booked_within(query.basis, [query.company.pk], *moments, table)
    return chosen & Condition(f"({sql})", params)


def _booked_within(
    basis: str, companies: Sequence[int], since: datetime, until: datetime, table: str
) -> Condition:
    """Leads with a booking that stands, and was made (or completed) from one moment to another."""
    when = "o.booked_at >= %s AND o.booked_at < %s"
    moments = [_kept(since), _kept(until)]
    if basis == "completed":  # of one without the moment, that of the booking stands for it
        when = (
            f"(o.completed_at >= %s AND o.completed_at < %s OR o.completed_at IS NULL AND {when})"
        )
        moments *= 2
    of = any_of("o.company_id", companies)
    return Condition(
        f"{table}id IN (SELECT o.lead_id FROM {BOOKINGS} o WHERE {of.sql}"
        f" AND o.{STANDS[basis]} AND {when})",
        (*of.params, *moments),
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


def by_day(
    rows: "QuerySet[Lead]", basis: str, companies: Sequence[int], days: tuple[date, date]
) -> "QuerySet[Lead]":
    """These leads of these companies that count on any day, each with `counts_on`; by another day
    than that of receipt it can be read, too.

    Those that count on other days than `days` may be left out.
    """
    if basis == "received":
        return rows.alias(counts_on=F("day"))
    on = RawSQL(_counting_day(basis, ZONE_OF_COMPANY, f"{LEADS}."), (), output_field=DateField())
    first, last = max(days[0], FIRST_DAY), min(days[1], LAST_DAY)
    # A day begins within a day of that in UTC, wherever the company is.
    since, until = _in_utc(first - timedelta(days=1)), _in_utc(last + timedelta(days=2))
    chosen = _booked_within(basis, companies, since, until, f"{LEADS}.")
    return rows.annotate(counts_on=on).filter(
        RawSQL(chosen.sql, chosen.params, output_field=BooleanField())
    )


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


def _day_of_booking(basis: str, zone: str) -> str:
    """`zone` is SQL, too."""
    if basis == "booked":
        return 'o."day"'
    if connection.vendor == "postgresql":
        local = f"(o.completed_at AT TIME ZONE {zone})::date"
    else:
        local = f"django_datetime_cast_date(o.completed_at, {zone}, 'UTC')"
    return f'COALESCE({local}, o."day")'


def _zone_of(query: ReportQuery) -> str:
    return "'" + query.company.timezone.replace("'", "''") + "'"


def beside(query: ReportQuery) -> dict[str, Combinable]:
    """What the question tells apart beside source and medium, for a QuerySet of leads."""
    return {f"v_{name}": expression(query, name) for name in query.beside}


def late_revenue(query: ReportQuery, known: date) -> tuple[str, tuple[str, ...]]:
    """Of a lead, the value of what was completed after this day, as SQL with its parameters."""
    day = _day_of_booking("completed", _zone_of(query))
    return (
        f"(SELECT SUM(o.value_minor) FROM {BOOKINGS} o WHERE o.lead_id = {LEADS}.id"
        f" AND o.{STANDS['completed']} AND {day} > %s)",
        (str(known),),
    )


def midnight(query: ReportQuery, day: date) -> datetime:
    """The moment at which the company's day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=query.company.zone).astimezone(UTC)


def _in_utc(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _kept(moment: datetime) -> Any:
    """As the engine keeps moments."""
    return connection.ops.adapt_datetimefield_value(moment)
