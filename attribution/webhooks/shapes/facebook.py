"""Facebook Lead Ads: `leadgen` notices, and leads with their fields as the Graph API gives them."""

from collections.abc import Iterator, Mapping
from typing import Any

from attribution.webhooks import signatures
from attribution.webhooks.mapping import Mapped
from attribution.webhooks.shapes.base import LEAD, Event, Shape, carried, not_this, obj, rows, text

TEST = "<test lead:"  # how the values of their test leads begin


class FacebookLeadAds(Shape):
    """A notice alone says that a lead came and from which ad, not who it is: nothing is asked of
    Facebook from here. Relays that ask send the fields along: as `field_data` or beside the id.
    """

    name = "facebook_lead_ads"
    label = "Facebook Lead Ads"
    verify = signatures.meta
    secret_is = "The app secret: App settings → Basic."  # noqa: S105
    asks_first = True
    mapping = Mapped(
        lead={
            "id": "id",
            "received_at": "at",
            "kind": "kind",
            "name": [
                "fields.full_name",
                {"join": ["fields.first_name", "fields.last_name"]},
                "lead.full_name",
            ],
            "email": ["fields.email", "fields.work_email", "lead.email"],
            "phone": ["fields.phone_number", "fields.work_phone_number", "lead.phone_number"],
            "city": "fields.city",
            "country": "fields.country",
            **carried("fields"),
            # What the ad itself is, where the form carries no UTM values of its own.
            "utm_source": ["fields.utm_source", {"constant": "facebook"}],
            "utm_medium": ["fields.utm_medium", "medium"],
            "utm_campaign": ["fields.utm_campaign", "lead.campaign_name"],
            "utm_id": ["fields.utm_id", "lead.campaign_id"],
            "utm_content": ["fields.utm_content", "lead.ad_name", "lead.ad_id"],
            "utm_term": ["fields.utm_term", "lead.adset_name"],
        }
    )

    @classmethod
    def events(cls, payload: Any) -> Iterator[Event]:
        said = obj(payload)
        if "entry" not in said:
            yield cls._event(said)
            return
        for entry in rows(said["entry"]):
            for change in rows(entry.get("changes")):
                if change.get("field") == "leadgen":
                    yield cls._event(obj(change.get("value")))

    @classmethod
    def _event(cls, lead: Mapping[str, Any]) -> Event:
        number = text(lead.get("leadgen_id") or lead.get("id"))
        if not number:
            raise not_this(cls, "leadgen_id")
        said = lead.get("field_data")
        fields = {text(one.get("name")): one.get("values") for one in rows(said)} or obj(said)
        organic = lead.get("is_organic") is True
        is_test = any(text(value).startswith(TEST) for value in _all(fields))
        data = {
            "id": f"facebook-{number}",
            "at": lead.get("created_time"),
            "fields": fields,
            "medium": "social" if organic else "paid_social",
            "kind": "test" if is_test else None,
            "lead": lead,
            "payload": lead,
        }
        return Event(data, lead, (LEAD,))


def _all(fields: Mapping[str, Any]) -> Iterator[Any]:
    for values in fields.values():
        yield from values if isinstance(values, list) else [values]
