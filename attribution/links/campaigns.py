"""The campaigns of one company, as links name them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from attribution.links.counted import book_for_links, with_new
from attribution.models import Campaign, Company
from attribution.suggest import Candidate, Suggester, Suggestion, Why
from attribution.utm import tidy
from attribution.verdict import Rulebook

MOST_OFFERED = 500


@dataclass(frozen=True)
class Known:
    """One campaign: its key, and the name that people know it by."""

    key: str
    name: str
    discovered: bool = False  # made of a lead's value; no person has looked at it yet
    id: int = 0

    def __str__(self) -> str:
        return self.name


class KnownCampaigns:
    """Finds campaigns by key, by name, and by a key that is nearly theirs.

    `book` says for which of them a lead would count; without one, for that of its own name.
    """

    def __init__(self, campaigns: list[Known], book: Rulebook | None = None) -> None:
        self.by_key = {one.key: one for one in campaigns}
        self.by_id = {one.id: one for one in campaigns}
        self.book = book or with_new(Rulebook(), {one.key: one.id for one in campaigns})
        self.by_name: dict[str, list[Known]] = defaultdict(list)
        for one in campaigns:
            self.by_name[one.name.casefold()].append(one)

    def called(self, text: str) -> list[Known]:
        """The campaign of this key; else all of this name, which need not be unique."""
        found = self.by_key.get(tidy(text))
        return [found] if found else self.by_name.get(text.strip().casefold(), [])

    def close_to(self, name: str) -> Known | None:
        """Another campaign that may be meant. Of several equally near ones, one of them.

        Those that a person has looked at come first: a misspelt name that leads have brought in
        would make its misspelt words look right.
        """
        for suggester in self._suggesters:
            found = suggester.suggest(tidy(name))
            if isinstance(found, Suggestion):
                near = found.candidate.text
            elif found.why is Why.TIE:
                near = found.nearest[0].text
            else:
                continue
            return self.by_key[near] if near != tidy(name) else None
        return None

    @cached_property
    def _suggesters(self) -> tuple[Suggester, Suggester]:
        looked_at = [one for one in self.by_key.values() if not one.discovered]
        return _suggester_of(looked_at), _suggester_of(self.by_key.values())


def _suggester_of(campaigns: Iterable[Known]) -> Suggester:
    return Suggester(Candidate(one.key, one.key) for one in campaigns)


def campaigns_of(company: Company) -> KnownCampaigns:
    """Also those that have become part of another: links with their names are still about."""
    rows = Campaign.objects.filter(company=company, withdrawn=False).order_by("key")
    known = [Known(*row) for row in rows.values_list("key", "name", "discovered", "pk")]
    return KnownCampaigns(known, book_for_links(company))


def offered(company: Company) -> list[Known]:
    """The campaigns to choose from, the newest that people made first; others can be typed."""
    live = Campaign.objects.filter(company=company, withdrawn=False, merged_into__isnull=True)
    rows = live.exclude(status=Campaign.Status.ARCHIVED)
    newest = rows.order_by("discovered", "-pk").values_list("key", "name")[:MOST_OFFERED]
    return [Known(key, name) for key, name in newest]
