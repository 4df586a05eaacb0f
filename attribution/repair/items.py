"""The items of a repair before they are saved. New rows have negative ids until then."""

from dataclasses import dataclass, field
from typing import NamedTuple

from attribution.verdict import CorrectionLine, RuleLine


class NewCampaign(NamedTuple):
    """A campaign that a person makes before any lead has."""

    id: int  # negative
    key: str
    name: str
    channel: str


class RuleItem(NamedTuple):
    """What a rule says from now on; `line.id` is the rule's, negative for a new one."""

    line: RuleLine
    is_off: bool = False
    note: str = ""


class PinItem(NamedTuple):
    reading: int
    campaign: int | None


class CorrectionItem(NamedTuple):
    lead: int
    source: str | None = None
    medium: str | None = None
    sets_campaign: bool = False
    campaign: int | None = None

    @property
    def line(self) -> CorrectionLine:
        return CorrectionLine(
            source=self.source,
            medium=self.medium,
            sets_campaign=self.sets_campaign,
            campaign=self.campaign,
        )


class ChangeItem(NamedTuple):
    """A column of a campaign, as text."""

    campaign: int
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Items:
    """Everything that one repair decides."""

    rules: tuple[RuleItem, ...] = ()
    pins: tuple[PinItem, ...] = ()
    corrections: tuple[CorrectionItem, ...] = ()
    changes: tuple[ChangeItem, ...] = ()
    makes: tuple[NewCampaign, ...] = ()


@dataclass(slots=True)
class Collected:
    """Items while they are being put together."""

    rules: list[RuleItem] = field(default_factory=list)
    pins: list[PinItem] = field(default_factory=list)
    corrections: list[CorrectionItem] = field(default_factory=list)
    changes: list[ChangeItem] = field(default_factory=list)
    makes: list[NewCampaign] = field(default_factory=list)

    def items(self) -> Items:
        return Items(
            tuple(self.rules),
            tuple(self.pins),
            tuple(self.corrections),
            tuple(self.changes),
            tuple(self.makes),
        )
