"""Each request sees the companies of its user's memberships, and no others."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse

from attribution import roles, scope


class CompanyScopeMiddleware:
    """Sets the company scope for the time of the request; without a user there is none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        with _scope_of(user):
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse):
            chunks: Iterable[bytes] = response.streaming_content  # type: ignore[assignment]
            response.streaming_content = _within(user, chunks)
        return response


def _scope_of(user: Any) -> AbstractContextManager[None]:
    if user.is_superuser:
        return scope.all_companies()
    return scope.company_scope(roles.companies_of(user))


def _within(user: Any, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks of an answer that is still being made while it is sent: same scope for each."""
    source = iter(chunks)
    while True:
        with _scope_of(user):
            chunk = next(source, None)
        if chunk is None:
            return
        yield chunk
