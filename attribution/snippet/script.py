"""The script of the website tag, as visitors' browsers fetch it: public, without any cookie.

Its source is `static/attribution/cp.js`. It is sent without its indentation, packed beforehand.
"""

import gzip
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

PATH = "/cp.js"
SOURCE = Path(__file__).parent.parent / "static" / "attribution" / "cp.js"
HEADERS = {
    # A day in which nobody asks; for a month more, the old one serves while the new is fetched.
    "Cache-Control": "public, max-age=86400, stale-while-revalidate=2592000",
    "Content-Type": "text/javascript; charset=utf-8",
    # Every site may use it, those too that let in only what says so.
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}
TAKES_GZIP = re.compile(r"\bgzip\b")


class Script(NamedTuple):
    """The script in both forms, and the mark by which a browser knows it again."""

    plain: bytes
    packed: bytes
    etag: str


@lru_cache(maxsize=1)
def script() -> Script:
    plain = re.sub(r"^ +", "", SOURCE.read_text("utf-8"), flags=re.MULTILINE).encode()
    return Script(plain, gzip.compress(plain, 9, mtime=0), f'W/"{sha256(plain).hexdigest()[:20]}"')


@require_safe
def serve(request: HttpRequest) -> HttpResponse:
    """The script, or 304 for who has it already."""
    if settings.DEBUG:
        script.cache_clear()
    found = script()
    packed = bool(TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")))
    headers = HEADERS | {"ETag": found.etag}
    if packed:
        headers["Content-Encoding"] = "gzip"
    answer = HttpResponse(found.packed if packed else found.plain, headers=headers)
    return get_conditional_response(request, etag=found.etag, response=answer) or answer
