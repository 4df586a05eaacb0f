"""Which campaign a name of the queue was meant to be: suggestions, worked out once."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from attribution.models import Campaign, Company
from attribution.repair import law
from attribution.suggest import Candidate, Likeness, Refusal, Suggester, Suggestion
from attribution.utm import tidy
from attribution.verdict import Field, How

MOST_REMEMBERED = 20_000  # names, of one company's campaigns


class Offer(NamedTuple):
    """The campaign that a name may stand for."""

    campaign: int
    key: str
    name: str
    percent: int
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Offers:
    """Suggests campaigns of one company that a person has looked at."""

    campaigns: dict[int, tuple[str, str]]  # key and name
    suggester: "Remembering"

    def of(self, value: str) -> Offer | None:
        found = self.suggester.suggest(value)
        if isinstance(found, Refusal):
            return None
        campaign = int(found.candidate.id)
        return Offer(campaign, *self.campaigns[campaign], found.percent, found.likeness)


class Remembering:
    """A suggester that answers the same question once: a page asks about the same names again."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._suggester = Suggester(candidates)
        self._known: dict[str, Suggestion | Refusal] = {}

    def suggest(self, value: str) -> Suggestion | Refusal:
        found = self._known.get(value)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = self._known[value] = self._suggester.suggest(value)
        return found


def offers(company: Company) -> Offers:
    """Candidates are keys and names of live campaigns, and the values that rules send to them.

    Discovered campaigns are none: a misspelt name would make its misspelt words look right.
    """
    looked_at = Campaign.objects.filter(
        company=company, discovered=False, withdrawn=False, merged_into__isnull=True
    )
    rows = list(looked_at.order_by("pk").values_list("pk", "key", "name"))
    known = {pk: (key, name) for pk, key, name in rows}
    candidates = {Candidate(text, pk) for pk, key, name in rows for text in (key, tidy(name))}
    for line in law.lines(law.rules(company)):
        leads_to = line.campaign if line.field is Field.CAMPAIGN else None
        if leads_to in known and leads_to is not None and line.how is How.EXACT:
            candidates |= {Candidate(value, leads_to) for value in line.values if value}
    return Offers(known, _remembering(frozenset(candidates)))


@lru_cache(maxsize=8)
def _remembering(candidates: frozenset[Candidate]) -> Remembering:
    return Remembering(candidates)
