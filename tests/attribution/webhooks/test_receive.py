"""The public address: what is stored, what is kept, and what nobody can do who does not know it."""

import copy
import itertools
import json
import logging

import pytest
from django.test import Client

from attribution import scope
from attribution.models import Booking, DeliveryCount, Lead, Refusal, WaitingBooking, WebhookSource
from attribution.webhooks import addresses, sealing
from tests.attribution.webhooks import payloads
from tests.attribution.webhooks.test_signatures import calendly, digest, typeform
from tests.factories import make_company

pytestmark = pytest.mark.django_db


def make_source(company, shape="custom", name="our-form", secret="", **values):
    source = WebhookSource(company=company, name=name, shape=shape, **values)
    source.sealed_secret = sealing.seal(secret)
    token = addresses.new_token(source)
    source.save()
    return source, f"/hooks/{token}/"


def post(url, payload, **headers):
    body = payload if isinstance(payload, bytes | str) else json.dumps(payload)
    return Client().post(url, body, content_type="application/json", headers=headers)


def counts(answer):
    found = answer.json()
    return tuple(found[name] for name in ("stored", "repeated", "waiting", "refused"))


def test_a_response_of_typeform_becomes_a_lead_once(company):
    __, url = make_source(company, "typeform")
    answer = post(url, payloads.TYPEFORM)
    assert (answer.status_code, counts(answer)) == (200, (1, 0, 0, 0))
    assert not answer.cookies
    lead = Lead.objects.get()
    assert lead.external_id == "typeform-a3a12ec67a1365927098a606107fac15"
    assert (lead.utm_campaign, lead.source, lead.click_ids) == (
        "Spring Sale",
        "google",
        {"gclid": "Cj0KCQ-AbC"},
    )
    assert lead.came_by == "webhook:our-form"
    assert counts(post(url, payloads.TYPEFORM)) == (0, 1, 0, 0)
    assert Lead.objects.count() == 1
    assert DeliveryCount.objects.get().number == 1


def calendly_events():
    """Booked, moved, and the new appointment cancelled: four requests."""
    moved_uri = payloads.INVITEE[:-1] + "2"
    first = payloads.CALENDLY
    gone = {**copy.deepcopy(first), "event": "invitee.canceled"}
    gone["created_at"] = "2026-03-03T08:00:00Z"
    new = copy.deepcopy(first)
    new["created_at"] = "2026-03-03T08:00:01Z"
    new["payload"] |= {
        "uri": moved_uri,
        "old_invitee": payloads.INVITEE,
        "created_at": "2026-03-03T08:00:00Z",
    }
    end = {**copy.deepcopy(new), "event": "invitee.canceled", "created_at": "2026-03-04T08:00:00Z"}
    return first, gone, new, end


def bookings():
    rows = Booking.objects.order_by("external_id")
    return list(rows.values_list("external_id", "lead__external_id", "status"))


def test_an_appointment_is_booked_moved_and_cancelled(company):
    __, url = make_source(company, "calendly")
    first, gone, new, end = calendly_events()
    assert counts(post(url, first)) == (1, 0, 0, 0)
    assert bookings() == [("calendly-INV1", "calendly-INV1", "booked")]
    assert Booking.objects.get().value_minor == 2550
    post(url, gone)
    post(url, new)
    assert bookings() == [
        ("calendly-INV1", "calendly-INV1", "cancelled"),
        ("calendly-INV2", "calendly-INV1", "booked"),
    ]
    post(url, end)
    assert bookings()[1][2] == "cancelled"
    for again in (first, gone, new, end):
        assert counts(post(url, again)) == (0, 1, 0, 0)
    assert Lead.objects.get().booked is False
    assert Lead.objects.count() == 1


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
def test_what_follows_a_booking_may_come_in_any_order(company, order):
    __, url = make_source(company, "calendly")
    events = calendly_events()
    post(url, events[0])
    for number in order:
        post(url, events[number])
    assert bookings() == [
        ("calendly-INV1", "calendly-INV1", "cancelled"),
        ("calendly-INV2", "calendly-INV1", "cancelled"),
    ]
    assert not Refusal.objects.exists()


def test_a_cancellation_before_its_booking_waits_for_it(company):
    __, url = make_source(company, "calendly")
    first, gone, *__ = calendly_events()
    assert counts(post(url, gone)) == (0, 0, 1, 0)
    assert WaitingBooking.objects.get().lead_external_id == "calendly-INV1"
    post(url, first)
    assert bookings() == [("calendly-INV1", "calendly-INV1", "cancelled")]
    assert not WaitingBooking.objects.exists()


