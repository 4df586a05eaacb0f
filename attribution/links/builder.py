"""Makes tagged links: the landing page as it is, with its UTM values replaced. No database."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote_plus, urlencode, urlsplit

from django.utils.translation import gettext as _

from attribution.utm import PARAMETERS

HOST = re.compile(r"([^:]*://[^/?#]*)(.*)")
UTM_NAMES = frozenset(f"utm_{name}" for name in PARAMETERS)
LONGEST_LINK = 2000  # as much of a landing page as a lead keeps
# What stands for itself in a link. A percent sign too, since the page's own escapes stay, and
# braces: ad platforms fill in {keyword}, but not %7Bkeyword%7D.
BRACES = "{}"
LEFT_ALONE = "%/:@!$&'()*+,;=?~[]-._#" + BRACES


class BadPage(ValueError):  # noqa: N818 - reads as what is wrong
    """The landing page is no address that a link can lead to; says why."""


@dataclass(frozen=True)
class Pair:
    source: str
    medium: str


@dataclass(frozen=True)
class TaggedLink:
    """One link, ready to be used."""

    pair: Pair
    url: str


def tagged_links(
    page: str, pairs: Sequence[Pair], campaign: str, content: str = "", term: str = ""
) -> list[TaggedLink]:
    """One link for each source and medium."""
    rest = {"utm_campaign": campaign, "utm_content": content, "utm_term": term}
    return [
        TaggedLink(
            pair, build_link(page, {"utm_source": pair.source, "utm_medium": pair.medium, **rest})
        )
        for pair in pairs
    ]


def build_link(page: str, values: Mapping[str, str]) -> str:
    """The page with these UTM values instead of its own; all else stays where it is.

    Values behind a `#` go too: capture reads them, and two campaigns in one link are ambiguous.
    """
    check_page(page)
    host, rest = re.match(HOST, page.strip()).groups()  # type: ignore[union-attr]  # checked
    link, __, fragment = quote(rest, safe=LEFT_ALONE).partition("#")
    path, __, query = link.partition("?")
    given = [(name, value) for name, value in values.items() if value]
    tags = urlencode(given, safe=BRACES, quote_via=quote)
    kept, fragment = without_utm(query), without_utm(fragment)
    whole = "&".join(part for part in (kept, tags) if part)
    return f"{host}{path}?{whole}" + (f"#{fragment}" if fragment else "")


def without_utm(text: str) -> str:
    """A query or fragment without its UTM values, read as capture reads it."""
    kept, before = "", ""
    for sign, pair in re.findall(r"([?&#]|^)([^?&#]*)", text):
        name = unquote_plus(pair.partition("=")[0]).casefold()
        if name in UTM_NAMES:
            before = before or (sign if sign != "&" else "")
            continue
        kept += (before or sign) + pair
        before = ""
    return kept.strip("&")


def check_page(page: str) -> None:
    """Raise BadPage unless people can be led to it."""
    page = page.strip()
    if not page:
        raise BadPage(_("Which page shall the links lead to? Write its address."))
    if len(page) > LONGEST_LINK:
        raise BadPage(_("The address has more than %(most)s characters.") % {"most": LONGEST_LINK})
    try:
        parts = urlsplit(page)
        host = parts.hostname
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        raise BadPage(_("“%(page)s” is no web address.") % {"page": page[:100]}) from None
    if parts.scheme not in ("http", "https") or not host:
        text = _("“%(page)s” is no web address. Begin it with https://")
        raise BadPage(text % {"page": page[:100]})
    if "@" in parts.netloc or "\\" in parts.netloc:
        raise BadPage(_("The address holds a user name before the host. Remove it."))
    if re.search(r"\s", parts.netloc):
        raise BadPage(_("“%(host)s” is no host: it has a blank.") % {"host": parts.netloc[:100]})
