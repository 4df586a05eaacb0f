"""Staged leads become leads: what is new, which campaigns they discover, and the insert."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Iterator
from datetime import date
from typing import Any

from attribution.capture.doors import IMPORT
from attribution.imports.importer import Importer
from attribution.imports.lead_fields import UTM
from attribution.models import Reading
from attribution.placing import Naming, admit, columns_of, discover
from attribution.repair import law
from attribution.utm import Reason
from attribution.verdict import Tags

NAMED = 5  # examples in a note
PART = 10_000

_NOT_THERE = """NOT EXISTS (SELECT 1 FROM attribution_lead l
                 WHERE l.company_id = %(company)s AND l.external_id = s.external_id)"""
_THERE = """FROM import_stage s JOIN attribution_lead l
              ON l.company_id = %(company)s AND l.external_id = s.external_id"""
_CAPTURED = ("received_at", *UTM, "click_ids", "referrer", "landing_page")
_OTHERWISE = " OR ".join(f"l.{name} IS DISTINCT FROM s.{name}" for name in _CAPTURED)
_UNKNOWN_KEY = """s.unattributed_reason = '' AND {not_there}
  AND NOT EXISTS (SELECT 1 FROM attribution_campaign c
                   WHERE c.company_id = %(company)s AND c.key = s.campaign_key
                     AND (c.made_in_id IS NULL OR c.first_lead_on IS NOT NULL))"""
# The first row that names each unknown key, and of each day no more than can be discovered:
# one above the limit shows that the day is full.
_FIRST_ROWS = """
  SELECT file_row, campaign_key, day, source, medium FROM (
    SELECT s.file_row, s.campaign_key, s.day, s.source, s.medium,
           row_number() OVER (PARTITION BY s.day ORDER BY s.file_row) AS nth
      FROM import_stage s
      JOIN (SELECT min(s.file_row) AS first_row FROM import_stage s
             WHERE {unknown} GROUP BY s.campaign_key) AS firsts ON s.file_row = first_row
    ) AS candidates
   WHERE nth <= %(limit)s + 1 ORDER BY file_row"""
# The first row of each unknown key on each of its days.
_NAMINGS = """
  CREATE TEMPORARY TABLE import_naming AS
  SELECT s.file_row, s.campaign_key, s.day, s.source, s.medium FROM import_stage s
    JOIN (SELECT min(s.file_row) AS first_row FROM import_stage s
           WHERE {unknown} GROUP BY s.campaign_key, s.day) AS firsts ON s.file_row = first_row"""
# The readings of new leads that are not there, by the first row of each.
_NEW_READINGS = """
  SELECT s.digest, s.source, s.medium, s.campaign_key, s.unattributed_reason
    FROM import_stage s LEFT JOIN attribution_reading r
         ON r.company_id = %(company)s AND r.digest = s.digest AND r.is_open
        AND r.captured_reason = s.unattributed_reason
   WHERE r.id IS NULL AND {not_there}
   GROUP BY 1, 2, 3, 4, 5 ORDER BY min(s.file_row)"""
_COPIED = (
    *("external_id", "kind", "received_at", "day", "slot", "ahead", *UTM, "click_ids"),
    *("referrer", "landing_page", "campaign_key", "content", "term", "origin", "channel"),
    *(
        "is_hot",
        "is_vpn",
        "is_suspicious",
        "country",
        "city",
        "name",
        "email",
        "phone",
        "ip",
        "person_email",
        "person_phone",
    ),
)


class LeadRows:
    """SQL for the staged leads of one job."""

    def __init__(self, importer: Importer) -> None:
        self._job = importer.job
        self._stage = importer.stage
        self._company = importer.company
        self._not_there = _NOT_THERE
        self.known = 0

    def new(self) -> int:
        """How many staged leads are not there. Afterwards `known` says how many are."""
        count = f"SELECT count(*) FROM import_stage s WHERE {_NOT_THERE}"
        new = self._number(count)
        self.known = self._stage.number("SELECT count(*) FROM import_stage") - new
        if not self.known:
            self._not_there = "TRUE"  # no need to look a million times more
        return new

    def captured_otherwise(self) -> tuple[int, list[str]]:
        """Leads that are there with other captured values."""
        return self._counted(f"{_THERE} WHERE {_OTHERWISE}", "s.external_id")

    def with_a_booking_of_a_file_before(self) -> tuple[int, list[str]]:
        """Leads whose outcome this file leaves empty, though an earlier file had one."""
        rows = f"""{_THERE} JOIN attribution_booking b ON b.company_id = %(company)s
                     AND b.external_id = ('lead:' || s.external_id) AND b.status <> 'cancelled'
                   WHERE s.status IS NULL"""
        return self._counted(rows, "s.external_id")

    def unknown_keys(self) -> tuple[int, list[str]]:
        """Campaign names of new leads that no campaign has."""
        rows = f"FROM import_stage s WHERE {self._unknown()}"
        return self._counted(rows, "s.campaign_key")

    def discover(self) -> int:
        """Make the campaigns that the new leads name, as if the rows came one by one.

        Returns how many leads stay without one because their day was full.
        """
        firsts = [_naming(row) for row in self._first_rows()]
        admitted = admit(self._company, firsts)
        if len(admitted) == len(firsts):
            discover(self._company, admitted)
            return 0
        self._stage.execute("DROP TABLE IF EXISTS import_naming")
        self._stage.execute(_NAMINGS.format(unknown=self._unknown()), company=self._company.pk)
        admitted = admit(self._company, self._namings())
        discover(self._company, admitted)
        flooded = self._leave_out_rows_before(admitted)
        self._stage.execute("DROP TABLE import_naming")
        return flooded + self._leave_out_unknown()

    def _first_rows(self) -> list[tuple[Any, ...]]:
        return self._stage.rows(
            _FIRST_ROWS.format(unknown=self._unknown()),
            company=self._company.pk,
            limit=self._company.new_campaigns_per_day,
        )

    def _namings(self) -> Iterator[Naming]:
        """A part at a time: a flood has as many names as rows."""
        last = -1
        while rows := self._stage.rows(
            f"""SELECT file_row, campaign_key, day, source, medium FROM import_naming
                 WHERE file_row > %(last)s ORDER BY file_row LIMIT {PART}""",
            last=last,
        ):
            yield from map(_naming, rows)
            last = rows[-1][0]

    def _leave_out_rows_before(self, admitted: list[Naming]) -> int:
        """A campaign that was discovered on a later row claims no row before it."""
        self._stage.execute("DELETE FROM import_naming")
        self._stage.execute_many(
            "INSERT INTO import_naming (file_row, campaign_key) VALUES (%s, %s)",
            [(naming.row, naming.key) for naming in admitted],
        )
        return self._stage.execute(
            f"""UPDATE import_stage AS s SET unattributed_reason = '{Reason.FLOOD.value}'
                 FROM import_naming n
                WHERE n.campaign_key = s.campaign_key AND s.file_row < n.file_row
                  AND s.unattributed_reason = '' AND {self._not_there}""",
            company=self._company.pk,
        )

    def _leave_out_unknown(self) -> int:
        """What names no campaign by now came on a day that was full."""
        return self._stage.execute(
            f"""UPDATE import_stage AS s SET unattributed_reason = '{Reason.FLOOD.value}'
                 WHERE {self._unknown()}""",
            company=self._company.pk,
        )

    def make_readings(self) -> None:
        """Those of the new leads that are not there; all campaigns are by now."""
        new = self._stage.rows(
            _NEW_READINGS.format(not_there=self._not_there), company=self._company.pk
        )
        if not new:
            return
        book = law.book(self._company)
        readings = (
            Reading(
                company=self._company,
                digest=digest,
                captured_reason=tags[-1],
                **columns_of(Tags(*tags), book),
            )
            for digest, *tags in new
        )
        # One that somebody else made in this moment is as good.
        Reading.objects.bulk_create(readings, batch_size=1000, ignore_conflicts=True)
        self._stage.renew_statistics("attribution_reading")

    def save(self) -> int:
        """Insert the leads that are not there; returns how many."""
        columns = ", ".join(_COPIED)
        return self._stage.execute(
            f"""INSERT INTO attribution_lead (company_id, {columns}, reading_id, campaign_id,
                  unattributed_reason, source, medium, booked, completed, revenue_minor,
                  erased_at, import_run_id, created_at, came_by)
                SELECT %(company)s, {", ".join(f"s.{name}" for name in _COPIED)}, r.id,
                  r.campaign_id, r.reason, r.source, r.medium, FALSE, FALSE, 0,
                  NULL, %(run)s, %(now)s, %(came_by)s
                  FROM import_stage s
                  JOIN attribution_reading r ON r.company_id = %(company)s
                       AND r.digest = s.digest AND r.is_open
                       AND r.captured_reason = s.unattributed_reason
                 WHERE {self._not_there}""",
            company=self._company.pk,
            run=self._job.run_id,
            now=self._job.started,
            came_by=IMPORT,
        )

    def forget_channels(self) -> None:
        """Of the leads of this run, where other rules came into force since its rows were read:
        the next tick places them."""
        self._stage.execute(
            "UPDATE attribution_lead SET channel = '', origin = '' WHERE import_run_id = %(run)s",
            run=self._job.run_id,
        )

    def _unknown(self) -> str:
        """New leads whose campaign name no campaign has."""
        return _UNKNOWN_KEY.format(not_there=self._not_there)

    def _number(self, sql: str) -> int:
        return self._stage.number(sql, company=self._company.pk)

    def _counted(self, rows: str, name: str) -> tuple[int, list[str]]:
        """How many names these rows have, and the first of them in the file's order."""
        found = self._stage.rows(
            f"""SELECT {name}, min(s.file_row), count(*) OVER () {rows}
                 GROUP BY {name} ORDER BY 2 LIMIT {NAMED}""",
            company=self._company.pk,
        )
        return (found[0][2] if found else 0), [row[0] for row in found]


def _naming(row: tuple[Any, ...]) -> Naming:
    file_row, key, day, source, medium = row
    return Naming(file_row, key, date.fromisoformat(str(day)), source, medium)  # SQLite: text
