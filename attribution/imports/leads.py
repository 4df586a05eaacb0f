"""Files of leads: each row one enquiry, with its outcome if the file has one."""

import json
from collections.abc import Collection
from functools import lru_cache, partial
from typing import Any

from attribution import calendar
from attribution.capture.bookings import settle_all
from attribution.channels.clicks import deciding
from attribution.channels.origins import law_of
from attribution.channels.referrers import says_site
from attribution.files.cells import parse_choice
from attribution.imports.booking_rows import STAGED, BookingRows, parse_status
from attribution.imports.importer import Importer, Job, Parser, id_parser, text_parser
from attribution.imports.lead_fields import CLICKS, FIELDS, UTM
from attribution.imports.lead_rows import LeadRows
from attribution.imports.outcome import named
from attribution.imports.rows import ContentIds, number_content_ids, refuse_repeated_ids
from attribution.models import Company, ImportRun, Lead
from attribution.models.lead import RAW_LENGTH, URL_LENGTH
from attribution.privacy import keeping
from attribution.utm import Captured, Tidy, captured_from_link, digest, read

TEXTS = ("referrer", "landing_page", "country", "city", "name", "email", "phone")
MARKS = ("hot", "vpn", "suspicious")  # in a file they are kinds; here a primary lead's marks
KINDS = (
    {kind: kind for kind in Lead.Kind.values}
    | {kind.replace("_", mark): kind for kind in Lead.Kind.values for mark in " -"}
    | {mark: mark for mark in MARKS}
)
A_REFERRER = "https://referrer.invalid/"  # stands for any that says a site
NO_OUTCOME = (None,) * len(STAGED)
NO_BOOKING = frozenset({"0", "no", "false", "none", "n", "-"})


