"""Files of bookings: each row is one appointment or order of a lead that is there."""

from typing import Any

from attribution.calendar import day_and_slot
from attribution.imports.booking_rows import STAGED, BookingRows, parse_status
from attribution.imports.columns import Field
from attribution.imports.importer import Importer, Job, Parser, id_parser
from attribution.imports.rows import ContentIds, number_content_ids, refuse_repeated_ids
from attribution.models import ImportRun


class BookingImporter(Importer):
    """A booking is known by its id; a row of a known booking changes it."""

    kind = ImportRun.Kind.BOOKINGS.value
    title = "Bookings"
    names_files = True
    right = "booking.import"
    fields = (
        Field(
            name="id",
            label="Booking id",
            help="The booking's id in your system. Without it, one is made from the row.",
            filled=True,
            aliases=("external_id", "booking_id", "order_id", "appointment_id"),
            example="B-1001",
        ),
        Field(
            name="lead",
            label="Lead id",
            help="The id of the lead that made the booking.",
            required=True,
            filled=True,
            aliases=("lead_id", "lead_external_id"),
            example="L-1001",
        ),
        Field(
            name="status",
            label="Status",
            help="booked, completed, cancelled or no_show. Empty: booked.",
            aliases=("booking_status",),
            example="completed",
        ),
        Field(
            name="booked_at",
            label="Booked",
            help="When it was booked. Empty: when the lead was received.",
            aliases=("created_at", "booking_date", "order_date", "date"),
            example="2026-01-15 14:30",
        ),
        Field(
            name="completed_at",
            label="Completed",
            help="When it took place. Empty, and the status completed: when it was booked.",
            example="2026-01-20 10:00",
        ),
        Field(
            name="value",
            label="Value",
            help="What it is worth. Empty: 0.",
            aliases=("revenue", "amount", "price", "total"),
            example="250.00",
        ),
        Field(
            name="currency",
            label="Currency",
            help="Of the value, such as EUR. Empty: the company's own; others are converted at "
            "the rate of the lead's day.",
            aliases=("currency_code",),
        ),
    )
    staged_columns = {"external_id": "text", "lead": "text", **STAGED}
    busy_tables = ("attribution_booking", "attribution_lead")

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._has_id = "id" in self.placement.columns
        self._content_ids = ContentIds(self.outcome.headers)
        self._not_completed = 0
        self._bookings = BookingRows(self, key="s.external_id", lead="s.lead")

    def parsers(self) -> dict[str, Parser]:
        header = self.placement.header("status")
        return {
            "id": id_parser(220),
            "lead": id_parser(200),
            "status": lambda text: parse_status(text, header),
            "booked_at": self.instant,
            "completed_at": self.instant,
            **self._bookings.values.parsers(),
        }

    def staged(self, line: int, values: list[Any], cells: list[str]) -> tuple[Any, ...]:
        external_id, lead, status, booked_at, completed_at, *value = values
        if not self._has_id:
            external_id = self._content_ids.of(cells)
        self._not_completed += completed_at is not None and status not in (None, "completed")
        day, slot = day_and_slot(booked_at, self.zone) if booked_at else (None, None)
        worth = self._bookings.values.staged(line, *value)
        return line, external_id, lead, status, booked_at, day, slot, completed_at, *worth

    def check_staged(self) -> None:
        if self._has_id:
            refuse_repeated_ids(self, "booking")
        else:
            number_content_ids(self)
        self._refuse_unknown_leads()

    def _refuse_unknown_leads(self) -> None:
        unknown = """FROM import_stage s WHERE NOT EXISTS (
          SELECT 1 FROM attribution_lead l
           WHERE l.company_id = %(company)s AND l.external_id = s.lead)"""
        company = self.company.pk
        count = self.stage.number(f"SELECT count(*) {unknown}", company=company)
        rows = self.stage.rows(
            f"SELECT file_row, lead {unknown} ORDER BY file_row LIMIT %(kept)s",
            company=company,
            kept=self.outcome.listed,
        )
        for line, lead in rows:
            self.error(
                line,
                "lead",
                lead,
                f"{self.company.name} has no lead with this id.",
                "Import the leads first, or correct the id.",
            )
        self.outcome.error_count += count - len(rows)

    def compare(self) -> None:
        self._bookings.convert()
        self.outcome.new = self._bookings.new_of_known_leads()
        self.outcome.changed = self._bookings.changed()
        self.outcome.same = self.outcome.rows - self.outcome.new - self.outcome.changed
        if self.outcome.changed:
            self._bookings.move()
            self.outcome.changes = self._bookings.changes()
        if self._not_completed:
            self.outcome.note(
                f"{self._not_completed:,} rows say when a booking was completed, but their status "
                "is not completed. That moment was not used."
            )

        self._bookings.values.note_missing(
            "SELECT s.currency, l.day, count(*) FROM import_stage s"
            " JOIN attribution_lead l ON l.company_id = %(company)s AND l.external_id = s.lead"
            " WHERE s.original_minor IS NOT NULL GROUP BY 1, 2"
        )

    def merge(self) -> None:
        self.outcome.new, self.outcome.changed = self._bookings.save()
        self.outcome.same = self.outcome.rows - self.outcome.new - self.outcome.changed
