"""The description in OpenAPI is what the program does.

A few cases in the suite; thousands with SCHEMA_CASES=1000 SCHEMA_SEED=1 (see docs/ingest.md).
"""

import json
import os

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from attribution.capture import items
from attribution.ingest import delivery, keys, schema, shapes
from campaignperf.wsgi import application
from tests.attribution.ingest.sender import Sender

ORIGIN = "https://www.example.com"
CASES = int(os.environ.get("SCHEMA_CASES", "15"))  # of each address and mode
SEED = int(os.environ.get("SCHEMA_SEED", "0"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
PLAIN = {"Accept-Encoding": "identity"}
ADDRESSES = ["leads", "bookings", "collect"]


@pytest.fixture(scope="module")
def described():
    return json.loads(schema.document())


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
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_is_a_described_one(company, address, mode):
    """Requests made from the description, right ones and wrong ones."""
    kind = "browser" if address == "collect" else "server"
    text = keys.make(company, kind, "Made up", origins=[ORIGIN], per_minute=0)[1]
    operations = schemathesis.openapi.from_wsgi("/api/v1/ingest/schema", application)
    operation = operations[f"/api/v1/{address}"]["POST"]
    headers = {"Authorization": f"Bearer {text}", "Origin": ORIGIN}
    statuses = {}

    @seed(SEED)
    @settings(max_examples=CASES, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        # Now and then with what the case itself says of key and origin.
        if sum(statuses.values()) % 8:
            case.headers.update(headers)
        answer = case.call(headers=PLAIN)
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        case.validate_response(answer, checks=CHECKS)

    ask()
    print(f"{address}, {mode.value}: {sum(statuses.values())} cases, {statuses}")


def test_all_fields_and_no_others_are_described(described):
    """With the limits that the store has."""
    found = described["components"]["schemas"]
    assert set(found["Lead"]["properties"]) == items._LEAD
    assert set(found["Booking"]["properties"]) == items._BOOKING
    assert set(found["Touch"]["properties"]) == items._TOUCH
    assert set(found["PageLead"]["properties"]) == items._LEAD - {"booking", "ip", "user_agent"} | {
        "key"
    }
    assert not found["Lead"]["additionalProperties"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_error_is_described(described, address):
    answers = described["paths"][f"/api/v1/{address}"]["post"]["responses"]
    assert {"400", "401", "403", "411", "413", "415", "429", "500", "503"} <= set(answers)
    assert "Retry-After" in answers["429"]["headers"]


def test_each_outcome_has_a_status(described):
    outcomes = described["components"]["schemas"]["Result"]["properties"]["status"]["enum"]
    assert {*outcomes, "refused"} == set(delivery.STATUS)
    for address in ("leads", "bookings"):
        answers = described["paths"][f"/api/v1/{address}"]["post"]["responses"]
        own = {"leads": {200, 201, 422}, "bookings": {200, 201, 202, 422}}[address]
        assert {str(status) for status in own} <= set(answers)


def test_an_example_of_every_field_is_taken(company, key):
    """What the description allows is stored as it is."""
    lead = {
        "id": "l",
        "received_at": "2026-03-02T10:00:00+01:00",
        "kind": "primary",
        **{name: name for name in items.UTM},
        "click_ids": {"gclid": "x"},
        "referrer": "https://www.google.com/",
        "landing_page": "https://www.example.com/?a=1",
        **{name: name for name in ("country", "region", "city", "name", "phone", "honeypot")},
        "email": "a@example.org",
        "ip": "203.0.113.9",
        "user_agent": "Mozilla/5.0",
        **dict.fromkeys(items.MARKS, False),
        "touches": [{"at": "2026-03-01T10:00:00Z", "utm_source": "x"}],
        "booking": {"id": "b", "value": "250.00", "currency": "EUR", "status": "completed"},
    }
    assert set(lead) == items._LEAD
    assert Sender(Client(), key).lead(lead).json()["status"] == "stored"


def test_the_description_is_public_and_names_nobody(client, company):
    answer = client.get("/api/v1/ingest/schema")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert company.name not in answer.content.decode()
    assert answer.json()["openapi"].startswith("3.")


def test_the_limits_of_a_batch_are_the_same_in_both_places():
    assert shapes.MOST_ITEMS == delivery.MOST_ITEMS
