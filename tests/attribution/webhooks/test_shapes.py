"""What each tool sends is a lead, a booking or both, with the time that the tool states."""

import copy
from contextlib import suppress

import pytest

from attribution.capture.items import Refused
from attribution.models import WebhookSource
from attribution.webhooks import reading
from attribution.webhooks.shapes import SHAPES
from tests.attribution.webhooks import payloads


def read(shape, payload, **mapping):
    source = WebhookSource(name="our-form", shape=shape, mapping=mapping)
    return reading.read(source, payload)


def one(shape, payload, **mapping):
    found = read(shape, payload, **mapping)
    assert len(found) == 1
    assert found[0].refused is None, found[0].refused
    return found[0]


def test_a_response_of_typeform_is_a_lead():
    found = one("typeform", payloads.TYPEFORM)
    assert found.booking is None
    assert found.lead == {
        "id": "typeform-a3a12ec67a1365927098a606107fac15",
        "received_at": "2026-03-02T10:00:00Z",
        "name": "Anna Berg",
        "email": "anna@example.org",
        "utm_source": "google",
        "utm_medium": "cpc",
        "utm_campaign": "Spring Sale",
        "click_ids": {"gclid": "Cj0KCQ-AbC"},
        "landing_page": "https://www.example.com/?utm_source=google",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0",
    }


def test_answers_are_found_by_reference_and_by_title():
    mapping = {"city": "answers.topics", "country": 'answers."Your e-mail?"'}
    found = one("typeform", payloads.TYPEFORM, lead=mapping)
    assert (found.lead["city"], found.lead["country"]) == ("Teeth, Gums, Jaw", "anna@example.org")


def test_an_invitee_of_calendly_is_a_lead_with_its_booking():
    found = one("calendly", payloads.CALENDLY)
    assert found.lead == {
        "id": "calendly-INV1",
        "received_at": "2026-03-02T10:00:00.000000Z",
        "name": "Anna Berg",
        "email": "anna@example.org",
        "phone": "+49 170 1234567",
        "utm_source": "newsletter",
        "utm_medium": "email",
        "utm_campaign": "Spring Sale",
    }
    booking = found.booking
    assert (booking["id"], booking["lead"], booking["status"]) == ("calendly-INV1",) * 2 + (
        "booked",
    )
    assert booking["as_of"] == "2026-03-02T10:00:05.000000Z"
    assert found.after == ""


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ("invitee.canceled", "cancelled"),
        ("invitee_no_show.created", "no_show"),
        ("invitee_no_show.deleted", "booked"),
    ],
)
def test_what_becomes_of_an_invitee_is_a_statement_about_its_booking(event, status):
    payload = {**payloads.CALENDLY, "event": event, "created_at": "2026-03-04T08:00:00Z"}
    found = one("calendly", payload)
    assert found.lead is None
    assert (found.booking["status"], found.booking["as_of"]) == (status, "2026-03-04T08:00:00Z")


def test_an_appointment_that_was_moved_names_the_one_before():
    payload = copy.deepcopy(payloads.CALENDLY)
    payload["payload"] |= {"uri": payloads.INVITEE[:-1] + "2", "old_invitee": payloads.INVITEE}
    assert one("calendly", payload).after == "calendly-INV1"


def test_a_booking_of_calcom_is_a_lead_with_its_booking():
    found = one("calcom", payloads.CALCOM)
    assert found.lead == {
        "id": "calcom-bFJeNb2uX8ANpT3JL5EfXw",
        "received_at": "2026-03-02T10:00:00.538Z",
        "name": "Anna Berg",
        "email": "anna@example.org",
        "utm_source": "google",
        "utm_campaign": "Spring Sale",
    }
    assert found.booking == {
        "id": "calcom-bFJeNb2uX8ANpT3JL5EfXw",
        "lead": "calcom-bFJeNb2uX8ANpT3JL5EfXw",
        "status": "booked",
        "booked_at": "2026-03-02T10:00:00.538Z",
        "as_of": "2026-03-02T10:00:00.538Z",
        "value": "12.50",
        "currency": "EUR",
    }


