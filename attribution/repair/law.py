"""What is in force in one company: its rules in order, and what its campaigns are by now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from attribution import scope
from attribution.models import Campaign, Company, RuleVersion
from attribution.prepared import Prepared
from attribution.repair.items import RuleItem
from attribution.verdict import Field, How, Rulebook, RuleLine

# Of a version of a rule, all that it says.
COLUMNS = (
    "rule_id",
    "position",
    "rule__field",
    "how",
    "values",
    "only_reason",
    "only_source",
    "only_medium",
    "campaign_id",
    "text",
    "is_off",
    "note",
)


def rules(company: Company, without: int | None = None) -> list[RuleItem]:
    """What each rule says, by its latest version in force, also when that switches it off.

    `without`: as if this repair had been undone. In the order in which they are asked.
    """
    scope.require(company.pk)
    latest = {
        rule: columns
        for repair, rule, *columns in _VERSIONS.rows([company.pk])
        if repair != without
    }
    return in_order(item_of([rule, *columns]) for rule, columns in latest.items())


def _versions() -> QuerySet[RuleVersion, tuple[Any, ...]]:
    with scope.all_companies():
        versions = RuleVersion.objects.filter(company=0, repair__undone_at__isnull=True)
        return versions.order_by("pk").values_list("repair_id", *COLUMNS)


_VERSIONS = Prepared(_versions)  # this, and merges, are asked for each entry that comes alone


def in_order(items: Iterable[RuleItem]) -> list[RuleItem]:
    return sorted(items, key=lambda item: (item.line.field, item.line.position, item.line.id))


def amended(items: Iterable[RuleItem], changes: Iterable[RuleItem]) -> list[RuleItem]:
    """The rules once these versions have been added."""
    latest = {item.line.id: item for item in items} | {item.line.id: item for item in changes}
    return in_order(latest.values())


def lines(items: Iterable[RuleItem]) -> list[RuleLine]:
    """The rules that are on."""
    return [item.line for item in items if not item.is_off]


def merges(company: Company) -> dict[int, int]:
    """Campaign → the one that it has become part of."""
    scope.require(company.pk)
    return dict(_MERGED.rows([company.pk]))


def _merged() -> QuerySet[Campaign, tuple[int, int | None]]:
    with scope.all_companies():
        merged = Campaign.objects.filter(company=0, merged_into__isnull=False).order_by()
        return merged.values_list("pk", "merged_into")


_MERGED = Prepared(_merged)


def keys(company: Company) -> dict[str, int]:
    """Key → campaign, of all that are not withdrawn."""
    live = Campaign.objects.filter(company=company, withdrawn=False).order_by()
    return dict(live.values_list("key", "pk"))


def book(company: Company, by_key: Mapping[str, int] | None = None) -> Rulebook:
    """Everything that decides where leads and spend count; `by_key` where the caller knows it."""
    known = keys(company) if by_key is None else by_key
    return Rulebook(lines(rules(company)), known, merges(company))


def moved(item: RuleItem, position: int) -> RuleItem:
    return item._replace(line=replace(item.line, position=position))


def item_of(version: Sequence[Any]) -> RuleItem:
    """Of the `COLUMNS` of a version."""
    rule, position, field, how, values, reason, source, medium, campaign, text, is_off, note = (
        version
    )
    line = RuleLine(
        id=rule,
        position=position,
        field=Field(field),
        how=How(how),
        values=tuple(values),
        only_reason=reason,
        only_source=source,
        only_medium=medium,
        campaign=campaign,
        text=text,
    )
    return RuleItem(line, is_off, note)
