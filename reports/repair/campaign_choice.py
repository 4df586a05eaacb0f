"""A campaign that is chosen from a list or typed: by its key or by its name."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from attribution.models import Campaign, Company
from attribution.utm import tidy

MOST_OFFERED = 500
MOST_NAMED = 5  # of several campaigns of one name


class Offered(NamedTuple):
    """A choice of the list: what is typed, and what it is called."""

    key: str
    name: str


class Unknown(ValueError):  # noqa: N818 - reads as what is the matter
    """No campaign is called so, or several are; the text says what to write instead."""


def offered(company: Company) -> list[Offered]:
    """The campaigns to choose from, the newest that persons made first; others can be typed."""
    newest = _live(company).exclude(status=Campaign.Status.ARCHIVED).order_by("discovered", "-pk")
    return [Offered(*row) for row in newest.values_list("key", "name")[:MOST_OFFERED]]


def _live(company: Company) -> "QuerySet[Campaign]":
    return Campaign.objects.filter(company=company, withdrawn=False, merged_into__isnull=True)


@dataclass(frozen=True)
class Typed:
    """The company's campaigns that some texts may mean."""

    by_key: dict[str, Campaign]
    by_name: dict[str, list[Campaign]]

    def find(self, text: str) -> Campaign:
        """The campaign of this key, else the only one of this name. Raises Unknown."""
        campaign = self.by_key.get(tidy(text))
        named = [campaign] if campaign else self.by_name.get(text.strip().casefold(), [])
        if len(named) > 1:
            raise Unknown(_several(text, named))
        if not named:
            raise Unknown(
                _("No campaign is called “%(text)s”. Choose one of the list.")
                % {"text": text.strip()[:100]}
            )
        if named[0].merged_into is not None:
            raise Unknown(
                _("“%(campaign)s” was merged into “%(other)s”. Choose that one.")
                % {"campaign": named[0].name, "other": named[0].merged_into.name}
            )
        return named[0]


def _several(text: str, named: list[Campaign]) -> str:
    keys = ", ".join(one.key for one in named[:MOST_NAMED])
    return _(
        "%(number)s campaigns are called “%(text)s”. Write the utm_campaign of one: %(keys)s"
    ) % {
        "number": len(named),
        "text": text.strip()[:100],
        "keys": keys,
    }


def typed(company: Company, texts: Iterable[str]) -> Typed:
    """Look up what was typed, in two queries at most however much it is."""
    given = {text.strip() for text in texts} - {""}
    if not given:
        return Typed({}, {})
    rows = Campaign.objects.filter(company=company, withdrawn=False)
    with_key = rows.filter(key__in=set(map(tidy, given))).select_related("merged_into")
    by_key = {one.key: one for one in with_key}
    names = {text.casefold() for text in given if tidy(text) not in by_key}
    by_name: dict[str, list[Campaign]] = {}
    if names:
        # Compared here: databases differ in what capitals are in other scripts.
        for one in _live(company).only("pk", "key", "name").order_by("key"):
            if one.name.casefold() in names:
                by_name.setdefault(one.name.casefold(), []).append(one)
    return Typed(by_key, by_name)
