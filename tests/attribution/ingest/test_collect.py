"""What a page may send with a browser's key, and what it learns from the answer: nothing."""

import json

import pytest
from django.test import Client

from attribution.ingest import authentication, keys
from attribution.models import IngestKey, Lead, Refusal
from tests.attribution.ingest.sender import Sender, code

HERE = "https://www.example.com"
ELSEWHERE = [
    "https://evil.example",
    "http://www.example.com",
    "https://www.example.com.evil.example",
    "https://www.example.com:444",
    "null",
    "",
]
ALLOW = "Access-Control-Allow-Origin"


def test_a_page_sends_a_lead(visitor, company):
    answer = visitor.collect({"id": "1", "utm_campaign": "spring"})
    assert (answer.status_code, answer.json()) == (202, {"status": "accepted"})
    assert answer[ALLOW] == HERE
    assert "Access-Control-Allow-Credentials" not in answer
    assert "Origin" in answer["Vary"]
    assert not answer.cookies
    lead = Lead.objects.get()
    assert (lead.company, lead.came_by, lead.campaign.key) == (company, "snippet", "spring")


def test_as_sendbeacon_sends_it(company, browser_key):
    """Text, and the key in it: a beacon has no headers of one's own."""
    beacon = Sender(Client(), "", HTTP_ORIGIN=HERE)
    answer = beacon.collect({"id": "1", "key": browser_key}, type="text/plain;charset=UTF-8")
    assert answer.status_code == 202
    assert Lead.objects.get().external_id == "1"


def test_all_answers_are_alike(visitor):
    first = visitor.collect({"id": "1"})
    again = visitor.collect({"id": "1", "utm_source": "other"})
    wrong = visitor.collect({"id": "2", "utm_sorce": "x"})
    assert {one.content for one in (first, again, wrong)} == {first.content}
    assert {one.status_code for one in (first, again, wrong)} == {202}
    assert (Lead.objects.count(), Refusal.objects.get().came_by) == (1, "snippet")


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_other_pages_may_not_send(visitor, origin):
    answer = visitor.collect({"id": "1"}, HTTP_ORIGIN=origin)
    assert (answer.status_code, code(answer)) == (403, "origin_not_allowed")
    assert ALLOW not in answer
    assert not Lead.objects.exists()


def test_who_is_no_page_may_not_send(company, browser_key):
    assert Sender(Client(), browser_key).collect({"id": "1"}).status_code == 403


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_a_foreign_page_is_not_told_that_it_may(visitor, origin):
    asked = {"HTTP_ORIGIN": origin, "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST"}
    answer = visitor.client.options("/api/v1/collect", **asked)
    assert answer.status_code == 204
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_a_listed_page_is_told_what_it_may(visitor):
    answer = visitor.client.options("/api/v1/collect", HTTP_ORIGIN=HERE)
    assert answer[ALLOW] == HERE
    assert answer["Access-Control-Allow-Methods"] == "POST"
    assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("address", ["leads", "bookings", "ingest/schema", "nothing"])
def test_no_other_address_is_for_pages(visitor, key, address):
    send = {"HTTP_ORIGIN": HERE, "HTTP_AUTHORIZATION": f"Bearer {key}"}
    for method in ("options", "post", "get"):
        answer = getattr(visitor.client, method)(f"/api/v1/{address}", **send)
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("field", ["booking", "ip", "user_agent"])
def test_a_page_cannot_say_what_only_a_server_knows(visitor, field):
    visitor.collect({"id": "1", field: {} if field == "booking" else "x"})
    assert not Lead.objects.exists()
    assert Refusal.objects.get().field == field


def test_the_visitor_is_seen_not_told(company, browser_key, monkeypatch):
    doors = []
    monkeypatch.setattr(
        "attribution.ingest.storing.take_all", lambda company, door, *rest: doors.append(door)
    )
    page = Sender(Client(), browser_key, HTTP_ORIGIN=HERE, HTTP_USER_AGENT="Mozilla/5.0")
    page.collect({"id": "1"}, REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert (doors[0].agent, doors[0].ip) == ("Mozilla/5.0", "198.51.100.7")


class Request:
    def __init__(self, remote, forwarded=""):
        self.META = {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}


@pytest.mark.parametrize(
    ("trusted", "remote", "forwarded", "found"),
    [
        ([], "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (["127.0.0.1"], "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (["127.0.0.1"], "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (["127.0.0.1"], "127.0.0.1", "10.9.9.9, 203.0.113.9", "203.0.113.9"),
        (["127.0.0.1", "10.0.0.0/8"], "127.0.0.1", "6.6.6.6, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
        (["127.0.0.1"], "127.0.0.1", "", "127.0.0.1"),
        (["127.0.0.1"], "127.0.0.1", "garbage", ""),
        (["127.0.0.1"], "127.0.0.1", "203.0.113.9:5123", "203.0.113.9"),
        (["127.0.0.1"], "127.0.0.1", "[2001:db8::1]:80", "2001:db8::1"),
        (["127.0.0.1"], "", "203.0.113.9", "203.0.113.9"),  # a proxy on a socket of this machine
        ([], "", "203.0.113.9", ""),
    ],
)
def test_a_forged_address_has_no_effect(settings, trusted, remote, forwarded, found):
    settings.TRUSTED_PROXIES = trusted
    authentication.is_proxy.cache_clear()
    assert authentication.address_of(Request(remote, forwarded)) == found
    authentication.is_proxy.cache_clear()


def test_one_visitor_cannot_use_up_the_key(visitor, settings):
    settings.INGEST_VISITOR_PER_MINUTE = 3
    mine = [
        visitor.collect(
            {"id": f"a{n}"}, REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}"
        ).status_code
        for n in range(5)
    ]
    assert mine == [202, 202, 202, 429, 429]
    assert visitor.collect({"id": "b"}, REMOTE_ADDR="198.51.100.8").status_code == 202


def test_a_page_sends_no_batch_and_no_64_kb(visitor):
    answer = visitor.collect({"items": [{"id": "1"}]})
    assert answer.status_code == 202
    assert Refusal.objects.get().field == "items"
    answer = visitor.collect(json.dumps({"name": "x" * 70_000}).encode())
    assert answer.status_code == 413


def test_a_revoked_key_is_refused_in_the_body_too(company, browser_key):
    keys.revoke(IngestKey.objects.get(), None)
    beacon = Sender(Client(), "", HTTP_ORIGIN=HERE)
    assert beacon.collect({"id": "1", "key": browser_key}).status_code == 401
