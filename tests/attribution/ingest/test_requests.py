"""What a whole request is refused for: its form, its size, what it says it is."""

import io
import json

import pytest
from django.db import OperationalError

from attribution.ingest import body, storing
from attribution.models import Lead, Refusal
from tests.attribution.ingest.sender import code

MALFORMED = {
    "blanks": b"  ",
    "no JSON": b"{",
    "a list": b"[1]",
    "a text": b'"x"',
    "null": b"null",
    "NaN": b'{"id": NaN}',
    "infinity": b'{"value": -Infinity}',
    "a name twice": b'{"id": "a", "id": "b"}',
    "a name twice inside": b'{"touches": [{"at": "x", "at": "y"}]}',
    "latin-1": '{"id": "é"}'.encode("latin-1"),
    "UTF-16": '{"id": "a"}'.encode("utf-16"),
    "a comment": b'{"id": "a"} // x',
    "two values": b'{"id": "a"}{"id": "b"}',
    "a number of many digits": b'{"id": ' + b"9" * 5000 + b"}",
    "100,000 deep": b"[" * 60_000,
    "objects deep": b'{"a":' * 10_000,
    "a batch and more": b'{"items": [], "id": "a"}',
    "a batch of one": b'{"items": {"id": "a"}}',
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_json_of_ours_is_400(sender, sent):
    answer = sender.lead(sent)
    assert answer.status_code == 400
    assert code(answer) in ("malformed", "too_deep")
    assert not Lead.objects.exists()


def test_json_100_000_deep_in_a_batch_is_400(sender):
    sent = b'{"items": [{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]}"
    assert code(sender.lead(sent)) == "too_deep"


@pytest.mark.parametrize("depth", [40, 500])
def test_an_item_too_deep_is_refused_alone(sender, depth):
    deep = b'{"id": "deep", "name": ' + b"[" * depth + b"]" * depth + b"}"
    answer = sender.lead(b'{"items": [{"id": "a"}, ' + deep + b"]}")
    assert [one["status"] for one in answer.json()["items"]] == ["stored", "refused"]
    assert Refusal.objects.get().payload == "{}"


@pytest.mark.parametrize(
    "type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "text/xml",
        "",
        "multipart/form-data; boundary=x",
    ],
)
def test_other_types_are_415(sender, type):
    answer = sender.lead(b'{"id": "a"}', type=type)
    assert (answer.status_code, code(answer)) == (415, "unsupported_type")


def test_a_charset_may_be_named_when_it_is_utf_8(sender):
    assert sender.lead({"id": "a"}, type="application/json; charset=utf-8").status_code == 201
    answer = sender.lead({"id": "b"}, type="application/json; charset=utf-16")
    assert (answer.status_code, code(answer)) == (400, "malformed")


def test_a_compressed_body_is_415_and_a_chunked_one_411(sender):
    answer = sender.lead({"id": "a"}, HTTP_CONTENT_ENCODING="gzip")
    assert (answer.status_code, code(answer)) == (415, "unsupported_encoding")
    answer = sender.lead({"id": "a"}, HTTP_TRANSFER_ENCODING="chunked")
    assert (answer.status_code, code(answer)) == (411, "length_required")


def padded(size, **fields):
    """A lead of exactly so many bytes."""
    empty = len(json.dumps({**fields, "honeypot": ""}))
    return json.dumps({**fields, "honeypot": "x" * (size - empty)}).encode()


def test_one_item_of_64_kb_is_read_and_one_byte_more_is_413(sender):
    answer = sender.lead(padded(body.ITEM_BYTES))
    assert (answer.status_code, code(answer)) == (422, "too_long")  # the field, not the item
    answer = sender.lead(padded(body.ITEM_BYTES + 1))
    assert (answer.status_code, code(answer)) == (413, "too_large")
    assert f"{body.ITEM_BYTES:,}" in answer.json()["error"]["message"]


def test_in_a_batch_only_the_large_item_is_refused(sender):
    large = json.loads(padded(body.ITEM_BYTES + 100, id="large"))
    answer = sender.leads([{"id": "a"}, large, {"id": "b"}])
    found = answer.json()["items"]
    assert [one["status"] for one in found] == ["stored", "refused", "stored"]
    assert (found[1]["id"], found[1]["error"]["code"]) == ("large", "too_large")
    refusal = Refusal.objects.get()
    assert (refusal.why, refusal.external_id, refusal.payload) == ("too_large", "large", "")


def test_a_batch_of_500_is_taken_and_one_of_501_is_not(sender, monkeypatch):
    taken = []
    kind = storing.Kind("lead", lambda data: data, lambda *args: taken.append(args[2]) or [])
    monkeypatch.setattr("attribution.api.LEADS", kind)
    monkeypatch.setattr(
        "attribution.ingest.storing.stored", lambda *args: taken.append(args[3]) or []
    )
    answer = sender.leads([{"id": str(n)} for n in range(501)])
    assert (answer.status_code, code(answer)) == (413, "too_many_items")
    assert taken == []


