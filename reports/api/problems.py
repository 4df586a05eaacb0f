"""What a reader is told when there is no answer: one shape for every error, as RFC 9457 has it."""

import logging
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from attribution.ingest.answers import BUSY_FOR, text_of

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
GUIDE = "/api/v1/guide.md"
CACHING = "private, no-cache"  # may be kept, and is asked about each time
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="read"'}
TITLES = {
    "malformed": "The request is malformed",
    "unknown_parameter": "There is no such parameter",
    "invalid_value": "A value is not taken",
    "not_authenticated": "A read key is needed",
    "not_allowed": "The key's role may not see this",
    "not_found": "There is no such thing",
    "method_not_allowed": "Only GET and HEAD are answered here",
    "not_acceptable": "The answer has another media type",
    "too_many": "Too many requests a minute",
    "too_slow": "The question takes too long",
    "unavailable": "The database does not answer",
    "failed": "Something failed on our side",
}
ADDRESSES = (  # what stands behind /api/v1/; a campaign's own address goes on behind its name
    *("companies", "definitions", "campaigns", "report", "report/series", "leads"),
    *("schema.json", "schema.yaml", "guide.md"),
)
_PATHS = frozenset(f"/api/v1/{address}" for address in ADDRESSES)


class Problem(Exception):  # noqa: N818 - reads as what is the matter
    """Why a question has no answer; `field` names the parameter and `value` what it held."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        field: str = "",
        value: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.field = status, code, detail, field
        self.value = value
        self.headers = dict(headers or {})

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "type": f"{GUIDE}#{self.code}",
            "title": TITLES[self.code],
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.field:
            found["field"] = self.field
        if self.value is not None:
            found["value"] = self.value
        return found


def answer(problem: Problem) -> HttpResponse:
    headers = {"Cache-Control": "private, no-store", "Vary": "Authorization", **problem.headers}
    return HttpResponse(
        text_of(problem.body), status=problem.status, content_type=MEDIA_TYPE, headers=headers
    )


def is_reading(request: HttpRequest) -> bool:
    """Whether it is a program that reads: its errors have this shape, those of senders another."""
    path = request.path_info
    known = path in _PATHS or path.startswith("/api/v1/campaigns/")
    return known and (request.method in ("GET", "HEAD") or path != "/api/v1/leads")


def invalid(field: str, value: str, detail: str) -> Problem:
    return Problem(400, "invalid_value", detail, field=field, value=value[:200])


def not_found(what: str, field: str, value: str) -> Problem:
    return Problem(404, "not_found", f"There is no {what} “{value[:200]}”.", field=field)


def malformed(detail: str = "The request is malformed.") -> Problem:
    return Problem(400, "malformed", detail)


def nothing_here() -> Problem:
    detail = "There is nothing at this address. Addresses have no slash at the end."
    return Problem(404, "not_found", detail)


def too_slow(seconds: int) -> Problem:
    return Problem(
        503,
        "too_slow",
        f"It was counted for {seconds} seconds without an end. Ask for fewer days, or without "
        "country, landing page, visits and model: these are counted lead by lead.",
    )


def database_away(fault: BaseException | None = None) -> Problem:
    # Only of what kind the fault is: its own words can name values of persons.
    logger.warning("A reader was answered with 503: %s", type(fault).__name__)
    detail = "The database does not answer. Ask again."
    return Problem(503, "unavailable", detail, headers={"Retry-After": BUSY_FOR})


def failed() -> Problem:
    return Problem(500, "failed", "Something failed on our side. Ask again later.")