def test_what_becomes_of_a_booking_of_calcom():
    def status(event, **more):
        payload = {**payloads.CALCOM, "triggerEvent": event}
        payload["payload"] = {**payload["payload"], **more}
        found = one("calcom", payload)
        assert found.lead is None
        return found.booking["status"], found.booking.get("completed_at")

    assert status("BOOKING_CANCELLED") == ("cancelled", None)
    assert status("BOOKING_REJECTED") == ("cancelled", None)
    assert status("MEETING_ENDED") == ("completed", "2026-03-05T09:30:00Z")
    absent = [{"email": "anna@example.org", "noShow": True}]
    assert status("BOOKING_NO_SHOW_UPDATED", attendees=absent) == ("no_show", None)


def test_a_meeting_that_ended_stands_by_itself():
    payload = {"triggerEvent": "MEETING_ENDED", "createdAt": "2026-03-05T09:30:01Z"}
    payload |= {"uid": "abc", "endTime": "2026-03-05T09:30:00Z"}
    assert one("calcom", payload).booking["id"] == "calcom-abc"


def test_a_request_at_calcom_is_a_lead_alone():
    found = one("calcom", {**payloads.CALCOM, "triggerEvent": "BOOKING_REQUESTED"})
    assert found.lead["id"] == "calcom-bFJeNb2uX8ANpT3JL5EfXw"
    assert found.booking is None


def test_a_booking_of_calcom_that_was_moved_cancels_the_old_one():
    payload = {**payloads.CALCOM, "triggerEvent": "BOOKING_RESCHEDULED"}
    payload["payload"] = {**payload["payload"], "rescheduleUid": "old"}
    gone, new = read("calcom", payload)
    assert gone.lead is None
    assert (gone.booking["id"], gone.booking["status"]) == ("calcom-old", "cancelled")
    assert (new.booking["status"], new.after) == ("booked", "calcom-old")


def test_a_notice_of_facebook_is_a_lead_of_its_ad():
    assert one("facebook_lead_ads", payloads.FACEBOOK_NOTICE).lead == {
        "id": "facebook-123123123123",
        "received_at": "2026-03-02T10:00:00+00:00",
        "utm_source": "facebook",
        "utm_medium": "paid_social",
        "utm_content": "12312312313",
    }


def test_a_lead_of_facebook_with_its_fields():
    assert one("facebook_lead_ads", payloads.FACEBOOK_LEAD).lead == {
        "id": "facebook-5550001",
        "received_at": "2026-03-02T10:00:00+0000",
        "name": "Anna Berg",
        "email": "anna@example.org",
        "phone": "+491701234567",
        "city": "Graz",
        "utm_source": "facebook",
        "utm_medium": "paid_social",
        "utm_campaign": "Spring Sale",
        "utm_content": "Picture 2",
        "utm_term": "Women 30-45",
        "utm_id": "77",
    }


def test_a_test_lead_of_facebook_is_a_test():
    fields = [{"name": "email", "values": ["<test lead: dummy data for email>"]}]
    found = one("facebook_lead_ads", {**payloads.FACEBOOK_LEAD, "field_data": fields})
    assert found.lead["kind"] == "test"


def test_of_notices_of_hubspot_new_contacts_are_leads():
    found = one("hubspot", payloads.HUBSPOT_NOTICES)
    assert found.lead == {
        "id": "hubspot-65059681032",
        "received_at": "2026-03-02T10:00:00+00:00",
    }


def test_contacts_of_hubspot_in_both_shapes():
    assert one("hubspot", payloads.HUBSPOT_CONTACT).lead == {
        "id": "hubspot-4711",
        "received_at": "2026-03-02T10:00:00+00:00",
        "name": "Anna Berg",
        "email": "anna@example.org",
        "utm_campaign": "Spring Sale",
        "click_ids": {"gclid": "Cj0KCQ-AbC"},
        "landing_page": "https://www.example.com/offer",
    }
    assert one("hubspot", payloads.HUBSPOT_OBJECT).lead == {
        "id": "hubspot-4712",
        "received_at": "2026-03-02T10:00:00Z",
        "email": "anna@example.org",
        "landing_page": "https://e.org/?utm_id=9",
    }


