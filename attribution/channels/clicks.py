"""Click ids: which platform appends each to its links, and what it says of the visit.

Names from mpchadwick/tracking-query-params-registry (public domain) and the platforms' own pages.
What marks no click of its own is not here: `gad_source`, `gclsrc`, `_gl`, `hsa_…`, and `si`, which
any site may use.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Click(NamedTuple):
    """What a click id stands for."""

    platform: str  # in words
    source: str  # as GA4 would name it
    medium: str
    # Ads, or mail and partners that a company runs itself. Else it only says which site linked.
    is_bought: bool


# Those that settle most come first: of several click ids, the first of this table decides.
CLICKS: dict[str, Click] = {
    "gclid": Click("Google Ads", "google", "cpc", True),
    "wbraid": Click("Google Ads", "google", "cpc", True),
    "gbraid": Click("Google Ads", "google", "cpc", True),
    "msclkid": Click("Microsoft Advertising", "bing", "cpc", True),
    "yclid": Click("Yandex Direct or Yahoo! Japan Ads", "yandex", "cpc", True),
    "ttclid": Click("TikTok Ads", "tiktok", "cpc", True),
    "li_fat_id": Click("LinkedIn Ads", "linkedin", "cpc", True),
    "twclid": Click("X Ads", "twitter", "cpc", True),
    "rdt_cid": Click("Reddit Ads", "reddit", "cpc", True),
    "sccid": Click("Snapchat Ads", "snapchat", "cpc", True),
    "ndclid": Click("Nextdoor Ads", "nextdoor", "cpc", True),
    "dclid": Click("Google Campaign Manager 360", "google", "display", True),
    "vmcid": Click("Yahoo DSP", "yahoo", "display", True),
    "ef_id": Click("Adobe Advertising", "adobe", "cpc", True),
    "s_kwcid": Click("Adobe Advertising", "adobe", "cpc", True),
    "ymclid": Click("Yandex Market", "yandex", "cpc", True),
    "obclid": Click("Outbrain", "outbrain", "cpc", True),
    "dicbo": Click("Outbrain", "outbrain", "cpc", True),
    "tblci": Click("Taboola", "taboola", "cpc", True),
    "rtid": Click("Rokt", "rokt", "cpc", True),
    "irclickid": Click("impact.com", "impact", "affiliate", True),
    "awc": Click("Awin", "awin", "affiliate", True),
    "cjevent": Click("CJ Affiliate", "cj", "affiliate", True),
    "ransiteid": Click("Rakuten Advertising", "linkshare", "affiliate", True),
    "tduid": Click("Tradedoubler", "tradedoubler", "affiliate", True),
    "admitad_uid": Click("Admitad", "admitad", "affiliate", True),
    "mc_eid": Click("Mailchimp", "mailchimp", "email", True),
    "_kx": Click("Klaviyo", "klaviyo", "email", True),
    "dm_i": Click("dotdigital", "dotdigital", "email", True),
    "_hsenc": Click("HubSpot", "hubspot", "email", True),
    "mkt_tok": Click("Marketo", "marketo", "email", True),
    "vgo_ee": Click("ActiveCampaign", "activecampaign", "email", True),
    "ml_subscriber_hash": Click("MailerLite", "mailerlite", "email", True),
    "elqtrackid": Click("Oracle Eloqua", "eloqua", "email", True),
    "trk_contact": Click("Listrak", "listrak", "email", True),
    "bbeml": Click("Blackbaud", "blackbaud", "email", True),
    "sms_click": Click("Wunderkind", "wunderkind", "sms", True),
    "srsltid": Click("Google Merchant Center, free listings", "google", "organic", False),
    "ysclid": Click("Yandex, its search results", "yandex", "organic", False),
    "epik": Click("Pinterest", "pinterest", "social", False),
    "fbclid": Click("Facebook or Instagram", "facebook", "social", False),
    "igshid": Click("Instagram", "instagram", "social", False),
    "igsh": Click("Instagram", "instagram", "social", False),
    "_branch_match_id": Click("Branch", "branch", "app", False),
}
CLICK_IDS = frozenset(CLICKS)
_ORDER = {name: number for number, name in enumerate(CLICKS)}


def deciding(click_ids: Mapping[str, str]) -> str:
    """Of these click ids the name of the one that decides; an empty text without a known one."""
    known = [name for given in click_ids if (name := given.casefold()) in _ORDER]
    return min(known, key=_ORDER.__getitem__, default="")
