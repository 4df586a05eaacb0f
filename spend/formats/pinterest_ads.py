"""Pinterest Ads Manager."""

from spend.formats.base import Format, Head
from spend.formats.words import WORDS, names


class PinterestAds(Format):
    """Known by its spend in the account's currency or its clicks on pins."""

    name = "pinterest-ads"
    label = "Pinterest Ads"
    platform = "pinterest-ads"
    columns = {
        "campaign": WORDS["campaign"],
        "platform_id": WORDS["platform_id"],
        "day": names("date | day | datum | tag | jour | fecha | data"),
        "week": ("week",),
        "month": ("month",),
        "start": ("start date",),
        "last_day": ("end date",),
        "amount": ("spend in account currency", "spend", "total spend", "ausgaben"),
        "currency": WORDS["currency"],
        "impressions": ("paid impressions", "impressions", "impression", "total impressions"),
        "clicks": names(
            "paid outbound clicks | outbound clicks | paid pin clicks | "
            "pin clicks | paid clicks | clicks | total clicks | link clicks"
        ),
        "account": names(
            "ad account id | advertiser id | ad account name | advertiser name | "
            "account id | account name"
        ),
    }

    def recognises(self, head: Head) -> bool:
        """Pinterest's name of its spend, or spend beside clicks on pins."""
        if head.has("spend in account currency"):
            return True
        pins = names("pin clicks | paid pin clicks | paid outbound clicks | outbound clicks")
        by_hand = not any("_" in heading.header for heading in head.headings)
        return by_hand and head.has("spend") and head.has("campaign name") and head.has(*pins)
