"""Tables that connectors deliver into warehouses: the platforms' own names of columns."""

from spend.formats.base import Format, Head
from spend.formats.words import WORDS, names


class Connector(Format):
    """Columns with underscores, as in a program. The id stands in for a name that is missing."""

    columns = {
        "campaign": ("campaign name", "campaign.name", "campaign", "name"),
        "platform_id": ("campaign id", "campaign.id"),
        "day": names(
            "date | day | date day | segments date | segments.date | report date | time period"
        ),
        "start": ("date start", "start date"),
        "last_day": ("date stop", "date end", "end date"),
        "currency": (*WORDS["currency"], "customer.currency code", "customer currency code"),
        "impressions": ("impressions", "metrics impressions", "metrics.impressions"),
        "clicks": ("clicks", "metrics clicks", "metrics.clicks"),
        "account": (
            names("account id | customer id | advertiser id | ad account id | account name")
        ),
    }


def _is_of_a_program(head: Head) -> bool:
    """People write their headings with blanks."""
    return any("_" in heading.header for heading in head.headings)


class GoogleAdsConnector(Connector):
    """Costs in millionths of the currency's unit."""

    name = "google-ads-connector"
    label = "Google Ads (connector)"
    platform = "google-ads"
    micros = names(
        "cost micros | metrics cost micros | metrics.cost micros | costmicros | metrics.costmicros"
    )
    columns = {
        **Connector.columns,
        "platform_id": ("campaign id", "campaign.id", "base campaign id", "id"),
        "amount": micros,
    }

    def recognises(self, head: Head) -> bool:
        """Google alone writes cost_micros."""
        return self.has(head, "amount") and self.has(head, "day")


class MetaAdsConnector(Connector):
    """One row per ad (or campaign) and day."""

    name = "meta-ads-connector"
    label = "Meta Ads (connector)"
    platform = "meta-ads"
    columns = {
        **Connector.columns,
        "amount": ("spend",),
        "clicks": ("inline link clicks", "link clicks", "clicks"),
    }

    def recognises(self, head: Head) -> bool:
        """Its clicks on links, or its names of ad sets and days, beside the spend."""
        if not head.has("spend") or not any("_" in h.header for h in head.headings):
            return False
        dates = head.has("date start") and head.has("date stop")
        return head.has("inline link clicks", "adset id", "adset name") or dates


class LinkedinAdsConnector(Connector):
    """Costs in the account's currency, and again in dollars."""

    name = "linkedin-ads-connector"
    label = "LinkedIn Ads (connector)"
    platform = "linkedin-ads"
    columns = {
        **Connector.columns,
        "campaign": ("campaign name", "campaign", "name"),
        "amount": ("cost in local currency", "costinlocalcurrency", "cost in usd", "costinusd"),
    }

    def recognises(self, head: Head) -> bool:
        """LinkedIn alone writes cost_in_local_currency."""
        return head.has("cost in local currency", "costinlocalcurrency") or (
            head.has("cost in usd", "costinusd") and self.has(head, "day")
        )


class MicrosoftAdsConnector(Connector):
    """One row per campaign, day, device and network."""

    name = "microsoft-ads-connector"
    label = "Microsoft Advertising (connector)"
    platform = "microsoft-ads"
    own = names(
        "device os | bid match type | delivered match type | top vs other | ad distribution | "
        "budget association status"
    )
    columns = {
        **Connector.columns,
        "amount": ("spend",),
    }

    def recognises(self, head: Head) -> bool:
        """Its set of columns, written with underscores."""
        headers = {heading.header.casefold() for heading in head.headings}
        if not headers.issuperset(("spend", "campaign_id")) or not self.has(head, "day"):
            return False
        return headers.issuperset(("currency_code", "account_id")) or head.has(*self.own)


class TiktokAdsConnector(Connector):
    """One row per campaign and day, or per hour, which counts for its day."""

    name = "tiktok-ads-connector"
    label = "TikTok Ads (connector)"
    platform = "tiktok-ads"
    columns = {
        **Connector.columns,
        "day": ("stat time hour", "stat time day", "stat datetime"),
        "amount": ("spend", "cost"),
        "account": ("advertiser id", "account id"),
    }

    def recognises(self, head: Head) -> bool:
        """TikTok alone writes stat_time_day."""
        return self.has(head, "day") and self.has(head, "amount")


