"""Through a thread or through an event loop: the same request gets the same answer, to the byte."""

import asyncio
import gc
import io
import json

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError
from django.test import Client

from attribution import scope
from attribution.ingest import keys, loop
from attribution.models import Lead
from tests.attribution.ingest.loop_client import LoopClient
from tests.attribution.ingest.sender import Sender
from tests.factories import make_company

LEAD = {"id": "a", "utm_source": "google", "email": "a@example.org"}
REQUESTS = {
    "a lead": (LEAD, {}),
    "what is refused": ({"id": "b", "kind": "owner"}, {}),
    "no JSON": (b"{", {}),
    "a list": (b"[1]", {}),
    "nothing": (b"", {}),
    "a batch": ({"items": [{"id": "c"}, {"id": "c"}, {"id": 7}]}, {}),
    "a batch, spelled otherwise": (b'{"\\u0069tems": [{"id": "d"}]}', {}),
    "a batch and more": (b'{"items": [], "id": "a"}', {}),
    "an Idempotency-Key": (LEAD, {"HTTP_IDEMPOTENCY_KEY": "k"}),
    "one that is none": (LEAD, {"HTTP_IDEMPOTENCY_KEY": ""}),
    "a form": (b"id=a", {"type": "application/x-www-form-urlencoded"}),
    "compressed": (LEAD, {"HTTP_CONTENT_ENCODING": "gzip"}),
    "in chunks": (LEAD, {"HTTP_TRANSFER_ENCODING": "chunked"}),
    "a foreign host": (LEAD, {"HTTP_HOST": "evil.example"}),
    "no key": (LEAD, {"HTTP_AUTHORIZATION": ""}),
    "a key that never was": (LEAD, {"HTTP_AUTHORIZATION": "Bearer cpi_aaaaaaaa_" + "a" * 32}),
    "a cookie that nobody can read": (LEAD, {"HTTP_COOKIE": "a=\x01"}),
    "a large item": ({"id": "e", "name": "x" * 65_500}, {}),
    "too large": ({"id": "f", "name": "x" * 70_000}, {}),
}


def answers(sender, sent, how):
    """Its first and second answer, with every header. Only a long one differs: from a thread it
    may be compressed, and says so.
    """
    for _ in range(2):
        answer = sender.lead(sent, **how)
        headers = {name.lower(): text for name, text in answer.items()}
        if headers.get("vary") == "Accept-Encoding":
            del headers["vary"]
        yield answer.status_code, headers, answer.content


@pytest.mark.django_db
@pytest.mark.parametrize(("sent", "how"), REQUESTS.values(), ids=REQUESTS)
def test_doors_answer_alike(sent, how):
    found = []
    for client in (Client(), LoopClient()):
        with scope.all_companies():
            key = keys.make(make_company(), "server", "Shop")[1]
        found.append(list(answers(Sender(client, key), sent, how)))
    assert found[0] == found[1]


def test_a_lead_needs_no_thread_of_its_own_and_a_batch_does(key):
    client = LoopClient()
    sender = Sender(client, key)
    assert [sender.lead(LEAD).status_code, client.handed_on] == [201, 0]
    assert [sender.booking({"id": "b", "lead": "a"}).status_code, client.handed_on] == [201, 0]
    assert [sender.leads([LEAD]).status_code, client.handed_on] == [200, 1]
    assert [sender.lead(LEAD, HTTP_IDEMPOTENCY_KEY="k").status_code, client.handed_on] == [200, 2]


def test_http_is_redirected_before_anything_is_stored(key, settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = Sender(LoopClient(), key).lead(LEAD)
    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/api/v1/leads")
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    ("fault", "status"), [(OperationalError("away"), 503), (ZeroDivisionError("oops"), 500)]
)
def test_a_turn_that_fails(key, monkeypatch, caplog, fault, status):
    def fails(*_args):
        raise fault

    monkeypatch.setattr("attribution.ingest.storing.take_all", fails)
    answer = Sender(LoopClient(), key).lead(LEAD)
    assert answer.status_code == status
    assert answer["Content-Security-Policy"]
    assert any("/api/v1/leads" in record.getMessage() for record in caplog.records)


def test_what_is_not_sent_to_its_end_is_400(key):
    client = LoopClient()
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": loop.ADDRESSES[0]}
    scope["headers"] = [(b"content-length", b"2")]
    asyncio.run(client.door(scope, receive, send))
    assert [sent[0]["status"], json.loads(sent[1]["body"])["error"]["code"]] == [400, "cut_short"]


def through_wsgi(key, body):
    sent = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/leads",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": f"Bearer {key}",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }
    return WSGIHandler().get_response(_request(sent))


def _request(environ):
    return WSGIHandler.request_class(environ)


def through_loop(key, body):
    return Sender(LoopClient(), key).lead(body)


@pytest.mark.parametrize("door", [through_wsgi, through_loop])
def test_a_request_leaves_no_garbage_that_must_be_looked_for(key, door, monkeypatch):
    """The collector keeps all other requests waiting while it looks."""
    door(key, json.dumps(LEAD).encode())  # what is made once
    gc.collect()
    gc.disable()
    monkeypatch.setattr(gc, "callbacks", [])
    try:
        door(key, json.dumps({**LEAD, "id": "again"}).encode())
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        left = {type(one).__qualname__ for one in gc.garbage}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert not left & {"Request", "WSGIRequest", "LoopRequest", "LeadsView", "Single", "ForTurn"}
