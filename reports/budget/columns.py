"""The report's columns of budgets: what of campaigns' own budgets falls into the period.

Budgets of groups are not split among their campaigns, so no row and no total holds them.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Sum

from attribution.models import Company
from reports.query import VALUES, ReportQuery
from spend.budgets.months import part_of
from spend.budgets.reading import UNCONVERTED
from spend.models import Budget, SpendEntry

Span = tuple[date, date]


class BudgetGroup(NamedTuple):
    """The budgets of one campaign in a period, in minor units."""

    campaign_id: int
    budget_minor: int
    spent_minor: int | None  # on the days that they cover; None: nothing is recorded
    is_known: bool  # no amount of these days lacks a rate of exchange


def can_tell(query: ReportQuery) -> bool:
    """Whether budgets can be sorted as the question asks: they have no source, medium, country."""
    if query.as_closed:  # budgets are not kept with closed months
        return False
    return not any(map(query.asks_for, VALUES)) and not query.landing


def budget_groups(query: ReportQuery) -> list[BudgetGroup]:
    """By campaign; of one that was merged, under the campaign that stands for it. Two queries."""
    amounts: dict[int, int] = defaultdict(int)
    spans: dict[int, list[Span]] = defaultdict(list)
    for campaign, amount, first, last in _budgets(query):
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


def _budgets(query: ReportQuery) -> Iterator[tuple[int, int, date, date]]:
    into = "campaign__merged_into"
    rows = Budget.objects.filter(
        company=query.company,
        campaign__isnull=False,
        first_day__lte=query.end,
        last_day__gte=query.start,
    ).order_by()
    for one, two, three, *values in rows.values_list(
        *("campaign_id", f"{into}_id", f"{into}__merged_into_id"),
        *("amount_minor", "first_day", "last_day"),
    ):
        yield three or two or one, *values


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
