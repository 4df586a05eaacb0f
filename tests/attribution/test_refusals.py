"""Refused events: seen by those who may, corrected, sent in again by the way they came."""

import json
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from attribution import replaying
from attribution.models import Booking, Lead, Refusal, WaitingBooking
from tests.attribution.webhooks.test_receive import make_source, post
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LIST = "admin:attribution_refusal_changelist"
AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def refused(company, payload, came_by="api", what="lead", **values):
    text = payload if isinstance(payload, str) else json.dumps(payload)
    given = {"why": "invalid", "field": "received_at", "detail": "It is no moment."}
    return Refusal.objects.create(
        company=company, came_by=came_by, what=what, payload=text, arrived_at=AT, **given | values
    )


def page(name, refusal):
    return reverse(f"admin:attribution_refusal_{name}", args=[refusal.pk])


def send(refusal, payload=None, user=None):
    user = user or make_user(refusal.company, "company_admin")
    text = refusal.payload if payload is None else json.dumps(payload)
    return replaying.send(refusal, text, user)


def test_a_corrected_lead_counts_as_of_its_arrival_and_by_its_door(company):
    one = refused(company, {"id": "L-1", "received_at": "2 March", "utm_campaign": "Spring"})
    assert not send(one).stored
    assert Refusal.objects.get().state == "waiting"
    assert not Lead.objects.exists()
    assert send(one, {"id": "L-1", "utm_campaign": "Spring"}) == (True, "It is stored.")
    lead = Lead.objects.get()
    assert (lead.received_at, lead.created_at, lead.came_by) == (AT, AT, "api")
    assert lead.campaign.key == "spring"
    one.refresh_from_db()
    assert (one.state, one.payload) == ("stored", "")
    assert one.settled_by is not None


def test_a_second_click_stores_nothing_more(company):
    one = refused(company, {"id": "L-1"})
    assert send(one).stored
    again = send(one, {"id": "L-2"})
    assert (again.stored, again.text) == (False, "Somebody has settled it meanwhile.")
    assert Lead.objects.count() == 1


def test_a_booking_waits_for_its_lead_as_at_its_own_door(company):
    one = refused(company, {"id": "B-1", "lead": "L-1", "value": "12"}, what="booking")
    assert send(one).text == "It is stored, and waits for its lead."
    assert WaitingBooking.objects.get().external_id == "B-1"
    send(refused(company, {"id": "L-1"}))
    assert Booking.objects.get().value_minor == 1200


def test_what_a_webhook_sent_is_read_by_the_mapping_of_today(company):
    source, url = make_source(company)
    post(url, {"nr": "7", "src": "google"})
    one = Refusal.objects.get()
    assert one.why == "not_mapped"
    assert not send(one).stored
    source.mapping = {"lead": {"id": "nr", "utm_source": "src"}}
    source.save()
    assert send(one).stored
    lead = Lead.objects.get()
    assert (lead.external_id, lead.utm_source, lead.came_by) == ("7", "google", "webhook:our-form")


def test_one_of_several_events_that_is_still_wrong_keeps_all_back(company):
    make_source(company, mapping={"lead": {"id": "nr", "received_at": "at"}})
    one = refused(company, [{"nr": "1"}, {"nr": "2", "at": "x"}], "webhook:our-form")
    outcome = send(one)
    assert not outcome.stored
    assert outcome.text.startswith("received_at: ")
    assert not Lead.objects.exists()
    assert Refusal.objects.count() == 1


@pytest.mark.parametrize("payload", ["", "{", "[" * 50_000, "7", '{"idd": 1}'])
def test_what_cannot_be_sent_says_why(company, payload):
    one = refused(company, payload)
    outcome = send(one)
    assert not outcome.stored
    assert outcome.text
    assert [bool(shown.problem) for shown in replaying.preview(one, payload)] == [True]


