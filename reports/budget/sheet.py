"""Budgets of one month with what was spent: the figures behind the page and its exports.

Each budget stands with its own days. Spend of the month is sorted into what lies in a budget, what
lies in none, and what matches no campaign; together that is all spend of the month, which another
query adds up once more.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from attribution import calendar
from attribution.models import Campaign, Company
from reports.budget.plan import MonthPlan, plans_by_month
from reports.snapshot import snapshot
from spend.budgets.months import month_end, month_of, moved
from spend.budgets.notices import open_notices
from spend.budgets.reading import (
    Spent,
    Standing,
    budgets_between,
    campaigns_of,
    spent_between,
    spent_by_month,
    standings,
)
from spend.models import Budget, BudgetNotice, SpendEntry

MONTHS_BACK = 12
MONTHS_TO_COME = 36  # no budget begins later
Members = Mapping[int, frozenset[int]]  # budget → campaigns


@dataclass(frozen=True)
class Line:
    """A budget, how it stands, what of its spend is of the month, and the notice it has open."""

    standing: Standing
    in_month_minor: int
    notice: BudgetNotice | None


@dataclass(frozen=True)
class Unplanned:
    """Spend of a campaign on days that lie in no budget, neither its own nor a group's."""

    campaign: Campaign
    minor: int


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Everything that the page shows, in minor units of the company's currency."""

    company: Company
    month: date
    today: date
    lines: list[Line]
    unplanned: list[Unplanned]
    unmatched_minor: int
    twice_minor: int  # lies in more than one budget, and was added up in each
    all_minor: int  # all spend of the month, counted another way
    unconverted: list[tuple[str, int]]  # amounts without a rate, by currency: in no sum
    plans: list[MonthPlan]

    @property
    def end(self) -> date:
        return month_end(self.month)

    @property
    def budget_minor(self) -> int:
        return sum(line.standing.budget.amount_minor for line in self.lines)

    @property
    def recorded_minor(self) -> int | None:
        """Unknown where an amount of one of them has no rate; what is not recorded is nought."""
        if any(line.standing.missing for line in self.lines):
            return None
        return sum(line.standing.pace.recorded_minor or 0 for line in self.lines)

    @property
    def in_month_minor(self) -> int:
        return sum(line.in_month_minor for line in self.lines)

    @property
    def unplanned_minor(self) -> int:
        return sum(one.minor for one in self.unplanned)

    @property
    def holds(self) -> bool:
        """Whether the parts are all spend of the month."""
        planned = self.in_month_minor - self.twice_minor
        return planned + self.unplanned_minor + self.unmatched_minor == self.all_minor

    @property
    def goes_beyond(self) -> bool:
        """Whether some budget has days outside the month."""
        budgets = [line.standing.budget for line in self.lines]
        return any(one.first_day < self.month or one.last_day > self.end for one in budgets)


def read(company: Company, month: date) -> Sheet:
    """The sheet of one month, read as of one moment: ten queries, however many budgets."""
    with snapshot():
        return _read(company, month, calendar.today(company.zone))


def _read(company: Company, month: date, today: date) -> Sheet:
    end, this_month = month_end(month), month_of(today)
    since = moved(this_month, -MONTHS_BACK)
    budgets = list(budgets_between(company, min(since, month), moved(this_month, MONTHS_TO_COME)))
    members = campaigns_of(budgets, company)
    shown = [one for one in budgets if one.last_day >= month and one.first_day <= end]
    spent = _spent(company, month, budgets, members)
    found = standings(shown, company, today, members, spent)
    notices = {one.budget_id: one for one in open_notices(company, today)}
    unplanned, twice = _sorted_out(spent, found, month, end)
    names = Campaign.objects.in_bulk(unplanned)
    entries = SpendEntry.objects.filter(company=company, day__gte=month, day__lte=end)
    return Sheet(
        company=company,
        month=month,
        today=today,
        lines=[
            Line(one, _within(spent.of(one.campaigns), one, month, end), notices.get(one.budget.pk))
            for one in sorted(found, key=_order)
        ],
        unplanned=[
            Unplanned(names[pk], minor)
            for pk, minor in sorted(unplanned.items(), key=lambda one: (-one[1], names[one[0]].key))
        ],
        unmatched_minor=sum(spent.known.get(0, {}).values()),
        twice_minor=twice,
        all_minor=entries.aggregate(all=Sum("amount_minor"))["all"] or 0,
        unconverted=_unconverted(spent, month, end),
        plans=_plans(
            company, since, [one for one in budgets if one.last_day >= since], members, spent
        ),
    )


def _spent(company: Company, month: date, budgets: Sequence[Budget], members: Members) -> Spent:
    """By day: all spend of the month, and that of budgets which do not fill whole months, or which
    go beyond the month that is shown.
    """
    end = month_end(month)
    found = spent_between(company, month, end)
    daily = [one for one in budgets if not _fills_months(one) or _goes_beyond(one, month, end)]
    if not daily:
        return found
    first, last = min(one.first_day for one in daily), max(one.last_day for one in daily)
    campaigns = {pk for one in daily for pk in members[one.pk]}
    more = spent_between(company, first, last, campaigns)
    for campaign, days in more.known.items():
        found.known[campaign] |= days
    found.unknown += [one for one in more.unknown if not month <= one.day <= end]
    return found


def _fills_months(budget: Budget) -> bool:
    last = budget.last_day
    return budget.first_day.day == 1 and last == month_end(month_of(last))


def _goes_beyond(budget: Budget, start: date, end: date) -> bool:
    """Whether it has days in the period, and others outside."""
    is_shown = budget.first_day <= end and budget.last_day >= start
    return is_shown and (budget.first_day < start or budget.last_day > end)


def _sorted_out(
    spent: Spent, found: Sequence[Standing], start: date, end: date
) -> tuple[Counter[int], int]:
    """What of the period lies in no budget, by campaign; and what is counted once too often."""
    spans: dict[int, list[Budget]] = {}
    for one in found:
        for campaign in one.campaigns:
            spans.setdefault(campaign, []).append(one.budget)
    unplanned: Counter[int] = Counter()
    twice = 0
    for campaign, days in spent.known.items():
        for day, minor in days.items():
            if not campaign or not start <= day <= end:
                continue
            times = sum(
                budget.first_day <= day <= budget.last_day for budget in spans.get(campaign, ())
            )
            if times:
                twice += (times - 1) * minor
            else:
                unplanned[campaign] += minor
    return unplanned, twice


def _within(days: Mapping[date, int], one: Standing, start: date, end: date) -> int:
    first, last = max(one.budget.first_day, start), min(one.budget.last_day, end)
    return sum(minor for day, minor in days.items() if first <= day <= last)


def _unconverted(spent: Spent, start: date, end: date) -> list[tuple[str, int]]:
    found: Counter[str] = Counter()
    for one in spent.unknown:
        if start <= one.day <= end:
            found[one.currency] += one.original_minor
    return sorted(found.items())


def _plans(
    company: Company, since: date, budgets: Sequence[Budget], members: Members, spent: Spent
) -> list[MonthPlan]:
    if not budgets:
        return []
    campaigns = {pk for one in budgets for pk in members[one.pk]}
    last = month_end(month_of(max(one.last_day for one in budgets)))
    return plans_by_month(
        budgets, members, since, spent_by_month(company, since, last, campaigns), spent
    )


def _order(one: Standing) -> tuple[bool, str, date]:
    """Campaigns and groups by name; of one thing the earlier days first."""
    budget = one.budget
    return budget.group_id is not None, str(budget.subject).casefold(), budget.first_day
