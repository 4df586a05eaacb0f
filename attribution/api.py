"""Leads and bookings over HTTP, for other programs: addresses and views.

What a request goes through is in `attribution/ingest/`; how it is used, in docs/ingest.md.
"""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from attribution.ingest import answers, collecting, delivery, schema
from attribution.ingest.answers import Problem
from attribution.ingest.storing import BOOKINGS, LEADS


class Json(BaseContentNegotiation):
    """We answer in JSON, whatever is asked for."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """Every answer is JSON, and every error has the one shape."""

    content_negotiation_class = Json
    http_method_names = ["post"]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        # The frame's request would know itself, and only the collector of garbage find it: while
        # that looks through what thousands of them have left, all others wait (0.1 s, measured).
        request.parser_context.clear()
        return super().finalize_response(request, response, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        if isinstance(exc, exceptions.MethodNotAllowed):
            allowed = ", ".join(self.allowed_methods)
            text = f"Send {allowed} to this address."
            return answers.problem(Problem(405, "method_not_allowed", text, "", {"Allow": allowed}))
        if found := answers.of_fault(exc):
            return answers.problem(found)
        raise exc  # the project's handler answers, and it is logged


class LeadsView(ApiView):
    """One lead, or a batch of up to 500."""

    @schema.leads
    def post(self, request: Request) -> HttpResponse:
        return delivery.deliver(request._request, LEADS)


class BookingsView(ApiView):
    """One statement about a booking, or a batch of up to 500."""

    @schema.bookings
    def post(self, request: Request) -> HttpResponse:
        return delivery.deliver(request._request, BOOKINGS)


class CollectView(ApiView):
    """One lead from a page, with a browser's key."""

    http_method_names = ["post", "options"]

    @schema.collect
    def post(self, request: Request) -> HttpResponse:
        return collecting.collect(request._request)

    def options(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        return collecting.preflight(request._request)


class SchemaView(ApiView):
    """This interface in the words of OpenAPI. It says nothing about anybody's data."""

    http_method_names = ["get"]

    @schema.described
    def get(self, request: Request) -> HttpResponse:
        return answers.answer(200, schema.document(), {"Cache-Control": "public, max-age=300"})


urlpatterns = [
    path("v1/leads", LeadsView.as_view(), name="leads"),
    path("v1/bookings", BookingsView.as_view(), name="bookings"),
    path("v1/collect", CollectView.as_view(), name="collect"),
    path("v1/ingest/schema", SchemaView.as_view(), name="ingest-schema"),
]
app_name = "api"
