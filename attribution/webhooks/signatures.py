"""Signatures of senders: each says in its own way that a request is its own.

Compared in constant time. Where the moment is signed as well, it may be five minutes away from
ours, so that a request that was overheard is of no use later.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

TOLERANCE = timedelta(minutes=5)


class Signed(NamedTuple):
    """What of a request a signature can be of."""

    method: str
    url: str
    headers: Mapping[str, str]  # whatever the case of their names
    body: bytes
    at: datetime  # when it arrived


Check = Callable[[Signed, str], bool]


def typeform(request: Signed, secret: str) -> bool:
    """`Typeform-Signature: sha256=` and the digest of the body in base 64."""
    return _same(request, "Typeform-Signature", "sha256=" + _base64(secret, request.body))


def calcom(request: Signed, secret: str) -> bool:
    """`X-Cal-Signature-256`: the digest of the body in hexadecimal."""
    return _same(request, "X-Cal-Signature-256", _hex(secret, request.body))


def meta(request: Signed, secret: str) -> bool:
    """`X-Hub-Signature-256: sha256=` and the digest of the body, under the app's secret."""
    return _same(request, "X-Hub-Signature-256", "sha256=" + _hex(secret, request.body))


def calendly(request: Signed, secret: str) -> bool:
    """`Calendly-Webhook-Signature: t=…,v1=…`: the digest of the moment, a point and the body."""
    said = dict(
        part.strip().partition("=")[::2]
        for part in request.headers.get("Calendly-Webhook-Signature", "").split(",")
    )
    moment = said.get("t", "")
    expected = _hex(secret, moment.encode() + b"." + request.body)
    right = hmac.compare_digest(said.get("v1", "").encode(), expected.encode())
    return right and _is_now(moment, 1, request.at)


def hubspot(request: Signed, secret: str) -> bool:
    """`X-HubSpot-Signature-v3`: of method, address, body and moment (milliseconds).

    The address is signed as it was sent to: with https, though a proxy of ours may ask without.
    """
    moment = request.headers.get("X-HubSpot-Request-Timestamp", "")
    address = "https://" + request.url.partition("://")[2]
    signed = request.method.encode() + address.encode() + request.body + moment.encode()
    right = _same(request, "X-HubSpot-Signature-v3", _base64(secret, signed))
    return right and _is_now(moment, 1000, request.at)


def own(request: Signed, secret: str) -> bool:
    """Of one's own programs: `X-Signature-256: sha256=` and the digest of the body; with a
    `X-Signature-Timestamp` (seconds) that of the moment, a point and the body.
    """
    moment = request.headers.get("X-Signature-Timestamp", "")
    signed = moment.encode() + b"." + request.body if moment else request.body
    right = _same(request, "X-Signature-256", "sha256=" + _hex(secret, signed))
    return right and (not moment or _is_now(moment, 1, request.at))


def _same(request: Signed, header: str, expected: str) -> bool:
    return hmac.compare_digest(request.headers.get(header, "").encode(), expected.encode())


def _hex(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _base64(secret: str, signed: bytes) -> str:
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _is_now(text: str, parts: int, now: datetime) -> bool:
    """Whether so many parts of a second since 1970 are about now."""
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        return False
    try:
        said = datetime.fromtimestamp(int(text) / parts, UTC)
    except (OverflowError, ValueError, OSError):
        return False
    return abs(now - said) <= TOLERANCE
