"""What a page of a company's site sends: one lead, with a browser's key.

The key stands in the page for everybody to read, so it can add a lead and nothing else: no answer
tells what is stored, only pages of the listed origins may send, and no visitor much.
"""

import time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from attribution import scope
from attribution.capture import store
from attribution.capture.doors import SNIPPET, Door
from attribution.capture.items import LeadItem, read_lead
from attribution.capture.values import invalid
from attribution.ingest import answers, body, keys, limits, storing
from attribution.ingest.answers import Problem
from attribution.ingest.authentication import address_of, allowed, bearer, origin_of
from attribution.ingest.delivery import repeated_when_crossed
from attribution.models.ingest import IngestKey, Refusal

AGENT_LENGTH = 500
NOT_FROM_PAGES = ("booking", "ip", "user_agent")
ACCEPTED = answers.text_of({"status": "accepted"})
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}
ORIGINS_KNOWN_FOR = 30.0  # seconds


def _read(data: Any) -> LeadItem:
    if isinstance(data, dict):
        for name in NOT_FROM_PAGES:
            if name in data:
                raise invalid(name, "A page cannot send this. A server can, with a key of its own.")
    return read_lead(data)


PAGE_LEADS = storing.Kind(Refusal.What.LEAD.value, _read, store.take_leads)


def collect(request: HttpRequest) -> HttpResponse:
    """202 for everything that was understood, whatever became of it."""
    raw = body.read(request, (body.JSON, body.TEXT), body.ITEM_BYTES)
    data = body.parse(raw)
    if not isinstance(data, dict):
        raise Problem(400, "malformed", "Send one object with the fields of a lead.")
    in_body = data.pop("key", "")
    key = allowed(bearer(request) or (in_body if isinstance(in_body, str) else ""), "browser")
    headers = may_be_read_by(origin_of(request, key))
    try:
        _take(request, key, data)
    except Problem as found:
        found.headers |= headers
        raise
    return answers.answer(202, ACCEPTED, headers)


def _take(request: HttpRequest, key: IngestKey, data: dict[str, Any]) -> None:
    agent = request.META.get("HTTP_USER_AGENT", "")[:AGENT_LENGTH]
    door = Door(SNIPPET, timezone.now(), key, agent, address_of(request))
    with scope.company_scope([key.company_id]):
        limits.check_visitor(key, door)
        limits.check(key, door)
        limits.take(key, 1)
        keys.seen(key, door.at)
        repeated_when_crossed(lambda: storing.take_all(key.company, door, PAGE_LEADS, [data]))


def may_be_read_by(origin: str) -> dict[str, str]:
    """A page of this origin may read the answer; never with cookies or other credentials."""
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}


def preflight(request: HttpRequest) -> HttpResponse:
    """What a browser asks before a page of another site may send JSON.

    No key comes with the question, so it is answered for the origins of all keys; whether a key may
    be used from this one is looked at when it is.
    """
    found = HttpResponse(status=204, headers={"Vary": "Origin"})
    origin = request.META.get("HTTP_ORIGIN", "")
    if origin.lower() in ORIGINS.known():
        for name, value in (may_be_read_by(origin) | PREFLIGHT).items():
            found[name] = value
    return found


class Origins:
    """The origins of all live browser's keys, asked for now and then."""

    def __init__(self) -> None:
        self._read_at = float("-inf")
        self._found: frozenset[str] = frozenset()

    def known(self) -> frozenset[str]:
        now = time.monotonic()
        if now > self._read_at + ORIGINS_KNOWN_FOR:
            with scope.all_companies():
                rows = IngestKey.objects.filter(kind="browser", revoked_at__isnull=True)
                lists = rows.values_list("origins", flat=True)
                self._found = frozenset(origin for one in lists for origin in one)
            self._read_at = now
        return self._found

    def forget(self) -> None:
        self._read_at = float("-inf")


ORIGINS = Origins()
