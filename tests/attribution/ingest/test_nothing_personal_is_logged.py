"""The log holds numbers of rows and kinds of faults, and nobody's name, address or number."""

import json
import logging

import pytest
from django.db import DataError

from attribution.capture import store
from campaignperf.logs import JsonFormatter

PERSON = {"name": "Änne Berg", "email": "aenne@example.org", "phone": "+49 170 1234567"}
NEEDLES = ("nne berg", "aenne", "1234567", "198.51.100.7", "cpi_", "secretword")
BODIES = [
    {**PERSON, "ip": "198.51.100.7"},
    {**PERSON, "received_at": "aenne@example.org"},
    {**PERSON, "utm_campain": "secretword"},
    {"items": [{**PERSON, "id": 7}, PERSON]},
]


def lines(caplog):
    return [JsonFormatter().format(record).casefold() for record in caplog.records]


def unclean(caplog):
    return [line for line in lines(caplog) if any(needle in line for needle in NEEDLES)]


@pytest.mark.parametrize("body", BODIES)
def test_of_what_is_sent(sender, caplog, body):
    with caplog.at_level(logging.DEBUG):
        sender.post("leads", body)
        sender.client.post(
            "/api/v1/leads?email=aenne@example.org",
            json.dumps(body)[:-1],  # broken off
            content_type="application/json",
            HTTP_AUTHORIZATION="Bearer cpi_wrong_secretword",
        )
    caplog.records[:] = [one for one in caplog.records if one.name != "django.db.backends"]
    assert unclean(caplog) == []


def test_of_what_the_database_refuses(sender, caplog, monkeypatch):
    def refuse(*args, **kwargs):
        raise DataError("value aenne@example.org is too long")

    monkeypatch.setattr(store, "_stored", refuse)
    with caplog.at_level(logging.INFO):
        sender.post("leads", PERSON)
    assert lines(caplog)
    assert unclean(caplog) == []
