"""How a budget is spent against the time that is gone: plain arithmetic, in minor units.

A day counts once it is over: today's spend is not whole yet. What is recorded for today and for
days to come is told apart; it counts towards *over budget*, for it is committed, and not towards
the pace.

- *Over pace*: more than 1.5 times the share of the time that is gone is spent, once 3 days and a
  tenth of the time are over; or, from the first day on, more than 60 % within the first 40 %.
- *Under pace*, its mirror: less than the share of the time, divided by 1.5, once the same time is
  over. (60 % of the time and less than 40 % spent.)
- *Over budget*: more is recorded than the budget allows, at any time, also after the end.

Pace is asked while a budget runs; afterwards there is nothing to steer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from spend.budgets.projection import Projection, project

FACTOR = Fraction(3, 2)
FIRST_DAYS = 3  # that must be over, and
FIRST_SHARE = Fraction(1, 10)  # of the time, before a pace is judged
EARLY = Fraction(2, 5)  # of the time: whoever has spent more than
MUCH = Fraction(3, 5)  # of the budget by then is over pace at once
DAY = timedelta(days=1)

ByDay = Mapping[date, int]  # minor units of the days that have a known amount


class State(StrEnum):
    """What is to be said of a budget, in one word."""

    NOT_STARTED = "not_started"
    UNKNOWN = "unknown"  # what is spent
    ON_PACE = "on_pace"
    OVER_PACE = "over_pace"
    UNDER_PACE = "under_pace"
    OVER_BUDGET = "over_budget"
    ENDED = "ended"


MARKS = frozenset({State.OVER_PACE, State.UNDER_PACE, State.OVER_BUDGET})


@dataclass(frozen=True)
class Plan:
    """So much for all these days."""

    first: date
    last: date
    amount_minor: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def days_over(self, today: date) -> int:
        """How many of its days are over when this is today."""
        return min(max((today - self.first).days, 0), self.days)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """A budget as it stands on one day. None is unknown; nought is nought."""

    plan: Plan
    today: date
    spent_minor: int | None  # on the days that are over
    later_minor: int  # recorded for today and the days to come
    projection: Projection | None

    @property
    def recorded_minor(self) -> int | None:
        """All that is recorded for the budget's days."""
        return None if self.spent_minor is None else self.spent_minor + self.later_minor

    @property
    def time_share(self) -> Fraction:
        """How much of the time is over, from 0 to 1."""
        return Fraction(self.plan.days_over(self.today), self.plan.days)

    @property
    def spent_share(self) -> Fraction | None:
        """How much of the budget is spent on the days that are over; unknown for one of nought."""
        if self.spent_minor is None or not self.plan.amount_minor:
            return None
        return Fraction(self.spent_minor, self.plan.amount_minor)

    @property
    def rest_minor(self) -> int | None:
        """What is left of the budget; below nought when more is recorded than it allows."""
        recorded = self.recorded_minor
        return None if recorded is None else self.plan.amount_minor - recorded

    @property
    def rest_per_day_minor(self) -> int | None:
        """What may be spent on each day from today on, rounded down; None without rest or days."""
        left = self.plan.days - self.plan.days_over(self.today)
        if self.rest_minor is None or self.rest_minor < 0 or not left:
            return None
        return self.rest_minor // left

    @property
    def state(self) -> State:
        recorded = self.recorded_minor
        if recorded is not None and recorded > self.plan.amount_minor:
            return State.OVER_BUDGET
        if self.today < self.plan.first:
            return State.NOT_STARTED
        if self.today > self.plan.last:
            return State.ENDED
        if self.spent_minor is None:
            return State.UNKNOWN
        return self._pace(self.spent_minor)

    def _pace(self, spent: int) -> State:
        amount, time = self.plan.amount_minor, self.time_share
        is_judged = (
            self.plan.days_over(self.today) >= FIRST_DAYS
            and time >= FIRST_SHARE
            and time < 1
            and amount > 0
        )
        if (is_judged and spent > FACTOR * time * amount) or (
            time <= EARLY and spent > MUCH * amount
        ):
            return State.OVER_PACE
        if is_judged and spent * FACTOR < time * amount:
            return State.UNDER_PACE
        return State.ON_PACE


def pace_of(plan: Plan, by_day: ByDay, today: date, *, is_known: bool = True) -> Pace:
    """Read a budget off the daily sums of its days; other days are left aside.

    Without any amount at all, or where some amount is not known (`is_known`), what is spent is
    unknown.
    """
    own = {day: minor for day, minor in by_day.items() if plan.first <= day <= plan.last}
    spent = sum(minor for day, minor in own.items() if day < today)
    later = sum(minor for day, minor in own.items() if day >= today)
    if not own or not is_known:
        return Pace(plan=plan, today=today, spent_minor=None, later_minor=0, projection=None)
    over = [plan.first + DAY * number for number in range(plan.days_over(today))]
    left = [plan.first + DAY * number for number in range(len(over), plan.days)]
    return Pace(
        plan=plan,
        today=today,
        spent_minor=spent,
        later_minor=later,
        projection=project([(day, own.get(day, 0)) for day in over], left, spent, spent + later),
    )
