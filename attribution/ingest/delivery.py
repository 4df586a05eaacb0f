"""One request of a server: who may, how much, how often; and what is answered."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple, TypeVar

from django.core.handlers.asgi import ASGIRequest
from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from attribution import scope
from attribution.capture.doors import API, Door
from attribution.capture.taken import CHANGED, REFUSED, REPEATED, SAME, STORED, WAITING, Taken
from attribution.ingest import body, idempotency, keys, limits, storing
from attribution.ingest.answers import Problem, answer, error, problem, text_of
from attribution.ingest.authentication import allowed, bearer, shaped
from attribution.ingest.storing import Kind
from attribution.ingest.together import Together
from attribution.models.ingest import IngestKey

MOST_ITEMS = 500
STATUS = {STORED: 201, REPEATED: 200, CHANGED: 200, SAME: 200, WAITING: 202, REFUSED: 422}
CROSSED = {"40P01", "40001"}  # PostgreSQL: deadlock, serialization failure
ATTEMPTS = 3
SERVER = IngestKey.Kind.SERVER.value
SHARED = (OperationalError, InterfaceError)  # what keeps a whole turn from being stored
TOGETHER = Together(SHARED)
T = TypeVar("T")
Answer = tuple[int, str]  # status and JSON


class Sent(NamedTuple):
    """The items of a body."""

    items: list[Any]
    is_batch: bool
    may_be_large: bool  # whether one of them can have more than an item may


class Single(NamedTuple):
    """One item, to be stored with others of the same key and kind that arrive now."""

    text: str  # the key
    kind: Kind
    data: Any

    @property
    def line(self) -> Hashable:
        """Who waits in the same line."""
        return self.kind.what, self.text

    def work(self, items: Sequence[Any]) -> list[Answer | Problem]:
        """What each of a turn is answered."""
        return repeated_when_crossed(lambda: turn(self.text, self.kind, items))


class LoopRequest(ASGIRequest):
    """A request that is looked at in an event loop, where nobody may wait for anything."""


class ForTurn(HttpResponse):
    """Stands in for the answer that only the item's turn can give."""

    def __init__(self, single: Single) -> None:
        super().__init__()
        self.single = single

    def fill(self, found: Answer | Problem) -> None:
        """Say what is known now; what middleware has said stays."""
        made = problem(found) if isinstance(found, Problem) else answer(*found)
        self.status_code, self.content = made.status_code, made.content
        for name, value in made.items():
            self[name] = value


class ForThread(HttpResponse):
    """Stands in for the answer to what a loop cannot do."""


def deliver(request: HttpRequest, kind: Kind) -> HttpResponse:
    """The answer to what a server has sent, or in a loop what stands in for it."""
    may_wait = not isinstance(request, LoopRequest)
    text = shaped(bearer(request))
    name = idempotency.key_of(request)
    if not name and body.length(request) <= body.ITEM_BYTES:
        sent = opened(body.read(request))
        if not sent.is_batch:
            single = Single(text, kind, sent.items[0])
            return answer(*_in_turn(single)) if may_wait else ForTurn(single)
        if not may_wait:
            return ForThread()
        key = allowed(text, SERVER)
    elif not may_wait:
        return ForThread()
    else:  # before more than an item's worth is read, it is asked who sends
        key = allowed(text, SERVER)
        raw = body.read(request)
        sent = opened(raw)
    door = Door(API, timezone.now(), key)
    with scope.company_scope([key.company_id]):
        limits.check(key, door)
        limits.take(key, len(sent.items))
        keys.seen(key, door.at)
        if not name:
            return answer(*repeated_when_crossed(lambda: answered(key, door, kind, sent)))
        same = idempotency.digest(request.path, raw)
        again = repeated_when_crossed(lambda: remembered(key, door, kind, sent, name, same))
        return answer(*again)


def _in_turn(single: Single) -> Answer:
    found: Answer | Problem = TOGETHER.take(single.line, single.data, single.work)
    if isinstance(found, Problem):
        raise found
    return found


def turn(text: str, kind: Kind, sent: Sequence[Any]) -> list[Answer | Problem]:
    """Single items that came with one key: who sends is asked once for all of them."""
    try:
        key = allowed(text, SERVER)
    except Problem as why:
        return [why for _ in sent]
    door = Door(API, timezone.now(), key)
    found: list[Answer | Problem] = []
    taken_in = []
    with scope.company_scope([key.company_id]):
        for data in sent:
            try:
                limits.check(key, door)
            except Problem as why:
                found.append(why)
            else:
                limits.take(key, 1)
                taken_in.append((len(found), data))
                found.append((0, ""))
        keys.seen(key, door.at)
        taken = storing.take_all(key.company, door, kind, [data for _, data in taken_in])
    for (place, _), one in zip(taken_in, taken, strict=True):
        found[place] = STATUS[one.status], text_of(result_of(one))
    return found


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


def remembered(key: IngestKey, door: Door, kind: Kind, sent: Sent, name: str, same: str) -> Answer:
    """As it was answered before; else answered now, and remembered with what is stored."""
    with transaction.atomic():
        before = idempotency.claim(key, name, same)
        if before is not None:
            return before
        found = answered(key, door, kind, sent)
        idempotency.remember(key, name, *found)
        return found


def answered(key: IngestKey, door: Door, kind: Kind, sent: Sent) -> Answer:
    """Of the one item, or of all of a batch."""
    taken = storing.take_all(key.company, door, kind, sent.items, may_be_large=sent.may_be_large)
    results = [result_of(one) for one in taken]
    if sent.is_batch:
        return 200, text_of({"items": results})
    return STATUS[taken[0].status], text_of(results[0])


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
