"""Where a lead that comes by a link would count: read as capture reads it, then by the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from attribution.models import Company
from attribution.repair import law
from attribution.utm import Captured, Tidy, captured_from_link, read
from attribution.verdict import Explanation, Place, Rulebook, Tags, explain

NEW = -1  # stands for the campaign that the lead would make


class Names(dict[str, int]):
    """Campaigns by their keys; one that is not there is the one that a lead would make."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> int:
        return NEW


@dataclass(frozen=True)
class Counted:
    """What a link carries, its tidy values, and what decides about them."""

    raw: Captured
    read: Tidy
    explanation: Explanation
    makes_campaign: bool  # also where a rule then sends its leads elsewhere

    @property
    def place(self) -> Place:
        """Its campaign is NEW where the lead would count for the one that it makes."""
        return self.explanation.verdict.place


def book_for_links(company: Company) -> Rulebook:
    book = law.book(company)
    return with_new(book, book.by_key)


def with_new(book: Rulebook, by_key: Mapping[str, int]) -> Rulebook:
    """The rules for links, which may name campaigns that are not there yet."""
    return replace(book, by_key=Names(by_key))


def counted(link: str, book: Rulebook) -> Counted:
    """`book` comes of `with_new`."""
    raw = Captured(**captured_from_link(link), landing_page=link)
    found = read(raw)
    tags = Tags(found.source, found.medium, found.campaign, found.reason)
    makes = not found.reason and book.by_key.get(found.campaign) is None
    return Counted(raw, found, explain(tags, book), makes)
