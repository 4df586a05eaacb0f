"""The report's columns of budgets and targets: what of campaigns' own plans falls into the period.

Budgets of groups are not split among their campaigns, so no row and no total holds them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet, Sum, Value

from attribution.models import Company, Lead
from reports.dimensions import VALUES
from reports.query import ReportQuery
from reports.targets.models import Target
from spend.budgets.months import part_of
from spend.budgets.reading import UNCONVERTED
from spend.models import Budget, SpendEntry

Span = tuple[date, date]


class BudgetGroup(NamedTuple):
    """The budgets of one campaign in a period, in minor units; or its targets of leads."""

    campaign_id: int
    budget_minor: int | None = None
    spent_minor: int | None = None  # on the days that they cover; None: nothing is recorded
    is_known: bool = True  # no amount of these days lacks a rate of exchange
    target: int | None = None
    target_leads: int | None = None  # on all days of the targets


def can_tell(query: ReportQuery) -> bool:
    """Whether budgets can be sorted as the question asks: they have no source, medium, country."""
    if query.as_closed:  # budgets are not kept with closed months
        return False
    return not any(map(query.asks_for, VALUES)) and not query.landing


def plan_groups(query: ReportQuery) -> list[BudgetGroup]:
    """Budgets and targets by campaign; of a merged one, under the campaign that stands for it.

    One query, and one more where there are budgets, and where there are targets.
    """
    found = list(_plans(query))
    budgets = [plan for is_budget, plan in found if is_budget]
    targets = [plan for is_budget, plan in found if not is_budget]
    return [*_budget_groups(query, budgets), *_target_groups(query, targets)]


class Plan(NamedTuple):
    """So much for all these days."""

    campaign_id: int
    value: int  # minor units of a budget, leads of a target
    first: date
    last: date


def _plans(query: ReportQuery) -> Iterator[tuple[bool, Plan]]:
    """Those with a day in the period: whether it is a budget, and what it is. Targets are about
    leads as captured: under a model that gives the credit to others they say nothing.
    """
    into = "campaign__merged_into"
    days: dict[str, Any] = {
        "company": query.company,
        "first_day__lte": query.end,
        "last_day__gte": query.start,
    }
    campaigns = ("campaign_id", f"{into}_id", f"{into}__merged_into_id")
    budgets: QuerySet[Any] = Budget.objects.filter(campaign__isnull=False, **days).order_by()
    rows = budgets.values_list(Value(1), *campaigns, "amount_minor", "first_day", "last_day")
    if not query.attribution.reads_touches:
        targets: QuerySet[Any] = Target.objects.filter(metric=Target.Metric.LEADS, **days)
        rows = rows.union(
            targets.order_by().values_list(Value(0), *campaigns, "value", "first_day", "last_day"),
            all=True,
        )
    for is_budget, one, two, three, *values in rows:
        yield bool(is_budget), Plan(three or two or one, *values)


def _budget_groups(query: ReportQuery, budgets: Iterable[Plan]) -> list[BudgetGroup]:
    amounts: dict[int, int] = defaultdict(int)
    spans: dict[int, list[Span]] = defaultdict(list)
    for campaign, amount, first, last in budgets:
        start, end = max(first, query.start), min(last, query.end)
        amounts[campaign] += part_of(amount, first, last, start, end)
        spans[campaign].append((start, end))
    if not amounts:
        return []
    spent, unknown = _spent(query.company, spans)
    return [
        BudgetGroup(campaign, amount, spent.get(campaign), campaign not in unknown)
        for campaign, amount in amounts.items()
    ]


def _target_groups(query: ReportQuery, targets: Collection[Plan]) -> list[BudgetGroup]:
    """Each with the leads of all its days, of the kind that always counts."""
    if not targets:
        return []
    rows = Lead.objects.filter(
        company=query.company,
        kind=Lead.Kind.PRIMARY,
        campaign__in={one.campaign_id for one in targets},
        day__gte=min(one.first for one in targets),
        day__lte=max(one.last for one in targets),
    )
    by_day: dict[int, dict[date, int]] = defaultdict(dict)
    counts = rows.order_by().values_list("campaign_id", "day").annotate(n=Count("day"))
    for campaign, day, leads in counts:
        by_day[campaign or 0][day] = leads
    return [
        BudgetGroup(
            campaign,
            target=value,
            target_leads=sum(
                leads for day, leads in by_day[campaign].items() if first <= day <= last
            ),
        )
        for campaign, value, first, last in targets
    ]


def _spent(company: Company, spans: dict[int, list[Span]]) -> tuple[dict[int, int], set[int]]:
    """What was spent on the days of the spans, and the campaigns with an amount without rate."""
    every = [span for own in spans.values() for span in own]
    rows = (
        SpendEntry.objects.filter(
            company=company,
            campaign__in=spans,
            day__gte=min(start for start, end in every),
            day__lte=max(end for start, end in every),
        )
        .order_by()
        .values_list("campaign_id", "day")
        .annotate(minor=Sum("amount_minor"), missing=Count("pk", filter=UNCONVERTED))
    )
    spent: dict[int, int] = {}
    unknown: set[int] = set()
    for campaign, day, minor, missing in rows:
        if not any(start <= day <= end for start, end in spans[campaign]):
            continue
        if missing:
            unknown.add(campaign)
        if minor is not None:
            spent[campaign] = spent.get(campaign, 0) + int(minor)
    return spent, unknown
