"""Values of persons and links as they are compared: one form for what means the same."""

import re
import unicodedata
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

Address = IPv4Address | IPv6Address
_WORDS = re.compile(r"[^\W_]+")
_NO_DIGITS = re.compile(r"[^0-9]+")
_END_OF_HOST = re.compile(r"[/?#\\]")
LONGEST_HOST = 253


def email(text: str) -> str:
    return text.strip().casefold()


def domain(text: str) -> str:
    """Of an address or of a domain, with or without `@`; empty when there is none."""
    return _host_name(text.rpartition("@")[2])


def digits(text: str) -> str:
    return _NO_DIGITS.sub("", text)


def phone(text: str) -> str:
    """Its digits, without the `+` or `00` before the country. Other forms stay apart."""
    return digits(text).removeprefix("00")


def words(text: str) -> str:
    """Its words in small letters, one blank between them and none around."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(_WORDS.findall(text.casefold()))


@lru_cache(maxsize=4096)
def host(link: str) -> str:
    """The host of a link, in its ASCII form; empty when the text names none."""
    __, mark, rest = link.strip().partition("://")
    if not mark:
        rest = link.strip().removeprefix("//")
    authority = _END_OF_HOST.split(rest, maxsplit=1)[0].rpartition("@")[2]
    if authority.startswith("["):  # an IPv6 address
        return ""
    return _host_name(authority.partition(":")[0])


@lru_cache(maxsize=4096)
def _host_name(text: str) -> str:
    name = text.strip().rstrip(".").lower()
    if not name or len(name) > LONGEST_HOST:
        return ""
    if not name.isascii():
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            return ""
    return name


@lru_cache(maxsize=4096)
def with_parents(name: str) -> tuple[str, ...]:
    """A host and the domains that it lies in, by whole labels: a.b.com, b.com, com."""
    labels = name.split(".")
    return tuple(".".join(labels[start:]) for start in range(len(labels)))


def address(text: str) -> Address | None:
    """An IP address; one of the old kind in the clothes of the new is the old one."""
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found
