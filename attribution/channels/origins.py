"""Origin and channel of visits, by the rules and own hosts of a company."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from attribution import scope
from attribution.channels.clicks import CLICKS, deciding
from attribution.channels.conditions import Visit
from attribution.channels.referrers import Referrer, referrer_of
from attribution.channels.rules import SHIPPED_BOOK, ChannelBook, read_rules
from attribution.channels.sites import EMAIL, SEARCH, site_of_source
from attribution.models import ChannelRules, Company
from attribution.prepared import Prepared
from attribution.utm import VALUE_LIMIT, Captured, is_broken, tidy

DIRECT = "(direct)"
NONE = "(none)"
NOT_SET = "(not set)"


class Origin(NamedTuple):
    """Where a visit came from, its channel, and in a short sentence why."""

    origin: str
    channel: str
    why: str


@dataclass(frozen=True)
class ChannelLaw:
    """What decides for one company: its rules, and the hosts that are no referrers."""

    book: ChannelBook = SHIPPED_BOOK
    own_hosts: frozenset[str] = field(default_factory=frozenset)

    def is_that_of(self, other: "ChannelLaw") -> bool:
        """Whether both place every visit alike."""
        return self.book.rules == other.book.rules and self.own_hosts == other.own_hosts

    def origin(self, captured: Captured) -> Origin:
        visit, because = self.visit(captured)
        number, channel = self.book.decide(visit)
        return Origin(visit.source, channel, _why(visit, because, number, channel))

    def visit(self, captured: Captured) -> tuple[Visit, str]:
        """What the rules look at, and what the source was taken from."""
        return _visit(
            _usable(captured.utm_source),
            _usable(captured.utm_medium),
            _usable(captured.utm_campaign),
            deciding(captured.click_ids) if captured.click_ids else "",
            referrer_of(captured.referrer, captured.landing_page, self.own_hosts),
            bool(captured.utm_content or captured.utm_term or captured.utm_id)
            or _has_placeholder(captured),
        )


def places(company: Company, captured: Iterable[Captured]) -> list[Origin]:
    """Origin and channel of each, in the same order."""
    law = law_of(company)
    return [law.origin(one) for one in captured]


def law_of(company: Company) -> ChannelLaw:
    """The rules and own hosts in force now: one small query."""
    scope.require(company.pk)
    return law_from(LAW.rows([company.pk]))


def law_from(found: Iterable[Any]) -> ChannelLaw:
    """What `LAW` gives."""
    rows = list(found)
    __, version, since = rows[0]
    book = SHIPPED_BOOK if version is None else _book(version, since)
    return ChannelLaw(book, frozenset(row[0] for row in rows if row[0]))


def _law() -> QuerySet[Company, tuple[str | None, int | None, datetime | None]]:
    with scope.all_companies():
        latest = ChannelRules.objects.filter(company=OuterRef("pk")).order_by("-pk")
        return (
            Company.objects.filter(pk=0)
            .order_by()
            .values_list(
                "ownhost__host",
                Subquery(latest.values("pk")[:1]),
                Subquery(latest.values("created_at")[:1]),
            )
        )


LAW = Prepared(_law)  # asked for each lead that arrives alone


@lru_cache(maxsize=256)
def _book(version: int, since: datetime) -> ChannelBook:
    """Versions never change, so each is read once. `since` tells databases apart."""
    return ChannelBook(read_rules(ChannelRules.objects.get(pk=version).rules))


@lru_cache(maxsize=16_384)
def _usable(raw: str) -> str:
    """The tidy value; nothing for a placeholder that nobody filled in."""
    return "" if not raw or is_broken(raw) else tidy(raw)[:VALUE_LIMIT]


def _has_placeholder(captured: Captured) -> bool:
    """Whether a tag was there, though nobody filled it in: such a visit is not direct."""
    stated = (captured.utm_source, captured.utm_medium, captured.utm_campaign)
    return any(raw and not _usable(raw) and is_broken(raw) for raw in stated)


@lru_cache(maxsize=32_768)
def _visit(
    source: str, medium: str, campaign: str, click: str, referrer: Referrer, has_more: bool
) -> tuple[Visit, str]:
    said = CLICKS.get(click)
    named, because = source, "utm_source"
    if not named and said and said.is_bought:
        named, because = said.source, click
    if not named and referrer.source:
        named, because = referrer.source, "referrer"
    if not named and said:
        named, because = said.source, click
    if not medium and said and (said.is_bought or because == click) and because != "referrer":
        medium = said.medium
    if because == "referrer":
        site = referrer.site.kind if referrer.site else ""
        medium = medium or {SEARCH: "organic", EMAIL: "email"}.get(site, "referral")
    else:
        found = site_of_source(named) if named else None
        site = found.kind if found else ""
    if not named:
        because = referrer.dropped
        stated = medium or campaign or has_more
        named, medium = (NOT_SET, medium) if stated else (DIRECT, NONE)
    return Visit(named[:VALUE_LIMIT], medium, campaign, site, click), because


_DROPPED = {
    "own": "The referrer is an own page. ",
    "payment": "The referrer is a payment provider. ",
    "signin": "The referrer is a sign-in page. ",
    "unreadable": "The referrer is no web address. ",
}


@lru_cache(maxsize=16_384)
def _why(visit: Visit, because: str, number: int, channel: str) -> str:
    parts = [f"source {visit.source}"]
    if because and because not in _DROPPED:
        parts[0] += f" ({because})"
    if visit.site:
        parts.append(f"a site of kind {visit.site}")
    if visit.medium and visit.medium != NONE:
        parts.append(f"medium {visit.medium}")
    if visit.campaign:
        parts.append(f"campaign {visit.campaign}")
    by = f"rule {number}" if number else "no rule takes it"
    return f"{_DROPPED.get(because, '')}{channel}: {', '.join(parts)}; {by}."
