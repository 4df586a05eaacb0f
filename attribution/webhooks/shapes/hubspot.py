"""HubSpot: contacts and form submissions of workflows, and notices of new contacts."""

from collections.abc import Iterator, Mapping
from typing import Any

from attribution.webhooks import signatures
from attribution.webhooks.mapping import Mapped
from attribution.webhooks.shapes.base import LEAD, Event, Shape, carried, not_this, obj, rows, text

NEW = ("contact.creation", "object.creation")
CONTACT = "0-1"  # among deals, companies and tickets, whose creation is told in the same way


class HubSpot(Shape):
    """A contact is a lead. Notices of apps come many in a list and without the contact's
    properties; of those only new contacts are taken.
    """

    name = "hubspot"
    label = "HubSpot"
    verify = signatures.hubspot
    secret_is = "The app's client secret."  # noqa: S105
    mapping = Mapped(
        lead={
            "id": "id",
            "received_at": "at",
            "name": [
                {"join": ["properties.firstname", "properties.lastname"]},
                "properties.fullname",
                "properties.name",
            ],
            "email": "properties.email",
            "phone": ["properties.phone", "properties.mobilephone"],
            "city": "properties.city",
            "country": ["properties.country", "properties.ip_country"],
            **carried("properties"),
            "click_ids.gclid": ["properties.gclid", "properties.hs_google_click_id"],
            "click_ids.fbclid": ["properties.fbclid", "properties.hs_facebook_click_id"],
            "landing_page": [
                "properties.landing_page",
                "page",
                "properties.hs_analytics_first_url",
            ],
            "referrer": ["properties.referrer", "properties.hs_analytics_first_referrer"],
        }
    )

    @classmethod
    def events(cls, payload: Any) -> Iterator[Event]:
        for one in payload if isinstance(payload, list) else [payload]:
            event = text(obj(one).get("subscriptionType"))
            kind = text(obj(one).get("objectTypeId")) or CONTACT
            if (event and event not in NEW) or kind != CONTACT:
                continue
            yield cls._event(obj(one))

    @classmethod
    def _event(cls, said: Mapping[str, Any]) -> Event:
        contact = obj(said.get("contact")) or obj(said.get("object")) or said
        properties = {**_properties(contact.get("properties")), **_submitted(said.get("values"))}
        submission = _last_submission(contact)
        number = text(
            contact.get("objectId")
            or contact.get("vid")
            or contact.get("canonical-vid")
            or properties.get("hs_object_id")
            or contact.get("id")
        )
        own = text(said.get("submissionId") or said.get("conversionId"))
        if not number and not own and not properties:
            raise not_this(cls, "properties")
        data = {
            "id": f"hubspot-{own or number}" if own or number else None,
            "at": said.get("occurredAt")
            or said.get("submittedAt")
            or contact.get("createdAt")
            or properties.get("createdate")
            or contact.get("addedAt"),
            "page": said.get("pageUrl") or submission.get("page-url"),
            "properties": properties,
            "payload": said,
        }
        return Event(data, said, (LEAD,))


def _properties(said: Any) -> dict[str, Any]:
    """Name and value; the older shape holds each value in an object, with its history."""
    return {
        name: one.get("value") if isinstance(one, Mapping) else one
        for name, one in obj(said).items()
    }


def _submitted(values: Any) -> dict[str, Any]:
    return {text(one.get("name")): one.get("value") for one in rows(values)}


def _last_submission(contact: Mapping[str, Any]) -> Mapping[str, Any]:
    found = rows(contact.get("form-submissions"))
    return found[0] if found else {}
