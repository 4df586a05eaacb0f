"""What the tools send, in the shapes that their documentation describes; all values are made up."""

from typing import Any

TYPEFORM: dict[str, Any] = {
    "event_id": "01HFT8Z9X2",
    "event_type": "form_response",
    "form_response": {
        "form_id": "lT4Z3j",
        "token": "a3a12ec67a1365927098a606107fac15",
        "landed_at": "2026-03-02T09:58:10Z",
        "submitted_at": "2026-03-02T10:00:00Z",
        "hidden": {
            "utm_source": "google",
            "utm_medium": "cpc",
            "utm_campaign": "Spring Sale",
            "gclid": "Cj0KCQ-AbC",
            "landing_page": "https://www.example.com/?utm_source=google",
        },
        "definition": {
            "id": "lT4Z3j",
            "fields": [
                {"id": "f1", "ref": "name", "title": "What is your name?", "type": "short_text"},
                {"id": "f2", "ref": "mail-ref", "title": "Your e-mail?", "type": "email"},
                {"id": "f3", "ref": "topics", "title": "Topics", "type": "multiple_choice"},
            ],
        },
        "answers": [
            {"type": "text", "text": "Anna Berg", "field": {"id": "f1", "ref": "name"}},
            {
                "type": "email",
                "email": "anna@example.org",
                "field": {"id": "f2", "ref": "mail-ref"},
            },
            {
                "type": "choices",
                "choices": {"labels": ["Teeth", "Gums"], "other": "Jaw"},
                "field": {"id": "f3", "ref": "topics"},
            },
        ],
        "metadata": {"user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"},
    },
}

INVITEE = "https://api.calendly.com/scheduled_events/EV1/invitees/INV1"
CALENDLY: dict[str, Any] = {
    "event": "invitee.created",
    "created_at": "2026-03-02T10:00:05.000000Z",
    "created_by": "https://api.calendly.com/users/U1",
    "payload": {
        "uri": INVITEE,
        "email": "anna@example.org",
        "name": "Anna Berg",
        "first_name": None,
        "last_name": None,
        "status": "active",
        "rescheduled": False,
        "old_invitee": None,
        "new_invitee": None,
        "created_at": "2026-03-02T10:00:00.000000Z",
        "updated_at": "2026-03-02T10:00:00.000000Z",
        "text_reminder_number": "+49 170 1234567",
        "questions_and_answers": [{"question": "Topic", "answer": "Teeth", "position": 0}],
        "tracking": {
            "utm_campaign": "Spring Sale",
            "utm_source": "newsletter",
            "utm_medium": "email",
            "utm_content": None,
            "utm_term": None,
            "salesforce_uuid": None,
        },
        "scheduled_event": {"start_time": "2026-03-05T09:00:00.000000Z"},
        "payment": {"amount": 25.5, "currency": "EUR", "provider": "stripe"},
    },
}

CALCOM: dict[str, Any] = {
    "triggerEvent": "BOOKING_CREATED",
    "createdAt": "2026-03-02T10:00:00.538Z",
    "payload": {
        "type": "30min",
        "title": "30min between Practice and Anna Berg",
        "startTime": "2026-03-05T09:00:00Z",
        "endTime": "2026-03-05T09:30:00Z",
        "uid": "bFJeNb2uX8ANpT3JL5EfXw",
        "status": "ACCEPTED",
        "organizer": {"name": "Practice", "email": "practice@example.com"},
        "attendees": [{"email": "anna@example.org", "name": "Anna Berg", "timeZone": "UTC"}],
        "responses": {
            "name": {"label": "your_name", "value": "Anna Berg"},
            "email": {"label": "email_address", "value": "anna@example.org"},
            "location": {"label": "location", "value": {"optionValue": "", "value": "phone"}},
        },
        "userFieldsResponses": {"utm_source": {"label": "utm_source", "value": "google"}},
        "metadata": {"utm_campaign": "Spring Sale"},
        "price": 1250,
        "currency": "eur",
    },
}

FACEBOOK_NOTICE: dict[str, Any] = {
    "object": "page",
    "entry": [
        {
            "id": 153125381133,
            "time": 1772445600,
            "changes": [
                {
                    "field": "leadgen",
                    "value": {
                        "leadgen_id": 123123123123,
                        "page_id": 123123123,
                        "form_id": 12312312312,
                        "adgroup_id": 12312312312,
                        "ad_id": 12312312313,
                        "created_time": 1772445600,
                    },
                },
                {"field": "feed", "value": {"item": "like"}},
            ],
        }
    ],
}

FACEBOOK_LEAD: dict[str, Any] = {
    "id": "5550001",
    "created_time": "2026-03-02T10:00:00+0000",
    "ad_id": "88",
    "ad_name": "Picture 2",
    "adset_name": "Women 30-45",
    "campaign_id": "77",
    "campaign_name": "Spring Sale",
    "form_id": "66",
    "is_organic": False,
    "field_data": [
        {"name": "full_name", "values": ["Anna Berg"]},
        {"name": "email", "values": ["anna@example.org"]},
        {"name": "phone_number", "values": ["+491701234567"]},
        {"name": "city", "values": ["Graz"]},
    ],
}

HUBSPOT_NOTICES: list[dict[str, Any]] = [
    {
        "eventId": 567890123,
        "subscriptionId": 234567,
        "portalId": 12345678,
        "appId": 987654,
        "occurredAt": 1772445600000,
        "subscriptionType": "contact.creation",
        "attemptNumber": 0,
        "objectId": 65059681032,
        "changeFlag": "CREATED",
    },
    {
        "eventId": 567890124,
        "occurredAt": 1772445601000,
        "subscriptionType": "contact.propertyChange",
        "attemptNumber": 0,
        "objectId": 65059681032,
        "propertyName": "lifecyclestage",
        "propertyValue": "lead",
    },
]

HUBSPOT_CONTACT: dict[str, Any] = {
    "vid": 4711,
    "portal-id": 12345678,
    "properties": {
        "firstname": {"value": "Anna", "versions": []},
        "lastname": {"value": "Berg", "versions": []},
        "email": {"value": "anna@example.org", "versions": []},
        "createdate": {"value": "1772445600000", "versions": []},
        "hs_google_click_id": {"value": "Cj0KCQ-AbC", "versions": []},
        "utm_campaign": {"value": "Spring Sale", "versions": []},
    },
    "form-submissions": [{"page-url": "https://www.example.com/offer"}],
}

HUBSPOT_OBJECT: dict[str, Any] = {
    "id": "4712",
    "properties": {
        "email": "anna@example.org",
        "hs_analytics_first_url": "https://e.org/?utm_id=9",
    },
    "createdAt": "2026-03-02T10:00:00Z",
}
