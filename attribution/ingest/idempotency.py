"""Requests with an `Idempotency-Key`: the same request again gets the same answer, byte for byte.

The answer is stored in the transaction that stores what was sent, so there is never one without the
other. Of requests at once one does the work; the others wait for it at the unique index.
"""

import hashlib
import re
from datetime import timedelta

from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from attribution.ingest.answers import Problem
from attribution.models.company import Company
from attribution.models.ingest import IngestKey, RememberedAnswer

REMEMBERED_FOR = timedelta(hours=24)
SHAPE = re.compile(r"[\x21-\x7e]{1,200}")
FORGOTTEN_AT_ONCE = 10_000
_CLAIM = """
INSERT INTO attribution_rememberedanswer
  (company_id, key_id, idempotency_key, request, status, answer, created_at)
VALUES (%s, %s, %s, %s, 0, '', %s)
ON CONFLICT (key_id, idempotency_key) DO UPDATE
SET request = excluded.request, status = 0, answer = '', created_at = excluded.created_at
WHERE attribution_rememberedanswer.created_at <= %s
"""


def key_of(request: HttpRequest) -> str:
    """The digest of the request's key, which a sender may have made of somebody's address."""
    text = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if text is None:
        return ""
    if not SHAPE.fullmatch(text):
        raise Problem(
            400,
            "bad_idempotency_key",
            "An Idempotency-Key has 1 to 200 letters, digits and signs, without blanks.",
            "Idempotency-Key",
        )
    return hashlib.sha256(text.encode()).hexdigest()


def digest(path: str, raw: bytes) -> str:
    """By which a request is known to be the same one."""
    return hashlib.sha256(path.encode() + b"\n" + raw).hexdigest()


def claim(key: IngestKey, name: str, request: str) -> tuple[int, str] | None:
    """None: it is ours to answer. Else the status and text that were answered before.

    Inside a transaction, at whose end `remember` has been called. Raises Problem (409) when the
    same name came with another request.
    """
    now = timezone.now()
    at, forgotten = map(connection.ops.adapt_datetimefield_value, (now, now - REMEMBERED_FOR))
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [key.company_id, key.pk, name, request, at, forgotten])
        if cursor.rowcount == 1:
            return None
    found = RememberedAnswer.objects.get(key=key, idempotency_key=name)
    if found.request != request:
        raise Problem(
            409,
            "idempotency_conflict",
            "This Idempotency-Key came with another request before. Use a new one.",
            "Idempotency-Key",
        )
    return found.status, found.answer


def remember(key: IngestKey, name: str, status: int, text: str) -> None:
    rows = RememberedAnswer.objects.filter(key=key, idempotency_key=name)
    rows.update(status=status, answer=text)


def forget(company: Company) -> int:
    """Of a company, the answers of more than 24 hours ago; some thousands at a time."""
    rows = RememberedAnswer.objects.filter(company=company)
    old = rows.filter(created_at__lte=timezone.now() - REMEMBERED_FOR).order_by("created_at")
    ids = list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    return RememberedAnswer.objects.filter(pk__in=ids).delete()[0] if ids else 0
