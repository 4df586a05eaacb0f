"""TikTok Ads Manager: a dash where there is nothing, and a total that counts its results."""

from spend.formats.base import Format, Head
from spend.formats.words import WORDS, names


class TiktokAds(Format):
    """Known by its clicks to the destination, its views of seconds or its "By Day"."""

    name = "tiktok-ads"
    label = "TikTok Ads"
    platform = "tiktok-ads"
    columns = {
        "campaign": WORDS["campaign"],
        "platform_id": WORDS["platform_id"],
        "day": names("by day | date | day | stat time day | time"),
        "week": ("by week", "week"),
        "month": ("by month", "month"),
        "amount": names("cost | total cost | spend | total spend | amount spent"),
        "currency": WORDS["currency"],
        "impressions": ("impressions", "impression"),
        "clicks": ("clicks (destination)", "clicks", "click", "clicks (all)"),
        "account": ("advertiser id", "account id", "advertiser name", "account name"),
    }
    own = names(
        "by day | by week | by month | clicks (destination) | ctr (destination) | "
        "cpc (destination) | 2 second video views | 6 second video views | "
        "conversion rate (cvr) | cvr (clicks) | video views at 25% | "
        "ad group name | real time results | cost per 1,000 people reached | "
        "total cost"
    )

    def recognises(self, head: Head) -> bool:
        """A cost of a campaign (by its long name) beside a heading of its own."""
        if any("_" in heading.header for heading in head.headings):
            return False
        named = head.has("campaign name", "campaign id")
        if not named or not self.has(head, "amount") or head.has("impr."):
            return False
        if head.has("ad group name", "total cost") and not head.has("by day"):
            # Others say these too; with the currency in a column of its own TikTok does.
            return head.has(*self.own[3:9]) or (head.has("total cost") and head.has("currency"))
        return head.has(*self.own)
