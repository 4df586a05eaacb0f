"""What is in force in one company: its rules in order, and what its campaigns are by now."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from attribution.models import Campaign, Company, RuleVersion
from attribution.repair.items import RuleItem
from attribution.verdict import Field, How, Rulebook, RuleLine


def rules(company: Company, without: int | None = None) -> list[RuleItem]:
    """What each rule says, by its latest version in force, also when that switches it off.

    `without`: as if this repair had been undone. In the order in which they are asked.
    """
    versions = RuleVersion.objects.filter(company=company, repair__undone_at__isnull=True)
    if without is not None:
        versions = versions.exclude(repair=without)
    latest = {
        version.rule_id: version for version in versions.select_related("rule").order_by("pk")
    }
    return in_order(item_of(version) for version in latest.values())


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
    merged = Campaign.objects.filter(company=company, merged_into__isnull=False).order_by()
    return dict(merged.values_list("pk", "merged_into"))


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


def item_of(version: RuleVersion) -> RuleItem:
    line = RuleLine(
        id=version.rule_id,
        position=version.position,
        field=Field(version.rule.field),
        how=How(version.how),
        values=tuple(version.values),
        only_reason=version.only_reason,
        only_source=version.only_source,
        only_medium=version.only_medium,
        campaign=version.campaign_id,
        text=version.text,
    )
    return RuleItem(line, version.is_off, version.note)
