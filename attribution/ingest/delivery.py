"""One request of a server: who may, how much, how often; and what is answered."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from attribution import scope
from attribution.capture.doors import API, Door
from attribution.capture.taken import CHANGED, REFUSED, REPEATED, SAME, STORED, WAITING, Taken
from attribution.ingest import body, idempotency, keys, limits, storing
from attribution.ingest.answers import Problem, answer, error, text_of
from attribution.ingest.storing import Kind
from attribution.models.ingest import IngestKey

MOST_ITEMS = 500
STATUS = {STORED: 201, REPEATED: 200, CHANGED: 200, SAME: 200, WAITING: 202, REFUSED: 422}
CROSSED = {"40P01", "40001"}  # PostgreSQL: deadlock, serialization failure
ATTEMPTS = 3
T = TypeVar("T")


class Sent(NamedTuple):
    """The items of a body."""

    items: list[Any]
    is_batch: bool
    may_be_large: bool  # whether one of them can have more than an item may


def deliver(request: HttpRequest, key: IngestKey, kind: Kind) -> HttpResponse:
    """The answer to what a server has sent."""
    door = Door(API, timezone.now(), key)
    with scope.company_scope([key.company_id]):
        limits.check(key, door)
        raw = body.read(request)
        name = idempotency.key_of(request)
        sent = opened(raw)
        limits.take(key, len(sent.items))
        keys.seen(key, door.at)
        if name:
            request_id = idempotency.digest(request.path, raw)
            status, text = repeated_when_crossed(
                lambda: remembered(key, door, kind, sent, name, request_id)
            )
        else:
            status, text = repeated_when_crossed(lambda: answered(key, door, kind, sent))
    return answer(status, text)


def opened(raw: bytes) -> Sent:
    """What the body holds: one item, or a batch."""
    data = body.parse(raw)
    if not isinstance(data, dict):
        raise Problem(400, "malformed", 'Send one object, or {"items": [...]}.')
    large = len(raw) > body.ITEM_BYTES
    if "items" not in data:
        if large:
            raise body.too_large(len(raw), body.ITEM_BYTES)
        return Sent([data], False, False)
    items = data["items"]
    if not isinstance(items, list) or len(data) > 1:
        raise Problem(400, "malformed", 'A batch is {"items": [...]} and nothing else.', "items")
    if len(items) > MOST_ITEMS:
        text = f"A batch has {MOST_ITEMS} items at most; this one has {len(items):,}."
        raise Problem(413, "too_many_items", text, "items")
    return Sent(items, True, large)


def remembered(
    key: IngestKey, door: Door, kind: Kind, sent: Sent, name: str, request_id: str
) -> tuple[int, str]:
    """As it was answered before; else answered now, and remembered with what is stored."""
    with transaction.atomic():
        before = idempotency.claim(key, name, request_id)
        if before is not None:
            return before
        status, text = answered(key, door, kind, sent, alone=True)
        idempotency.remember(key, name, status, text)
        return status, text


def answered(
    key: IngestKey, door: Door, kind: Kind, sent: Sent, *, alone: bool = False
) -> tuple[int, str]:
    """Status and text: of the one item, or of all of a batch."""
    company = key.company
    if not sent.is_batch:
        taken = storing.take_one(company, door, kind, sent.items[0], alone=alone)
        return STATUS[taken.status], text_of(result_of(taken))
    many = storing.take_many(company, door, kind, sent.items, may_be_large=sent.may_be_large)
    return 200, text_of({"items": [result_of(one) for one in many]})


def result_of(taken: Taken) -> dict[str, Any]:
    """What a sender is told of one item."""
    found: dict[str, Any] = {"status": taken.status, "id": taken.id}
    if taken.kind:
        found["kind"] = taken.kind
    if taken.reason:
        found["reason"] = taken.reason
    if taken.differs:
        found["differs"] = True
    if taken.notes:
        found["notes"] = list(taken.notes)
    if taken.error is not None:
        found |= error(taken.error.why, taken.error.text, taken.error.field)
    return found


def repeated_when_crossed(work: Callable[[], T]) -> T:
    """Two requests that wait for each other: one of them is done again."""
    for _ in range(ATTEMPTS - 1):
        try:
            return work()
        except OperationalError as fault:
            if getattr(fault.__cause__, "sqlstate", "") not in CROSSED:
                raise
    return work()
