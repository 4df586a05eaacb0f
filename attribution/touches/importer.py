"""Files of touches: each row one visit, of a lead that is there or of nobody who became one."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from attribution.imports.importer import Importer, Job, Parser, text_parser
from attribution.imports.lead_fields import CLICKS, UTM
from attribution.imports.outcome import Skipped
from attribution.models import ImportRun
from attribution.models.lead import RAW_LENGTH, URL_LENGTH
from attribution.models.touch import TOUCHES_PER_LEAD
from attribution.touches.fields import FIELDS
from attribution.touches.items import TouchItem
from attribution.touches.write import OfLead, mark_of, store
from attribution.utm import Captured, captured_from_link

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# How many of them make a second, by the number of digits that such a moment of our days has.
SINCE_1970 = {10: 1, 13: 1_000, 16: 1_000_000}
PART = 2_000  # leads whose touches are stored together
WITHOUT_LEAD = "no lead has this id"
_WITHOUT = "FROM import_stage WHERE lead_id IS NULL"

_FIND_LEADS = """UPDATE import_stage AS s
   SET lead_id = (SELECT l.id FROM attribution_lead l
                   WHERE l.company_id = %(company)s AND l.external_id = s.lead),
       received_at = (SELECT l.received_at FROM attribution_lead l
                       WHERE l.company_id = %(company)s AND l.external_id = s.lead)"""
# One row for each touch that is not there, by the lead and the first row that says it.
_FRESH = """(SELECT s.lead_id, s.received_at, s.digest, s.at, min(s.file_row) AS file_row
  FROM import_stage s
 WHERE s.lead_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM attribution_touchpoint t
     WHERE t.lead_id = s.lead_id AND t.at = s.at AND t.digest = s.digest)
 GROUP BY s.lead_id, s.received_at, s.digest, s.at) AS fresh"""
# How many of them there are, and how many a lead has room for.
_ROOM = f"""SELECT COALESCE(SUM(n), 0),
       COALESCE(SUM(CASE WHEN n <= room THEN n WHEN room > 0 THEN room ELSE 0 END), 0)
  FROM (SELECT fresh.lead_id, count(*) AS n,
               {TOUCHES_PER_LEAD} - (SELECT count(*) FROM attribution_touchpoint t
                                      WHERE t.lead_id = fresh.lead_id) AS room
          FROM {_FRESH} GROUP BY fresh.lead_id) AS of_lead"""
# Of each lead as many as could possibly be stored; `write.store` chooses among them.
_CANDIDATES = f"""CREATE TEMPORARY TABLE import_touch AS
SELECT lead_id, received_at, file_row FROM (
  SELECT fresh.*, row_number() OVER (PARTITION BY lead_id ORDER BY at, digest) AS nth,
         row_number() OVER (PARTITION BY lead_id, after ORDER BY at, digest) AS nth_of_side,
         count(*) OVER (PARTITION BY lead_id, after) AS of_side
    FROM (SELECT fresh.*, CASE WHEN at > received_at THEN 1 ELSE 0 END AS after
            FROM {_FRESH}) AS fresh) AS ranked
 WHERE nth = 1 OR (after = 0 AND nth_of_side > of_side - {TOUCHES_PER_LEAD})
    OR (after = 1 AND nth_of_side <= {TOUCHES_PER_LEAD})"""
_VALUES = ("at", *UTM, "click_ids", "referrer", "landing_page")
_PART = f"""SELECT c.lead_id, c.received_at, {", ".join(f"s.{name}" for name in _VALUES)}
  FROM import_touch c JOIN import_stage s ON s.file_row = c.file_row
 WHERE c.lead_id > %(after)s AND c.lead_id <= %(up_to)s ORDER BY c.lead_id, c.file_row"""
_LAST_OF_PART = f"""SELECT max(lead_id) FROM (SELECT DISTINCT lead_id FROM import_touch
  WHERE lead_id > %(after)s ORDER BY lead_id LIMIT {PART}) AS part"""


class TouchImporter(Importer):
    """Touches are only added. A visit of nobody who became a lead is counted and left out."""

    kind = ImportRun.Kind.TOUCHES.value
    title = "Touches"
    right = "lead.import"
    fields = FIELDS
    blank = dict.fromkeys((*UTM, *CLICKS, "referrer", "landing_page"), "")
    staged_columns = {
        "lead": "text",
        "at": "timestamptz",
        "digest": "text",
        **dict.fromkeys((*UTM, "click_ids", "referrer", "landing_page"), "text"),
        "lead_id": "bigint",
        "received_at": "timestamptz",
    }
    not_staged = ("lead_id", "received_at")  # of the lead, found when all rows are there
    busy_tables = ("attribution_touchpoint",)

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._from_links = 0
        self._without = 0
        self._beyond = 0

    def parsers(self) -> dict[str, Parser]:
        raw, link = text_parser(RAW_LENGTH), text_parser(URL_LENGTH)
        return {
            **dict.fromkeys((*UTM, *CLICKS), raw),
            "lead": text_parser(200),
            "at": self._at,
            "referrer": link,
            "landing_page": link,
        }

    def _at(self, text: str) -> datetime:
        digits = text.strip()
        if digits.isascii() and digits.isdigit() and len(digits) in SINCE_1970:
            of_a_second = SINCE_1970[len(digits)]
            whole, rest = divmod(int(digits), of_a_second)
            return EPOCH + timedelta(seconds=whole, microseconds=rest * 1_000_000 // of_a_second)
        return self.instant(text)

    def staged(self, line: int, values: list[Any], cells: list[str]) -> tuple[Any, ...]:
        lead, at, *utm = values[:8]
        referrer, landing_page, *of_clicks = values[8:]
        clicks = {name: value for name, value in zip(CLICKS, of_clicks, strict=True) if value}
        if "=" in landing_page and not any(utm):
            utm, clicks = self._from_link(landing_page, clicks)
        captured = _captured(utm, clicks, referrer, landing_page)
        at, of_values = mark_of(TouchItem(at, captured))
        told = json.dumps(clicks, sort_keys=True) if clicks else "{}"
        return line, lead, at, of_values, *utm, told, referrer, landing_page

    def _from_link(self, link: str, clicks: dict[str, str]) -> tuple[list[str], dict[str, str]]:
        found = captured_from_link(link)
        self._from_links += bool(found)
        carried = {name: _clean(value) for name, value in found.pop("click_ids", {}).items()}
        return [_clean(found.get(name, "")) for name in UTM], carried | clicks

    def check_staged(self) -> None:
        """Find the leads. One that is not there is no error."""
        self.stage.execute(_FIND_LEADS, company=self.company.pk)

    def compare(self) -> None:
        outcome = self.outcome
        fresh, fitting = map(int, self.stage.row(_ROOM))
        self._without = self.stage.number(f"SELECT count(*) {_WITHOUT}")
        self._beyond = fresh - fitting
        self._count(fitting)
        if self._without:
            outcome.skipped[WITHOUT_LEAD] = self._without
            self._list_without()
            outcome.note(
                f"{self._without:,} of {outcome.rows:,} visits are without a lead: "
                f"{self.company.name} has none with their id. They are not kept; import the leads "
                "first if they should be there."
            )
        if self._beyond:
            outcome.note(
                f"{self._beyond:,} visits are more than a lead keeps: of each lead the first "
                f"stays and the last before it, {TOUCHES_PER_LEAD} at most."
            )
        if self._from_links:
            outcome.note(
                f"The UTM values or click ids of {self._from_links:,} rows were read from their "
                "landing page."
            )

    def _count(self, new: int) -> None:
        self.outcome.new = new
        self.outcome.same = self.outcome.rows - self._without - self._beyond - new

    def _list_without(self) -> None:
        rows = self.stage.rows(
            f"SELECT file_row, lead {_WITHOUT} ORDER BY file_row LIMIT %(kept)s",
            kept=self.outcome.listed,
        )
        self.outcome.skipped_rows += [Skipped(line, WITHOUT_LEAD, lead) for line, lead in rows]

    def merge(self) -> None:
        new = 0
        self.stage.execute("DROP TABLE IF EXISTS import_touch")
        self.stage.execute(_CANDIDATES)
        for part in self._parts_of_leads():
            new += store(self.company, part).new
        self.stage.execute("DROP TABLE import_touch")
        self._count(new)

    def _parts_of_leads(self) -> Iterator[list[OfLead]]:
        """All touches of some leads at a time, so that memory stays as it is."""
        last = 0
        while up_to := self.stage.number(_LAST_OF_PART, after=last):
            rows = self.stage.rows(_PART, after=last, up_to=up_to)
            yield [_of_lead(lead, list(group)) for lead, group in groupby(rows, itemgetter(0))]
            last = up_to


def _captured(utm: list[str], clicks: dict[str, str], referrer: str, landing: str) -> Captured:
    named = dict(zip(UTM, utm, strict=True))
    return Captured(**named, click_ids=clicks, referrer=referrer, landing_page=landing)


def _of_lead(lead_id: int, rows: list[tuple[Any, ...]]) -> OfLead:
    items = [
        TouchItem(_instant(at), _captured(utm, json.loads(told), by, on))
        for _, _, at, *utm, told, by, on in rows
    ]
    return lead_id, _instant(rows[0][1]), items


def _instant(value: Any) -> datetime:
    """SQLite gives text, in UTC."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def _clean(value: str) -> str:
    """A value decoded from a link may hold what no cell may: %00, or far too many letters."""
    return "".join(c for c in value if c.isprintable())[:RAW_LENGTH]
