"""What a person asks for, before anything is worked out. As JSON it waits in a draft."""

from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, NamedTuple

from attribution.verdict import Field, How


class Action(StrEnum):
    """What becomes of a group of the queue."""

    ASSIGN = "assign"  # its leads count for a campaign
    MAKE = "make"  # a campaign is made of it; a discovered one is looked at
    LEAVE = "leave"  # its leads stay without a campaign, and it leaves the queue
    MERGE = "merge"  # a discovered campaign becomes part of another


class GroupKey(NamedTuple):
    """A group of the queue: why it is there and the tidy values that its leads have in common.

    Source and medium tell groups apart only where no campaign is named.
    """

    why: str  # a `Reason`, or DISCOVERED
    campaign: str
    source: str = ""
    medium: str = ""


DISCOVERED = "discovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChoice:
    """What is to become of one group; `future`: as a rule, for leads to come as well."""

    group: GroupKey
    action: Action
    campaign: int | None = None  # of ASSIGN and MERGE
    name: str = ""  # of MAKE
    channel: str = ""
    future: bool = False


@dataclass(frozen=True, slots=True)
class RepairGroups:
    choices: tuple[GroupChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameChoice:
    """What is to become of a name that spend stands under, and of all that comes under it."""

    key: str  # tidy
    action: Action  # ASSIGN, by a rule, or MAKE
    campaign: int | None = None  # of ASSIGN
    name: str = ""  # of MAKE
    channel: str = ""


@dataclass(frozen=True, slots=True)
class RepairNames:
    """No lead need have come under these names: they are those of unmatched spend."""

    choices: tuple[NameChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """What a rule is to say. Values are as a person wrote them; they are tidied when saved."""

    field: Field
    how: How
    values: tuple[str, ...]
    only_reason: str = ""
    only_source: str = ""
    only_medium: str = ""
    campaign: int | None = None
    text: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SaveRule:
    """A new rule, at the end of its list, or another wording of one that is there."""

    text: RuleText
    rule: int | None = None


@dataclass(frozen=True, slots=True)
class MoveRule:
    """One place up or down in its list."""

    rule: int
    up: bool


@dataclass(frozen=True, slots=True)
class SwitchRule:
    """Off, or on again."""

    rule: int
    on: bool = False


@dataclass(frozen=True, slots=True)
class ShipRules:
    """Add the rules that come with the program and are not there yet."""


@dataclass(frozen=True, slots=True)
class Merge:
    """These campaigns become part of another."""

    sources: tuple[int, ...]
    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct:
    """These leads count as said; None leaves a column as it is."""

    leads: tuple[int, ...]
    source: str | None = None
    medium: str | None = None
    sets_campaign: bool = False
    campaign: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Earlier leads that carry the campaign's name and have no campaign count for it."""

    campaign: int


@dataclass(frozen=True, slots=True)
class EditCampaign:
    """Columns of one campaign, as text; no lead moves by it."""

    campaign: int
    values: tuple[tuple[str, str], ...]  # column of CampaignChange → its new value


@dataclass(frozen=True, slots=True)
class EditCampaigns:
    """The same of many at once: one repair, which is undone as a whole."""

    title: str
    edits: tuple[tuple[int, tuple[tuple[str, str], ...]], ...]  # of campaigns, each once


@dataclass(frozen=True, slots=True)
class Undo:
    repair: int


Intent = (
    RepairGroups
    | RepairNames
    | SaveRule
    | MoveRule
    | SwitchRule
    | ShipRules
    | Merge
    | Correct
    | Claim
    | EditCampaign
    | EditCampaigns
    | Undo
)
_KINDS = {kind.__name__: kind for kind in Intent.__args__}


def to_json(intent: Intent) -> dict[str, Any]:
    return {"kind": type(intent).__name__, **asdict(intent)}


def from_json(found: dict[str, Any]) -> Intent:
    """The intent that `to_json` wrote, also after a database has kept it."""
    values = {name: value for name, value in found.items() if name != "kind"}
    kind = _KINDS[found["kind"]]
    if kind is RepairGroups:
        return RepairGroups(tuple(map(_choice, values["choices"])))
    if kind is RepairNames:
        return RepairNames(tuple(map(_name_choice, values["choices"])))
    if kind is SaveRule:
        return SaveRule(_rule_text(values["text"]), values["rule"])
    made = {
        one.name: _tuples(values[one.name])
        if isinstance(values[one.name], list | tuple)
        else values[one.name]
        for one in fields(kind)
    }
    intent: Intent = kind(**made)
    return intent


def _choice(found: dict[str, Any]) -> GroupChoice:
    group, action = GroupKey(*found["group"]), Action(found["action"])
    return GroupChoice(**found | {"group": group, "action": action})


def _name_choice(found: dict[str, Any]) -> NameChoice:
    return NameChoice(**found | {"action": Action(found["action"])})


def _rule_text(found: dict[str, Any]) -> RuleText:
    values = tuple(found["values"])
    field, how = Field(found["field"]), How(found["how"])
    return RuleText(**found | {"values": values, "field": field, "how": how})


def _tuples(found: Any) -> Any:
    return tuple(map(_tuples, found)) if isinstance(found, list | tuple) else found
