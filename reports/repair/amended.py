"""The report as it would be after a repair: a reader before the one that is used anyway.

Inside `moves.collected(plan)` and `moved.looked_up` the database holds, in temporary tables, every
lead that would count elsewhere and every name whose spend would. What the reader behind says is
amended by just these. The totals are counted from the leads themselves, so that the proof of the
amended report is as independent as that of any other.
"""

# ruff: noqa: S608, S611  (the parts of the SQL are our own; values are parameters)

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Any

from django.db.models import BigIntegerField, BooleanField, Case, CharField, When
from django.db.models.expressions import RawSQL

from attribution import scope
from attribution.models import Campaign, Lead
from attribution.repair.plan import Plan
from reports.attributing.shares import Number
from reports.caveats import Caveats, Places, read_caveats
from reports.dimensions import OF_LEADS
from reports.equal_age import PLACE, late_groups
from reports.filtered import NameSums, most_first
from reports.lead_columns import LEADS
from reports.models import NO_CAMPAIGN
from reports.of_campaigns import with_groups
from reports.query import CampaignBrief, ReportQuery
from reports.repair.moved import (
    ENTRIES,
    SAME_NAME,
    filtered_leads,
    known_leads,
    moved_leads,
    moved_spend,
)
from reports.rollup.condition import (
    Condition,
    any_of,
    is_named,
    read_days,
    wanted,
    wanted_spend,
)
from reports.rollup.sql import as_day, fetch
from reports.rollup.sums import SPEND_COUNTS
from reports.rollup.tiers import Tiers
from reports.sources import (
    ALL_DIFFER,
    Aged,
    Alike,
    DayPoint,
    LeadGroup,
    LeadTotals,
    Reader,
    SpendGroup,
    SpendTotals,
    briefs,
)

KINDS = tuple(Lead.Kind.values)
FIRST, LAST = 5, 15  # where the numbers of a LeadGroup stand

# Of entries that come or go: the known amounts, and how many there are.
AMOUNT = "sign * COALESCE(amount_minor, 0)"
PRICED = "CASE WHEN amount_minor IS NULL THEN 0 ELSE sign END"


def _then(name: str, now: str) -> str:
    return f"CASE WHEN t.lead_id IS NULL THEN {now} ELSE t.{name} END"


AFTERWARDS = Places(
    entries=f"{ENTRIES} e LEFT JOIN repair_spend s ON {SAME_NAME}",
    spend_campaign="CASE WHEN s.campaign_key IS NULL THEN e.campaign_id ELSE s.campaign_id END",
    also_leads="LEFT JOIN repair_target t ON t.lead_id = l.id",
    campaign=_then("campaign_id", "l.campaign_id"),
    source=_then("source", "l.source"),
    medium=_then("medium", "l.medium"),
)

TARGET = f"FROM repair_target t WHERE t.lead_id = {LEADS}.id"
LATER = {
    f"at_{name}": Case(
        When(
            RawSQL(f"EXISTS (SELECT 1 {TARGET})", (), BooleanField()),
            then=RawSQL(f"(SELECT t.{column} {TARGET})", (), field),
        ),
        default=PLACE[f"at_{name}"],
        output_field=field,
    )
    for name, column, field in (
        ("campaign", "campaign_id", BigIntegerField()),
        ("reason", "reason", CharField()),
        ("source", "source", CharField()),
        ("medium", "medium", CharField()),
    )
}

LeadKey = tuple[bool, int, str, str, str, bool, tuple[str, ...]]


