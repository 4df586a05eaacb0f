"""Leads of the same person: the earliest one within so many days before each lead of a batch.

Persons are found by keyed digests of e-mail and phone, so that nobody need know who they are.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

from django.db import connection
from django.utils.timezone import is_aware

from attribution import calendar, scope
from attribution.capture.judging.given import Given
from attribution.models import Lead
from attribution.prepared import Statement, rows_of

# Leads that others may follow. Those that are no person's enquiry are none.
FOLLOWED = (Lead.Kind.PRIMARY.value, Lead.Kind.FOLLOW_UP.value, Lead.Kind.DUPLICATE.value)
_LEAD = Lead._meta.db_table
NO_TIME = timedelta()
MOST_WAITING = 100  # leads of a batch that waits; each person takes room among the locks
ROW = "(%s, %s, %s, %s, %s)"
FIRST_ROW = "(%s::int, %s::text, %s::timestamptz, %s::timestamptz, %s::bigint)"


class Earlier(NamedTuple):
    """A lead of the same person, and the first one of its chain."""

    received_at: datetime
    id: int
    first: int  # its own id when it follows none


def earlier_leads(company_id: int, days: int, batch: Sequence[Given]) -> dict[int, Earlier]:
    """By place in the batch; one question, which reads one row for each digest, by index."""
    scope.require(company_id)
    windows = list(_windows(days, batch))
    if not windows:
        return {}
    waiting = _wait_for_others(windows) if len(batch) <= MOST_WAITING else []
    found: dict[int, Earlier] = {}
    for place, pk, first, received_at in rows_of(*waiting, _statement(company_id, windows))[-1]:
        one = Earlier(_instant(received_at), pk, first or pk)
        if place not in found or one < found[place]:
            found[place] = one
    return found


def _wait_for_others(windows: "Sequence[_Window]") -> list[Statement]:
    """Until the end of the transaction no other process looks for the leads of these persons.

    A form that is sent twice at once gives one lead and its follow-up. All in one statement and
    in one order, so that no two wait for each other. On SQLite there is one writer anyway.
    """
    if connection.vendor != "postgresql" or not connection.in_atomic_block:
        return []
    keys = sorted({_number(f"{one.column}:{one.digest}") for one in windows})
    sql = "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS persons(key)"
    return [(sql, [keys])]


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)


class _Window(NamedTuple):
    place: int
    column: str
    digest: str
    start: datetime
    end: datetime
    lead: int  # of those stored at the same moment, the ones before it


def _windows(days: int, batch: Sequence[Given]) -> Iterator[_Window]:
    if not days:
        return
    length = timedelta(days=days)
    for place, given in enumerate(batch):
        start = given.received_at - length
        # Sent twice at once, the second may be stored first, and clocks differ.
        end = given.received_at + (NO_TIME if given.lead else calendar.CLOCK_TOLERANCE)
        for column, digest in (
            ("person_email", given.person_email),
            ("person_phone", given.person_phone),
        ):
            if digest:
                yield _Window(place, column, digest, start, end, given.lead)


def _statement(company_id: int, windows: Sequence[_Window]) -> Statement:
    """For each window the first lead in it, whose row is then read."""
    tables, parts, params = [], [], []
    adapt = connection.ops.adapt_datetimefield_value
    kinds = ", ".join(f"'{kind}'" for kind in FOLLOWED)
    for column in ("person_email", "person_phone"):
        rows = [one for one in windows if one.column == column]
        if not rows:
            continue
        # The first row tells PostgreSQL the types of all of them.
        first = FIRST_ROW if connection.vendor == "postgresql" else ROW
        values = ", ".join([first, *[ROW] * (len(rows) - 1)])
        tables.append(f"w_{column}(place, digest, since, until, lead) AS (VALUES {values})")
        for one in rows:
            params += [one.place, one.digest, adapt(one.start), adapt(one.end), one.lead]
        # "Not empty" says the index that it holds all of them; "+ 0" keeps PostgreSQL from
        # walking through all leads of a company that it believes to have hardly any.
        parts.append(f"""
            SELECT w.place, lead.id, lead.first_lead_id, lead.received_at
              FROM w_{column} AS w JOIN {_LEAD} AS lead ON lead.id = (
                SELECT one.id FROM {_LEAD} AS one
                 WHERE one.company_id + 0 = {int(company_id)} AND one.{column} = w.digest
                   AND NOT (one.{column} = '') AND one.received_at >= w.since
                   AND one.received_at <= w.until AND one.kind IN ({kinds})
                   AND (w.lead = 0 OR one.received_at < w.until OR one.id < w.lead)
                 ORDER BY one.received_at, one.id LIMIT 1)""")  # noqa: S608 - of our own parts
    return f"WITH {', '.join(tables)} {' UNION ALL '.join(parts)}", params


def _instant(value: datetime | str) -> datetime:
    """As the engine gives it: SQLite keeps the text of a moment in UTC."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if is_aware(found) else found.replace(tzinfo=UTC)
