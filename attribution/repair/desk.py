"""Where the items of one repair are put together, and what is refused there."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from attribution.models import Campaign, Company
from attribution.repair import columns, law
from attribution.repair.columns import Column
from attribution.repair.items import ChangeItem, Collected, Items, NewCampaign, RuleItem
from attribution.utm import KEY_LIMIT
from attribution.verdict import RuleLine


class Refused(Exception):  # noqa: N818 - reads as what is the matter
    """What is asked for cannot be done; the text says why and what to do instead."""


class Asked(NamedTuple):
    """A repair before anybody knows what it moves."""

    kind: str
    title: str
    items: Items


@dataclass
class Desk:
    """Where the items of one repair are put together."""

    company: Company

    def __post_init__(self) -> None:
        self.made = Collected()
        self.rules = law.rules(self.company)

    def campaign(self, pk: int | None) -> Campaign:
        """A campaign that leads may be sent to."""
        found = Campaign.objects.filter(company=self.company, pk=pk, withdrawn=False).first()
        if found is None:
            raise Refused(_("This campaign is not there any more. Choose another one."))
        if found.merged_into is not None:
            raise Refused(
                _("“%(name)s” has become part of “%(into)s”. Choose that one.")
                % {"name": found.name, "into": found.merged_into.name}
            )
        return found

    def change(self, campaign: Campaign, column: str, new: str) -> None:
        old = columns.text_of(campaign, column)
        if old != new:
            self.made.changes.append(ChangeItem(campaign.pk, column, old, new))

    def new_campaign(self, key: str, name: str, channel: str) -> int:
        """The id of a campaign that is made now, or taken up again where its making was undone."""
        if not key:
            raise Refused(_("Write a name with at least one letter or digit."))
        if len(key) > KEY_LIMIT:
            raise Refused(
                _("A name has at most %(limit)s characters: “%(name)s…” has more.")
                % {"limit": KEY_LIMIT, "name": name[:40]}
            )
        there = Campaign.objects.filter(company=self.company, key=key).first()
        if there is not None and not there.withdrawn:
            raise Refused(
                _("There is a campaign “%(name)s” already. Assign the leads to it instead.")
                % {"name": there.name}
            )
        if there is not None and there.merged_into is not None:
            raise Refused(
                _("“%(name)s” was made before and has become part of “%(into)s”. Choose that one.")
                % {"name": key, "into": there.merged_into.name}
            )
        if any(one.key == key for one in self.made.makes):
            raise Refused(
                _("Two groups are to become a campaign “%(name)s”. Make it of one, then assign.")
                % {"name": key}
            )
        name = name[:200]
        pk = there.pk if there else -1 - len(self.made.makes)
        self.made.makes.append(NewCampaign(pk, key, name, channel))
        # What is under these decisions is what a lead of this name would have made.
        below = {Column.NAME: key[:200], Column.CHANNEL: "", Column.DISCOVERED: columns.YES}
        decided = {Column.NAME: name, Column.CHANNEL: channel, Column.DISCOVERED: ""}
        for column, old in below.items():
            self.made.changes.append(ChangeItem(pk, column.value, old, decided[column]))
        return pk

    def rule(self, line: RuleLine, note: str = "") -> None:
        """A new rule, the last of its list."""
        known = [*self.rules, *self.made.rules]
        last = max((r.line.position for r in known if r.line.field is line.field), default=0)
        number = -1 - sum(item.line.id < 0 for item in self.made.rules)
        self.made.rules.append(with_line(RuleItem(line, note=note), id=number, position=last + 1))

    def asked(self, kind: str, title: str) -> Asked:
        return Asked(kind, title, self.made.items())


def with_line(item: RuleItem, **values: Any) -> RuleItem:
    return item._replace(line=replace(item.line, **values))
