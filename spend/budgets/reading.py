"""Reads budgets with what was spent on them: a handful of queries, however many there are.

A campaign that was merged counts for the one it was merged into, as its spend does. A campaign may
be in several budgets (its own and a group's): each budget then counts its money, and whoever adds
budgets up has to say how much was counted twice.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import CharField, Count, Func, Q, QuerySet, Sum

from attribution.models import Campaign, Company
from spend.budgets.pace import Pace, Plan, pace_of
from spend.models import Budget, GroupMember, SpendEntry

UNCONVERTED = Q(amount_minor__isnull=True, original_minor__isnull=False)
Money = dict[int, dict[date, int]]  # by campaign (0: not matched) and day, minor units


class NoRate(NamedTuple):
    """Amounts that have no rate of exchange, and are therefore in no sum."""

    campaign_id: int  # 0: not matched
    day: date
    currency: str
    original_minor: int


@dataclass
class Spent:
    """The spend of some days, by campaign and day."""

    known: Money = field(default_factory=lambda: defaultdict(dict))
    unknown: list[NoRate] = field(default_factory=list)

    def of(self, campaigns: Collection[int]) -> Counter[date]:
        """The daily sums of these campaigns together."""
        days: Counter[date] = Counter()
        for campaign in campaigns:
            days.update(self.known.get(campaign, {}))
        return days

    def unknown_of(self, campaigns: Collection[int], first: date, last: date) -> set[str]:
        """The currencies in which these campaigns have amounts without a rate."""
        return {
            one.currency
            for one in self.unknown
            if one.campaign_id in campaigns and first <= one.day <= last
        }


@dataclass(frozen=True)
class Standing:
    """A budget, the campaigns that it is for, and how it stands."""

    budget: Budget
    campaigns: frozenset[int]  # as spend counts for them: merged ones are not named any more
    pace: Pace
    missing: tuple[str, ...]  # currencies without a rate; what is spent is unknown then


def budgets_between(company: Company, start: date, end: date) -> "QuerySet[Budget]":
    """The company's budgets that have a day in this period."""
    rows: QuerySet[Budget] = Budget.objects.filter(
        company=company, last_day__gte=start, first_day__lte=end
    )
    return rows.select_related("company", "campaign", "campaign__owner", "group")


def campaigns_of(budgets: Iterable[Budget], company: Company) -> dict[int, frozenset[int]]:
    """Budget → the campaigns whose spend counts for it. Two queries, or three with merges."""
    budgets = list(budgets)
    groups = {budget.group_id for budget in budgets if budget.group_id}
    members: dict[int, set[int]] = defaultdict(set)
    rows = GroupMember.objects.filter(company=company, group__in=groups)
    for group, campaign in rows.values_list("group_id", "campaign_id"):
        members[group].add(campaign)
    merged = dict(
        Campaign.objects.filter(company=company, merged_into__isnull=False)
        .order_by()
        .values_list("pk", "merged_into_id")
    )
    return {
        budget.pk: frozenset(
            standing_for(campaign, merged)
            for campaign in (
                members[budget.group_id] if budget.group_id else {budget.campaign_id or 0}
            )
        )
        for budget in budgets
    }


def standing_for(campaign: int, merged: Mapping[int, int]) -> int:
    """The campaign that this one was merged into, however often."""
    seen: set[int] = set()
    while campaign in merged and campaign not in seen:
        seen.add(campaign)
        campaign = merged[campaign]
    return campaign


def spent_between(
    company: Company, start: date, end: date, campaigns: Collection[int] | None = None
) -> Spent:
    """All spend of a period, or that of some campaigns, by campaign and day. Two queries."""
    rows: QuerySet[SpendEntry] = SpendEntry.objects.filter(
        company=company, day__gte=start, day__lte=end
    )
    if campaigns is not None:
        rows = rows.filter(campaign__in=campaigns)
    found = Spent()
    sums = (
        rows.filter(amount_minor__isnull=False)
        .order_by()
        .values_list("campaign_id", "day")
        .annotate(Sum("amount_minor"))
    )
    for campaign, day, minor in sums:
        found.known[campaign or 0][day] = int(minor)
    without = (
        rows.filter(UNCONVERTED)
        .order_by("currency")
        .values_list("campaign_id", "day", "currency")
        .annotate(Sum("original_minor"))
    )
    found.unknown += [NoRate(one or 0, day, code, int(minor)) for one, day, code, minor in without]
    return found


def standings(
    budgets: Sequence[Budget],
    company: Company,
    today: date,
    members: Mapping[int, frozenset[int]] | None = None,
    spent: Spent | None = None,
) -> list[Standing]:
    """How each budget stands. `members` and `spent` are what the caller has read already."""
    if members is None:
        members = campaigns_of(budgets, company)
    if spent is None:
        spent = spent_of(budgets, members, company)
    return [_standing(one, members[one.pk], spent, today) for one in budgets]


def spent_of(
    budgets: Sequence[Budget], members: Mapping[int, frozenset[int]], company: Company
) -> Spent:
    """The spend of all their days and campaigns."""
    if not budgets:
        return Spent()
    return spent_between(
        company,
        min(budget.first_day for budget in budgets),
        max(budget.last_day for budget in budgets),
        {campaign for found in members.values() for campaign in found},
    )


def plan_of(budget: Budget) -> Plan:
    return Plan(budget.first_day, budget.last_day, budget.amount_minor)


def _standing(budget: Budget, campaigns: frozenset[int], spent: Spent, today: date) -> Standing:
    missing = spent.unknown_of(campaigns, budget.first_day, budget.last_day)
    pace = pace_of(plan_of(budget), spent.of(campaigns), today, is_known=not missing)
    return Standing(budget, campaigns, pace, tuple(sorted(missing)))


class Month(Func):
    """The month of a day as text, such as 2026-10. Django's own calls Python for each row."""

    arity = 1
    output_field = CharField()
    template = "SUBSTR(%(expressions)s, 1, 7)"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "TO_CHAR(%(expressions)s, 'YYYY-MM')"
        return self.as_sql(compiler, connection, template=template, **context)


def spent_by_month(
    company: Company, start: date, end: date, campaigns: Collection[int]
) -> dict[tuple[int, date], int | None]:
    """By campaign and first day of the month; None where an amount has no rate. One query."""
    rows = (
        SpendEntry.objects.filter(
            company=company, day__gte=start, day__lte=end, campaign__in=campaigns
        )
        .order_by()
        .annotate(month=Month("day"))
        .values_list("campaign_id", "month")
        .annotate(
            minor=Sum("amount_minor"),
            unknown=Count("pk", filter=UNCONVERTED),
            known=Count("amount_minor"),
        )
    )
    return {
        (campaign, date.fromisoformat(f"{month}-01")): None if unknown else int(minor)
        for campaign, month, minor, unknown, known in rows
        if unknown or known
    }
