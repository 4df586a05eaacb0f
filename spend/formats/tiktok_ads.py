"""TikTok Ads Manager: a dash where there is nothing, and a total that counts its results."""

from spend.formats.base import Format, Head
from spend.formats.words import WORDS, names


class TiktokAds(Format):
    """Known by its clicks to the destination, its seconds of video or its "By Day"."""

    name = "tiktok-ads"
    label = "TikTok Ads"
    platform = "tiktok-ads"
    columns = {
        "campaign": WORDS["campaign"],
        "platform_id": WORDS["platform_id"],
        "day": names("by day | por dia | date | day | time | by hour"),
        "week": names("by week | week"),
        "month": names("by month | month"),
        "amount": names(
            "cost | total cost | spend | total spend | amount spent | coste | costo | gasto | custo"
        ),
        "currency": WORDS["currency"],
        "impressions": names("impressions | impression | impresiones | impressoes"),
        "clicks": names(
            "clicks (destination) | clics (destino) | cliques (destino) | "
            "clicks | click | clicks (all)"
        ),
        "account": names("advertiser id | account id | advertiser name | account name"),
    }
    own = names(
        "by day | by week | by month | by hour | por dia | clicks (destination) | "
        "clics (destino) | cliques (destino) | ctr (destination) | "
        "cpc (destination) | 2 second video views | 6 second video views | "
        "conversion rate (cvr) | cvr (clicks) | video views at 25% | real time results | "
        "cost per 1,000 people reached | paid likes | result rate"
    )

    def recognises(self, head: Head) -> bool:
        """A cost of a campaign, by its long name, beside a heading of its own."""
        by_hand = not any("_" in heading.header for heading in head.headings)
        long_names = names("campaign name | campaign id | nombre de la campana | nome da campanha")
        if not by_hand or not head.has(*long_names):
            return False
        return self.has(head, "amount") and head.has(*self.own)
