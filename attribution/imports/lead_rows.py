"""Staged leads become leads: what is new, which campaigns they discover, and the insert."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Iterator
from datetime import date

from attribution.imports.importer import Importer
from attribution.imports.lead_fields import UTM
from attribution.services import CampaignFinder
from attribution.utm import Reason

NAMED = 5  # examples in a note

_NOT_THERE = """NOT EXISTS (SELECT 1 FROM attribution_lead l
                 WHERE l.company_id = %(company)s AND l.external_id = s.external_id)"""
_THERE = """FROM import_stage s JOIN attribution_lead l
              ON l.company_id = %(company)s AND l.external_id = s.external_id"""
_CAPTURED = ("received_at", *UTM, "click_ids", "referrer", "landing_page")
_OTHERWISE = " OR ".join(f"l.{name} IS DISTINCT FROM s.{name}" for name in _CAPTURED)
_UNKNOWN_KEY = """s.unattributed_reason = '' AND {not_there}
  AND NOT EXISTS (SELECT 1 FROM attribution_campaign c
                   WHERE c.company_id = %(company)s AND c.key = s.campaign_key)"""
# The first row that names each unknown key, and of each day no more than can be discovered:
# one above the limit shows that the day is full.
_CANDIDATES = """
  SELECT campaign_key, day, source, medium FROM (
    SELECT s.file_row, s.campaign_key, s.day, s.source, s.medium,
           row_number() OVER (PARTITION BY s.day ORDER BY s.file_row) AS nth
      FROM import_stage s
      JOIN (SELECT min(s.file_row) AS first_row FROM import_stage s
             WHERE {unknown} AND s.day NOT IN ({full})
             GROUP BY s.campaign_key) AS firsts ON s.file_row = first_row) AS candidates
   WHERE nth <= %(limit)s + 1 ORDER BY file_row"""
_COPIED = (
    *("external_id", "kind", "received_at", "day", "slot", "ahead", *UTM, "click_ids"),
    *("referrer", "landing_page", "source", "medium", "campaign_key", "content", "term"),
    *("is_hot", "is_vpn", "is_suspicious", "country", "city", "name", "email", "phone"),
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
        """Make the campaigns that the new leads name; a day that floods us makes no more.

        Returns how many leads stay without one. A name left over on a full day may have another
        row on a day that has room, so the search goes on until no further day is full.
        """
        finder = CampaignFinder(self._company)
        full, before = {date.min}, 0
        while len(full) > before:
            before = len(full)
            full |= finder.discover(self._candidates(full))
        if full == {date.min}:
            return 0
        return self._number(f"SELECT count(*) FROM import_stage s WHERE {self._unknown()}")

    def _candidates(self, full: set[date]) -> Iterator[tuple[str, date, str, str]]:
        for key, day, source, medium in self._stage.rows(
            _CANDIDATES.format(unknown=self._unknown(), full=_listed(full)),
            company=self._company.pk,
            limit=self._company.new_campaigns_per_day,
        ):
            yield key, date.fromisoformat(str(day)), source, medium  # SQLite gives a day as text

    def save(self) -> int:
        """Insert the leads that are not there; returns how many."""
        columns = ", ".join(_COPIED)
        return self._stage.execute(
            f"""INSERT INTO attribution_lead (company_id, {columns}, campaign_id,
                  unattributed_reason, booked, completed, revenue_minor, erased_at,
                  import_run_id, created_at)
                SELECT %(company)s, {", ".join(f"s.{name}" for name in _COPIED)}, c.id,
                  CASE WHEN s.unattributed_reason <> '' THEN s.unattributed_reason
                       WHEN c.id IS NULL THEN '{Reason.FLOOD.value}' ELSE '' END,
                  FALSE, FALSE, 0, NULL, %(run)s, %(now)s
                  FROM import_stage s
                  LEFT JOIN attribution_campaign c ON c.company_id = %(company)s
                        AND c.key = s.campaign_key AND s.unattributed_reason = ''
                 WHERE {self._not_there}""",
            company=self._company.pk,
            run=self._job.run_id,
            now=self._job.started,
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


def _listed(days: set[date]) -> str:
    """The days are our own dates, not a person's text; there is no one form for both engines."""
    return ", ".join(f"'{day}'" for day in sorted(days))
