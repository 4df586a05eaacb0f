"""What a sender is answered: JSON, and one shape for every error."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from attribution.ingest.together import NotStored

logger = logging.getLogger(__name__)
API = "/api/"
BUSY_FOR = "5"  # seconds after which a sender may try again, when we cannot say better
HEADERS = {"Cache-Control": "private, no-store"}


class Problem(Exception):  # noqa: N818 - reads as what is the matter
    """Why a whole request is not taken: `code` for programs, `message` for people."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        field: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = error(code, message, field)
        self.headers = dict(headers or {})


def error(code: str, message: str, field: str = "") -> dict[str, Any]:
    """The one shape of an error."""
    named = {"field": field} if field else {}
    return {"error": {"code": code, "message": message, **named}}


def text_of(data: Any) -> str:
    """JSON without blanks, in ASCII: half a surrogate pair that was sent is sent back as such."""
    return json.dumps(data, separators=(",", ":"), default=str)


def answer(status: int, text: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """`text` is JSON in ASCII."""
    sent = {**HEADERS, "Content-Length": str(len(text)), **(headers or {})}
    return HttpResponse(text, status=status, content_type="application/json", headers=sent)


def problem(found: Problem) -> HttpResponse:
    return answer(found.status, text_of(found.body), found.headers)


def is_api(request: HttpRequest) -> bool:
    """Whether it is a program that asks, which cannot read our pages for errors."""
    return request.path_info.startswith(API)


def of_fault(fault: Exception) -> Problem | None:
    """What a sender is told of it; None when nothing of the kind was foreseen."""
    if isinstance(fault, Problem):
        return fault
    if isinstance(fault, OperationalError | InterfaceError | NotStored):
        return database_away(fault)
    return None


def database_away(fault: BaseException | None = None) -> Problem:
    # Only of what kind the fault is: its own words can name values of persons.
    logger.warning("A request was answered with 503: %s", type(fault).__name__)
    return Problem(
        503,
        "unavailable",
        "Nothing was stored: the database does not answer. Send the same again.",
        headers={"Retry-After": BUSY_FOR},
    )


def failed() -> Problem:
    return Problem(
        500,
        "failed",
        "Something failed on our side, and nothing was stored. Send the same again later.",
    )
