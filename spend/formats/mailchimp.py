"""Mailchimp: the export of campaigns, or of one. Sends, opens and clicks; it knows no cost."""

from spend.formats.base import Format, Head
from spend.formats.words import names

OF_ONE = ("delivery date/time",)  # in the report of one campaign, see reshaping.py


class Mailchimp(Format):
    """One row is one mailing, counted on the day it was sent."""

    name = "mailchimp"
    label = "Mailchimp"
    platform = "mailchimp"
    asks_currency = False
    constants = {"medium": "email"}
    columns = {
        "campaign": names("title | campaign title | campaign name | subject | email subject"),
        "platform_id": ("unique id", "campaign id"),
        "day": ("send date", "send time", "sent date", *OF_ONE),
        "sends": ("total recipients", "recipients", "emails sent", "successful deliveries"),
        "opens": ("unique opens", "recipients who opened", "opens", "total opens"),
        "clicks": ("unique clicks", "recipients who clicked", "clicks", "total clicks"),
    }

    def recognises(self, head: Head) -> bool:
        """A title, and what only mailings have."""
        return (
            head.has("title", "campaign title", "email subject")
            and head.has("send date", "send time", *OF_ONE)
            and head.has("unique opens", "total opens", "opens", "send weekday", "unique id")
            and head.has("total recipients", "successful deliveries", "recipients", "emails sent")
        )

    def is_part(self, head: Head) -> bool:
        """Of its day other mailings have reports of their own."""
        return head.has(*OF_ONE)
