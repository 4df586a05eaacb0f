"""Read keys: made, shown once, found again by their keyed digest.

A key reads `cpr_<prefix>_<secret>`, 45 characters with 160 random secret bits. Stored is its
HMAC-SHA256 under a key that follows from SECRET_KEY, never the key. What keys of both kinds have in
common, such as when they are live and how they are revoked, is in `attribution.ingest.keys`.
"""

import hmac
import re
import secrets
from typing import Any

from attribution import scope
from attribution.ingest import keys
from attribution.ingest.keys import is_live as is_live
from attribution.ingest.keys import revoke as revoke
from attribution.ingest.keys import seen as seen
from attribution.models.company import Company
from attribution.models.readkey import ReadKey

MARK = "cpr"
PURPOSE = "read digest"  # so that the digest of a key that sends is never that of one that reads
SHAPE = re.compile(rf"{MARK}_[a-z2-7]{{8}}_[a-z2-7]{{32}}")


def make(
    company: Company, role: str, name: str, *, author: Any = None, **values: Any
) -> tuple[ReadKey, str]:
    """A new key, and its text, which nobody can ask for again. `values`: `expires_at`."""
    row = ReadKey(company=company, role=role, name=name, author=author, **values)
    text = assign(row)
    row.save()
    return row, text


def assign(row: ReadKey) -> str:
    """Give a row that is not stored yet its key. Returns the text."""
    row.prefix = f"{MARK}_{keys.new_prefix()}"
    text = f"{row.prefix}_{keys.base32(secrets.token_bytes(keys.SECRET_BYTES))}"
    row.digest = keys.digests(text, PURPOSE)[0]
    return text


def find(text: str) -> ReadKey | None:
    """The row of a key with its company, whatever its state; None for a key that never was.

    One query by a unique index. A stranger has no company in scope: the key says whose it is.
    """
    if not SHAPE.fullmatch(text):
        return None
    wanted = keys.digests(text, PURPOSE)
    with scope.all_companies():
        row = ReadKey.objects.select_related("company").filter(digest__in=wanted).first()
    # The index compared digests; that it found this very one is checked without a hint by time.
    if row is None or not any(hmac.compare_digest(row.digest, one) for one in wanted):
        return None
    return row
