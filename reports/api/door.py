"""What every reader's request goes through: its key, its pace, its company, and what it has."""

import hashlib
import json
import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers

from attribution import readkeys, roles, scope
from attribution.ingest import throttling
from attribution.ingest.authentication import bearer
from attribution.models import ReadKey
from reports.api import problems
from reports.api.problems import Problem
from reports.snapshot import TookTooLong, no_longer_than

JSON = "application/json"
Make = Callable[[ReadKey], Any]


def respond(request: HttpRequest, right: str, make: Make) -> HttpResponseBase:
    """The JSON of what `make` finds for the key, read as of one moment; or a problem."""
    try:
        key = admitted(request)
        acceptable(request, JSON)
        with scope.company_scope([key.company_id]):
            with suppress(OperationalError):  # somebody else writes; that holds no reader up
                readkeys.seen(key, timezone.now())
            if not roles.role_may(key.role, right):
                role = key.get_role_display()
                raise Problem(403, "not_allowed", f"Keys of the role {role} may not see this.")
            with no_longer_than(settings.REPORT_SECONDS):
                found = make(key)
        return conditional(request, written(found), JSON)
    except Problem as problem:
        return problems.answer(problem)
    except TookTooLong:
        return problems.answer(problems.too_slow(settings.REPORT_SECONDS))
    except (OperationalError, InterfaceError) as fault:
        return problems.answer(problems.database_away(fault))


def admitted(request: HttpRequest) -> ReadKey:
    """The key of the request, when it is live and has not asked too often. One query."""
    text = bearer(request)
    if not text:
        raise refused("Send a read key, as in Authorization: Bearer cpr_…")
    if text.startswith(("cpi_", "cpb_")):
        raise refused("This is an ingest key: it sends, and reads nothing. Use a read key, cpr_….")
    row = readkeys.find(text)
    if row is None:
        raise refused("This read key is not known. Copy it again, whole.")
    if row.revoked_at is not None:
        raise refused("This read key was revoked. Ask a company admin for a new one.")
    if not readkeys.is_live(row, timezone.now()):
        raise refused("This read key has expired. Ask a company admin for a new one.")
    pace = settings.READ_PER_MINUTE
    if seconds := throttling.seconds_to_wait(("read", row.pk), pace):
        wait = {"Retry-After": str(math.ceil(seconds))}
        detail = f"More than {pace:,} requests a minute. Ask the same again later."
        raise Problem(429, "too_many", detail, headers=wait)
    throttling.take(("read", row.pk), pace, 1)
    return row


def refused(detail: str) -> Problem:
    return Problem(401, "not_authenticated", detail, headers=problems.CHALLENGE)


def acceptable(request: HttpRequest, *types: str) -> None:
    """406 when the request wants none of these."""
    if not any(map(request.accepts, types)):
        detail = f"The answer is {types[0]}; the request's Accept does not take it."
        raise Problem(406, "not_acceptable", detail, field="Accept")


def written(found: Any) -> bytes:
    """The same bytes on every engine, and for every question that has the same answer."""
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


def conditional(request: HttpRequest, body: bytes, content_type: str) -> HttpResponseBase:
    """The answer, or 304 where the reader has just this one."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": problems.CACHING}
    whole = HttpResponse(body, content_type=content_type, headers=headers)
    answer = get_conditional_response(request, etag=tag, response=whole) or whole
    patch_vary_headers(answer, ("Authorization", "Accept"))
    answer.headers.setdefault("Cache-Control", problems.CACHING)
    return answer
