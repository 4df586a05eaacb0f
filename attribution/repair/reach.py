"""Whom a change may concern: a superset, narrow enough to be looked through lead by lead."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from attribution.models import Repair
from attribution.repair.items import Items, RuleItem
from attribution.verdict import Field, How, Rulebook

_COLUMNS = {Field.CAMPAIGN: "campaign", Field.SOURCE: "source", Field.MEDIUM: "medium"}
NOBODY = Q(pk__in=())


class Reach:
    """Readings, and corrected leads, that a repair or its undoing may send elsewhere."""

    def __init__(
        self,
        items: Items,
        undone: Repair | None,
        rules_now: Sequence[RuleItem],
        rules_then: Sequence[RuleItem],
        now: Rulebook,
        then: Rulebook,
    ) -> None:
        changed = set(rules_now) ^ set(rules_then)
        lines = list(map(_readings_of, changed))
        # Campaigns that count as another one than before: all that stands there may move.
        ends = {
            now.final(pk) for pk in {*now.merged, *then.merged} if now.final(pk) != then.final(pk)
        }
        self.campaigns = {pk for pk in ends if pk is not None}
        found = [*lines, *([Q(campaign__in=self.campaigns)] if self.campaigns else [])]
        if items.pins:
            found.append(Q(pk__in=[pin.reading for pin in items.pins]))
        if undone is not None:
            found.append(Q(pk__in=undone.pins.values("reading")))
        self.readings = reduce(or_, found, NOBODY)
        self.has_readings = bool(found)
        # Whether names, and so spend, may belong elsewhere.
        self.names = bool(changed or ends or now.by_key != then.by_key)


def _readings_of(rule: RuleItem) -> Q:
    """Readings that it has decided about, or would."""
    column = _COLUMNS[rule.line.field]
    return Q(**{f"{column}_rule": rule.line.id}) | reduce(or_, _matching(rule, f"{column}_key"))


def _matching(rule: RuleItem, column: str) -> Iterable[Q]:
    """The database's comparisons may find more than the rule's own, and never less."""
    if rule.line.how is How.EXACT:
        return [Q(**{f"{column}__in": rule.line.values})]
    lookup = "startswith" if rule.line.how is How.PREFIX else "contains"
    return [Q(**{f"{column}__{lookup}": value}) for value in rule.line.values]
