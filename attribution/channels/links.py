"""What a link carries: campaign values and click ids, whatever system wrote their names.

Nothing here tidies: values are as the link has them, decoded once. Plain functions whose time
grows with the length of the link and no faster; what lies beyond `READ_AT_MOST` is not read.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_plus

from attribution.channels.clicks import CLICK_IDS

PARAMETERS = ("source", "medium", "campaign", "content", "term", "id")
READ_AT_MOST = 16_000  # characters; no server takes a longer request line
# The names of each value, the winner first (Matomo's marketing campaigns before the plain utm_).
NAMES = {
    "source": ("mtm_source", "matomo_source", "pk_source", "utm_source"),
    "medium": ("mtm_medium", "matomo_medium", "pk_medium", "utm_medium"),
    "campaign": (
        *("mtm_campaign", "matomo_campaign", "mtm_cpn"),
        *("pk_campaign", "piwik_campaign", "pk_cpn", "utm_campaign"),
    ),
    "content": ("mtm_content", "matomo_content", "pk_content", "utm_content"),
    "term": (
        *("mtm_keyword", "matomo_kwd", "mtm_kwd", "matomo_keyword"),
        *("pk_keyword", "piwik_kwd", "pk_kwd", "piwik_keyword", "utm_term"),
    ),
    "id": ("mtm_cid", "matomo_cid", "pk_cid", "utm_id", "mtm_clid"),
}
FIELD_OF = {name: f"utm_{field}" for field, names in NAMES.items() for name in names}
_RANK = {name: rank for names in NAMES.values() for rank, name in enumerate(names)}
_BETWEEN = re.compile(
    r"[?#]|(?:&|\\u0026)(?:amp(?:;|%3b))*|(?:;|%26(?=[a-z_]+=))(?=(?:utm|mtm|pk|piwik|matomo)_)",
    re.I,
)
# "/page&utm_source=a": the question mark was left out.
_WITHOUT_MARK = re.compile(r"[&;/](?=(?:utm|mtm|pk|piwik|matomo)_[a-z_]+=)", re.I)
UNREADABLE = "\ufffd"  # what a decoder writes where it knows no letter
_ENCODED_EQUALS = re.compile(r"%(?:25){0,3}3d", re.I)
_DECODED_AT_MOST = 4
_IN_BRACKETS = re.compile(r"\[[0-9]*\]$")  # as PHP writes lists: utm_source[0]
IN_FRONT = " !/"  # of names: slips, and the marks of single-page apps


@lru_cache(maxsize=64)  # one link is asked for its values in several ways
def query_values(link: str) -> tuple[tuple[str, str], ...]:
    """All parameters of a link or query string, decoded, in order.

    A second `?` and a `#` are read as `&`: both are common slips in hand-made links. So are
    `&amp;`, and a query that was encoded as a whole.
    """
    return tuple(_pairs(_BETWEEN.sub("&", _query(link))))


def written_values(link: str) -> list[tuple[str, str]]:
    """The same with names as they were written, `amp;` and all: for who looks for slips."""
    return _pairs(re.sub(r"[?#]", "&", _query(link)))


def _pairs(query: str) -> list[tuple[str, str]]:
    found = parse_qsl(query, keep_blank_values=False)
    if not any(UNREADABLE in value for __, value in found):
        return found
    halves = (pair.partition("=") for pair in query.split("&"))
    return [(decoded(name), decoded(value)) for name, __, value in halves if value]


def decoded(value: str) -> str:
    """What is no code of a letter stays: `%%CAMPAIGN%%`, or the `%E9` of another coding."""
    text = unquote_plus(value)
    return value.replace("+", " ") if UNREADABLE in text and UNREADABLE not in value else text


def _query(link: str) -> str:
    link = link[:READ_AT_MOST]
    __, mark, query = link.partition("?")
    if not mark and "=" in link and "://" not in link:
        query = link
    elif not mark:
        slip = _WITHOUT_MARK.search(link)
        query = link[slip.end() :] if slip else link.partition("#")[2]
    if _ENCODED_EQUALS.search(query):
        query = "&".join(map(_opened, query.split("&")))
    return query


def _opened(pair: str) -> str:
    """`utm_source%3Da%26utm_medium%3Db`, a query encoded as a whole, is a query."""
    for __ in range(_DECODED_AT_MOST):
        if "=" in pair or not _ENCODED_EQUALS.search(pair):
            return pair
        pair = unquote(pair)
    return pair


def is_of_another_coding(value: str) -> bool:
    """Whether a value holds codes that are no letters of UTF-8, as `Fr%FChling`."""
    return UNREADABLE in unquote(value)


def captured_from_link(link: str) -> dict[str, Any]:
    """The UTM values and click ids that a link carries, by field name of `utm.Captured`.

    Of several names for a value the first in `NAMES` wins, of one name its first value.
    """
    found: dict[str, Any] = {}
    ranks: dict[str, int] = {}
    clicks: dict[str, str] = {}
    for name, value in named_values(link):
        field = FIELD_OF.get(name)
        if field is None:
            if name in CLICK_IDS:
                clicks.setdefault(name, value)
        elif _RANK[name] < ranks.get(field, len(FIELD_OF)):
            found[field], ranks[field] = value, _RANK[name]
    if clicks:
        found["click_ids"] = clicks
    return found


def named_values(link: str) -> Iterator[tuple[str, str]]:
    """The parameters with their names as they are compared: in small letters, without the marks
    that single-page apps put in front, and those of a list behind."""
    for name, value in query_values(link):
        if name.endswith("]"):
            name = _IN_BRACKETS.sub("", name)
        yield name.strip(IN_FRONT).casefold(), value


def campaigns_named(link: str) -> list[str]:
    """All values of the parameter that names the campaign: more than one where it is repeated."""
    by_name: dict[str, list[str]] = {}
    for name, value in named_values(link):
        if FIELD_OF.get(name) == "utm_campaign":
            by_name.setdefault(name, []).append(value)
    return by_name[min(by_name, key=_RANK.__getitem__)] if by_name else []


def page_of(link: str) -> str:
    """The link without its parameters; nothing at all where an address stands in what is left."""
    page = re.split(r"[?#]", link, maxsplit=1)[0]
    return "" if "@" in unquote_plus(page) else page
