"""Plan and actual by month: a budget of several months counts by its days in each."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from attribution.models import Campaign
from spend.budgets.months import month_end, month_of, moved, part_of
from spend.budgets.reading import Spent
from spend.models import Budget, CampaignGroup

ByMonth = Mapping[tuple[int, date], int | None]  # campaign and month; None: not known


@dataclass
class Actual:
    """What was spent: unknown while nothing is recorded, or where an amount has no rate."""

    minor: int | None = None
    is_known: bool = True

    def add(self, minor: int) -> None:
        self.minor = (self.minor or 0) + minor

    @property
    def total(self) -> int | None:
        return self.minor if self.is_known else None


@dataclass
class SubjectPlan:
    """One campaign or group in one month."""

    subject: Campaign | CampaignGroup
    budget_minor: int = 0
    actual: Actual = field(default_factory=Actual)

    @property
    def spent_minor(self) -> int | None:
        return self.actual.total

    @property
    def difference_minor(self) -> int | None:
        """Spent − budget: below nought when money is left."""
        return None if self.spent_minor is None else self.spent_minor - self.budget_minor


@dataclass
class MonthPlan:
    """All campaigns and groups with a budget in one month."""

    month: date
    rows: list[SubjectPlan]

    @property
    def budget_minor(self) -> int:
        return sum(row.budget_minor for row in self.rows)

    @property
    def spent_minor(self) -> int | None:
        """Of what is recorded; unknown when nothing is, or where an amount has no rate."""
        if not all(row.actual.is_known for row in self.rows):
            return None
        known = [row.spent_minor for row in self.rows if row.spent_minor is not None]
        return sum(known) if known else None

    @property
    def difference_minor(self) -> int | None:
        """Only of a month in which every row is known: else it would compare unlike things."""
        if any(row.spent_minor is None for row in self.rows):
            return None
        return (self.spent_minor or 0) - self.budget_minor


def plans_by_month(
    budgets: Sequence[Budget],
    members: Mapping[int, frozenset[int]],
    since: date,
    by_month: ByMonth,
    spent: Spent,
) -> list[MonthPlan]:
    """The months from `since` on in which there are budgets, latest first.

    Of whole months the spend is taken from `by_month`, of parts of one from the days in `spent`.
    """
    found: dict[date, dict[tuple[bool, int], SubjectPlan]] = defaultdict(dict)
    for budget in budgets:
        subject = budget.campaign or budget.group
        if subject is None:
            continue
        for month in months_of(budget, since):
            start, end = max(budget.first_day, month), min(budget.last_day, month_end(month))
            key = budget.group_id is not None, subject.pk
            row = found[month].setdefault(key, SubjectPlan(subject))
            row.budget_minor += part_of(
                budget.amount_minor, budget.first_day, budget.last_day, start, end
            )
            campaigns = members[budget.pk]
            if (start, end) == (month, month_end(month)):
                _add_month(row.actual, campaigns, month, by_month)
            else:
                _add_days(row.actual, campaigns, start, end, spent)
    return [
        MonthPlan(month, sorted(rows.values(), key=_order))
        for month, rows in sorted(found.items(), reverse=True)
    ]


def months_of(budget: Budget, since: date) -> Iterator[date]:
    month = max(month_of(budget.first_day), since)
    while month <= budget.last_day:
        yield month
        month = moved(month, 1)


def _add_month(actual: Actual, campaigns: frozenset[int], month: date, by_month: ByMonth) -> None:
    for campaign in campaigns:
        if (campaign, month) not in by_month:
            continue
        minor = by_month[campaign, month]
        if minor is None:
            actual.is_known = False
        else:
            actual.add(minor)


def _add_days(
    actual: Actual, campaigns: frozenset[int], start: date, end: date, spent: Spent
) -> None:
    if spent.unknown_of(campaigns, start, end):
        actual.is_known = False
    for day, minor in spent.of(campaigns).items():
        if start <= day <= end:
            actual.add(minor)


def _order(row: SubjectPlan) -> tuple[bool, str, int]:
    return isinstance(row.subject, CampaignGroup), str(row.subject).casefold(), row.subject.pk
