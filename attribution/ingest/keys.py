"""Ingest keys: made, shown once, found again by their keyed digest, revoked.

A key reads `cpi_<prefix>_<secret>` (server) or `cpb_<prefix>_<secret>` (browser), 45 characters
with 160 secret bits. Stored is its HMAC-SHA256 under SECRET_KEY, never the key. A browser's key
stands in everybody's page, so its secret half follows from its prefix and SECRET_KEY, and the tag
can be shown again; a server's key is random, and nobody can.
"""

import base64
import hmac
import re
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q, QuerySet
from django.utils import timezone

from attribution import scope
from attribution.models.company import Company
from attribution.models.ingest import IngestKey
from attribution.models.readkey import ReadKey
from attribution.prepared import Prepared

Kind = IngestKey.Kind
AnyKey = IngestKey | ReadKey
MARKS: Final = {Kind.SERVER.value: "cpi", Kind.BROWSER.value: "cpb"}
PREFIX_BYTES, SECRET_BYTES = 5, 20  # 8 and 32 characters of base 32
SHAPE = re.compile(r"(?:cpi|cpb)_[a-z2-7]{8}_[a-z2-7]{32}")
SEEN_EVERY = timedelta(minutes=1)


def make(
    company: Company, kind: str, name: str, *, author: Any = None, prefix: str = "", **values: Any
) -> tuple[IngestKey, str]:
    """A new key, and its text, which a server's key can never be asked for again.

    `values`: `origins`, `per_minute` and `expires_at`.
    """
    row = IngestKey(company=company, kind=kind, name=name, author=author, **values)
    text = assign(row, prefix)
    row.save()
    return row, text


def assign(row: IngestKey, prefix: str = "") -> str:
    """Give a row that is not stored yet its key. Returns the text."""
    prefix = prefix or new_prefix()
    if row.kind == Kind.BROWSER:
        secret = _derived(settings.SECRET_KEY, prefix)
    else:
        secret = base32(secrets.token_bytes(SECRET_BYTES))
    text = f"{MARKS[row.kind]}_{prefix}_{secret}"
    row.prefix = f"{MARKS[row.kind]}_{prefix}"
    row.digest = digest(text)
    return text


def new_prefix() -> str:
    return base32(secrets.token_bytes(PREFIX_BYTES))


def text_of(row: IngestKey) -> str | None:
    """A browser's key as it stands in the page; None for a server's, and when the SECRET_KEY that
    it was made under is no longer known."""
    if row.kind != Kind.BROWSER:
        return None
    prefix = row.prefix.removeprefix("cpb_")
    for secret_key in _secret_keys():
        text = f"{row.prefix}_{_derived(secret_key, prefix)}"
        if any(hmac.compare_digest(row.digest, one) for one in digests(text)):
            return text
    return None


def find(text: str) -> IngestKey | None:
    """The row of a key with its company, whatever its state; None for a key that never was.

    One query by a unique index.
    """
    if not SHAPE.fullmatch(text):
        return None
    wanted = digests(text)
    row = _row(wanted)
    # The index compared digests; that it found this very one is checked without a hint by time.
    if row is None or not any(hmac.compare_digest(row.digest, one) for one in wanted):
        return None
    return row


def _row(wanted: list[str]) -> IngestKey | None:
    found = next(iter(_question(len(wanted)).rows(wanted)), None)
    if found is None:
        return None
    own = [field.attname for field in IngestKey._meta.concrete_fields]
    others = [field.attname for field in Company._meta.concrete_fields]
    row = IngestKey.from_db(DEFAULT_DB_ALIAS, own, found[: len(own)])
    row.company = Company.from_db(DEFAULT_DB_ALIAS, others, found[len(own) :])
    return row


@lru_cache(maxsize=4)
def _question(digests: int) -> Prepared:
    """A stranger has no company in scope: the key says whose it is."""

    def make() -> QuerySet[IngestKey]:
        with scope.all_companies():
            rows = IngestKey.objects.select_related("company").order_by()
            return rows.filter(digest__in=[str(n) for n in range(digests)])

    return Prepared(make)


def is_live(row: AnyKey, now: datetime) -> bool:
    """Neither revoked nor expired."""
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > now)


def seen(row: AnyKey, now: datetime) -> None:
    """Note that the key was used; at most once a minute."""
    if row.last_used_at is not None and row.last_used_at > now - SEEN_EVERY:
        return
    due = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - SEEN_EVERY)
    type(row).objects.filter(due, pk=row.pk).update(last_used_at=now)
    row.last_used_at = now


def revoke(row: AnyKey, user: Any) -> bool:
    """From the next request on it opens nothing. False when it was revoked before."""
    rows = type(row).objects.filter(pk=row.pk, revoked_at__isnull=True)
    return bool(rows.update(revoked_at=timezone.now(), revoked_by=user))


def digest(text: str) -> str:
    """The stored form of a key."""
    return _digest(settings.SECRET_KEY, text)


def digests(text: str, purpose: str = "digest") -> list[str]:
    """Under SECRET_KEY, and under former ones that are still honoured."""
    return [_digest(secret_key, text, purpose) for secret_key in _secret_keys()]


def _secret_keys() -> Iterator[str]:
    yield from map(str, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def _digest(secret_key: str, text: str, purpose: str = "digest") -> str:
    return hmac.digest(_under(secret_key, purpose), text.encode(), "sha256").hex()


def _derived(secret_key: str, prefix: str) -> str:
    found = hmac.digest(_under(secret_key, "browser"), prefix.encode(), "sha256")
    return base32(found[:SECRET_BYTES])


@lru_cache(maxsize=16)
def _under(secret_key: str, purpose: str) -> bytes:
    """A key of its own for each purpose, so that no digest can stand in for another's."""
    return hmac.digest(secret_key.encode(), f"attribution.ingest {purpose}".encode(), "sha256")


def base32(some: bytes) -> str:
    """In small letters and digits."""
    return base64.b32encode(some).decode().lower()