ABOUT_SOMETHING_ELSE = {
    "typeform": {"event_type": "form_abandoned"},
    "calendly": {"event": "routing_form_submission.created", "payload": {}},
    "calcom": {"triggerEvent": "PING"},
    "facebook_lead_ads": {"entry": [{"changes": [{"field": "feed", "value": {}}]}]},
    "hubspot": [{"subscriptionType": "deal.creation", "objectId": 1}],
}


def test_what_hubspot_makes_beside_contacts_is_no_lead():
    notice = {"subscriptionType": "object.creation", "objectId": 7, "occurredAt": 1772445600000}
    deal, contact = {**notice, "objectTypeId": "0-3"}, {**notice, "objectTypeId": "0-1"}
    assert [found.id for found in read("hubspot", [deal, contact, notice])] == ["hubspot-7"] * 2


def test_a_payment_that_failed_at_calendly_is_no_value():
    payload = copy.deepcopy(payloads.CALENDLY)
    payload["payload"]["payment"]["successful"] = False
    assert "value" not in one("calendly", payload).booking


def test_money_without_a_smaller_unit_is_whole_at_calcom():
    payload = copy.deepcopy(payloads.CALCOM)
    payload["payload"]["currency"] = "jpy"
    booking = one("calcom", payload).booking
    assert (booking["value"], booking["currency"]) == ("1250", "JPY")


def test_a_name_in_the_contact_details_of_typeform_is_that_of_the_lead():
    response = {
        "token": "t",
        "definition": {
            "fields": [
                {
                    "id": "g",
                    "properties": {
                        "fields": [
                            {"id": "1", "subfield_key": "first_name"},
                            {"id": "2", "subfield_key": "last_name"},
                        ]
                    },
                }
            ]
        },
        "answers": [
            {"type": "text", "text": "Anna", "field": {"id": "1", "ref": "a1"}},
            {"type": "text", "text": "Berg", "field": {"id": "2", "ref": "a2"}},
        ],
    }
    assert one("typeform", {"form_response": response}).lead["name"] == "Anna Berg"


@pytest.mark.parametrize(
    "said",
    [
        {"field_data": {"full_name": "Anna Berg", "email": "anna@example.org"}},
        {"full_name": "Anna Berg", "email": "anna@example.org"},
    ],
)
def test_relays_of_facebook_leads_write_the_fields_in_ways_of_their_own(said):
    lead = one("facebook_lead_ads", {"id": "5", **said}).lead
    assert (lead["name"], lead["email"]) == ("Anna Berg", "anna@example.org")


@pytest.mark.parametrize("shape", ABOUT_SOMETHING_ELSE)
def test_what_is_about_something_else_makes_nothing(shape):
    assert read(shape, ABOUT_SOMETHING_ELSE[shape]) == []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("payload", [{}, 7, "text", None, {"payload": 1, "event": "x", "a": "b"}])
def test_what_no_tool_sends_is_refused_in_words_or_makes_nothing(shape, payload):
    try:
        found = read(shape, payload)
    except Refused as refused:
        assert refused.why == "not_mapped"
        assert refused.text
    else:
        assert all(one.refused is not None for one in found)


@pytest.mark.parametrize("shape", SHAPES)
def test_whatever_stands_in_the_places_nothing_breaks(shape):
    """Each known payload with each of its values replaced by another kind of value."""
    known = {
        "typeform": payloads.TYPEFORM,
        "calendly": payloads.CALENDLY,
        "calcom": payloads.CALCOM,
        "facebook_lead_ads": payloads.FACEBOOK_LEAD,
        "hubspot": payloads.HUBSPOT_CONTACT,
        "custom": {"a": {"b": ["c"]}},
    }[shape]
    for changed in variants(known):
        with suppress(Refused):
            read(shape, changed)


def variants(value):
    """The value with one of its parts replaced, for each part."""
    for other in (None, 1.5, True, "x", [], {}, [{}], [1, ["x"]]):
        yield other
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    for name, part in parts if isinstance(value, dict | list) else ():
        for other in variants(part) if isinstance(part, dict | list) else (None, 7, [], {"a": 1}):
            changed = copy.copy(value)
            changed[name] = other
            yield changed
