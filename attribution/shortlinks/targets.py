"""Where a short link may lead, and how its values get there: plain functions, no database.

What a browser is sent is always an ASCII address in one shape, so that the host that was checked is
the host that every browser reads.
"""

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote, unquote_plus, urlencode

from django.core.exceptions import ValidationError
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext_lazy as _

ADDRESS = re.compile(r"(?i:https)://([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?")
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label begins with a letter: numbers are addresses of machines, in many disguises.
HOST = re.compile(rf"(?:{LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]")
LONGEST_HOST = 253
LONGEST_TARGET = 2000
# As Django writes a Location header; what is not in it is sent percent-encoded.
LEFT_AS_IT_IS = "/%[]=:;$&()+,!?*@'~"


def clean_target(address: str) -> str:
    """The address as browsers are sent it; anything but a plain https page is refused."""
    if any(not c.isprintable() or c in " \\" for c in address):
        raise ValidationError(
            _("“%(address)s” holds a blank, a backslash or an invisible character. Write %%20."),
            params={"address": address[:100]},
        )
    found = ADDRESS.fullmatch(address)
    if found is None:
        raise ValidationError(
            _("“%(address)s” is no whole address. Write it as https://www.example.com/page."),
            params={"address": address[:100]},
        )
    host, path, query, fragment = found.groups(default="")
    cleaned = f"https://{clean_host(host)}{iri_to_uri((path or '/') + query + fragment)}"
    if len(cleaned) > LONGEST_TARGET:
        raise ValidationError(
            _("The address has %(length)s characters, of which %(most)s are allowed."),
            params={"length": len(cleaned), "most": LONGEST_TARGET},
        )
    return cleaned


def clean_host(text: str) -> str:
    """A host name in small ASCII letters; no user name, port, number address or final dot."""
    host = text.lower()
    if not host.isascii():
        host = _ascii_form(host)
    if len(host) > LONGEST_HOST or not HOST.fullmatch(host):
        raise ValidationError(
            _(
                "“%(host)s” is no host name. Write it as www.example.com: no user name, no port, "
                "no number address."
            ),
            params={"host": text[:100]},
        )
    return host


def _ascii_form(host: str) -> str:
    """Only where it stands for these very letters: the old rules make “ss” of “ß”."""
    try:
        found = host.encode("idna")
        if found.decode("idna") == host:
            return found.decode()
    except UnicodeError:
        pass
    raise ValidationError(
        _("“%(host)s”: write this host in its ASCII form, which begins with xn--."),
        params={"host": host[:100]},
    )


def clean_entry(text: str) -> str:
    """An entry of a list of hosts: a host, or `.example.com` for it and all hosts below it."""
    return "." * text.startswith(".") + clean_host(text.removeprefix("."))


def entries_for(host: str) -> list[str]:
    """The entries that allow a host, any of which is enough."""
    labels = host.split(".")
    return [host, *("." + ".".join(labels[n:]) for n in range(len(labels) - 1))]


def host_of(target: str) -> str:
    """The host of a clean target."""
    return target.removeprefix("https://").partition("/")[0]


def is_short_link(target: str) -> bool:
    """Whether the path of a clean target is one of ours, however it is written."""
    path = "/" + re.split("[?#]", target.removeprefix("https://"), maxsplit=1)[0].partition("/")[2]
    return posixpath.normpath("/" + unquote(path).lstrip("/")).startswith("/l/")


def sent_query(raw: str) -> str:
    """The visitor's query as the server hands it on (bytes as Latin-1), for a Location header."""
    return quote(raw.encode("latin-1", "replace"), safe=LEFT_AS_IT_IS)


def with_values(target: str, query: str, values: Mapping[str, str]) -> str:
    """The target with the visitor's query, letter by letter and in its order, and UTM values.

    Each UTM parameter comes from one place, or it would name two campaigns: from the link's values,
    else from the visitor's query, else from the target.
    """
    page, mark, fragment = target.partition("#")
    page, __, own = page.partition("?")
    visitors = _parameters(query)
    asked = {name for name in map(_name, visitors) if name.startswith("utm_")}
    kept = [one for one in _parameters(own) if _name(one) not in asked | set(values)]
    kept += [one for one in visitors if _name(one) not in values]
    whole = "&".join([*kept, *filter(None, [urlencode(values, quote_via=quote)])])
    return f"{page}?{whole}{mark}{fragment}" if whole else f"{page}{mark}{fragment}"


def _parameters(query: str) -> list[str]:
    return [one for one in query.split("&") if one]


def _name(parameter: str) -> str:
    return unquote_plus(parameter.partition("=")[0]).casefold()
