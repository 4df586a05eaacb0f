"""What every request and every answer must keep to, whichever page it is for."""

import re
from collections.abc import Callable, Iterator

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import resolve

from attribution.ingest import answers
from attribution.snippet import script

GetAnswer = Callable[[HttpRequest], HttpResponseBase]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'"
    ),
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Control characters but tab and line ends, and halves of a surrogate pair: PostgreSQL refuses
# NUL and surrogates with an error of its own, SQLite stores them.
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}
ROOM_FOR_FORM_FIELDS = 1024 * 1024  # beside the uploaded file itself


def security_headers(get_answer: GetAnswer) -> GetAnswer:
    """No code, style or frame from elsewhere, and none inside a page."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        answer = get_answer(request)
        for name, value in HEADERS.items():
            answer[name] = value
        return answer

    return middleware


def answer_programs(get_answer: GetAnswer) -> GetAnswer:
    """Programs are answered here: they have a key, and no session, cookie, user or form. The
    script of the website tag is the same for everybody, too.

    What follows is for pages. So nothing that a browser sends along lends a program's request any
    right, and a request costs less.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not answers.is_api(request) and request.path_info != script.PATH:
            return get_answer(request)
        request.get_host()  # a foreign name is refused, as everywhere
        found = request.resolver_match = resolve(request.path_info)
        return found.func(request, *found.args, **found.kwargs)

    return middleware


def keep_answers_private(get_answer: GetAnswer) -> GetAnswer:
    """What a signed-in person sees is kept by no cache; other pages may say so themselves."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        answer = get_answer(request)
        # After a failure the session is not asked again: its database may be what failed.
        failed = answer.status_code >= 500
        if failed or SESSION_KEY in request.session or not answer.has_header("Cache-Control"):
            answer["Cache-Control"] = "private, no-store"
        return answer

    return middleware


def refuse_large_requests(get_answer: GetAnswer) -> GetAnswer:
    """413 before a byte of the body is read."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if answers.is_api(request):  # it has a limit of its own, and answers in JSON
            return get_answer(request)
        if body_length(request) > settings.UPLOAD_MAX_BYTES + ROOM_FOR_FORM_FIELDS:
            context = {"megabytes": settings.UPLOAD_MAX_BYTES // (1024 * 1024)}
            return TemplateResponse(request, "413.html", context, status=413).render()
        return get_answer(request)

    return middleware


def body_length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


def refuse_unreadable_text(get_answer: GetAnswer) -> GetAnswer:
    """400 for control characters in address, query, cookies or form, before any code reads them."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        # Python knows encodings that make surrogates, and some that are none for text.
        if (request.encoding or "utf-8").lower() not in {"utf-8", "utf8"}:
            raise BadRequest(f"Send the form as UTF-8, not as {request.encoding}.")
        for where, text in texts(request):
            if UNREADABLE.search(text):
                raise BadRequest(
                    f"The {where} holds a control character that no field can store. "
                    "Remove it and send the request again."
                )
        return get_answer(request)

    return middleware


def texts(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Every text a request brings, with the word for the place it stands in."""
    yield "address", request.path
    for pair in request.COOKIES.items():
        yield from (("cookie", text) for text in pair)
    for name, values in request.GET.lists():
        yield from (("query", text) for text in (name, *values))
    if request.method == "POST" and request.content_type in FORM_TYPES:
        for name, values in request.POST.lists():
            yield from (("form", text) for text in (name, *values))
        for name, files in request.FILES.lists():
            yield from (
                ("file name", text) for text in (name, *(file.name or "" for file in files))
            )