class LeadImporter(Importer):
    """A lead that is there stays as it was captured; its outcome may change."""

    kind = ImportRun.Kind.LEADS.value
    title = "Leads"
    names_files = True
    right = "lead.import"
    fields = FIELDS
    blank = dict.fromkeys((*UTM, *TEXTS), "")
    staged_columns = {
        "external_id": "text",
        "kind": "text",
        "received_at": "timestamptz",
        "day": "date",
        "slot": "integer",
        "ahead": "boolean",
        **dict.fromkeys(UTM, "text"),
        "click_ids": "jsonb",
        "referrer": "text",
        "landing_page": "text",
        "source": "text",
        "medium": "text",
        "campaign_key": "text",
        "content": "text",
        "term": "text",
        "unattributed_reason": "text",
        "digest": "text",
        "origin": "text",
        "channel": "text",
        "is_hot": "boolean",
        "is_vpn": "boolean",
        "is_suspicious": "boolean",
        "country": "text",
        "city": "text",
        "name": "text",
        "email": "text",
        "phone": "text",
        "ip": "text",
        "person_email": "text",
        "person_phone": "text",
        **STAGED,
    }
    busy_tables = ("attribution_lead", "attribution_booking")

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        found = self.placement.columns.keys()
        self._has_id = "id" in found
        self._has_outcomes = "booking_status" in found
        self._may_have_outcomes = bool(
            {"booking_status", "booked_at", "completed_at", "value"} & found
        )
        self.not_staged = () if self._may_have_outcomes else STAGED.keys()
        self._has_clicks = bool(found & set(CLICKS))
        self._content_ids = ContentIds(self.outcome.headers)
        self._not_kept = not_kept(self.company, found)
        self._ahead = 0
        self._without_booking = 0  # rows with a value or a moment, but no status to go with it
        self._from_links = 0
        self._law = law_of(self.company)
        self._placed = lru_cache(maxsize=8192)(self._place)
        self._leads = LeadRows(self)
        self._keep = partial(keeping.kept, self.company)
        self._keep_link = partial(keeping.kept_link, self.company)
        self._bookings = BookingRows(
            self,
            key="('lead:' || s.external_id)",
            lead="s.external_id",
            wanted="s.status IS NOT NULL",
        )

    def parsers(self) -> dict[str, Parser]:
        raw, link = text_parser(RAW_LENGTH), text_parser(URL_LENGTH)
        header = self.placement.header("booking_status")
        return {
            **dict.fromkeys((*UTM, *CLICKS), raw),
            "id": id_parser(200),
            "received_at": self.instant,
            "kind": _kind,
            "referrer": link,
            "landing_page": link,
            "country": text_parser(60),
            "city": text_parser(120),
            "name": text_parser(200),
            "email": text_parser(254),
            "phone": text_parser(60),
            "booking_status": lambda text: _outcome(text, header),
            "booked_at": self.instant,
            "completed_at": self.instant,
            **self._bookings.values.parsers(),
        }

    def staged(self, line: int, values: list[Any], cells: list[str]) -> tuple[Any, ...]:
        external_id, received_at, kind, *utm = values[:9]
        referrer, landing_page, country, city, *person = values[9:16]
        referrer, landing_page = self._keep_link(referrer), self._keep_link(landing_page)
        if not self._has_id:
            external_id = self._content_ids.of(cells)
        clicks = {}
        if self._has_clicks:
            clicks = {name: value for name, value in zip(CLICKS, values[21:], strict=True) if value}
        if "=" in landing_page and not any(utm):
            utm, clicks = self._from_link(landing_page, utm, clicks)
        # Of the link only what can name two campaigns matters, and few links can.
        link = landing_page if "=" in landing_page else ""
        found = _tidy(*utm[:5], bool(clicks), says_site(referrer, landing_page), link)
        day, slot = calendar.day_and_slot(received_at, self.zone)
        # What is not after the start of this job is not ahead of any later moment either.
        ahead = received_at > self.job.started and calendar.is_ahead(received_at)
        self._ahead += ahead
        return (
            line,
            external_id,
            "primary" if kind is None or kind in MARKS else kind,
            received_at,
            day,
            slot,
            ahead,
            *utm,
            json.dumps(clicks) if clicks else "{}",
            referrer,
            landing_page,
            found.source,
            found.medium,
            found.campaign,
            found.content,
            found.term,
            found.reason,
            digest(found.source, found.medium, found.campaign),
            *self._placed(
                *utm[:3],
                any(utm[3:]),
                deciding(clicks) if clicks else "",
                referrer,
                landing_page if referrer else "",
            ),
            kind == "hot",
            kind == "vpn",
            kind == "suspicious",
            country,
            city,
            *self._keep(*person),
            *(self._outcome(line, *values[16:21]) if self._may_have_outcomes else ()),
        )

    def _place(
        self, source: str, medium: str, campaign: str, more: bool, click: str, *links: str
    ) -> tuple[str, str]:
        """Origin and channel. `links`: the referrer and, where there is one, the landing page."""
        clicks = {click: click} if click else {}
        raw = Captured(source, medium, campaign, "more" if more else "", "", "", clicks, *links)
        origin, channel, __ = self._law.origin(raw)
        return origin, channel

    def _from_link(
        self, link: str, utm: list[Any], clicks: dict[str, str]
    ) -> tuple[list[Any], dict[str, str]]:
        """The UTM values that only the landing page carries; the columns' click ids go first."""
        found = captured_from_link(link)
        self._from_links += bool(found)
        carried = {n: _clean(v) for n, v in found.pop("click_ids", {}).items()} | clicks
        return [_clean(found.get(name, "")) for name in UTM], carried

    def _outcome(
        self, line: int, status: Any, booked_at: Any, completed_at: Any, *value: Any
    ) -> tuple[Any, ...]:
        """The staged columns of the lead's booking; all None when there is none."""
        worth = self._bookings.values.staged(line, *value)
        if status is None:
            self._without_booking += bool(booked_at or completed_at or any(worth[:2]))
            return NO_OUTCOME
        day, slot = calendar.day_and_slot(booked_at, self.zone) if booked_at else (None, None)
        return status, booked_at, day, slot, completed_at, *worth

    def check_staged(self) -> None:
        if self._has_id:
            refuse_repeated_ids(self, "lead")
        else:
            number_content_ids(self)

    def compare(self) -> None:
        outcome = self.outcome
        outcome.new = self._leads.new()
        known = self._leads.known
        if self._has_outcomes and known:
            self._bookings.convert()
            # One booking a lead, so as many leads change as bookings do.
            outcome.changed = self._bookings.new_of_known_leads() + self._bookings.changed()
            outcome.changes = self._bookings.changes()
        outcome.same = known - outcome.changed
        if known:
            self._note_known(known)
        self._note_new()

    def _note_known(self, known: int) -> None:
        count, ids = self._leads.captured_otherwise()
        if count:
            self.outcome.note(
                "Leads that are here and were captured with other values than this file has: "
                f"{count:,}. They stay as they were captured: {named(ids, count)}."
            )
        if self._has_outcomes:
            count, ids = self._leads.with_a_booking_of_a_file_before()
            if count:
                self.outcome.note(
                    f"{count:,} leads have a booking from an earlier file and none in this one; "
                    "it stays. Give them the booking_status cancelled to cancel it: "
                    f"{named(ids, count)}."
                )

    def _note_new(self) -> None:
        count, keys = self._leads.unknown_keys()
        if count:
            self.outcome.note(
                f"New campaign names, which become discovered campaigns: {count:,} "
                f"({named(keys, count)})."
            )
        if self._from_links:
            self.outcome.note(
                f"The UTM values or click ids of {self._from_links:,} rows were read from their "
                "landing page."
            )
        if self._not_kept:
            self.outcome.note(
                f"Not stored: {', '.join(self._not_kept)}. {self.company.name} does not keep them; "
                "who may change the company can turn that on first."
            )
        if self._ahead:
            self.outcome.note(
                f"{self._ahead:,} rows are dated in the future. They are kept, and marked."
            )
        self._bookings.values.note_missing(
            "SELECT currency, day, count(*) FROM import_stage"
            " WHERE status IS NOT NULL AND original_minor IS NOT NULL GROUP BY 1, 2"
        )
        if self._without_booking:
            self.outcome.note(
                f"{self._without_booking:,} rows have a value or a booking date, but no "
                "booking_status. These were not used."
            )

    def merge(self) -> None:
        outcome = self.outcome
        flooded = 0
        if outcome.new:
            flooded = self._leads.discover()
            self._leads.make_readings()
            outcome.new = self._leads.save()
            if not self._law.is_that_of(law_of(self.company)):
                self._leads.forget_channels()
            while settle_all(self.company):  # bookings that came before their leads
                pass
        if self._has_outcomes:
            self.stage.renew_statistics("attribution_lead")
            self._bookings.convert()
            made, changed = self._bookings.save()
            if made or changed:
                bookings = "booking was" if made == 1 else "bookings were"
                outcome.note(f"{made:,} {bookings} added and {changed:,} changed.")
        outcome.same = outcome.rows - outcome.new - outcome.changed
        if flooded:
            limit = self.company.new_campaigns_per_day
            outcome.note(
                f"{flooded:,} leads stay unattributed: on their day there were more than {limit:,} "
                "new campaign names. The limit is a setting of the company."
            )


