"""UTM values: read from links, tidied for matching, judged. Plain functions, no database.

Raw values are kept as captured; everything here is about the tidy values that lie over them.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote_plus

from django.db import models
from django.utils.translation import gettext_lazy as _

from attribution.channels.clicks import CLICK_IDS as CLICK_IDS
from attribution.channels.links import PARAMETERS as PARAMETERS
from attribution.channels.links import campaigns_named, decoded
from attribution.channels.links import captured_from_link as captured_from_link
from attribution.channels.links import page_of as page_of
from attribution.channels.links import query_values as query_values
from attribution.channels.referrers import says_site

RAW_FIELDS = (
    *(f"utm_{name}" for name in PARAMETERS),
    "click_ids",
    "referrer",
    "landing_page",
)
# What forms, tag managers and databases write for "nothing".
BLANK = frozenset(
    {"", "(not set)", "(none)", "(direct)", "none", "null", "undefined", "nan", "n/a", "-"}
)
# A macro that nobody filled in: {{campaign.name}}, {campaignid}, %%CAMPAIGN%%, [campaign], ${name},
# <campaign>, $campaign$; xxxxx stands so in the links that Typeform hands out.
MACRO = re.compile(
    r"\{\{?[^{}]*\}?\}|%%[^%]+%%|\$\{[^}]*\}|^\[[\w. -]+\]$|\[\[[^\[\]]+\]\]|__[A-Z_]+__"
    r"|<<[^<>]+>>|\*\|[^|*]+\|\*|^<[\w. -]+>$|^%[A-Za-z_.]+%$|^\$[A-Za-z_.]+\$$|^xxxxx$"
)
SPACES = re.compile(r"\s+")
# Longer values are cut (a campaign's name is a broken tag then). An index entry of PostgreSQL holds
# 2,704 bytes: a name, a source and a medium of these lengths fit, in any script.
KEY_LIMIT = 400
VALUE_LIMIT = 200
DIGEST_LENGTH = 32


class Reason(models.TextChoices):
    """Why a lead has no campaign; each such lead has exactly one."""

    DIRECT = "direct", _("No UTM values (direct)")
    REFERRER = "referrer", _("Referrer only")
    NO_CAMPAIGN = "no_campaign", _("Source or medium, but no campaign")
    BROKEN_TAG = "broken_tag", _("Broken tag")
    AMBIGUOUS = "ambiguous", _("Ambiguous: two campaigns named")
    CLICK_ID = "click_id", _("Click id only")
    FLOOD = "flood", _("Too many new campaign names that day")
    BY_PERSON = "by_person", _("Set so by a person")


@dataclass(frozen=True, slots=True)
class Captured:
    """The raw values of one lead."""

    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_content: str = ""
    utm_term: str = ""
    utm_id: str = ""
    click_ids: Mapping[str, str] = field(default_factory=dict)
    referrer: str = ""
    landing_page: str = ""


@dataclass(frozen=True, slots=True)
class Tidy:
    """The tidy values of one lead, and why they name no campaign (empty when they name one)."""

    source: str
    medium: str
    campaign: str
    content: str
    term: str
    reason: str


@lru_cache(maxsize=65_536)
def tidy(value: str) -> str:
    """The value as it is compared: decoded, NFKC, casefolded, trimmed, inner spaces single.

    Zero-width, bidirectional and control characters vanish. `Spring%20Sale`, `spring+sale` and
    ` SPRING  SALE ` are one value; look-alike letters of other alphabets stay apart. A tidy value
    is its own tidy value, however often it is saved: `%2520`, encoded twice, is a blank too.
    """
    text = _tidied(value)
    while text != (again := _tidied(text)):
        text = again
    return text


def _tidied(value: str) -> str:
    text = decoded(value) if "%" in value or "+" in value else value
    text = SPACES.sub(" ", text)
    if not text.isascii():
        text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc", "Cs"))
        text = unicodedata.normalize("NFKC", text).casefold()
        text = unicodedata.normalize("NFKC", text)
    else:
        text = "".join(c for c in text if c.isprintable()) if not text.isprintable() else text
        text = text.lower()
    text = SPACES.sub(" ", text).strip()
    return "" if text in BLANK else text


def is_broken(raw: str) -> bool:
    """Whether the value is a macro that was never filled in, or too long to be a name."""
    return bool(MACRO.search(raw)) or bool(MACRO.search(unquote_plus(raw)))


def names_two_campaigns(link: str) -> bool:
    """Whether a link carries utm_campaign more than once, with different values; or whatever
    other parameter names its campaign."""
    lower = link.casefold()
    if lower.count("campaign") + lower.count("_cpn") < 2:
        return False
    names = campaigns_named(link)
    return len(names) > 1 and len({name for name in map(tidy, names) if name}) > 1


def read(captured: Captured) -> Tidy:
    """The tidy values of a lead and, where they name no campaign, the one reason."""
    campaign = tidy(captured.utm_campaign)
    source, medium = tidy(captured.utm_source), tidy(captured.utm_medium)
    if is_broken(captured.utm_campaign) or len(campaign) > KEY_LIMIT:
        reason = Reason.BROKEN_TAG.value
    elif names_two_campaigns(captured.landing_page):
        reason = Reason.AMBIGUOUS.value
    elif campaign:
        reason = ""
    elif source or medium:
        reason = Reason.NO_CAMPAIGN.value
    elif captured.click_ids:
        reason = Reason.CLICK_ID.value
    elif says_site(captured.referrer, captured.landing_page):
        reason = Reason.REFERRER.value
    else:
        reason = Reason.DIRECT.value
    return Tidy(
        source=source[:VALUE_LIMIT],
        medium=medium[:VALUE_LIMIT],
        campaign=campaign[:KEY_LIMIT],
        content=tidy(captured.utm_content)[:KEY_LIMIT],
        term=tidy(captured.utm_term)[:KEY_LIMIT],
        reason=reason,
    )


@lru_cache(maxsize=65_536)
def digest(source: str, medium: str, campaign: str, given: int = 0) -> str:
    """One short text for tidy values, and for the id of the campaign given beside them (0: none).

    No two combinations that a database will ever hold have the same one.
    """
    text = "\x1f".join((source, medium, campaign, str(given)))
    return hashlib.blake2b(text.encode(), digest_size=DIGEST_LENGTH // 2).hexdigest()


# Medium first, because it is what marketers set on purpose; then well-known sources.
_CHANNEL_BY_MEDIUM = (
    ("paid_social", r"paid.?social|social.?(paid|ads|cpc)|cpc.?social"),
    ("display", r"display|banner|cpm|programmatic|interstitial"),
    ("video", r"video"),
    ("email", r"e-?mail|newsletter|crm|mailing"),
    ("sms", r"^sms|text.?message|whatsapp"),
    ("affiliate", r"affiliate"),
    ("organic_social", r"social|^sm$"),
    ("organic_search", r"organic|^seo$"),
    ("referral", r"refer|partner|link"),
    ("offline", r"offline|print|flyer|qr|radio|tv|event|mail(er|ing)"),
)
_PAID = re.compile(r"cpc|ppc|cpa|paid|ads?$|retarget|remarket|sem$")
_SOCIAL = re.compile(
    r"facebook|^fb|instagram|^ig$|meta|linkedin|tiktok|twitter|^x$|pinterest|snapchat|reddit"
)
_VIDEO = re.compile(r"youtube|vimeo|twitch")


@lru_cache(maxsize=4096)
def channel_of(source: str, medium: str) -> str:
    """The channel of a discovered campaign, from the tidy source and medium of its first lead."""
    if _PAID.search(medium) and not re.search(r"social|display|video", medium):
        if _SOCIAL.search(source):
            return "paid_social"
        return "video" if _VIDEO.search(source) else "paid_search"
    for channel, pattern in _CHANNEL_BY_MEDIUM:
        if re.search(pattern, medium):
            return channel
    return "email" if re.search(r"newsletter|mail", source) else "other"
