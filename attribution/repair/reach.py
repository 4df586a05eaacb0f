"""Whom a change may concern: a superset, narrow enough to be looked through lead by lead."""

from collections.abc import Collection, Iterable, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q

from attribution.models import Repair
from attribution.repair.items import Items, RuleItem
from attribution.verdict import Field, How, Rulebook, RuleLine

_COLUMNS = {Field.CAMPAIGN: "campaign", Field.SOURCE: "source", Field.MEDIUM: "medium"}


class Reach(NamedTuple):
    """Readings, and corrected leads, that may count elsewhere."""

    readings: Q | None  # none at all
    campaigns: frozenset[int] = frozenset()  # all that stands there
    names: bool = False  # whether names, and so spend, may belong elsewhere


EVERYTHING = Reach(Q(), names=True)


def reach_of(
    items: Items,
    undone: Repair | None,
    rules_now: Sequence[RuleItem],
    rules_then: Sequence[RuleItem],
    now: Rulebook,
    then: Rulebook,
) -> Reach:
    """Whom a repair or its undoing may send elsewhere."""
    changed = set(rules_now) ^ set(rules_then)
    found = _readings_of(changed)
    # Campaigns that count as another one than before: all that stands there may move.
    merged = {*now.merged, *then.merged}
    ends = {now.final(pk) for pk in merged if now.final(pk) != then.final(pk)}
    if ends:
        found.append(Q(campaign__in=ends))
    if items.pins:
        found.append(Q(pk__in=[pin.reading for pin in items.pins]))
    if undone is not None:
        found.append(Q(pk__in=undone.pins.values("reading")))
    return Reach(
        reduce(or_, found) if found else None,
        frozenset(pk for pk in ends if pk is not None),
        bool(changed or ends or now.by_key != then.by_key),
    )


def _readings_of(rules: Collection[RuleItem]) -> list[Q]:
    """Readings that they have decided about, or would. As few conditions as can be: SQLite takes
    no more than a thousand, and a repair may make a thousand rules."""
    found = []
    for about, column in _COLUMNS.items():
        mine = [rule.line for rule in rules if rule.line.field is about]
        if not mine:
            continue
        exact = {value for line in mine if line.how is How.EXACT for value in line.values}
        found.append(Q(**{f"{column}_rule__in": [line.id for line in mine]}))
        found.append(Q(**{f"{column}_key__in": sorted(exact)}))
        found += [one for line in mine if line.how is not How.EXACT for one in _like(line, column)]
    return found


def _like(line: RuleLine, column: str) -> Iterable[Q]:
    """The database's comparisons may find more than the rule's own, and never less."""
    lookup = "startswith" if line.how is How.PREFIX else "contains"
    return [Q(**{f"{column}_key__{lookup}": value}) for value in line.values]
