"""The description in OpenAPI is what the program does, for each role and without a key.

A few cases in the suite; thousands with SCHEMA_CASES=40 (see docs/read-api.md).
"""

import os
import zlib

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from attribution.models import Membership
from campaignperf.wsgi import application
from reports.api import problems, schema
from reports.filters import PARAMETERS
from tests.effort import EFFORT
from tests.reports.api.conftest import MARCH, Reader

CASES = int(os.environ.get("SCHEMA_CASES", 2 * EFFORT))  # of each address, role and mode
SEED = int(os.environ.get("SCHEMA_SEED", "0"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PLAIN = (".md", ".json", ".yaml", "/definitions", "/schema")
ON_SQLITE, ON_POSTGRESQL = ("viewer", "utm_admin"), ("owner", "company_admin", "nobody")
ROLES = [
    *(pytest.param(role, marks=pytest.mark.on_sqlite) for role in ON_SQLITE),
    *(pytest.param(role, marks=pytest.mark.on_postgresql) for role in ON_POSTGRESQL),
]


@pytest.fixture
def one_connection():
    """The test's own, which the server would close after each request."""
    both = (request_started, request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    yield
    for signal in both:
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("role", ROLES)
def test_every_answer_is_a_described_one(acme, role, settings_of_pace):
    """Requests made from the description, right ones and wrong ones, to every address."""
    reader = None if role == "nobody" else Reader(acme, role)
    described = schemathesis.openapi.from_wsgi("/api/v1/schema.json", application)
    statuses = {}
    for path, ways in schema.document()["paths"].items():
        for method in ways:
            for mode in GenerationMode:
                # Of a request without parameters nothing can be wrong.
                if mode is GenerationMode.POSITIVE or not path.endswith(PLAIN):
                    ask(described[path][method.upper()], mode, reader, statuses)
    asked = sum(statuses.values())
    print(f"{role}: {asked} cases, {dict(sorted(statuses.items()))}")
    assert asked


@pytest.fixture
def settings_of_pace(settings):
    settings.READ_PER_MINUTE = 0


def ask(operation, mode, reader, statuses):
    sent = {"Accept-Encoding": "identity"}

    @seed(SEED + zlib.crc32(reader.key.role.encode() if reader else b""))  # each role others
    @settings(max_examples=CASES, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def try_one(case):
        if reader is not None:
            case.headers["Authorization"] = f"Bearer {reader.text}"
            if mode is GenerationMode.POSITIVE and sum(statuses.values()) % 3:
                make_sense(case)
        answer = case.call(headers=sent)
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        case.validate_response(answer, checks=CHECKS)

    try_one()


def make_sense(case):
    """What no description can say: which company and campaign are there, and which days go
    together. Without it most questions are refused."""
    for name in ("company", "from", "to", "compare", "compare_from", "compare_to", "after", "page"):
        case.query.pop(name, None)
    if case.query.get("period") == "custom":
        case.query |= MARCH
    if "key" in case.path_parameters:
        case.path_parameters["key"] = "spring"


def test_the_description_is_right_and_made_without_a_warning():
    schema.document.cache_clear()
    GENERATOR_STATS.reset()
    found = schema.document()
    validate_schema(found)
    assert not GENERATOR_STATS


def test_every_role_is_tried():
    assert {*ON_SQLITE, *ON_POSTGRESQL} == {*Membership.Role.values, "nobody"}


def test_every_address_that_is_read_is_described():
    found = set(schema.document()["paths"])
    assert {f"/api/v1/{address}" for address in problems.ADDRESSES} <= found
    assert "post" in schema.document()["paths"]["/api/v1/leads"]
    paths = schema.document()["paths"].values()
    operations = [way["operationId"] for path in paths for way in path.values()]
    assert len(set(operations)) == len(operations)


def test_every_parameter_of_the_page_is_described():
    asked = schema.document()["paths"]["/api/v1/report"]["get"]["parameters"]
    assert set(PARAMETERS) == {one["name"] for one in asked if one["in"] == "query"}


@pytest.mark.parametrize("address", ["report", "report/series", "leads", "campaigns", "companies"])
def test_each_error_is_described(address):
    answers = schema.document()["paths"][f"/api/v1/{address}"]["get"]["responses"]
    wanted = {"304", "400", "401", "403", "404", "405", "406", "429", "500", "503"}
    assert wanted < set(answers)
    assert "Retry-After" in answers["429"]["headers"]
    assert "ETag" in answers["200"]["headers"]
    assert set(answers["400"]["content"]) == {problems.MEDIA_TYPE}
