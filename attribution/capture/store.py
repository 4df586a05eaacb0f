"""Leads that were sent become rows: each once, read, judged and placed, in one transaction.

A lead that is there is never changed by being sent again. What is usual, leads whose values have
been seen before, takes one statement for any number of leads; only new names and repeats take more.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.db import connection, transaction

from attribution import calendar, geo, scope
from attribution.capture import bookings
from attribution.capture.doors import Door
from attribution.capture.in_force import InForce, held
from attribution.capture.items import LeadItem
from attribution.capture.judging import judge
from attribution.capture.rows import Column, insert_rows
from attribution.capture.taken import REPEATED, STORED, Taken
from attribution.models import Company, Lead
from attribution.placing import Placer
from attribution.privacy.keeping import kept, kept_link
from attribution.touches import write as touches
from attribution.utm import RAW_FIELDS, Captured, Tidy, digest, read


class NewLead(NamedTuple):
    """A lead on its way into the table; its columns stand in `COLUMNS`."""

    item: LeadItem
    found: Tidy
    columns: dict[str, Any]
    follows: int | None = None  # the place of the first lead of its person, of those sent with it


COLUMNS = (
    Column("external_id", "text"),
    Column("kind", "text"),
    Column("received_at", "timestamptz"),
    Column("day", "date"),
    Column("slot", "integer"),
    Column("ahead", "boolean"),
    Column("stated_at", "timestamptz"),
    *(Column(name, "text") for name in RAW_FIELDS if name != "click_ids"),
    Column("click_ids", "jsonb"),
    *(Column(name, "text") for name in ("campaign_key", "content", "term")),
    *(Column(name, "text") for name in ("channel", "origin", "kind_reason")),
    Column("mark_reasons", "jsonb"),
    *(Column(name, "boolean") for name in ("is_vpn", "is_suspicious", "is_hot")),
    Column("first_lead_id", "bigint"),
    *(Column(name, "text") for name in ("country", "region", "city")),
    *(Column(name, "text") for name in ("name", "email", "phone", "ip")),
    *(Column(name, "text") for name in ("person_email", "person_phone")),
)
_PLACED = ("reading_id", "campaign_id", "unattributed_reason", "source", "medium")
_INTO = """INSERT INTO attribution_lead (company_id, came_by, key_id, created_at, {columns},
  {placed}, booked, completed, revenue_minor, corrected)"""
_FROM = """SELECT %(company)s, %(came_by)s, %(key)s, %(now)s, {columns},
       r.id, r.campaign_id, r.reason, r.source, r.medium, FALSE, FALSE, 0, FALSE
  FROM sent s {reading} WHERE TRUE
    ON CONFLICT (company_id, external_id) DO NOTHING RETURNING external_id, id"""
_IT = """r.company_id = %(company)s AND r.digest = s.digest AND r.captured_reason = s.reason
   AND r.is_open"""
_JOINED = f"JOIN attribution_reading r ON {_IT}"
# PostgreSQL takes whatever is sent for a hundred rows, and would read all readings for one.
_ONE_BY_ONE = f"CROSS JOIN LATERAL (SELECT * FROM attribution_reading r WHERE {_IT} LIMIT 1) r"  # noqa: S608
FEW = 20
_SENT = (*COLUMNS, Column("digest", "text"), Column("reason", "text"))


def take_leads(company: Company, door: Door, items: Sequence[LeadItem]) -> list[Taken]:
    """What became of each, in their order. All are stored, or none."""
    scope.require(company.pk)
    kept_items = (_as_kept(company, item) for item in items)
    named = [item if item.id else item._replace(id=_new_id()) for item in kept_items]
    firsts: dict[str, LeadItem] = {}
    for item in named:
        firsts.setdefault(item.id, item)
    with transaction.atomic():
        new = _prepared(company, door, held(company), list(firsts.values()))
        stored = _stored(company, door, new)
        rest = [lead for lead in new if lead.item.id not in stored]
        known = _known(company, [lead.item.id for lead in rest])
        rest = [lead for lead in rest if lead.item.id not in known]
        if rest:  # of values that no lead had before, or that has just been stored elsewhere
            reasons = _make_readings(company, rest)
            stored |= _stored(company, door, rest, reasons)
            known |= _known(company, [x.item.id for x in rest if x.item.id not in stored])
        _link(new, stored)
        there = [lead for lead in new if lead.item.id in stored]
        _follow(company, door, there, stored)
    kinds = {lead.item.id: lead.columns for lead in new}
    return _outcomes(named, stored, known, kinds)


def _new_id() -> str:
    return f"auto-{secrets.token_hex(16)}"


def _prepared(
    company: Company, door: Door, in_force: InForce, items: list[LeadItem]
) -> list[NewLead]:
    """Everything that follows from the items themselves, and from lists of the company."""
    zone = company.zone
    addresses = [item.ip or door.ip for item in items]
    lands = [geo.where(address) if address else geo.NOWHERE for address in addresses]
    persons = [
        kept(company, item.name, item.email, item.phone, address)
        for item, address in zip(items, addresses, strict=True)
    ]
    countries = [land.country for land in lands]
    judgements = judge(company, door, items, persons, countries, in_force.book)
    origins = [in_force.law.origin(item.captured) for item in items]
    leads = []
    for item, land, person, judged, origin in zip(
        items, lands, persons, judgements, origins, strict=True
    ):
        captured = item.captured
        found = read(captured)
        received = item.received_at or door.at
        day, slot = calendar.day_and_slot(received, zone)
        columns = {
            "external_id": item.id,
            "kind": judged.kind,
            "received_at": received,
            "day": day,
            "slot": slot,
            "ahead": received > door.at + calendar.CLOCK_TOLERANCE,
            "stated_at": item.received_at,
            **{name: getattr(captured, name) for name in RAW_FIELDS},
            "click_ids": dict(captured.click_ids),
            "campaign_key": found.campaign,
            "content": found.content,
            "term": found.term,
            "channel": origin.channel,
            "origin": origin.origin,
            "kind_reason": judged.kind_reason,
            "mark_reasons": dict(judged.marks),
            "is_vpn": "vpn" in judged.marks,
            "is_suspicious": "suspicious" in judged.marks,
            "is_hot": "hot" in judged.marks,
            "first_lead_id": judged.first_lead,
            "country": item.country or land.country,
            "region": item.region or land.region,
            "city": item.city or land.city,
            **person._asdict(),
        }
        leads.append(NewLead(item, found, columns, judged.first_item))
    return leads


def _as_kept(company: Company, item: LeadItem) -> LeadItem:
    """Links without what the company keeps of nobody."""
    if company.keeps_email:
        return item
    touches = (one._replace(captured=_cut(company, one.captured)) for one in item.touches)
    return item._replace(captured=_cut(company, item.captured), touches=tuple(touches))


def _cut(company: Company, captured: Captured) -> Captured:
    return replace(
        captured,
        referrer=kept_link(company, captured.referrer),
        landing_page=kept_link(company, captured.landing_page),
    )


def _stored(
    company: Company, door: Door, leads: list[NewLead], reasons: dict[str, str] | None = None
) -> dict[str, int]:
    """Stores those whose reading is there and whose id is not; external id → id of these."""
    rows = [
        (
            *(lead.columns[column.name] for column in COLUMNS),
            digest(lead.found.source, lead.found.medium, lead.found.campaign),
            (reasons or {}).get(lead.item.id, lead.found.reason),
        )
        for lead in leads
    ]
    names = [column.name for column in COLUMNS]
    into = _INTO.format(columns=", ".join(names), placed=", ".join(_PLACED))
    one_by_one = connection.vendor == "postgresql" and len(rows) <= FEW
    select = _FROM.format(
        columns=", ".join(f"s.{name}" for name in names),
        reading=_ONE_BY_ONE if one_by_one else _JOINED,
    )
    return dict(
        insert_rows(
            into,
            select,
            _SENT,
            rows,
            company=company.pk,
            came_by=door.came_by,
            key=door.key.pk if door.key else None,
            now=door.at,
        )
    )


def _known(company: Company, ids: list[str]) -> dict[str, Lead]:
    if not ids:
        return {}
    rows = Lead.objects.filter(company=company, external_id__in=ids)
    return {lead.external_id: lead for lead in rows.only("external_id", "kind", *RAW_FIELDS)}


def _make_readings(company: Company, leads: list[NewLead]) -> dict[str, str]:
    """Readings of values that no lead had; external id → the reason each is captured with."""
    placer = Placer(company)
    return {
        lead.item.id: placer.reading(lead.found, lead.columns["day"]).captured_reason
        for lead in leads
    }


def _link(leads: list[NewLead], stored: dict[str, int]) -> None:
    """Follow-ups to the first lead, where both came together."""
    for lead in leads:
        if lead.follows is not None and lead.item.id in stored:
            first = stored.get(leads[lead.follows].item.id)
            Lead.objects.filter(pk=stored[lead.item.id]).update(first_lead=first)


def _follow(company: Company, door: Door, leads: list[NewLead], stored: dict[str, int]) -> None:
    """What comes with the leads, and the bookings that have waited for them."""
    touched = [
        (stored[lead.item.id], lead.columns["received_at"], lead.item.touches)
        for lead in leads
        if lead.item.touches
    ]
    if touched:
        touches.store(company, touched)
    with_booking = [
        lead.item.booking._replace(lead=lead.item.id) for lead in leads if lead.item.booking
    ]
    bookings.settle_waiting(company, [lead.item.id for lead in leads])
    if with_booking:
        bookings.take_bookings(company, door, with_booking)


def _outcomes(
    items: Iterable[LeadItem],
    stored: dict[str, int],
    known: dict[str, Lead],
    columns: dict[str, dict[str, Any]],
) -> list[Taken]:
    taken, seen = [], set()
    for item in items:
        if item.id in stored:
            status = REPEATED if item.id in seen else STORED
            kind, why = columns[item.id]["kind"], columns[item.id]["kind_reason"]
            taken.append(Taken(status, item.id, kind, why, notes=item.notes))
        else:
            lead = known[item.id]
            differs = lead.captured() != item.captured
            taken.append(Taken(REPEATED, item.id, lead.kind, "", differs, item.notes))
        seen.add(item.id)
    return taken
