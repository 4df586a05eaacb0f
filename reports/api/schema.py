"""The whole interface, for those that send and those that read, in the words of OpenAPI.

Made by drf-spectacular once for each process.
"""

import json
from functools import lru_cache
from typing import Any

import yaml

from attribution.ingest import schema as ingest_schema
from attribution.ingest import shapes as ingest_shapes
from reports.api import shapes

DESCRIPTION = (
    "Reads the report of one company with a read key, and sends leads and bookings with an ingest"
    " key. Reading answers GET and HEAD alone; its errors have the shape of Problem, those of"
    " sending the shape of Error. /api/v1/guide.md says in words how it is used."
)


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The description."""
    from django.urls import include, path
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.settings import patched_settings

    from attribution import api as ingest

    own = {
        "TITLE": "Campaign Performance",
        "VERSION": "1",
        "DESCRIPTION": DESCRIPTION,
        "POSTPROCESSING_HOOKS": [],  # choices stay where they are read
        "APPEND_COMPONENTS": {
            "schemas": {**ingest_shapes.components(), **shapes.components()},
            "securitySchemes": {
                **ingest_schema.KEYS,
                "readKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A read key: cpr_…",
                },
            },
        },
    }
    sending = [one for one in ingest.urlpatterns if one.name != "leads"]  # they are read, too
    with patched_settings(own):
        patterns = [path("api/", include("reports.api.urls")), path("api/", include(sending))]
        return SchemaGenerator(patterns=patterns).get_schema(request=None, public=True)


@lru_cache(maxsize=1)
def as_json() -> str:
    return json.dumps(document(), separators=(",", ":"))


@lru_cache(maxsize=1)
def as_yaml() -> str:
    # By way of JSON: plain dicts and texts alone.
    return yaml.safe_dump(json.loads(as_json()), sort_keys=False, allow_unicode=True, width=100)
