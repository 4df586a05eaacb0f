"""Staged outcomes become bookings: of a file of bookings, or of a file of leads.

Both stage `status`, `booked_at`, `booked_day`, `booked_slot`, `completed_at` and the value's three
columns (see `booking_values`).
An empty cell says nothing: a new booking gets what follows from its lead, one that is there
keeps what it has.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from attribution.capture.doors import IMPORT
from attribution.capture.statements import decided
from attribution.files.cells import CellError, parse_choice
from attribution.imports.booking_values import COLUMNS, BookingValues
from attribution.imports.importer import Importer
from attribution.imports.outcome import SHOWN, Change
from attribution.models import Booking
from attribution.money import shown
from attribution.repair.parts import any_of

STAGED = {
    "status": "text",
    "booked_at": "timestamptz",
    "booked_day": "date",
    "booked_slot": "integer",
    "completed_at": "timestamptz",
    **COLUMNS,
}
STATUSES = {status: status for status in Booking.Status.values} | {
    "canceled": "cancelled",
    "no-show": "no_show",
    "no show": "no_show",
    "noshow": "no_show",
}
YES = frozenset({"1", "yes", "true", "y"})

# What each staged outcome makes of its booking. Leads are there, or the row is not joined.
_OUTCOMES = """(
  SELECT s.file_row, {key} AS external_id, b.id AS booking_id, l.id AS lead_id,
         {lead} AS lead_external_id,
         COALESCE(s.status, b.status, 'booked') AS status,
         COALESCE(s.booked_at, b.booked_at, l.received_at) AS booked_at,
         CASE WHEN s.booked_at IS NOT NULL THEN s.booked_day
              WHEN b.id IS NOT NULL THEN b.day ELSE l.day END AS day,
         CASE WHEN s.booked_at IS NOT NULL THEN s.booked_slot
              WHEN b.id IS NOT NULL THEN b.slot ELSE l.slot END AS slot,
         CASE WHEN COALESCE(s.status, b.status) = 'completed' THEN
           COALESCE(s.completed_at, b.completed_at, s.booked_at, b.booked_at, l.received_at)
         END AS completed_at,
         l.slot AS lead_slot, l.day AS lead_day,
         s.currency AS staged_currency,
         COALESCE(s.currency, b.currency, %(own)s) AS currency,
         CASE WHEN s.currency IS NOT NULL THEN s.original_minor ELSE b.original_minor
         END AS original_minor,
         CASE WHEN s.currency IS NOT NULL THEN s.value_minor
              WHEN b.id IS NOT NULL THEN b.value_minor ELSE 0 END AS value_minor,
         b.lead_id AS old_lead_id, b.status AS old_status, b.booked_at AS old_booked_at,
         b.completed_at AS old_completed_at, b.value_minor AS old_value_minor,
         b.original_minor AS old_original_minor, b.currency AS old_currency
    FROM import_stage s
    JOIN attribution_lead l ON l.company_id = %(company)s AND l.external_id = {lead}
    LEFT JOIN attribution_booking b ON b.company_id = %(company)s AND b.external_id = {key}
   WHERE {wanted}
) AS found"""
# Values in other currencies, as `BookingValues.convert` takes them.
_FOREIGN = """SELECT file_row, currency, lead_day, original_minor FROM {{outcomes}}
               WHERE original_minor IS NOT NULL AND {which} ORDER BY file_row"""
# What a booking that goes to another lead was recorded as is staged as if the row had said it.
_AS_RECORDED = """UPDATE import_stage AS stage
                     SET currency = found.currency, original_minor = found.original_minor
                    FROM {outcomes} WHERE stage.file_row = found.file_row
                     AND found.original_minor IS NOT NULL AND found.staged_currency IS NULL
                     AND found.lead_id <> found.old_lead_id"""
_SLOTS_TO_BOOK = """CASE WHEN found.slot > found.lead_slot
  THEN found.slot - found.lead_slot ELSE 0 END"""
_DIFFERS = """found.booking_id IS NOT NULL AND (
  found.lead_id IS DISTINCT FROM found.old_lead_id
  OR found.status IS DISTINCT FROM found.old_status
  OR found.booked_at IS DISTINCT FROM found.old_booked_at
  OR found.completed_at IS DISTINCT FROM found.old_completed_at
  OR found.value_minor IS DISTINCT FROM found.old_value_minor
  OR found.original_minor IS DISTINCT FROM found.old_original_minor
  OR found.currency IS DISTINCT FROM found.old_currency)"""


@dataclass(frozen=True)
class BookingRows:
    """SQL for the staged outcomes of one kind of file: where their booking and lead are named."""

    importer: Importer
    key: str
    lead: str
    wanted: str = "TRUE"
    values: BookingValues = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", BookingValues(self.importer))

    def convert(self) -> None:
        """What staged values in other currencies are worth. Before the rows are compared or saved,
        when the company's rates cannot change any more.
        """
        if self.values.foreign:
            self.values.convert(self._rows(_FOREIGN.format(which="staged_currency IS NOT NULL")))

    def move(self) -> None:
        """A booking that goes to a lead of another day takes the rate of that day."""
        moved = "staged_currency IS NULL AND lead_id <> old_lead_id"
        found = self._rows(_FOREIGN.format(which=moved))
        if found:
            self._execute(_AS_RECORDED)
            self.values.convert(found)

    def new_of_known_leads(self) -> int:
        return self._number("SELECT count(*) FROM {outcomes} WHERE booking_id IS NULL")

    def changed(self) -> int:
        return self._number("SELECT count(*) FROM {outcomes} WHERE {differs}")

    def changes(self) -> list[Change]:
        """The first changes in words, one for each value that differs."""
        rows = self._rows(
            """SELECT found.file_row, found.external_id, old.external_id, lead_external_id,
                      old_status, status, old_booked_at, booked_at,
                      old_completed_at, completed_at,
                      COALESCE(old_original_minor, old_value_minor), old_currency,
                      COALESCE(original_minor, value_minor), currency
                 FROM {outcomes} LEFT JOIN attribution_lead old ON old.id = old_lead_id
                WHERE {differs} ORDER BY file_row LIMIT %(kept)s""",
            kept=SHOWN,
        )
        return [change for row in rows for change in self._in_words(row)][:SHOWN]

    def save(self) -> tuple[int, int]:
        """How many bookings were made, and how many changed."""
        changed = self.changed()
        if changed:
            self._decide()
            changed = self._execute(
                """UPDATE attribution_booking AS booking
                      SET lead_id = found.lead_id, status = found.status, day = found.day,
                          booked_at = found.booked_at, slot = found.slot,
                          slots_to_book = {slots_to_book},
                          completed_at = found.completed_at, value_minor = found.value_minor,
                          original_minor = found.original_minor, currency = found.currency
                     FROM {outcomes} WHERE booking.id = found.booking_id AND {differs}"""
            )
        made = self._execute(
            """INSERT INTO attribution_booking (company_id, external_id, lead_id, status,
                      booked_at, day, slot, slots_to_book, completed_at, value_minor,
                      original_minor, currency, import_run_id, created_at, came_by)
               SELECT %(company)s, external_id, lead_id, status, booked_at, day, slot,
                      {slots_to_book}, completed_at, value_minor, original_minor, currency,
                      %(run)s, %(now)s, %(came_by)s
                 FROM {outcomes} WHERE booking_id IS NULL""",
            run=self.importer.job.run_id,
            now=self.importer.job.started,
            came_by=IMPORT,
        )
        return made, changed

    def _decide(self) -> None:
        """What a sender stated of an earlier moment does not undo what the file says now."""
        rows = self._rows(
            """SELECT booking.id FROM {outcomes}
                 JOIN attribution_booking booking ON booking.id = found.booking_id
                WHERE {differs} AND CAST(booking.stated AS text) <> '{{}}'"""
        )
        if rows:
            stated = Booking.objects.filter(pk__in=any_of(row[0] for row in rows))
            stated.update(stated=decided(self.importer.job.started))

    def _in_words(self, row: tuple[Any, ...]) -> list[Change]:
        line, booking, old_lead, lead, *pairs = row
        zone = self.importer.zone
        texts = [
            ("lead", old_lead, lead),
            ("status", *pairs[0:2]),
            ("booked", *(_local(value, zone) for value in pairs[2:4])),
            ("completed", *(_local(value, zone) for value in pairs[4:6])),
            ("value", shown(*pairs[6:8]), shown(*pairs[8:10])),
        ]
        return [
            Change(line, f"booking {booking}, {what}", old, new)
            for what, old, new in texts
            if old != new
        ]

    def _sql(self, sql: str) -> str:
        outcomes = _OUTCOMES.format(key=self.key, lead=self.lead, wanted=self.wanted)
        return sql.format(outcomes=outcomes, differs=_DIFFERS, slots_to_book=_SLOTS_TO_BOOK)

    def _number(self, sql: str) -> int:
        return self.importer.stage.number(self._sql(sql), **self._company)

    def _rows(self, sql: str, **params: Any) -> list[tuple[Any, ...]]:
        return self.importer.stage.rows(self._sql(sql), **self._company, **params)

    def _execute(self, sql: str, **params: Any) -> int:
        return self.importer.stage.execute(self._sql(sql), **self._company, **params)

    @property
    def _company(self) -> dict[str, Any]:
        return {"company": self.importer.company.pk, "own": self.importer.company.currency}


def _local(instant: datetime | str | None, zone: ZoneInfo) -> str:
    """SQLite gives an instant back as text, in UTC."""
    if instant is None:
        return ""
    if isinstance(instant, str):
        instant = datetime.fromisoformat(f"{instant}+00:00")
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def parse_status(text: str, header: str) -> str:
    """The status of a booking. A bare yes does not say which one."""
    if text.strip().casefold() in YES:
        raise CellError(
            "This does not say what became of it.",
            f'Say what it means: --value "{header}:{text.strip()}=completed" (or booked).',
        )
    return parse_choice(text, STATUSES)
