"""Notices of marks that budgets cross: one for each crossing, however often one looks.

A notice is opened when a mark is newly true, and closed when it is not true any more (or the
budget has ended: there is nothing left to steer). True again later, it is another notice. Where
the spend is unknown, nothing is decided: what is open stays open.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from attribution import calendar, scope
from attribution.models import Company
from spend.budgets.pace import MARKS, State
from spend.budgets.reading import Standing, budgets_between, standings
from spend.models import Budget, BudgetNotice

# Spend of days long over still comes with late files: so long after its end a budget is looked at.
LOOK_BACK = timedelta(days=62)


def look(company: Company, today: date | None = None) -> int:
    """Open and close the company's notices. Returns how many were opened.

    Two who look at once open one: the database allows one open notice of a kind.
    """
    today = today or calendar.today(company.zone)
    budgets = list(_to_look_at(company.pk, today, scope.current()).all())
    if not budgets:
        return 0
    with transaction.atomic():
        opened = _settle(company, standings(budgets, company, today), today)
        Budget.objects.filter(pk__in=[one.pk for one in budgets if one.checked_on != today]).update(
            checked_on=today
        )
    return opened


@lru_cache(maxsize=256)
def _to_look_at(company: int, today: date, seen: scope.Scope) -> "QuerySet[Budget]":
    """Those that run or ended lately, and those with an open notice, whose days were moved.

    Asked after each change; to put it together takes longer than to ask.
    """
    open_ones = BudgetNotice.objects.filter(company=company, cleared_at=None).values("budget")
    running = Q(last_day__gte=today - LOOK_BACK, first_day__lte=today)
    rows: QuerySet[Budget] = Budget.objects.filter(running | Q(pk__in=open_ones), company=company)
    return rows.select_related("company", "campaign", "group")


def is_due(company: Company) -> bool:
    """Whether some budget was not looked at today."""
    today = calendar.today(company.zone)
    running = budgets_between(company, today - LOOK_BACK, today)
    return running.filter(Q(checked_on=None) | Q(checked_on__lt=today)).exists()


def look_after_change(company_id: int, **kwargs: Any) -> None:
    """Facts of a company changed, by an import or a repair: its pace may be another now."""
    look(Company.objects.get(pk=company_id))


def open_notices(company: Company, today: date) -> "QuerySet[BudgetNotice]":
    """What is open of budgets that run, or ended within four weeks."""
    rows: QuerySet[BudgetNotice] = BudgetNotice.objects.filter(
        company=company,
        cleared_at=None,
        budget__last_day__gte=today - timedelta(days=28),
    )
    return rows.order_by("-crossed_at", "-pk")


def _settle(company: Company, found: Sequence[Standing], today: date) -> int:
    now = timezone.now()
    crossed = {one.budget.pk: one.pace for one in found if one.pace.state in MARKS}
    undecided = {one.budget.pk for one in found if one.pace.state is State.UNKNOWN}
    looked_at = {one.budget.pk for one in found} - undecided
    is_open: set[tuple[int, str]] = set()
    gone = []
    rows = BudgetNotice.objects.filter(company=company, cleared_at=None, budget__in=looked_at)
    for pk, budget, kind in rows.values_list("pk", "budget_id", "kind"):
        if budget in crossed and crossed[budget].state == kind:
            is_open.add((budget, kind))
        else:
            gone.append(pk)
    if gone:
        BudgetNotice.objects.filter(pk__in=gone, cleared_at=None).update(cleared_at=now)
    new = [
        BudgetNotice(
            company=company,
            budget_id=budget,
            kind=pace.state.value,
            day=today,
            spent_minor=_seen(pace.state, pace.spent_minor, pace.recorded_minor),
            crossed_at=now,
        )
        for budget, pace in crossed.items()
        if (budget, pace.state.value) not in is_open
    ]
    before = BudgetNotice.objects.filter(company=company).count() if new else 0
    BudgetNotice.objects.bulk_create(new, ignore_conflicts=True)
    return BudgetNotice.objects.filter(company=company).count() - before if new else 0


def _seen(state: State, spent: int | None, recorded: int | None) -> int:
    return (recorded if state is State.OVER_BUDGET else spent) or 0
