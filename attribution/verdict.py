"""Where a lead counts: its tidy values, and what persons have decided about such values.

Plain functions, no database. Whoever asks where a lead or some spend belongs (capture, imports,
a repair's preview and its undo, the test box) asks here, so all of them give one answer. In this
order, the first that speaks decides:

1. source and medium: the first rule of each on the tidy value, else the tidy value;
2. campaign: a pin on the reading, else what was given at entry, else the first rule, else the
   campaign of that very name;
3. corrections of the single lead, field by field;
4. merges: a campaign that became part of another counts as that one.

Values are compared as they are: `_` and `%` are ordinary characters, and there are no patterns
beyond "begins with" and "contains".
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from attribution.utm import Reason

NAMED = ("", Reason.FLOOD.value)  # reasons under which a lead names a campaign all the same


class Field(StrEnum):
    """What a rule is about."""

    CAMPAIGN = "campaign"
    SOURCE = "source"
    MEDIUM = "medium"


class How(StrEnum):
    """How a rule's values are compared with a lead's."""

    EXACT = "exact"  # it is one of them
    PREFIX = "prefix"  # it begins with one of them
    CONTAINS = "contains"


class Tags(NamedTuple):
    """What a lead was captured as: tidy values, and why they name no campaign (or nothing)."""

    source: str
    medium: str
    campaign: str
    reason: str
    given: int | None = None  # the campaign that was chosen at entry, whatever the values say


class Place(NamedTuple):
    """Where it counts: a campaign or the reason why not, and the source and medium of filters."""

    campaign: int | None
    reason: str
    source: str
    medium: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """One rule in force. Values are tidy; of two rules that match, the lower position speaks."""

    id: int
    position: int
    field: Field
    how: How
    values: tuple[str, ...]
    # Of a rule on campaigns. Without a reason it speaks of leads that name a campaign.
    only_reason: str = ""
    only_source: str = ""  # as the rules on sources leave it; empty: any
    only_medium: str = ""
    campaign: int | None = None  # none: the leads are left without a campaign
    text: str = ""  # what a source or medium becomes

    def matches(self, value: str) -> bool:
        match self.how:
            case How.EXACT:
                return value in self.values
            case How.PREFIX:
                return value.startswith(self.values)
            case How.CONTAINS:
                return any(one in value for one in self.values)


@dataclass(frozen=True, slots=True)
class PinLine:
    """A person's decision about the leads of one reading, whatever the rules say."""

    id: int
    campaign: int | None  # none: they are left without a campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionLine:
    """A person's decision about one lead; what is None or not set stays as it is."""

    source: str | None = None
    medium: str | None = None
    sets_campaign: bool = False
    campaign: int | None = None


