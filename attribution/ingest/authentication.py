"""Who sends: a key, and for a browser's key also the page that it stands in."""

import ipaddress
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from attribution.ingest import keys
from attribution.ingest.answers import Problem
from attribution.models.ingest import IngestKey

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="ingest"'}
NOT_KNOWN = "This ingest key is not known. Copy it again, whole."
Kind = IngestKey.Kind


def bearer(request: HttpRequest) -> str:
    """The key in `Authorization: Bearer cpi_…`; empty when there is none."""
    scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


def shaped(text: str) -> str:
    """The text, when it can be a key at all: others are refused before anything is read."""
    if not text:
        raise refused("Send an ingest key, as in Authorization: Bearer cpi_…")
    if not keys.SHAPE.fullmatch(text):
        raise refused(NOT_KNOWN)
    return text


def allowed(text: str, kind: str) -> IngestKey:
    """The key's row, when it is live and of this kind. One query."""
    row = keys.find(shaped(text))
    if row is None:
        raise refused(NOT_KNOWN)
    now = timezone.now()
    if row.revoked_at is not None:
        raise refused("This ingest key was revoked. Ask for a new one.")
    if not keys.is_live(row, now):
        raise refused("This ingest key has expired. Ask for a new one.")
    if row.kind != kind:
        raise Problem(403, "wrong_kind_of_key", _OTHER_KIND[kind])
    return row


_OTHER_KIND: dict[str, str] = {
    Kind.SERVER.value: "A browser's key may only send to /api/v1/collect.",
    Kind.BROWSER.value: "A server's key is secret and must not be sent from a page."
    " Use a browser's key here.",
}


def refused(message: str) -> Problem:
    return Problem(401, "not_authenticated", message, headers=CHALLENGE)


def origin_of(request: HttpRequest, key: IngestKey) -> str:
    """The origin of the page that sends, when the key may be used there."""
    origin: str = request.META.get("HTTP_ORIGIN", "")
    if origin.lower() not in key.origins:
        raise Problem(
            403, "origin_not_allowed", "This key may not be used from this page. Add its origin."
        )
    return origin


def address_of(request: HttpRequest) -> str:
    """The visitor's IP address. What X-Forwarded-For says is heard only where one of our own
    proxies has written it, from the right: all before that anybody can have made up."""
    address: str = request.META.get("REMOTE_ADDR", "")
    if not is_proxy(address):
        return address
    for one in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        address = one.strip() or address
        if not is_proxy(address):
            break
    return _clean(address)


@lru_cache(maxsize=1024)
def is_proxy(address: str) -> bool:
    """Whether it is one of TRUSTED_PROXIES. A socket of this machine has no address."""
    networks = _networks(tuple(settings.TRUSTED_PROXIES))
    if not address:
        return bool(networks)
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)


@lru_cache(maxsize=8)
def _networks(texts: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(ipaddress.ip_network(text.strip(), strict=False) for text in texts)


def _clean(address: str) -> str:
    """Without the port that some proxies add; empty when it is no address at all."""
    for text in (address, address.rpartition(":")[0].strip("[]")):
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            continue
    return ""
