"""The door for a server with an event loop: single leads and bookings without a thread for each.

To be handed to a thread and back costs a request more than all that it needs but the database. So
here the loop itself reads such a request and asks the middleware, waits for the item's turn, and
sends the answer. Everything else goes to the program as other servers have it.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from io import BytesIO
from typing import Any

from django.core.handlers.base import BaseHandler
from django.db import close_old_connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.log import log_response

from attribution.ingest import answers, body
from attribution.ingest.delivery import SHARED, ForThread, ForTurn, LoopRequest, Single
from attribution.ingest.turns import Turns

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

ADDRESSES = ("/api/v1/leads", "/api/v1/bookings")
TURNS_AT_ONCE = 8  # of different keys; each takes a connection to the database
logger = logging.getLogger(__name__)


class SingleItems:
    """Answers single items itself, and hands `rest` everything else."""

    def __init__(self, rest: App, threads: Executor | None = None) -> None:
        self._rest = rest
        self._asked = BaseHandler()
        self._asked.load_middleware()
        self._turns = Turns(threads or ThreadPoolExecutor(TURNS_AT_ONCE, "turn"), SHARED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _may_be_single(scope):
            await self._rest(scope, receive, send)
            return
        raw = await _read(receive)
        if raw is None:  # whoever sends has gone, or takes too long
            await _send(answers.problem(body.cut_short()), send)
            return
        request = LoopRequest(scope, BytesIO(raw))
        found = self._asked.get_response(request)
        if isinstance(found, ForThread):
            await self._rest(scope, _read_before(raw, receive), send)
            return
        if isinstance(found, ForTurn):
            await self._take(found, request)
        await _send(found, send)

    async def _take(self, found: ForTurn, request: HttpRequest) -> None:
        single = found.single
        try:
            found.fill(await self._turns.take(single.line, single.data, _connected(single)))
        except Exception as fault:
            known = answers.of_fault(fault)
            if known is None:
                logger.error("A turn failed.", exc_info=fault)
            found.fill(known or answers.failed())
        if found.status_code >= 400:  # as Django notes of all others
            text = "%s: %s"
            log_response(text, found.reason_phrase, request.path, response=found, request=request)


def _connected(single: Single) -> Callable[[Sequence[Any]], Any]:
    """The work of a turn, in a thread that holds a connection only for it."""

    def work(items: Sequence[Any]) -> Any:
        try:
            return single.work(items)
        finally:
            close_old_connections()

    return work


def _may_be_single(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in ADDRESSES:
        return False
    headers = dict(scope["headers"])
    size = headers.get(b"content-length", b"")
    if b"idempotency-key" in headers or not size.isdigit():
        return False
    return len(size) < 10 and 0 < int(size) <= body.ITEM_BYTES


async def _read(receive: Receive) -> bytes | None:
    raw = b""
    while (message := await receive())["type"] == "http.request":
        raw += message.get("body", b"")
        if not message.get("more_body"):
            return raw
    return None


def _read_before(raw: bytes, receive: Receive) -> Receive:
    """What has been read already, before all that may come."""
    first: list[Message] = [{"type": "http.request", "body": raw, "more_body": False}]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again


async def _send(found: HttpResponseBase, send: Send) -> None:
    headers = [(name.lower().encode(), text.encode("latin-1")) for name, text in found.items()]
    await send({"type": "http.response.start", "status": found.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": getattr(found, "content", b"")})