class Verdict(NamedTuple):
    """A place, and the ids of the rules and the pin that led to it."""

    place: Place
    source_rule: int | None = None
    medium_rule: int | None = None
    campaign_rule: int | None = None
    pin: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict in words for the test box: what spoke, and what would have spoken later."""

    verdict: Verdict
    spoke: tuple[RuleLine, ...]
    silent: tuple[RuleLine, ...]  # matched too, but another came first


class Unmade(KeyError):  # noqa: N818 - reads as what is the matter
    """These values need a campaign of this key, and there is none."""


class MergesInACircle(ValueError):  # noqa: N818 - reads as what is the matter
    """A campaign would become part of itself."""


@dataclass(frozen=True)
class Rulebook:
    """What is in force in one company: rules, campaigns by their key, and merges."""

    rules: Sequence[RuleLine] = ()
    by_key: Mapping[str, int] = field(default_factory=dict)
    merged: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        exact: dict[tuple[Field, str], list[RuleLine]] = defaultdict(list)
        others: dict[Field, list[RuleLine]] = defaultdict(list)
        for rule in sorted(self.rules, key=lambda rule: (rule.position, rule.id)):
            if rule.how is How.EXACT:
                for value in set(rule.values):
                    exact[rule.field, value].append(rule)
            else:
                others[rule.field].append(rule)
        object.__setattr__(self, "_exact", dict(exact))
        object.__setattr__(self, "_others", dict(others))

    @cached_property
    def campaigns(self) -> frozenset[int]:
        """All campaigns that are not withdrawn."""
        return frozenset(self.by_key.values())

    _exact: Mapping[tuple[Field, str], list[RuleLine]] = field(init=False, repr=False)
    _others: Mapping[Field, list[RuleLine]] = field(init=False, repr=False)

    def matching(self, about: Field, value: str) -> list[RuleLine]:
        """All rules on this field that match the value, in their order. An empty value has none
        but the rules that name it."""
        found = list(self._exact.get((about, value), ()))
        if value:
            found += [rule for rule in self._others.get(about, ()) if rule.matches(value)]
        return sorted(found, key=lambda rule: (rule.position, rule.id))

    def final(self, campaign: int | None) -> int | None:
        """The campaign that it has become part of. Raises MergesInACircle."""
        seen: set[int] = set()
        while campaign is not None and campaign in self.merged:
            if campaign in seen:
                raise MergesInACircle(campaign)
            seen.add(campaign)
            campaign = self.merged[campaign]
        return campaign


def verdict(tags: Tags, book: Rulebook, pin: PinLine | None = None) -> Verdict:
    """Where leads of these values count. Raises Unmade."""
    source, source_rule = _become(Field.SOURCE, tags.source, book)
    medium, medium_rule = _become(Field.MEDIUM, tags.medium, book)
    rule = None
    if pin is None and tags.given is None:
        rule = next(_campaign_rules(tags, source, medium, book), None)
    if pin is not None:
        campaign = pin.campaign
    elif tags.given is not None:
        campaign = tags.given
    elif rule is not None:
        campaign = rule.campaign
    elif tags.reason:
        campaign = None
    elif tags.campaign in book.by_key:
        campaign = book.by_key[tags.campaign]
    else:
        raise Unmade(tags.campaign)
    return Verdict(
        _place(book.final(campaign), tags.reason, source, medium),
        *(one.id if one is not None else None for one in (source_rule, medium_rule, rule, pin)),
    )


def settle(
    found: Verdict, reason: str, corrections: Iterable[CorrectionLine], book: Rulebook
) -> Place:
    """Where one lead counts that persons have corrected, the latest correction last; `reason` is
    the one that it was captured with."""
    campaign, _, source, medium = found.place
    for one in corrections:
        source = source if one.source is None else one.source
        medium = medium if one.medium is None else one.medium
        campaign = one.campaign if one.sets_campaign else campaign
    return _place(book.final(campaign), reason, source, medium)


def explain(tags: Tags, book: Rulebook) -> Explanation:
    """The verdict, and every rule that matched. Raises Unmade."""
    found = verdict(tags, book)
    matching = [
        *book.matching(Field.SOURCE, tags.source),
        *book.matching(Field.MEDIUM, tags.medium),
        *_campaign_rules(tags, found.place.source, found.place.medium, book),
    ]
    speaking = {found.source_rule, found.medium_rule, found.campaign_rule}
    return Explanation(
        found,
        tuple(rule for rule in matching if rule.id in speaking),
        tuple(rule for rule in matching if rule.id not in speaking),
    )


def _become(about: Field, value: str, book: Rulebook) -> tuple[str, RuleLine | None]:
    """What the first rule makes of a source or medium. Once: a result is not matched again."""
    rule = next(iter(book.matching(about, value)), None)
    return (value, None) if rule is None else (rule.text, rule)


def _campaign_rules(tags: Tags, source: str, medium: str, book: Rulebook) -> Iterator[RuleLine]:
    """The rules on campaigns that match and whose conditions hold, in their order.

    A rule on a name never decides about leads whose tag is broken or names two campaigns, unless
    it says so.
    """
    for rule in book.matching(Field.CAMPAIGN, tags.campaign):
        meant = tags.reason == rule.only_reason if rule.only_reason else tags.reason in NAMED
        if meant and rule.only_source in ("", source) and rule.only_medium in ("", medium):
            yield rule


def _place(campaign: int | None, reason: str, source: str, medium: str) -> Place:
    """Without a campaign its own reason stays; a lead that names one was set so by a person."""
    why = "" if campaign is not None else reason or Reason.BY_PERSON.value
    return Place(campaign, why, source, medium)
