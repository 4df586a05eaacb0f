"""The body of a request: read up to a limit, and parsed once.

Numbers with a point become Decimal, so no amount passes through a float. Whatever two readers could
understand differently is refused: names given twice, NaN, encodings other than UTF-8.
"""

import json
from decimal import Decimal
from typing import Any, NoReturn

from django.conf import settings
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from attribution.ingest.answers import Problem

ITEM_BYTES = 64 * 1024
DEEPEST = 32  # levels; an item that is taken has five
JSON, TEXT = "application/json", "text/plain"  # the latter is what sendBeacon sends


def read(request: HttpRequest, types: tuple[str, ...] = (JSON,), most: int | None = None) -> bytes:
    """The bytes as sent; refused before they are read when they are too many or no JSON."""
    sent = length(request)
    if request.content_type not in types:
        raise Problem(415, "unsupported_type", f"Send JSON with Content-Type: {types[0]}.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "unsupported_encoding", "Send the body as it is, not compressed.")
    if "HTTP_TRANSFER_ENCODING" in request.META:
        raise Problem(411, "length_required", "Send a Content-Length, not a chunked body.")
    limit = settings.INGEST_MAX_BYTES if most is None else most
    if sent > limit:
        raise too_large(sent, limit)
    try:
        raw = request.read(sent)
    except UnreadablePostError:
        raw = b""
    if len(raw) < sent:
        raise cut_short()
    return raw


def cut_short() -> Problem:
    return Problem(400, "cut_short", "The body is shorter than its Content-Length says.")


def length(request: HttpRequest) -> int:
    """The Content-Length."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise Problem(400, "malformed", "The Content-Length is no number.")
    return int(text)


def too_large(sent: int, limit: int) -> Problem:
    return Problem(
        413, "too_large", f"The body has {sent:,} bytes; {limit:,} are taken. Send it in parts."
    )


def parse(raw: bytes) -> Any:
    """The value that the JSON text stands for; a Problem with status 400 when it is none."""
    try:
        return json.loads(
            raw.decode(),
            parse_float=_decimal,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as fault:
        where = f"byte {fault.start + 1:,}"
        raise Problem(400, "malformed", f"The body is not UTF-8, at {where}.") from None
    except json.JSONDecodeError as fault:
        where = f"line {fault.lineno}, column {fault.colno}"
        raise Problem(400, "malformed", f"The body is no JSON: {fault.msg}, {where}.") from None
    except RecursionError:
        raise too_deep() from None
    except ValueError as fault:  # numbers of thousands of digits
        raise Problem(400, "malformed", f"The body is no JSON that is taken: {fault}.") from None


def too_deep() -> Problem:
    return Problem(
        400, "too_deep", f"The JSON is nested too deeply; {DEEPEST} levels are the most."
    )


def is_deep(value: Any) -> bool:
    """Whether it is nested beyond what any item is. What was taken need not be asked."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        shown = twice[:60].encode("ascii", "backslashreplace").decode()
        raise Problem(400, "malformed", f"The name “{shown}” is given twice in one object.")
    return found


def _decimal(text: str) -> Decimal:
    return Decimal(text)


def _no_number(text: str) -> NoReturn:
    raise Problem(400, "malformed", f"{text} is no number in JSON.")
