"""The formats there are, in the order in which a file is tried against them."""

from spend.formats.any_table import AnyTable
from spend.formats.base import Format
from spend.formats.connectors import CONNECTORS
from spend.formats.google_ads import GoogleAds, GoogleAdsApi
from spend.formats.klaviyo import Klaviyo
from spend.formats.linkedin_ads import LinkedinAds
from spend.formats.mailchimp import Mailchimp
from spend.formats.meta_ads import MetaAds
from spend.formats.microsoft_ads import MicrosoftAds
from spend.formats.pinterest_ads import PinterestAds
from spend.formats.tiktok_ads import TiktokAds

TABLE = AnyTable()

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        *CONNECTORS,
        MetaAds(),
        LinkedinAds(),
        MicrosoftAds(),
        PinterestAds(),
        TiktokAds(),
        Mailchimp(),
        Klaviyo(),
        GoogleAdsApi(),
        GoogleAds(),
        TABLE,
    )
}


def labels() -> dict[str, str]:
    """Name → label of every format, for choices; the table of people last."""
    named = {name: each.label for name, each in FORMATS.items() if each is not TABLE}
    by_label = sorted(named.items(), key=lambda pair: pair[1].casefold())
    return {**dict(by_label), TABLE.name: TABLE.label}
