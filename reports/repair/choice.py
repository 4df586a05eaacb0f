"""The campaigns that a person may choose: offered in a list, found by key or by name."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from attribution.models import Campaign, Company
from attribution.utm import tidy

MOST_OFFERED = 500
MOST_NAMED = 5  # of several campaigns of one name


class NotFound(ValueError):  # noqa: N818 - reads as what is the matter
    """No campaign, or more than one, is called so; the text says what to write instead."""


class Offered(NamedTuple):
    """A choice of the list: what is typed, and what it is called."""

    key: str
    name: str


def offered(company: Company) -> list[Offered]:
    """The campaigns to choose from, the newest that persons made first; others can be typed."""
    rows = Campaign.objects.filter(company=company, withdrawn=False, merged_into__isnull=True)
    newest = rows.exclude(status=Campaign.Status.ARCHIVED).order_by("discovered", "-pk")
    return [Offered(*row) for row in newest.values_list("key", "name")[:MOST_OFFERED]]


@dataclass(frozen=True)
class Typed:
    """The company's campaigns that some texts may mean, looked up at once."""

    by_key: dict[str, Campaign]
    by_name: dict[str, list[Campaign]]

    def find(self, text: str) -> Campaign:
        """The campaign of this key, else the only one of this name. Raises NotFound."""
        found = self.by_key.get(tidy(text))
        return _live(found) if found is not None else self._called(text.strip())

    def _called(self, name: str) -> Campaign:
        same = self.by_name.get(name.casefold(), [])
        if not same:
            raise NotFound(
                _("No campaign is called “%(name)s”. Choose one of the list.")
                % {"name": name[:100]}
            )
        if len(same) > 1:
            keys = ", ".join(one.key for one in same[:MOST_NAMED])
            raise NotFound(
                _("%(number)s campaigns are called “%(name)s”. Write the key of one: %(keys)s")
                % {"number": len(same), "name": name[:100], "keys": keys}
            )
        return same[0]


def typed(company: Company, texts: Iterable[str]) -> Typed:
    """What these texts may mean, in two queries however many they are."""
    given = {text.strip() for text in texts} - {""}
    if not given:
        return Typed({}, {})
    rows = Campaign.objects.filter(company=company, withdrawn=False)
    found = rows.filter(key__in=set(map(tidy, given))).select_related("merged_into")
    by_key = {one.key: one for one in found}
    names = {text.casefold() for text in given if tidy(text) not in by_key}
    return Typed(by_key, _called(company, names) if names else {})


def find(company: Company, text: str) -> Campaign:
    """The one campaign that a text means. Raises NotFound."""
    return typed(company, [text]).find(text)


def _called(company: Company, names: set[str]) -> dict[str, list[Campaign]]:
    """Names are compared here: databases differ in what capitals are in other scripts."""
    rows = Campaign.objects.filter(company=company, withdrawn=False, merged_into__isnull=True)
    found: dict[str, list[Campaign]] = defaultdict(list)
    for campaign in rows.order_by("key").iterator():
        if campaign.name.casefold() in names:
            found[campaign.name.casefold()].append(campaign)
    return found


def _live(campaign: Campaign) -> Campaign:
    if campaign.merged_into is not None:
        raise NotFound(
            _("“%(campaign)s” was merged into “%(other)s”. Choose that one.")
            % {"campaign": campaign.name, "other": campaign.merged_into.name}
        )
    return campaign
