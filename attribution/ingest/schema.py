"""The interface in the words of OpenAPI, made by drf-spectacular once for each process."""

import json
from functools import lru_cache
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from attribution.ingest import shapes

DESCRIPTION = (
    "Sends leads and bookings of one company. An ingest key opens nothing but this. Every answer is"
    " JSON; every error has the shape of Error. docs/ingest.md says how it is used."
)
ERRORS = {
    400: "The body is no JSON, or no JSON that is taken; or the request itself is malformed.",
    401: "The key is missing, not known, revoked or expired.",
    403: "The key is of the wrong kind, or may not be used from this page.",
    409: "The Idempotency-Key came with another request before.",
    411: "The body came without a Content-Length.",
    413: "The body, or an item that came alone, is too large; or a batch has too many items.",
    415: "The body is said to be something else than JSON, or is compressed.",
    429: "Too many events a minute. Retry-After says in how many seconds to send the same again.",
    500: "Something failed on our side. Nothing was stored.",
    503: "The database is away or busy. Nothing was stored; send the same again.",
}
KEYS = {
    "ingestKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "A server's key: cpi_…",
    },
    "browserKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "A browser's key: cpb_… It may stand in the body as `key`.",
    },
}
IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
    OpenApiParameter.HEADER,
    description="For 24 hours the same request gets the same answer, and stores nothing again.",
)
RETRY_AFTER = OpenApiParameter(
    "Retry-After",
    int,
    OpenApiParameter.HEADER,
    response=[429, 503],
    description="Seconds.",
)


def errors(*without: int) -> dict[int, OpenApiResponse]:
    return {
        status: OpenApiResponse(shapes.ref("Error"), text)
        for status, text in ERRORS.items()
        if status not in without
    }


def sending(operation: str, name: str, what: str, found: dict[int, tuple[str, str]]) -> Any:
    """Describes an address that takes one item or a batch."""
    body = {"oneOf": [shapes.ref(name), shapes.ref(f"{name}Batch")]}
    one_or_many = {"anyOf": [shapes.ref("Result"), shapes.ref("Results")]}
    return extend_schema(
        operation_id=operation,
        tags=["ingest"],
        description=what,
        parameters=[IDEMPOTENCY, RETRY_AFTER],
        request={"application/json": body},
        responses={
            200: OpenApiResponse(one_or_many, found[200][1]),
            **{
                status: OpenApiResponse(shapes.ref(shape), text)
                for status, (shape, text) in found.items()
                if status != 200
            },
            422: OpenApiResponse(shapes.ref("Refused"), "The item is refused and set aside."),
            **errors(),
        },
        auth=[{"ingestKey": []}],  # type: ignore[list-item]  # so it stands in the document
    )


leads = sending(
    "send_leads",
    "Lead",
    "One lead, or a batch of up to 500.",
    {
        200: ("", "It was stored before; or the results of a batch, refused items included."),
        201: ("Result", "The lead is stored."),
    },
)
bookings = sending(
    "send_bookings",
    "Booking",
    "One statement about a booking, or a batch of up to 500. They may come in any order: of each"
    " field the latest statement holds.",
    {
        200: ("", "It changed a booking, or said nothing new; or the results of a batch."),
        201: ("Result", "The booking is stored."),
        202: ("Result", "It is kept, and waits for its lead."),
    },
)
collect = extend_schema(
    operation_id="collect_lead",
    tags=["ingest"],
    description="One lead from a page of yours, with a browser's key and a listed Origin. The"
    " answer says nothing of what became of it.",
    parameters=[
        OpenApiParameter("Origin", str, OpenApiParameter.HEADER, description="Browsers send it."),
        RETRY_AFTER,
    ],
    request={
        "application/json": shapes.ref("PageLead"),
        "text/plain": {"type": "string", "description": "The same JSON, as sendBeacon sends it."},
    },
    responses={
        202: OpenApiResponse(
            {
                "type": "object",
                "required": ["status"],
                "properties": {"status": {"type": "string", "enum": ["accepted"]}},
            },
            "It was understood.",
        ),
        **errors(409),
    },
    auth=[{"browserKey": []}, {}],  # type: ignore[list-item]
)
described = extend_schema(
    operation_id="ingest_schema",
    tags=["ingest"],
    description="This description.",
    responses={200: OpenApiResponse({"type": "object"}, "OpenAPI, as JSON.")},
    auth=[],
)


@lru_cache(maxsize=1)
def document() -> str:
    """The description as JSON."""
    from django.urls import include, path
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.settings import patched_settings

    own = {
        "TITLE": "Campaign Performance: ingest",
        "VERSION": "1",
        "DESCRIPTION": DESCRIPTION,
        "POSTPROCESSING_HOOKS": [],  # choices stay where they are read
        "APPEND_COMPONENTS": {
            "schemas": shapes.components(),
            "securitySchemes": KEYS,
        },
    }
    with patched_settings(own):
        patterns = [path("api/", include("attribution.api"))]
        found = SchemaGenerator(patterns=patterns).get_schema(request=None, public=True)
    return json.dumps(found, separators=(",", ":"))