def test_a_booking_of_calcom_that_is_moved_stays_with_its_lead(company):
    __, url = make_source(company, "calcom")
    post(url, payloads.CALCOM)
    moved = {**copy.deepcopy(payloads.CALCOM), "triggerEvent": "BOOKING_RESCHEDULED"}
    moved["createdAt"] = "2026-03-03T10:00:00Z"
    moved["payload"] |= {"uid": "new", "rescheduleUid": "bFJeNb2uX8ANpT3JL5EfXw"}
    post(url, moved)
    first = "calcom-bFJeNb2uX8ANpT3JL5EfXw"
    assert bookings() == [(first, first, "cancelled"), ("calcom-new", first, "booked")]
    assert Lead.objects.count() == 1


def test_another_tool_by_its_own_mapping(company):
    mapping = {
        "lead": {"id": "nr", "utm_campaign": "c", "utm_source": {"constant": "partner"}},
        "booking": {"id": "order", "value": "sum"},
    }
    __, url = make_source(company, mapping=mapping)
    sent = [{"nr": 1, "c": "Spring", "order": "B-1", "sum": 12.5}, {"nr": 2, "c": "Spring"}]
    answer = post(url, sent)
    assert (answer.status_code, counts(answer)) == (202, (2, 0, 0, 0))
    assert list(Lead.objects.order_by("pk").values_list("external_id", "utm_source")) == [
        ("1", "partner"),
        ("2", "partner"),
    ]
    assert Booking.objects.get().value_minor == 1250


def test_without_an_id_the_same_event_is_still_one_lead(company):
    __, url = make_source(company, mapping={"lead": {"email": "mail"}})
    for __ in range(2):
        post(url, {"mail": "anna@example.org"})
    post(url, {"mail": "berta@example.org"})
    assert Lead.objects.count() == 2


def test_a_plain_form_is_read_as_well(company):
    __, url = make_source(company, mapping={"lead": {"utm_source": "src"}})
    answer = Client().post(url, "src=google&x=1", content_type="application/x-www-form-urlencoded")
    assert counts(answer) == (1, 0, 0, 0)
    assert Lead.objects.get().utm_source == "google"


@pytest.mark.parametrize(("shape", "status"), [("custom", 422), ("typeform", 200)])
def test_what_cannot_be_mapped_is_kept_and_answered_by_the_senders_habit(company, shape, status):
    __, url = make_source(company, shape, mapping={"lead": {"email": "mail"}})
    answer = post(url, {"other": "ä"})
    assert (answer.status_code, counts(answer)) == (status, (0, 0, 0, 1))
    kept = Refusal.objects.get()
    assert (kept.why, kept.came_by) == ("not_mapped", "webhook:our-form")
    assert json.loads(kept.payload) == {"other": "ä"}


def test_one_wrong_event_keeps_none_of_the_others_out(company):
    __, url = make_source(company, mapping={"lead": {"id": "nr", "received_at": "at"}})
    answer = post(url, [{"nr": "1"}, {"nr": "2", "at": "yesterday"}, {"nr": "3"}])
    assert counts(answer) == (2, 0, 0, 1)
    kept = Refusal.objects.get()
    assert (kept.why, kept.field, kept.external_id) == ("invalid", "received_at", "2")
    assert json.loads(kept.payload) == {"nr": "2", "at": "yesterday"}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": NaN}', b'{"a": 1, "a": 2}', b"null"]
)
def test_what_is_no_json_is_kept_too(company, body):
    __, url = make_source(company, mapping={"lead": {"id": "a"}})
    assert post(url, body).status_code == 422
    assert Refusal.objects.count() == 1


def test_too_long_a_body_is_not_read(company):
    __, url = make_source(company, mapping={"lead": {"id": "a"}})
    assert post(url, b'"' + b"x" * (1024 * 1024) + b'"').status_code == 413
    kept = Refusal.objects.get()
    assert (kept.why, kept.payload) == ("too_large", "")


def test_a_value_is_refused_and_not_cut_when_nothing_can_store_it(company):
    __, url = make_source(company, mapping={"booking": {"id": "b", "lead": "l", "value": "v"}})
    answer = post(url, {"b": "B", "l": "L", "v": "1.005"})
    assert counts(answer) == (0, 0, 0, 1)
    assert Refusal.objects.get().field == "value"


