"""What a server sends is stored, and it is told what became of each item."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from attribution.ingest import keys
from attribution.models import (
    Booking,
    DeliveryCount,
    IngestKey,
    Lead,
    Refusal,
    WaitingBooking,
)
from tests.attribution.ingest.sender import code
from tests.factories import make_company, make_lead

LEAD = {
    "id": "web-1",
    "received_at": "2026-03-02T10:00:00+01:00",
    "utm_source": "google",
    "utm_medium": "cpc",
    "utm_campaign": "spring",
    "email": "a@example.com",
}


def test_a_lead_is_stored_once(sender, company):
    answer = sender.lead(LEAD)
    assert answer.status_code == 201
    assert answer.json() == {"status": "stored", "id": "web-1", "kind": "primary"}
    again = sender.lead(LEAD)
    assert again.status_code == 200
    assert again.json()["status"] == "repeated"
    lead = Lead.objects.get()
    assert lead.company == company
    assert lead.received_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert (lead.came_by, lead.key.name) == ("api", "Shop")
    assert lead.campaign.key == "spring"
    assert lead.created_at > timezone.now() - timedelta(minutes=1)  # when it arrived
    counts = DeliveryCount.objects.get()
    assert (counts.what, counts.number, counts.key_number) == ("repeated", 1, lead.key_id)


def test_a_lead_without_an_id_gets_one(sender):
    answer = sender.lead({"utm_source": "x"})
    assert answer.status_code == 201
    assert Lead.objects.get().external_id == answer.json()["id"]
    assert answer.json()["id"].startswith("auto-")


def test_a_batch_tells_of_each_item_in_order(sender):
    answer = sender.leads([LEAD, {**LEAD, "id": 7}, {"id": "b"}, {**LEAD, "utm_source": "bing"}, 3])
    assert answer.status_code == 200
    found = answer.json()["items"]
    assert [one["status"] for one in found] == [
        "stored",
        "refused",
        "stored",
        "repeated",
        "refused",
    ]
    assert found[1]["error"]["field"] == "id"
    assert found[4]["error"]["message"].startswith("Send an object")
    assert Lead.objects.count() == 2
    refusals = Refusal.objects.order_by("pk")
    assert [(one.what, one.why, one.field) for one in refusals] == [
        ("lead", "invalid", "id"),
        ("lead", "invalid", ""),
    ]


def test_an_empty_batch_is_no_error(sender):
    answer = sender.leads([])
    assert (answer.status_code, answer.json()) == (200, {"items": []})


def test_what_is_refused_is_kept_with_its_reason(sender):
    answer = sender.lead({**LEAD, "utm_sorce": "x"})
    assert answer.status_code == 422
    found = answer.json()
    assert (found["status"], found["id"]) == ("refused", "web-1")
    assert found["error"]["field"] == "utm_sorce"
    refusal = Refusal.objects.get()
    assert (refusal.external_id, refusal.field, refusal.came_by) == ("web-1", "utm_sorce", "api")
    assert "utm_sorce" in refusal.payload
    assert not Lead.objects.exists()


def test_a_booking_may_come_before_its_lead(sender):
    answer = sender.booking({"id": "b1", "lead": "web-1", "status": "completed", "value": 19.99})
    assert answer.status_code == 202
    assert answer.json() == {"status": "waiting", "id": "b1"}
    assert WaitingBooking.objects.count() == 1
    sender.lead(LEAD)
    booking = Booking.objects.get()
    assert (booking.lead.external_id, booking.status, booking.value_minor) == (
        "web-1",
        "completed",
        1999,
    )
    assert not WaitingBooking.objects.exists()


def test_a_booking_is_changed_by_a_later_statement(sender, company):
    make_lead(company, external_id="web-1")
    said = {"id": "b1", "lead": "web-1", "as_of": "2026-03-03T10:00:00Z"}
    assert sender.booking(said).status_code == 201
    later = {**said, "status": "cancelled", "as_of": "2026-03-05T10:00:00Z"}
    answer = sender.booking(later)
    assert (answer.status_code, answer.json()["status"]) == (200, "changed")
    early = {**said, "status": "completed", "as_of": "2026-03-04T10:00:00Z"}
    assert sender.booking(early).json()["status"] == "same"
    assert Booking.objects.get().status == "cancelled"


def test_no_amount_passes_through_a_float(sender, company):
    make_lead(company, external_id="web-1")
    body = b'{"id":"b1","lead":"web-1","status":"completed","value":9007199254740.93}'
    assert sender.booking(body).status_code == 201
    assert Booking.objects.get().value_minor == int(Decimal("9007199254740.93") * 100)


@pytest.mark.parametrize(
    "fields",
    [
        {"company": 1},
        {"company_id": 1},
        {"pk": 1},
        {"created_at": "2026-01-01T00:00:00Z"},
        {"came_by": "import"},
        {"key": 1},
        {"day": "2026-01-01"},
        {"source": "x"},
        {"campaign": 1},
        {"reading": 1},
        {"booked": True},
        {"revenue_minor": 1},
        {"unattributed_reason": "x"},
        {"corrected": True},
        {"is_hot": True},
        {"kind_reason": "x"},
        {"first_lead": 1},
        {"person_email": "x"},
        {"erased_at": "2026-01-01T00:00:00Z"},
        {"import_run": 1},
        {"id": 1.5},
        {"id": True},
        {"id": ["x"]},
        {"utm_source": {"x": 1}},
        {"hot": 1},
        {"hot": "yes"},
        {"touches": {"at": 1}},
        {"touches": [3]},
        {"click_ids": ["gclid"]},
        {"click_ids": {"gclid": 3}},
        {"booking": True},
        {"kind": "owner"},
        {"received_at": 1767225600},
        {"received_at": "2026-01-01"},
        {"received_at": "1900-01-01T00:00:00Z"},
    ],
    ids=str,
)
@pytest.mark.on_sqlite
def test_nothing_is_set_that_is_not_for_senders_and_no_type_is_bent(sender, fields):
    answer = sender.lead({"utm_source": "x", **fields})
    assert answer.status_code == 422
    assert answer.json()["error"]["field"].split(".")[0] in fields
    assert not Lead.objects.exists()


def test_a_key_speaks_for_its_company_alone(sender, company):
    """The same ids of another company are others, and none of its rows can be named."""
    from attribution import scope

    with scope.all_companies():
        other = make_company()
        theirs = make_lead(other, external_id="web-1", utm_source="theirs")
        answer = sender.lead(LEAD)
        assert answer.json()["status"] == "stored"
        sender.booking({"id": "b1", "lead": "web-1"})
        assert Lead.objects.filter(company=other).count() == 1
        assert Booking.objects.get().lead.company == company
        assert not theirs.booking_set.exists()


def test_nothing_but_posting_is_possible(sender):
    headers = {"HTTP_AUTHORIZATION": f"Bearer {sender.key}"}
    for method in ("put", "patch", "delete", "options", "get", "head"):
        answer = getattr(sender.client, method)("/api/v1/bookings", **headers)
        assert (answer.status_code, answer["Allow"]) == (405, "POST")
        if method != "head":
            assert code(answer) == "method_not_allowed"
        answer = getattr(sender.client, method)("/api/v1/leads", **headers)
        if method in ("get", "head"):  # leads are read here, with another key
            assert answer.status_code == 401
        else:
            assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")
            assert code(answer) == "method_not_allowed"


def test_there_is_no_session_and_no_cookie(sender):
    answer = sender.lead(LEAD)
    assert not answer.cookies
    assert "Vary" not in answer or "Cookie" not in answer["Vary"]
    assert answer["Cache-Control"] == "private, no-store"


def test_a_key_is_marked_as_used_once_a_minute(sender, django_assert_num_queries):
    before = timezone.now()
    sender.lead(LEAD)
    used = IngestKey.objects.get().last_used_at
    assert before <= used <= timezone.now()
    sender.lead(LEAD)
    assert IngestKey.objects.get().last_used_at == used
    IngestKey.objects.update(last_used_at=used - timedelta(seconds=61))
    sender.lead(LEAD)
    assert IngestKey.objects.get().last_used_at > used - timedelta(seconds=61)


def test_one_item_that_the_database_cannot_hold_keeps_no_other_out(sender, monkeypatch):
    from django.db import DataError

    from attribution.ingest import storing

    real = storing.LEADS.take

    def fussy(company, door, items):
        if any(item.id == "poison" for item in items):
            raise DataError("value of a@example.com")
        return real(company, door, items)

    kind = storing.Kind("lead", storing.LEADS.read, fussy)
    monkeypatch.setattr("attribution.api.LEADS", kind)
    found = sender.leads([{"id": "a"}, {"id": "poison"}, {"id": "b"}]).json()["items"]
    assert [one["status"] for one in found] == ["stored", "refused", "stored"]
    assert found[1]["error"]["code"] == "failed"
    assert Refusal.objects.get().external_id == "poison"


def test_the_company_sees_which_key_is_unused(company):
    row, __ = keys.make(company, "server", "New")
    assert row.last_used_at is None