class PinterestAdsConnector(Connector):
    """Spend in millionths of a dollar, or of the account's currency."""

    name = "pinterest-ads-connector"
    label = "Pinterest Ads (connector)"
    platform = "pinterest-ads"
    micros = ("spend in micro dollar", "spend in micro")
    columns = {
        **Connector.columns,
        "amount": (*micros, "spend in dollar"),
        "impressions": ("paid impression", "total impression", "impression 1", "impressions"),
        "clicks": ("outbound click 1", "clickthrough 1", "total clickthrough", "clicks"),
    }

    def recognises(self, head: Head) -> bool:
        """Pinterest alone writes spend_in_micro_dollar."""
        return head.has("spend in micro dollar", "spend in dollar")


class SnapchatAdsConnector(Connector):
    """Spend in millionths, by hour or day; clicks are swipes."""

    name = "snapchat-ads-connector"
    label = "Snapchat Ads (connector)"
    platform = "snapchat-ads"
    micros = ("spend",)
    columns = {
        **Connector.columns,
        "day": (*Connector.columns["day"], "start time"),
        "amount": micros,
        "clicks": ("swipes",),
    }

    def recognises(self, head: Head) -> bool:
        """Snapchat alone counts swipes; people's own files call them swipe ups."""
        return _is_of_a_program(head) and head.has("swipes") and self.has(head, "amount", "day")


class XAdsConnector(Connector):
    """What was billed, in millionths; a row for each placement."""

    name = "x-ads-connector"
    label = "X Ads (connector)"
    platform = "x-ads"
    micros = ("billed charge local micro",)
    columns = {
        **Connector.columns,
        "amount": micros,
        "clicks": ("url clicks", "clicks"),
    }

    def recognises(self, head: Head) -> bool:
        """X alone writes billed_charge_local_micro."""
        return self.has(head, "amount", "day")


class RedditAdsConnector(Connector):
    """Spend in millionths."""

    name = "reddit-ads-connector"
    label = "Reddit Ads (connector)"
    platform = "reddit-ads"
    micros = ("spend",)
    own = names(
        "comments page views | comment upvotes | comment downvotes | viewer comments | "
        "conversion roas | gallery item id | video viewable impressions"
    )
    columns = {
        **Connector.columns,
        "amount": micros,
    }

    def recognises(self, head: Head) -> bool:
        """Its names of comments and videos, beside the spend."""
        return _is_of_a_program(head) and self.has(head, "amount", "day") and head.has(*self.own)


class AmazonAdsConnector(Connector):
    """Costs in the currency of the budget."""

    name = "amazon-ads-connector"
    label = "Amazon Ads (connector)"
    platform = "amazon-ads"
    columns = {
        **Connector.columns,
        "amount": ("cost",),
        "currency": ("campaign budget currency code",),
    }

    def recognises(self, head: Head) -> bool:
        """Amazon alone writes campaign_budget_currency_code."""
        return self.has(head, "amount", "currency", "day")


class AppleAdsConnector(Connector):
    """Spend beside its own currency; clicks are taps."""

    name = "apple-ads-connector"
    label = "Apple Ads (connector)"
    platform = "apple-ads"
    columns = {
        **Connector.columns,
        "platform_id": ("campaign id", "id"),
        "amount": ("local spend amount",),
        "currency": ("local spend currency",),
        "clicks": ("taps",),
    }

    def recognises(self, head: Head) -> bool:
        """Apple alone writes local_spend_amount."""
        return self.has(head, "amount", "day")


CONNECTORS = (
    GoogleAdsConnector(),
    MetaAdsConnector(),
    LinkedinAdsConnector(),
    MicrosoftAdsConnector(),
    TiktokAdsConnector(),
    PinterestAdsConnector(),
    SnapchatAdsConnector(),
    XAdsConnector(),
    RedditAdsConnector(),
    AmazonAdsConnector(),
    AppleAdsConnector(),
)
