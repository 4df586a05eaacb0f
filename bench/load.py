"""Fills an empty database fast: typed rows into the product's own tables, its triggers in place.

Days, slots, tidy values, campaigns and reasons are computed by the product's own functions; what
became of a lead is left to the trigger on its bookings. The import commands do the same from
files of people, with checks and a trail; `bench.imports` times these.
"""

import csv
import time
from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.color import no_style
from django.db import connection, transaction

from attribution import calendar
from attribution.models import Booking, Campaign, Company, Lead
from attribution.placing import Placer
from attribution.utm import Captured, read, tidy
from spend.models import SpendEntry

PART = 50_000  # rows of one statement
ZONE = ZoneInfo("UTC")  # the days of truth.csv
Row = tuple[Any, ...]
# Kind, then hot, VPN, suspicious: as the import reads these words.
EVENTS: dict[str, tuple[str, bool, bool, bool]] = {
    **{kind: (kind, False, False, False) for kind in Lead.Kind.values},
    "hot": ("primary", True, False, False),
    "vpn": ("primary", False, True, False),
    "suspicious": ("primary", False, False, True),
}
LEAD = (
    *("id", "external_id", "kind", "is_hot", "is_vpn", "is_suspicious"),
    *("received_at", "day", "slot", "ahead", "landing_page", "country", "city"),
    *("company_id", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"),
    *("campaign_key", "content", "term", "reading_id", "source", "medium"),
    *("campaign_id", "unattributed_reason", "utm_id", "click_ids", "referrer"),
    *("booked", "completed", "revenue_minor", "name", "email", "phone", "created_at"),
)
BOOKING = (
    *("id", "company_id", "external_id", "lead_id", "status", "booked_at", "day", "slot"),
    *("slots_to_book", "completed_at", "value_minor", "currency", "created_at"),
)
SPEND = (
    *("company_id", "campaign_id", "campaign_name", "campaign_key", "utm_source", "utm_medium"),
    *("day", "line", "source", "amount_minor", "currency", "impressions", "clicks"),
    *("note", "updated_at", "platform_id"),
)


class Loader:
    """Reads the files of one folder of the generator."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = str(datetime.now(UTC).replace(tzinfo=None))
        self.companies: dict[str, Company] = {}
        self.company_of_lead = array("i")
        self.slot_of_lead = array("i")
        self.rates: dict[str, float] = {}

    def load(self) -> None:
        """Everything; afterwards the database knows its tables' statistics."""
        for slug in self._slugs():
            self.companies[slug] = Company.objects.create(name=slug, slug=slug, timezone="UTC")
        self._timed("leads", Lead, LEAD, self._leads())
        self._timed("bookings", Booking, BOOKING, self._bookings())
        self._timed("spend", SpendEntry, SPEND, self._spend())
        tidy_up(Lead, Booking, SpendEntry, Campaign)

    def _timed(self, name: str, model: Any, columns: Sequence[str], rows: Iterable[Row]) -> None:
        begin = time.perf_counter()
        number = store(model, columns, rows)
        self.rates[name] = number / (time.perf_counter() - begin)

    def _slugs(self) -> list[str]:
        with (self.folder / "truth.csv").open() as file:
            return sorted({row["company"] for row in csv.DictReader(file)})

    def _leads(self) -> Iterator[Row]:
        placers = {slug: Placer(company) for slug, company in self.companies.items()}
        pks = {slug: company.pk for slug, company in self.companies.items()}
        known: dict[tuple[str, ...], Row] = {}
        rest = ("", "{}", "", False, False, 0, "", "", "", self.now)
        for row in self._rows("leads.csv"):
            pk, at, slug, event, *utm, page, country, city = row
            instant, day, slot = _moment(at)
            values = known.get(named := (slug, *utm))
            if values is None:
                values = (pks[slug], *utm, *_tidy(utm, day, placers[slug]))
                if values[-1] != "flood":  # another day may have room for it
                    known[named] = values
            self.company_of_lead.append(pks[slug])
            self.slot_of_lead.append(slot)
            yield (
                *(int(pk), pk, *EVENTS[event], instant, str(day), slot, False),
                *(page, country, city, *values, *rest),
            )

    def _bookings(self) -> Iterator[Row]:
        for pk, lead, status, value, at, completed in self._rows("bookings.csv"):
            instant, day, slot = _moment(at)
            waited = max(0, slot - self.slot_of_lead[int(lead) - 1])
            done = _moment(completed)[0] if completed else None
            yield (
                *(int(pk), self.company_of_lead[int(lead) - 1], pk, int(lead), status, instant),
                *(str(day), slot, waited, done, cents(value), "EUR", self.now),
            )

    def _spend(self) -> Iterator[Row]:
        ids = {
            (company, key): pk
            for company, key, pk in Campaign.objects.values_list("company__slug", "key", "pk")
        }
        for slug, source, medium, name, day, amount, shown, clicks in self._rows("spend.csv"):
            key = tidy(name)
            yield (
                *(self.companies[slug].pk, ids.get((slug, key)), name, key),
                *(tidy(source), tidy(medium), day, "media", SpendEntry.FILE, cents(amount)),
                *("EUR", int(shown), int(clicks), "", self.now, ""),
            )

    def _rows(self, name: str) -> Iterator[list[str]]:
        with (self.folder / name).open(newline="") as file:
            rows = csv.reader(file)
            next(rows)
            yield from rows


def _moment(text: str) -> tuple[str, Any, int]:
    """The instant as both databases read it, with its day and slot."""
    instant = datetime.fromisoformat(text)
    return str(instant.replace(tzinfo=None)), *calendar.day_and_slot(instant, ZONE)


def _tidy(utm: list[str], day: Any, placer: Placer) -> Row:
    source, medium, campaign, content, term = utm
    found = read(Captured(source, medium, campaign, content, term))
    at = placer.reading(found, day)
    tidied = (found.campaign, found.content, found.term)
    return (*tidied, at.pk, at.source, at.medium, at.campaign_id, at.reason)


def cents(amount: str) -> int:
    """The generator writes two decimals, always."""
    return int(amount.replace(".", ""))


def store(model: Any, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert these rows, a part at a time; returns how many."""
    table, names, number = model._meta.db_table, ", ".join(columns), 0
    rows = iter(rows)
    # A part is complete before it is sent: no query may run while a COPY is under way.
    while part := list(islice(rows, PART)):
        number += len(part)
        if connection.vendor == "postgresql":
            copy_rows(f"COPY {table} ({names}) FROM STDIN", part)
        else:
            marks = ", ".join(["%s"] * len(columns))
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", part)
    with connection.cursor() as cursor:  # ids were given; the next one follows them
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)
    return number


def copy_rows(statement: str, rows: Iterable[Row]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def tidy_up(*models: Any) -> None:
    """New statistics, and pages marked as settled, as the product's own imports leave them."""
    with connection.cursor() as cursor:
        for model in models:
            settle = "VACUUM (ANALYZE)" if connection.vendor == "postgresql" else "ANALYZE"
            cursor.execute(f"{settle} {model._meta.db_table}")
