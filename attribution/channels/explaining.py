"""How a landing link and its referrer would be read, with everything that is odd about them."""

import csv
import re
from collections.abc import Iterator
from typing import Any

from attribution.channels.clicks import CLICKS
from attribution.channels.hosts import address_of
from attribution.channels.links import (
    FIELD_OF,
    IN_FRONT,
    PARAMETERS,
    READ_AT_MOST,
    campaigns_named,
    captured_from_link,
    is_of_another_coding,
    written_values,
)
from attribution.channels.origins import ChannelLaw
from attribution.channels.sites import is_gateway, site_of
from attribution.utm import Captured, is_broken, read, tidy

RAW_LENGTH = 500
_HEADINGS = frozenset(
    ("url", "landing", "landing_url", "landing url", "landing_page", "landing page", "link")
)
_REFERRER_BEGINS = re.compile(r",\s*(?=[a-z][a-z0-9+.-]{1,20}:(?://)?)", re.I)
_UTM_LIKE = re.compile(r"[\W_]*(?:utm|umt|tum)", re.I)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]{2,}")


def split_line(line: str) -> tuple[str, str]:
    """Landing link and referrer of one line: between them a tab, or a comma as in CSV. A comma
    inside an address is the address's own where a comma before another address follows."""
    line = line.strip("\r\n\ufeff")
    if "\t" in line:
        landing, referrer, *__ = line.split("\t")
        return _unquoted(landing), _unquoted(referrer)
    if line.lstrip().startswith('"') and line.count('"') % 2 == 0:
        try:
            cells = next(csv.reader([line], skipinitialspace=True), [""])
        except csv.Error:
            cells = [line]
        return cells[0].strip(), cells[1].strip() if len(cells) > 1 else ""
    places = list(_REFERRER_BEGINS.finditer(line, 1))
    if places:
        return line[: places[-1].start()].strip(), _unquoted(line[places[-1].end() :])
    landing, comma, rest = line.rpartition(",")
    if comma and (not rest.strip() or ("=" not in rest and address_of(rest.strip()).host)):
        return landing.strip(), _unquoted(rest)
    return line.strip(), ""


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def is_heading(landing: str) -> bool:
    """Whether a first line names its columns."""
    return landing.strip().casefold() in _HEADINGS


def explained(landing: str, referrer: str, law: ChannelLaw) -> dict[str, Any]:
    """As JSON: raw and tidy values, click ids, source, medium, campaign, channel, and why."""
    found = captured_from_link(landing)
    clicks = {name: _stored(value) for name, value in found.pop("click_ids", {}).items()}
    raw = {f"utm_{name}": _stored(found.get(f"utm_{name}", "")) for name in PARAMETERS}
    captured = Captured(
        **raw, click_ids=clicks, referrer=referrer[:READ_AT_MOST], landing_page=landing
    )
    values = read(captured)
    visit, because = law.visit(captured)
    origin = law.origin(captured)
    return {
        "landing_page": landing[:READ_AT_MOST],
        "referrer": referrer[:READ_AT_MOST],
        "raw": raw,
        "tidy": {name: tidy(raw[f"utm_{name}"]) for name in PARAMETERS},
        "click_ids": clicks,
        "platforms": {name: CLICKS[name].platform for name in clicks},
        "source": origin.origin,
        "medium": visit.medium,
        "campaign": values.campaign,
        "channel": origin.channel,
        "reason": values.reason,
        "why": origin.why,
        "problems": list(_problems(landing[:READ_AT_MOST], captured, because, len(landing))),
    }


def _stored(value: str) -> str:
    """As a lead keeps it."""
    if not value.isprintable():
        value = "".join(c for c in value if c.isprintable())
    return value[:RAW_LENGTH]


def _problems(landing: str, captured: Captured, because: str, length: int) -> Iterator[str]:
    if length > READ_AT_MOST:
        yield f"The link has {length:,} characters; only the first {READ_AT_MOST:,} are read."
    if not landing.strip():
        yield "There is no landing link."
    elif not (host := address_of(landing).host):
        yield "The landing link has no host of the web."
    elif is_gateway(site_of(host)):
        yield "A mail gateway has wrapped the link: what stands inside it is not read."
    for name in PARAMETERS:
        value = getattr(captured, f"utm_{name}")
        if value and is_broken(value):
            yield f"utm_{name}: the placeholder “{value[:60]}” is not filled in."
        elif re.search(r"%[0-9a-f]{2}", value, re.I):
            fault = "not encoded as UTF-8" if is_of_another_coding(value) else "encoded twice"
            yield f"utm_{name}: “{value[:60]}” is {fault}."
        if len(value) == RAW_LENGTH:
            yield f"utm_{name} is cut after {RAW_LENGTH} characters."
    campaigns = {tidy(name[:RAW_LENGTH]) for name in campaigns_named(landing)}
    if len(campaigns) > 1:
        yield f"The link names {len(campaigns)} campaigns."
    yield from _odd_names(landing)
    if "?" not in landing and re.search(r"(?:&|%3f)(?:utm|mtm|pk)_", landing, re.I):
        yield "There is no “?” before the first parameter."
    if "@" in landing and any(map(_EMAIL.fullmatch, _around_ats(landing.partition("?")[2]))):
        yield "The link holds an e-mail address."
    if because in _DROPPED:
        yield _DROPPED[because]


_DROPPED = {
    "own": "The referrer is an own page, and so no referrer.",
    "payment": "The referrer is a payment provider, and so no referrer.",
    "signin": "The referrer is a sign-in page, and so no referrer.",
    "unreadable": "The referrer is no address of the web.",
}


def _around_ats(query: str) -> Iterator[str]:
    """What may be addresses: the values in which there is one @."""
    return (value for value in re.split(r"[?#&=;/,:\s]+", query) if value.count("@") == 1)


def _odd_names(landing: str) -> Iterator[str]:
    seen: set[str] = set()
    for name, __ in written_values(landing):
        lower = name.strip(IN_FRONT).casefold()
        if lower in seen or len(seen) > 20:
            continue
        seen.add(lower)
        if lower.startswith("amp;"):
            yield f"“&amp;” stands where “&” belongs, before {lower[4:64]}."
        elif _UTM_LIKE.match(lower) and lower not in FIELD_OF:
            yield f"“{name[:60]}” is no parameter that is read."
