"""Klaviyo: the campaign report. Sends, opens and clicks; its revenue is not spend."""

from spend.formats.base import Format, Head

SENT = ("send date", "send time", r"~send (date|time) \(.*\)", "sent at")  # with its time zone


class Klaviyo(Format):
    """One row is one campaign, counted on the day it was sent."""

    name = "klaviyo"
    label = "Klaviyo"
    platform = "klaviyo"
    asks_currency = False
    constants = {"medium": "email"}
    columns = {
        "campaign": ("campaign name", "campaign", "message name", "name"),
        "platform_id": ("campaign id", "message id"),
        "day": (*SENT, "date"),
        "sends": ("total recipients", "recipients", "successful deliveries", "delivered"),
        "opens": ("unique opens", "opens", "total opens"),
        "clicks": ("unique clicks", "clicks", "total clicks"),
        "medium": ("campaign channel", "message channel", "channel"),
    }

    def recognises(self, head: Head) -> bool:
        """A campaign sent to recipients on a day."""
        return (
            head.has("campaign name", "message name")
            and head.has(*SENT)
            and head.has("total recipients", "recipients", "successful deliveries")
            and head.has("unique opens", "total opens", "opens", "open rate", "unique clicks")
        )
