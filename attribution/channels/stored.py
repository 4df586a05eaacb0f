"""Origin and channel of leads and touches that are stored: filled in where they are missing, and
worked out anew where other rules hold."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max, Min, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Exact

from attribution.channels.origins import ChannelLaw, law_of
from attribution.models import Company, Lead, Touchpoint
from attribution.repair import locking
from attribution.repair.parts import parts
from attribution.utm import RAW_FIELDS, Captured

FILLED_AT_ONCE = 20_000  # leads of one transaction
FILLED_MOST = 200_000  # leads of one call, so that a tick comes to an end
WRITTEN_AT_ONCE = 2_000
READ_AT_ONCE = 5_000
_COLUMNS = (*RAW_FIELDS, "origin", "channel")


def fill(company: Company) -> int:
    """Place leads that came by doors, or under versions, that know no channels; returns how many
    were placed. The rest waits for the next call."""
    number = 0
    while number < FILLED_MOST and (done := _fill_some(company)):
        number += done
    return number


def _fill_some(company: Company) -> int:
    with transaction.atomic():
        locking.capturing(company.pk)
        # A literal, because an index with a condition is not found by a parameter.
        missing = Exact(F("channel"), RawSQL("''", ()))
        leads = Lead.objects.filter(missing, company=company).order_by("company_id", "pk")
        ids = list(leads.values_list("pk", flat=True)[:FILLED_AT_ONCE])
        law = law_of(company)
        for some in parts(ids, READ_AT_ONCE):
            _write(Lead, _changed(Lead.objects.filter(pk__in=some), law))
    return len(ids)


def apply(company: Company, law: ChannelLaw) -> int:
    """Place all leads and touches of the company by these rules, in the transaction that is open
    and holds the company alone; returns how many leads are others now."""
    moved = _write(Lead, _changed(Lead.objects.filter(company=company), law))
    _write(Touchpoint, _changed(Touchpoint.objects.filter(company=company), law))
    return moved


def _changed(rows: "QuerySet[Any]", law: ChannelLaw) -> Iterator[tuple[int, str, str]]:
    """Id, origin and channel of the rows that the rules place elsewhere than they are."""
    for pk, *values, origin, channel in in_chunks(rows, "pk", *_COLUMNS):
        found = law.origin(Captured(*values))
        if (found.origin, found.channel) != (origin, channel):
            yield pk, found.origin, found.channel


def in_chunks(rows: "QuerySet[Any]", *columns: str) -> Iterator[tuple[Any, ...]]:
    """The rows by their ids, read a part at a time, so that each part can be written meanwhile."""
    reach = rows.order_by().aggregate(first=Min("pk"), last=Max("pk"))
    if reach["first"] is None:
        return
    last = reach["first"] - 1
    while True:
        part = list(rows.filter(pk__gt=last).order_by("pk").values_list(*columns)[:READ_AT_ONCE])
        yield from part
        if len(part) < READ_AT_ONCE:
            return
        last = part[-1][0]


def _write(model: type[Lead] | type[Touchpoint], rows: Iterable[tuple[int, str, str]]) -> int:
    number = 0
    for some in parts(rows, WRITTEN_AT_ONCE):
        values = ", ".join(["(%s, %s, %s)"] * len(some))
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH placed (id, origin, channel) AS (VALUES {values})"
                f" UPDATE {model._meta.db_table} AS t"
                "    SET origin = p.origin, channel = p.channel FROM placed p WHERE t.id = p.id",
                [value for row in some for value in row],
            )
        number += len(some)
    return number