class Amended:
    """What `base` says of a question, once this plan were carried out."""

    def __init__(self, base: Reader, query: ReportQuery, plan: Plan) -> None:
        self.base = base
        self.query = query
        self.plan = plan
        self.note = base.note
        self.parts = base.parts
        self.is_due = base.is_due
        self.caveat_kinds = base.caveat_kinds
        # No company has the id 0: outside the scope there is nothing.
        self.company_id = query.company.pk if scope.includes(query.company.pk) else 0

    # Campaigns

    def campaigns(self) -> Iterator[CampaignBrief]:
        """With the plan's edits, and with those that it makes or takes up again."""
        return with_groups(amended_campaigns(self.base.campaigns(), self.plan), self.query)

    # The groups that a report is made of

    def groups(
        self, young_since: date, campaigns: bool = True, alike: Alike = ALL_DIFFER
    ) -> tuple[list[LeadGroup], list[SpendGroup]]:
        """Each lead leaves its old group and joins its new one; spend groups are added up anew.

        In any case by campaign: that is what repairs change.
        """
        leads, spend = self.base.groups(young_since)
        return list(self._lead_groups(leads, young_since)), list(self._spend_groups(spend))

    def _lead_groups(self, groups: Iterable[LeadGroup], young_since: date) -> Iterator[LeadGroup]:
        """A group that all have left is none any more."""
        changes = self._lead_changes(young_since)
        for group in groups:
            change = changes.pop(_key(group), None)
            if change is None:
                yield group
            elif any((sums := _added(_numbers(group), change))[: len(KINDS)]):
                yield LeadGroup._make((*group[:FIRST], *sums, *group[LAST:]))
        for (before, campaign, *rest), sums in changes.items():
            if any(sums[: len(KINDS)]):
                reason, source, medium, landed, values = rest
                place = (before, campaign or None, reason, source, medium)
                yield LeadGroup._make((*place, *sums, landed, values))

    def _lead_changes(self, young_since: date) -> dict[LeadKey, tuple[int, ...]]:
        """What joins a group, less what leaves it."""
        query = self.query
        places = ("source", "medium", *(f"v_{name}" for name in query.beside))
        asked = [name if query.asks_for(name) else f"'' AS {name}" for name in places[:2]]
        asked += [f"{OF_LEADS[name]} AS v_{name}" for name in query.beside]
        landed: tuple[str, tuple[Any, ...]] = ("1", ())
        if query.landing:
            start = (len(query.landing), query.landing)
            landed = ("CASE WHEN SUBSTR(landing_page, 1, %s) = %s THEN 1 ELSE 0 END", start)
        one = "CASE WHEN kind = 'primary' THEN sign ELSE 0 END"
        numbers = [
            *(f"CASE WHEN kind = '{kind}' THEN sign ELSE 0 END" for kind in KINDS),
            *(f"CASE WHEN {outcome} THEN {one} ELSE 0 END" for outcome in ("booked", "completed")),
            f"revenue_minor * {one}",
            f"""CASE WHEN "day" >= %s THEN {one} ELSE 0 END""",
        ]
        moved = known_leads(query.first, query.end)
        if query.landing:
            moved = moved_leads(self.company_id, query.first, query.end)
        days = read_days(query)
        rows = fetch(
            f"SELECT is_before, campaign_id, reason, {', '.join(places)}, landed,"
            f" {', '.join(_total(f'n{n}') for n in range(len(numbers)))}"
            f' FROM (SELECT CASE WHEN "day" < %s THEN 1 ELSE 0 END AS is_before, campaign_id,'
            f" reason, {', '.join(asked)}, {landed[0]} AS landed,"
            f" {', '.join(f'{number} AS n{n}' for n, number in enumerate(numbers))}"
            f" FROM ({moved.sql}) AS moved WHERE {days.sql}) AS numbered"
            f" GROUP BY is_before, campaign_id, reason, {', '.join(places)}, landed",
            [str(query.start), *landed[1], str(young_since), *moved.params, *days.params],
        )
        end = 3 + len(places)  # where what tells a group from others ends
        return {
            (bool(row[0]), *row[1:5], bool(row[end]), tuple(row[5:end])): tuple(row[end + 1 :])
            for row in rows
        }

    def _spend_groups(self, groups: Iterable[SpendGroup]) -> Iterator[SpendGroup]:
        """Where spend comes or goes, the entries are added up anew: what a platform did not tell
        cannot be taken away from what it told."""
        touched = {
            campaign or NO_CAMPAIGN
            for name, becomes in self.plan.spend.items()
            for campaign in (name.campaign, becomes)
        }
        yield from (group for group in groups if (group.campaign_id or NO_CAMPAIGN) not in touched)
        if touched:
            yield from self._entries_of(touched)

    def _entries_of(self, touched: set[int]) -> Iterator[SpendGroup]:
        query = self.query
        texts = [
            f"e.utm_{name} AS {name}" if query.asks_for(name) else f"'' AS {name}"
            for name in ("source", "medium")
        ]
        line = "e.line AS line" if query.reads_lines else "'' AS line"
        numbers = ("amount_minor", *SPEND_COUNTS)
        here = any_of(f"COALESCE(e.campaign_id, {NO_CAMPAIGN})", sorted(touched))
        days = read_days(query, 'e."day"')
        rows = fetch(
            "SELECT is_before, campaign_id, source, medium,"
            f" {', '.join(map(_total, numbers))}, line"
            ' FROM (SELECT CASE WHEN e."day" < %s THEN 1 ELSE 0 END AS is_before,'
            " COALESCE(CASE WHEN s.campaign_key IS NULL THEN e.campaign_id"
            f" ELSE s.campaign_id END, {NO_CAMPAIGN}) AS campaign_id,"
            f" {', '.join([*texts, line, *(f'e.{name}' for name in numbers)])}"
            f" FROM {ENTRIES} e LEFT JOIN repair_spend s ON {SAME_NAME}"
            f" WHERE e.company_id = %s AND {days.sql} AND {here.sql}) AS entries"
            " GROUP BY is_before, campaign_id, source, medium, line",
            [
                *(str(query.start), self.company_id, *days.params),
                *here.params,
            ],
        )
        nothing = ("",) * len(query.beside)
        for before, campaign, *rest in rows:
            yield SpendGroup._make((bool(before), campaign or None, *rest, nothing))

    def unmatched_names(self, campaigns: Iterable[CampaignBrief]) -> list[NameSums]:
        """Most first; a name of which nothing is left is gone."""
        campaigns = list(campaigns)
        if not self.plan.spend:
            return list(self.base.unmatched_names(campaigns))
        found = {one.name: tuple(one[1:]) for one in self.base.unmatched_names(campaigns)}
        moved = moved_spend(self.company_id, self.query)
        where = wanted_spend(self.query, campaigns)
        rows = fetch(
            f"SELECT campaign_key, {', '.join(map(_total, (AMOUNT, 'sign', PRICED)))}"
            f" FROM ({moved.sql}) AS moved WHERE {where.sql} AND NOT ({_has_row(self.query)})"
            " GROUP BY 1",
            [*moved.params, *where.params],
        )
        for name, *change in rows:
            found[name] = _added(found.get(name, (0, 0, 0)), change)
        left = (NameSums(name, *sums) for name, sums in found.items())
        return most_first(one for one in left if one.entries)

    def caveats(self, campaigns: Iterable[CampaignBrief]) -> Caveats:
        """Money that lacks a rate, where it would count; restatements are of what was."""
        return read_caveats(self.query, campaigns, self.caveat_kinds, AFTERWARDS)

    def utm_values(self) -> set[tuple[str, str]]:
        """What the filters may offer; a value that its last lead leaves may be among them."""
        moved = known_leads(self.query.start, self.query.end)
        new = fetch(
            f"SELECT DISTINCT source, medium FROM ({moved.sql}) AS moved WHERE sign > 0",
            moved.params,
        )
        return {*self.base.utm_values(), *new}

    def aged(self, *asked: Any) -> Iterator[Aged]:
        """What would be is not told to bring more."""
        return iter(())

    def late_groups(self, known: date) -> Iterator[LeadGroup]:
        """What came late of the leads compared with, where these leads would count."""
        return late_groups(self.query, known, LATER)

    # The totals that the proof compares with

    def totals(self, campaigns: Iterable[CampaignBrief]) -> tuple[LeadTotals, SpendTotals]:
        """The totals of the reader behind, and what the filters let in less what they let out."""
        campaigns = list(campaigns)
        leads, spend = self.base.totals(campaigns)
        where, named = wanted(self.query, campaigns), _has_row(self.query)
        primary = "CASE WHEN kind = 'primary' THEN sign ELSE 0 END"
        change = self._sums(
            filtered_leads(self.company_id, self.query),
            where,
            "sign",
            primary,
            f"CASE WHEN {named} THEN {primary} ELSE 0 END",
            f"revenue_minor * {primary}",
        )
        leads = LeadTotals._make(_added(leads, change))
        if self.plan.spend:
            change = self._sums(
                moved_spend(self.company_id, self.query),
                wanted_spend(self.query, campaigns),
                "sign",
                PRICED,
                AMOUNT,
                f"CASE WHEN {named} THEN {AMOUNT} ELSE 0 END",
            )
            spend = SpendTotals._make(_added(spend, change))
        return leads, spend

    def _sums(self, moved: Condition, where: Condition, *columns: str) -> list[int]:
        totals = ", ".join(f"COALESCE({_total(column)}, 0)" for column in columns)
        rows = fetch(
            f"SELECT {totals} FROM ({moved.sql}) AS moved WHERE {where.sql}",
            [*moved.params, *where.params],
        )
        return list(rows[0])

    # Curves

    def day_points(self, query: ReportQuery, campaigns: Iterable[CampaignBrief]) -> list[DayPoint]:
        """Days on which something was received, under the filters."""
        campaigns = list(campaigns)
        found: dict[date, tuple[int, ...]] = {
            day: tuple(map(int, counts)) for day, *counts in self.base.day_points(query, campaigns)
        }
        moved, where = filtered_leads(self.company_id, query), wanted(query, campaigns)
        outcomes = [f"CASE WHEN {name} THEN sign ELSE 0 END" for name in ("booked", "completed")]
        counts = ", ".join(map(_total, ["sign", *outcomes]))
        rows = fetch(
            f'SELECT "day", {counts} FROM ({moved.sql}) AS moved'
            f" WHERE {where.sql} AND kind = 'primary' GROUP BY 1",
            [*moved.params, *where.params],
        )
        for day, *change in rows:
            found[as_day(day)] = _added(found.get(as_day(day), (0, 0, 0)), change)
        return [DayPoint(day, *counts) for day, counts in found.items()]

    def curves(
        self, campaigns: Iterable[CampaignBrief], column: str, keys: Collection[Any], parts: Tiers
    ) -> Iterator[tuple[Any, date, Number]]:
        """Counted leads by a column's value and by day, and then what changes of them."""
        campaigns = list(campaigns)
        yield from self.base.curves(campaigns, column, keys, parts)
        moved = filtered_leads(self.company_id, self.query)
        where = wanted(self.query, campaigns) & any_of(column, keys)
        first, last = parts.reach
        rows = fetch(
            f'SELECT {column}, "day", {_total("sign")} FROM ({moved.sql}) AS moved'
            f" WHERE {where.sql} AND kind = 'primary' AND \"day\" BETWEEN %s AND %s"
            " GROUP BY 1, 2",
            [*moved.params, *where.params, str(first), str(last)],
        )
        yield from ((key, as_day(day), leads) for key, day, leads in rows)