def not_kept(company: Company, columns: Collection[str]) -> list[str]:
    """Columns about persons that the file has and the company keeps nothing of."""
    asked = {
        "name": company.keeps_email,
        "email": company.keeps_email,
        "phone": company.keeps_phone,
    }
    return [name for name, is_kept in asked.items() if name in columns and not is_kept]


def _kind(text: str) -> str:
    return parse_choice(text, KINDS)


def _outcome(text: str, header: str) -> str | None:
    return None if text.strip().casefold() in NO_BOOKING else parse_status(text, header)


def _clean(value: str) -> str:
    """A value decoded from a link may hold what no cell may: %00, or far too many letters."""
    return "".join(c for c in value if c.isprintable())[:RAW_LENGTH]


@lru_cache(maxsize=8192)
def _tidy(
    source: str,
    medium: str,
    campaign: str,
    content: str,
    term: str,
    has_click: bool,
    has_referrer: bool,
    link: str,
) -> Tidy:
    """`utm.read`, remembered: most leads of a file share their values with many others."""
    return read(
        Captured(
            utm_source=source,
            utm_medium=medium,
            utm_campaign=campaign,
            utm_content=content,
            utm_term=term,
            click_ids={"click": "id"} if has_click else {},
            referrer=A_REFERRER if has_referrer else "",
            landing_page=link,
        )
    )
