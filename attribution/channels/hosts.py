"""The host of a link or referrer, as it is compared: small letters, ASCII, no port, no user."""

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import unquote

LONGEST_HOST = 253
LONGEST_LABEL = 63
_LOOKED_AT = 2_500  # characters; a host stands at the beginning
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}:", re.I)
# Most links by far: small letters, no user, no port.
_PLAIN = re.compile(r"https?://([a-z0-9.-]+\.[a-z]+)(/[^?#]*)?(?:[?#]|$)")
_WEB = ("http:", "https:", "ws:", "wss:")
_APPS = ("android-app:", "ios-app:")
_DOTS = str.maketrans("。．｡", "...")
_AMP_CACHE = ".cdn.ampproject.org"
_TRANSLATED = ".translate.goog"
_OF_OTHERS = (_AMP_CACHE, _TRANSLATED)  # hosts that show pages of others


class Address(NamedTuple):
    """Where a link leads. Without a host it leads nowhere."""

    host: str = ""
    path: str = ""  # with its slash, without parameters
    is_app: bool = False  # the host is the name of an app's package


NOWHERE = Address()


def address_of(link: str) -> Address:
    """Host and path of a link or referrer, of whatever it is that came; never raises.

    `HTTPS://user@WWW.Bücher.example.:8080/x?y` is (www.xn--bcher-kva.example, /x). What has no
    host of the web (`javascript:`, `about:blank`, `mailto:`, a bare word) is NOWHERE.
    """
    plain = _PLAIN.match(link)
    if plain and (host := _host(plain[1])) and not host.endswith(_OF_OTHERS):
        return Address(host, plain[2] or "")
    return _unusual(link[:_LOOKED_AT])


@lru_cache(maxsize=8_192)
def _unusual(link: str) -> Address:
    text = link.strip().replace("\\", "/")
    if not text.isprintable():
        text = "".join(c for c in text if c.isprintable())
    for __ in range(3):
        if "://" in text or "%3a" not in text.lower():
            break
        text = unquote(text)
    scheme = _SCHEME.match(text)
    if scheme and scheme.group().lower() in (*_WEB, *_APPS):
        rest = text[scheme.end() :].lstrip("/")
        is_app = scheme.group().lower() in _APPS
    elif scheme and not text[scheme.end() : scheme.end() + 1].isdigit():
        return NOWHERE  # another scheme; with a digit it was a host with its port
    else:
        rest, is_app = text.removeprefix("//"), False
    place = re.split(r"[?#]", rest, maxsplit=1)[0]
    authority, slash, path = place.partition("/")
    host = _host(authority)
    if not host or ("." not in host and ":" not in host and not scheme):
        return NOWHERE
    if host.endswith(_AMP_CACHE):
        return _of_amp_cache(host, slash + path)
    if host.endswith(_TRANSLATED):
        return Address(_of_translation(host), slash + path)
    return Address(host, slash + path, is_app)


@lru_cache(maxsize=32_768)
def _host(authority: str) -> str:
    name = authority.rpartition("@")[2]
    if name.startswith("["):
        inside = name[1:].partition("]")[0]
        try:
            return ip_address(inside.partition("%")[0]).compressed
        except ValueError:
            return ""
    name = unquote(name).rpartition("@")[2].translate(_DOTS)
    name = name.partition(":")[0].strip(". ").lower()
    if not name or len(name) > LONGEST_HOST:
        return ""
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return ""
    labels = name.split(".")
    if not all(
        label and len(label) <= LONGEST_LABEL and set(label) <= _LETTERS for label in labels
    ):
        return ""
    return name


def _of_amp_cache(host: str, path: str) -> Address:
    """The page that Google's AMP cache shows: `/c/s/shop.example/page` is shop.example's."""
    parts = [part for part in path.split("/") if part]
    while parts and len(parts[0]) <= 2:
        del parts[0]
    inner = _host(parts[0]) if parts else ""
    if "." not in inner:
        return Address(host, path)
    return Address(inner, "/" + "/".join(parts[1:]))


def _of_translation(host: str) -> str:
    """The host that Google Translate shows: `www-my--shop-example.translate.goog` is
    www.my-shop.example's."""
    label = host.removesuffix(_TRANSLATED)
    inner = _host("-".join(word.replace("-", ".") for word in label.split("--")))
    return inner if "." in inner and "." not in label else host


def without_www(host: str) -> str:
    """The host without `www.`, as reports name a site."""
    rest = host.removeprefix("www.")
    return rest if "." in rest else host


def is_within(host: str, domain: str) -> bool:
    """Whether the host is the domain or one below it, by whole labels."""
    return host == domain or host.endswith("." + domain)


def is_number(host: str) -> bool:
    """Whether the host is an IP address, which lies below nothing."""
    return ":" in host or host.rpartition(".")[2].isdigit()


def above(host: str) -> list[str]:
    """The host and the domains above it, the longest first; no single label."""
    if is_number(host):
        return [host]
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(max(len(labels) - 1, 1))]
