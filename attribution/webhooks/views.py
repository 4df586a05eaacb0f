"""The public address of a webhook. No session, no cookie: the address says whose it is.

Senders switch a webhook off when it answers with errors for a while. So those who do get 200 for
what they cannot put right; it is kept, and can be sent in again once the mapping is right.
"""

import hmac
import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NoReturn

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from attribution import scope
from attribution.capture import refusals
from attribution.capture.items import Refused
from attribution.ingest import answers, throttling
from attribution.ingest.answers import Problem
from attribution.models import DeliveryCount, Refusal, WebhookSource
from attribution.webhooks import addresses, sealing, taking
from attribution.webhooks.shapes import Shape, shape_of
from attribution.webhooks.signatures import Signed

LONGEST_BODY = 1024 * 1024
FORM = "application/x-www-form-urlencoded"
CHALLENGE = re.compile(r"[A-Za-z0-9_.\-]{1,200}")
SEEN_EVERY = timedelta(minutes=1)
MOST_UNSIGNED = 100  # kept of one source; of more only the number grows

logger = logging.getLogger(__name__)


@csrf_exempt
def receive(request: HttpRequest, token: str) -> HttpResponse:
    try:
        answer = _received(request, token)
    except Problem as problem:
        answer = answers.problem(problem)
    except (OperationalError, InterfaceError) as fault:
        logger.warning("A webhook was answered with 503: %s.", type(fault).__name__)
        answer = answers.problem(answers.database_away())
    # Django would write the address into its log, and whoever knows the address may send.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def _received(request: HttpRequest, token: str) -> HttpResponse:
    source = addresses.find(token)
    if source is None:
        raise Problem(404, "not_found", "There is no webhook at this address, or it is off.")
    shape = shape_of(source.shape)
    if request.method in ("GET", "HEAD"):
        return _asked(request, token, shape)
    if request.method != "POST":
        raise _not_allowed()
    with scope.company_scope([source.company_id]):
        return _posted(request, source, shape)


def _asked(request: HttpRequest, token: str, shape: type[Shape]) -> HttpResponse:
    """Some senders ask first whether the address is meant; others get a word that it stands."""
    if not shape.asks_first:
        raise _not_allowed()
    challenge = request.GET.get("hub.challenge", "")
    said = request.GET.get("hub.verify_token", "")
    meant = hmac.compare_digest(said.encode(), token.encode())
    if not meant or request.GET.get("hub.mode") != "subscribe":
        text = "The verify token is the last part of the address."
        raise Problem(403, "not_verified", text)
    if not CHALLENGE.fullmatch(challenge):
        raise Problem(400, "malformed", "There is no challenge to answer.")
    return HttpResponse(challenge, content_type="text/plain; charset=utf-8")


def _not_allowed() -> Problem:
    text = "Send what happened to this address by POST."
    return Problem(405, "method_not_allowed", text, headers={"Allow": "POST"})


def _posted(request: HttpRequest, source: WebhookSource, shape: type[Shape]) -> HttpResponse:
    door = taking.door_of(source)
    name, limit = ("webhook", source.pk), settings.INGEST_PER_MINUTE
    try:
        throttling.check(name, limit)
    except Problem:
        refusals.count(source.company, door, DeliveryCount.What.OVER_RATE.value)
        raise
    throttling.take(name, limit, 1)
    raw = _body(request)
    _seen(source)
    if raw is None:
        text = f"The body has more than {LONGEST_BODY // 1024:,} kB. Send fewer events at a time."
        refused = Refused(Refusal.Why.TOO_LARGE.value, "", text)
        refusals.keep(source.company, door, Refusal.What.OTHER.value, "", refused)
        return _answer(shape, 413, taking.Result(refused=1, first_refusal=text))
    if not _is_signed(request, source, shape, raw):
        _unsigned(source)
    result = taking.take(source, _text(request, raw))
    return _answer(shape, 422 if _nothing_else(result) else 202, result)


def _body(request: HttpRequest) -> bytes | None:
    """The bytes as sent; None: too many."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        raise Problem(400, "malformed", "The Content-Length is no number.")
    if request.content_type == "multipart/form-data":
        raise Problem(415, "unsupported_type", "Send JSON, or a form without files.")
    return None if int(length) > LONGEST_BODY else request.body


def _text(request: HttpRequest, raw: bytes) -> str:
    """The JSON as sent. The fields of a plain form become an object of texts."""
    if request.content_type == FORM:
        return answers.text_of(dict(request.POST.items()))
    return raw.decode("utf-8", "replace")


def _is_signed(request: HttpRequest, source: WebhookSource, shape: type[Shape], raw: bytes) -> bool:
    """Whether the sender is who it says; where no secret is known, whoever knows the address is."""
    if not source.sealed_secret:
        return True
    secret = sealing.unseal(source.sealed_secret)
    if secret is None:
        return False  # sealed under a key of former days: to be entered again
    headers: Mapping[str, str] = request.headers
    url = request.build_absolute_uri()
    signed = Signed(request.method or "", url, headers, raw, timezone.now())
    return shape.verify(signed, secret)


def _unsigned(source: WebhookSource) -> NoReturn:
    """401, kept without what was sent: anybody can have written that."""
    why = Refusal.Why.BAD_SIGNATURE.value
    door = taking.door_of(source)
    text = "The signature is missing, wrong or too old. Check the secret on both sides."
    kept = Refusal.objects.filter(
        company=source.company, came_by=door.came_by, why=why, state=Refusal.State.WAITING
    )
    if kept[:MOST_UNSIGNED].count() < MOST_UNSIGNED:
        refused = Refused(why, "", text)
        refusals.keep(source.company, door, Refusal.What.OTHER.value, "", refused)
    else:
        refusals.count(source.company, door, DeliveryCount.What.UNKNOWN.value)
    raise Problem(401, "bad_signature", text)


def _seen(source: WebhookSource) -> None:
    """Note that the address was used; at most once a minute."""
    now = timezone.now()
    if source.last_used_at is None or source.last_used_at <= now - SEEN_EVERY:
        WebhookSource.objects.filter(pk=source.pk).update(last_used_at=now)


def _nothing_else(result: taking.Result) -> bool:
    return bool(result.refused) and not (result.stored or result.repeated or result.waiting)


def _answer(shape: type[Shape], status: int, result: taking.Result) -> HttpResponse:
    """How many events ended how; in words, why the first was refused."""
    found: dict[str, Any] = {
        "stored": result.stored,
        "repeated": result.repeated,
        "waiting": result.waiting,
        "refused": result.refused,
    }
    if result.first_refusal:
        found["reason"] = result.first_refusal
    return answers.answer(200 if shape.gives_up else status, answers.text_of(found))