def test_signatures_are_asked_for_where_a_secret_is_known(company):
    source, url = make_source(company, "typeform", secret="s3cret")
    body = json.dumps(payloads.TYPEFORM).encode()
    for headers in ({}, typeform(body, "wrong"), typeform(body + b" ")):
        answer = post(url, body, **headers)
        assert answer.status_code == 401
    kept = list(Refusal.objects.values_list("why", "payload"))
    assert kept == [("bad_signature", "")] * 3
    assert not Lead.objects.exists()
    assert counts(post(url, body, **typeform(body))) == (1, 0, 0, 0)
    assert "s3cret" not in source.sealed_secret


def test_a_request_that_was_overheard_is_no_use_later(company):
    __, url = make_source(company, "calendly", secret="s3cret")
    body = json.dumps(payloads.CALENDLY).encode()
    assert post(url, body, **calendly(body)).status_code == 401  # signed in March


def test_wrong_signatures_leave_room_for_other_refusals(company, monkeypatch):
    monkeypatch.setattr("attribution.webhooks.views.MOST_UNSIGNED", 2)
    __, url = make_source(company, "typeform", secret="s3cret")
    for __ in range(5):
        post(url, {})
    assert Refusal.objects.count() == 2
    assert DeliveryCount.objects.get().number == 3


def test_a_secret_of_a_key_of_former_days_opens_with_that_key(company, settings):
    sealed = sealing.seal("s3cret")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    assert sealing.unseal(sealed) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert sealing.unseal(sealed) == "s3cret"


def test_an_address_of_a_key_of_former_days_still_leads_there(company, settings):
    __, url = make_source(company, "typeform")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert post(url, payloads.TYPEFORM).status_code == 200


def test_facebook_asks_whether_the_address_is_meant(company):
    __, url = make_source(company, "facebook_lead_ads")
    token = url.strip("/").rpartition("/")[2]
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": token}
    answer = Client().get(url, asked)
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert answer["Content-Type"].startswith("text/plain")
    assert Client().get(url, {**asked, "hub.verify_token": "x"}).status_code == 403
    assert Client().get(url, {**asked, "hub.challenge": "<script>"}).status_code == 400
    __, other = make_source(company, "typeform", "other")
    assert Client().get(other, asked).status_code == 405


def test_unknown_addresses_and_those_that_are_off_are_one(company):
    source, url = make_source(company, "typeform")
    assert post("/hooks/never-was/", {}).status_code == 404
    source.is_on = False
    source.save()
    answer = post(url, payloads.TYPEFORM)
    assert answer.status_code == 404
    assert answer.content == post("/hooks/never-was/", {}).content
    assert not Lead.objects.exists()


def test_the_address_and_what_was_sent_stand_in_no_log_and_no_table(company, caplog):
    source, url = make_source(company, "typeform", secret="s3cret")
    token = url.strip("/").rpartition("/")[2]
    with caplog.at_level(logging.DEBUG):
        post(url, payloads.TYPEFORM)
        Client().put(url, "x")
        post(url[:-3] + "xx/", payloads.TYPEFORM)
    assert token not in caplog.text
    assert "anna@" not in caplog.text
    assert len(token) >= 22  # 128 bits in base 64
    row = WebhookSource.objects.filter(pk=source.pk).values().get()
    assert not any(token in str(value) or "s3cret" in str(value) for value in row.values())


def test_a_webhook_writes_into_its_own_company_alone(company):
    with scope.all_companies():
        other = make_company()
        __, url = make_source(other, "typeform")
        post(url, payloads.TYPEFORM)
        assert Lead.objects.get().company == other


def test_too_many_a_minute_come_again(company, settings):
    settings.INGEST_PER_MINUTE = 2
    settings.INGEST_PROCESSES = 1
    __, url = make_source(company, "typeform")
    answers = [post(url, payloads.TYPEFORM) for __ in range(4)]
    assert [one.status_code for one in answers[:2]] == [200, 200]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0


def test_ones_own_program_signs(company):
    mapping = {"lead": {"id": "a"}}
    __, url = make_source(company, secret="s3cret", mapping=mapping)
    body = b'{"a": "1"}'
    headers = {"X-Signature-256": "sha256=" + digest(body).hexdigest()}
    assert post(url, body, **headers).status_code == 202