def amended_campaigns(known: Iterable[CampaignBrief], plan: Plan) -> Iterator[CampaignBrief]:
    """The campaigns of the company once the plan has been carried out."""
    back = [pk for pk, edit in plan.campaigns.items() if edit.get("withdrawn") == (True, False)]
    taken_up = briefs(Campaign.objects.filter(company=plan.company, pk__in=back)) if back else ()
    for brief in chain(known, taken_up):
        edit = plan.campaigns.get(brief.id, {})
        if edit.get("withdrawn") != (False, True):
            new = {name: column[1] for name, column in edit.items()}
            yield CampaignBrief._make(
                new.get(name, old) for name, old in zip(brief._fields, brief, strict=True)
            )
    for made in plan.items.makes:
        if made.id < 0:  # else it is one of those taken up again
            active = Campaign.Status.ACTIVE.value
            yield CampaignBrief(made.id, made.key, made.name, made.channel, active, False)


def _key(group: LeadGroup) -> LeadKey:
    return (
        bool(group.before),
        group.campaign_id or NO_CAMPAIGN,
        group.reason,
        group.source,
        group.medium,
        bool(group.landed),
        group.values,
    )


def _numbers(group: LeadGroup) -> tuple[int, ...]:
    numbers: tuple[Any, ...] = group[FIRST:LAST]
    return numbers


def _has_row(query: ReportQuery) -> str:
    """What belongs to a named row of this grouping."""
    column = OF_LEADS.get(query.group_by)
    return f"{column} <> ''" if column else is_named(query)


def _added(one: Iterable[int], other: Iterable[int]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _total(expression: str) -> str:
    """As a whole number on every engine."""
    return f"CAST(SUM({expression}) AS bigint)"