def test_a_body_beyond_the_limit_is_not_read(sender, settings):
    settings.INGEST_MAX_BYTES = 100_000
    answer = sender.lead(b"x" * 100_001)
    assert (answer.status_code, code(answer)) == (413, "too_large")


def test_a_body_that_is_cut_short_is_400(sender):
    whole = b'{"id": "a"}'
    more = {"CONTENT_LENGTH": str(len(whole) + 5), "wsgi.input": io.BytesIO(whole)}
    answer = sender.lead(whole, **more)
    assert (answer.status_code, code(answer)) == (400, "cut_short")


@pytest.mark.parametrize("length", ["-1", "x", "٣", "9" * 30])
def test_a_length_that_is_none_is_400(sender, length):
    answer = sender.lead({"id": "a"}, CONTENT_LENGTH=length)
    assert (answer.status_code, code(answer)) == (400, "malformed")


def test_fields_have_a_length_that_the_answer_names(sender):
    for field, longest in (("id", 200), ("utm_source", 500), ("referrer", 2000), ("email", 254)):
        assert sender.lead({field: "x" * longest}).status_code == 201, field
        answer = sender.lead({field: "x" * (longest + 1)})
        assert (answer.status_code, code(answer)) == (422, "too_long")
        assert answer.json()["error"]["field"] == field


NASTY = {
    "NUL": "a\x00b",
    "control": "a\x1b[31mb",
    "half a surrogate": "a\ud800b",
    "right to left": "a\u202eb",
    "zero width": "a\u200bb",
    "homoglyph": "gооgle",
    "C1": "a\x85b",
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_no_text_breaks_a_request_and_no_control_character_is_stored(sender, text):
    fields = ["id", "utm_source", "utm_campaign", "name", "city", "landing_page", "referrer"]
    answer = sender.lead(dict.fromkeys(fields, text))
    assert answer.status_code == 201
    lead = Lead.objects.get()
    for name in ("external_id", *fields[1:]):
        stored = getattr(lead, name)
        assert not set(stored) & {"\x00", "\x1b", "\x85", "\ud800"}, name
    if text in (NASTY["NUL"], NASTY["half a surrogate"]):
        assert "left out" in answer.json()["notes"][0]


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_such_texts_are_refused_and_kept_alike(sender, text):
    for data in ({text: "x"}, {"id": "a", "kind": text}, {"id": text, "hot": text}):
        answer = sender.lead(data)
        assert answer.status_code == 422
        answer.json()
    assert Refusal.objects.count() == 3
    for refusal in Refusal.objects.all():
        assert "\x00" not in refusal.payload + refusal.external_id + refusal.field + refusal.detail


@pytest.mark.parametrize("where", ["/api/v1/leads/", "/api/v1/nothing", "/api/", "/api/v2/leads"])
def test_other_addresses_are_404_in_json(client, where):
    for answer in (client.get(where), client.post(where, {"a": 1})):
        assert (answer.status_code, code(answer)) == (404, "not_found")


def test_a_control_character_in_the_query_is_400_in_json(sender):
    answer = sender.post("leads?a=%00", {"id": "a"})
    assert (answer.status_code, code(answer)) == (400, "malformed")


def test_a_foreign_host_is_400_in_json(sender):
    answer = sender.lead({"id": "a"}, HTTP_HOST="evil.example")
    assert (answer.status_code, code(answer)) == (400, "malformed")


def test_an_answer_is_503_while_the_database_is_away(sender, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("server closed the connection; user a@example.com")

    for place in ("attribution.ingest.keys._row", "attribution.ingest.storing.stored"):
        with monkeypatch.context() as patch:
            patch.setattr(place, away)
            for data in ({"id": "a"}, {"items": [{"id": "a"}]}):
                answer = sender.lead(data)
                assert (answer.status_code, code(answer)) == (503, "unavailable")
                assert int(answer["Retry-After"]) > 0
                assert "a@example.com" not in answer.content.decode()
    assert sender.lead({"id": "a"}).status_code == 201


def test_a_fault_of_ours_is_500_in_json(sender, monkeypatch):
    def faulty(*args, **kwargs):
        raise ZeroDivisionError("a@example.com")

    monkeypatch.setattr("attribution.ingest.storing.stored", faulty)
    sender.client.raise_request_exception = False
    answer = sender.lead({"id": "a"})
    assert (answer.status_code, code(answer)) == (500, "failed")
    assert "a@example.com" not in answer.content.decode()