def test_texts_are_hidden_and_the_rest_is_not():
    payload = '{"email": "a@b.c", "n": [1, true, null], "o": {"name": "Anna"}}'
    shown = json.loads(replaying.masked(payload))
    assert shown == {"email": "…", "n": ["…", True, None], "o": {"name": "…"}}
    assert replaying.masked("anna@example.org") == "…"


# In the admin


def test_the_list_and_the_page_of_one(client, signed_in, company):
    signed_in("utm_admin")
    one = refused(company, {"id": "L-1", "email": "anna@example.org"}, external_id="L-1")
    text = client.get(reverse(LIST)).content.decode()
    assert "L-1" in text
    assert "A value is missing or wrong" in text
    assert "anna@" not in text
    for asked in ("why=invalid", "why=failed", "state=waiting", "came_by=api", "q=L-1"):
        found = client.get(f"{reverse(LIST)}?{asked}").context["cl"].result_count
        assert found == (0 if asked == "why=failed" else 1), asked
    text = client.get(page("change", one)).content.decode()
    assert "It is no moment." in text
    assert "anna@example.org" in text  # of those who may see it
    assert page("send", one) in text


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("owner", 403)])
def test_others_see_none_of_it(client, signed_in, company, role, status):
    signed_in(role)
    one = refused(company, {"id": "L-1"})
    assert client.get(reverse(LIST)).status_code == status
    for name in ("change", "send"):
        assert client.get(page(name, one)).status_code in (403, 404)
    assert client.post(page("send", one), {"payload": "{}", "send": "1"}).status_code in (403, 404)
    assert not Lead.objects.exists()


def test_it_is_looked_at_before_it_is_sent(client, signed_in, company):
    signed_in("utm_admin")
    one = refused(company, {"id": "L-1", "received_at": "soon"})
    assert "is no moment" in client.get(page("send", one)).content.decode()
    right = '{"id": "L-1", "utm_source": "google"}'
    text = client.post(page("send", one), {"payload": right, "look": "1"}).content.decode()
    assert "google" in text
    assert not Lead.objects.exists()
    answer = client.post(page("send", one), {"payload": right, "send": "1"}, follow=True)
    assert "It is stored." in answer.content.decode()
    assert Lead.objects.get().utm_source == "google"


def act(client, action, refusals, **more):
    chosen = {"action": action, "_selected_action": [one.pk for one in refusals]}
    return client.post(reverse(LIST), chosen | more, follow=True).content.decode()


def test_many_are_sent_in_again_at_once(client, signed_in, company):
    signed_in("utm_admin")
    right = [refused(company, {"id": f"L-{n}"}) for n in range(3)]
    wrong = refused(company, {"id": "L-9", "kind": "nothing"})
    text = act(client, "send_again", [*right, wrong])
    assert "3 events are stored." in text
    assert "1 event is refused as before: kind: " in text
    assert Lead.objects.count() == 3
    wrong.refresh_from_db()
    assert wrong.state == "waiting"


def test_some_are_dismissed_and_can_still_be_sent(client, signed_in, company):
    signed_in("utm_admin")
    one = refused(company, {"id": "L-1"})
    assert "still be sent in again" in act(client, "dismiss", [one])
    assert Refusal.objects.get().state == "waiting"
    assert "1 event is dismissed." in act(client, "dismiss", [one], confirmed="yes")
    assert Refusal.objects.get().state == "dismissed"
    assert send(one).stored


def test_bookings_that_wait_are_listed_with_their_age(client, signed_in, company):
    signed_in("company_admin")
    one = WaitingBooking.objects.create(
        company=company,
        external_id="B-77",
        lead_external_id="L-77",
        status="booked",
        came_by="api",
        arrived_at=datetime(2020, 1, 1, tzinfo=UTC),
    )
    name = "admin:attribution_waitingbooking"
    text = client.get(reverse(f"{name}_changelist")).content.decode()
    assert "L-77" in text
    assert "years" in text
    client.post(reverse(f"{name}_delete", args=[one.pk]), {"post": "yes"})
    assert not WaitingBooking.objects.exists()
