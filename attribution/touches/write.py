"""Stores touches: bounded for each lead, the same one once, and each where its values count.

Rows are added and never taken away. A lead has no more than `TOUCHES_PER_LEAD`: of more that come
together the first stays, and those that were the last before the lead; those after the lead, which
no model gives credit, get what room is left.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from django.db import transaction

from attribution import calendar, scope
from attribution.capture.rows import Column, insert_rows
from attribution.channels.origins import places
from attribution.models import Company, Lead, Reading, Touchpoint
from attribution.models.touch import TOUCHES_PER_LEAD
from attribution.placing import Placer
from attribution.repair import locking
from attribution.touches.items import TouchItem
from attribution.utm import DIGEST_LENGTH, RAW_FIELDS, Captured, digest, read

OfLead = tuple[int, datetime, Iterable[TouchItem]]  # its id, when it was received, its touches
Mark = tuple[datetime, str]  # what tells the touches of a lead apart
AT_ONCE = 5_000  # rows of one statement
_COLUMNS = (
    Column("lead_id", "bigint"),
    Column("at", "timestamptz"),
    Column("digest", "text"),
    *(Column(name, "text") for name in RAW_FIELDS if name != "click_ids"),
    Column("click_ids", "jsonb"),
    Column("reading_id", "bigint"),
    Column("channel", "text"),
    Column("origin", "text"),
)
_NAMES = ", ".join(f'"{column.name}"' for column in _COLUMNS)
_INTO = f"INSERT INTO attribution_touchpoint (company_id, created_at, {_NAMES})"
_SELECT = f"""SELECT %(company)s, %(now)s, {_NAMES} FROM sent WHERE TRUE
    ON CONFLICT (lead_id, "at", digest) DO NOTHING RETURNING id"""  # noqa: S608 - our own names


class Stored(NamedTuple):
    """What became of touches."""

    new: int
    same: int  # were there already, or came twice
    beyond: int  # more than a lead has room for


class _Touch(NamedTuple):
    lead_id: int
    mark: Mark
    captured: Captured


def store(company: Company, touched: Iterable[OfLead]) -> Stored:
    """All of them, or none. The leads are there, and of this company."""
    scope.require(company.pk)
    given = {lead_id: (at, _by_mark(items)) for lead_id, at, items in _merged(touched)}
    sent = sum(number for _, (_, number) in given.values())
    with transaction.atomic():
        locking.capturing(company.pk)
        stored = _marks(list(given))
        chosen = [
            _Touch(lead_id, mark, new[mark])
            for lead_id, (received_at, (new, _)) in given.items()
            for mark in _with_room(stored[lead_id], new, received_at)
        ]
        beyond = sum(
            len(new.keys() - stored[lead_id]) for lead_id, (_, (new, _)) in given.items()
        ) - len(chosen)
        added = _insert(company, chosen)
    return Stored(added, sent - beyond - added, beyond)


def mark_of(item: TouchItem) -> Mark:
    """When it was, and a digest of that and of all raw values: the same touch has the same one."""
    raw = {name: getattr(item.captured, name) for name in RAW_FIELDS}
    at = item.at.astimezone(UTC)
    text = json.dumps(
        [at.isoformat(), raw | {"click_ids": dict(item.captured.click_ids)}], sort_keys=True
    )
    return at, hashlib.blake2b(text.encode(), digest_size=DIGEST_LENGTH // 2).hexdigest()


def _merged(touched: Iterable[OfLead]) -> list[OfLead]:
    """Each lead once, in the order of ids: that is the order in which they are locked."""
    items: dict[int, list[TouchItem]] = defaultdict(list)
    received: dict[int, datetime] = {}
    for lead_id, received_at, some in touched:
        items[lead_id] += some
        received[lead_id] = received_at
    return [(lead_id, received[lead_id], items[lead_id]) for lead_id in sorted(items)]


def _by_mark(items: Iterable[TouchItem]) -> tuple[dict[Mark, Captured], int]:
    """Each touch once, and how many were given."""
    marked = [(mark_of(item), item.captured) for item in items]
    return dict(marked), len(marked)


def _marks(lead_ids: Sequence[int]) -> Mapping[int, set[Mark]]:
    """What these leads have by now. Until the end of the transaction nobody else adds to it."""
    found: dict[int, set[Mark]] = defaultdict(set)
    leads = Lead.objects.select_for_update(no_key=True).filter(pk__in=lead_ids).order_by("pk")
    list(leads.values_list("pk"))
    rows = Touchpoint.objects.filter(lead_id__in=lead_ids).order_by()
    for lead_id, at, of_values in rows.values_list("lead_id", "at", "digest"):
        found[lead_id].add((at, of_values))
    return found


def _with_room(stored: set[Mark], given: Iterable[Mark], received_at: datetime) -> list[Mark]:
    """Those of the new touches of a lead for which there is room, in the order of time."""
    room = max(TOUCHES_PER_LEAD - len(stored), 0)
    new = sorted(set(given) - stored)
    if len(new) <= room:
        return new
    before = [mark for mark in new if mark[0] <= received_at]
    after = new[len(before) :]
    if len(before) > room > 0:
        first = [] if stored and min(stored) < before[0] else before[:1]
        last = room - len(first)
        return first + (before[-last:] if last else [])
    return (before + after)[:room]


def _insert(company: Company, touches: list[_Touch]) -> int:
    """How many were added."""
    if not touches:
        return 0
    origins = places(company, [touch.captured for touch in touches])
    rows = [
        (
            touch.lead_id,
            *touch.mark,
            *(getattr(touch.captured, name) for name in RAW_FIELDS if name != "click_ids"),
            dict(touch.captured.click_ids),
            reading,
            origin.channel,
            origin.origin,
        )
        for touch, reading, origin in zip(
            touches, _readings(company, touches), origins, strict=True
        )
    ]
    now = datetime.now(UTC)
    added = 0
    for n in range(0, len(rows), AT_ONCE):
        part = rows[n : n + AT_ONCE]
        added += len(insert_rows(_INTO, _SELECT, _COLUMNS, part, company=company.pk, now=now))
    return added


def _readings(company: Company, touches: list[_Touch]) -> list[int]:
    """The reading of each, found or made: a name that nobody has heard yet becomes a campaign, as
    that of a lead would."""
    found = [read(touch.captured) for touch in touches]
    keys = [(digest(one.source, one.medium, one.campaign), one.reason) for one in found]
    known = _known(company, {of_values for of_values, _ in keys})
    placer = Placer(company)
    ids = []
    for key, one, touch in zip(keys, found, touches, strict=True):
        if key in known:
            ids.append(known[key])
            continue
        day, _ = calendar.day_and_slot(touch.mark[0], company.zone)
        ids.append(placer.reading(one, day).pk)
    return ids


def _known(company: Company, digests: set[str]) -> dict[tuple[str, str], int]:
    rows = Reading.objects.filter(company=company, digest__in=digests, is_open=True).order_by()
    return {
        (of_values, reason): pk
        for of_values, reason, pk in rows.values_list("digest", "captured_reason", "pk")
    }
