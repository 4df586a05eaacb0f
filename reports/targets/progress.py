"""How far a campaign is with a target: plain arithmetic.

Of leads, bookings and revenue, what is reached is held against the time that is gone: 62 of 100
leads after 71 % of the time is behind. A day counts as gone once it is over; what came today is in
what is reached. Costs and ROAS are held against the target itself, and only where there are enough
leads to tell.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from reports.metric_kinds import OUTCOMES, Value

STILL_GROWS = 20  # one young lead in so many: as of rows of the report
HUNDREDTHS = 100


class State(StrEnum):
    """What is to be said of a target, in one word."""

    NOT_STARTED = "not_started"
    UNKNOWN = "unknown"  # what it is held against
    TOO_FEW = "too_few"  # leads, for a cost or a return
    REACHED = "reached"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    MISSED = "missed"
    WITHIN = "within"  # a cost: not above the target
    ABOVE = "above"
    BELOW = "below"  # a return


GOOD = frozenset({State.REACHED, State.ON_COURSE, State.WITHIN})
BAD = frozenset({State.BEHIND, State.MISSED, State.ABOVE, State.BELOW})


@dataclass(frozen=True)
class Goal:
    """So much of a metric for all these days; in whole leads, minor units, or hundredths."""

    metric: str
    value: int
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def days_over(self, today: date) -> int:
        return min(max((today - self.first).days, 0), self.days)


@dataclass(frozen=True)
class Sums:
    """What the campaign has on the days of the goal. None is unknown; nought is nought."""

    leads: int = 0
    booked: int = 0
    young: int = 0  # leads that may still book
    revenue_minor: int | None = 0
    spend_minor: int | None = None


@dataclass(frozen=True)
class Progress:
    """A goal as it stands on one day."""

    goal: Goal
    sums: Sums
    today: date
    thin_below: int

    @property
    def is_ratio(self) -> bool:
        """Whether it is a cost or a return, which time does not add to."""
        return self.goal.metric in ("cost_per_lead", "cost_per_booked", "roas")

    @property
    def reached(self) -> Fraction | None:
        """In the unit of the goal; unknown without spend, or without anything to divide by."""
        sums = self.sums
        match self.goal.metric:
            case "leads":
                return Fraction(sums.leads)
            case "booked":
                return Fraction(sums.booked)
            case "revenue":
                return None if sums.revenue_minor is None else Fraction(sums.revenue_minor)
            case "cost_per_lead":
                return _ratio(sums.spend_minor, sums.leads)
            case "cost_per_booked":
                return _ratio(sums.spend_minor, sums.booked)
            case "roas":
                found = _ratio(sums.revenue_minor, sums.spend_minor)
                return None if found is None else found * HUNDREDTHS
        raise ValueError(f"There are no targets of {self.goal.metric}.")

    @property
    def share(self) -> Fraction | None:
        """How much of the goal is reached; of a count or of revenue."""
        reached = self.reached
        return None if self.is_ratio or reached is None else reached / self.goal.value

    @property
    def time_share(self) -> Fraction:
        """How much of the time is over, from 0 to 1."""
        return Fraction(self.goal.days_over(self.today), self.goal.days)

    @property
    def is_so_far(self) -> bool:
        """Whether so many leads are young that bookings and money will still come."""
        return self._ripens and self.sums.young * STILL_GROWS > self.sums.leads

    @property
    def _ripens(self) -> bool:
        return self.goal.metric in (*OUTCOMES, "cost_per_booked", "roas")

    @property
    def state(self) -> State:
        reached = self.reached
        if self.today < self.goal.first and not reached:
            return State.NOT_STARTED
        if self.is_ratio:
            return self._held_against(reached)
        if reached is None:
            return State.UNKNOWN
        if reached >= self.goal.value:
            return State.REACHED
        if self.today > self.goal.last:
            return State.MISSED
        return State.BEHIND if reached < self.time_share * self.goal.value else State.ON_COURSE

    def _held_against(self, reached: Fraction | None) -> State:
        if self.sums.leads < self.thin_below:
            return State.TOO_FEW
        if reached is None:
            return State.UNKNOWN
        if self.goal.metric == "roas":
            return State.REACHED if reached >= self.goal.value else State.BELOW
        return State.WITHIN if reached <= self.goal.value else State.ABOVE


def _ratio(top: int | None, bottom: int | None) -> Fraction | None:
    return None if top is None or not bottom else Fraction(top, bottom)


def in_units(amount: Fraction | int | None, metric: str, digits: int) -> Value:
    """An amount of a goal as the metric has it: leads, whole units of money, or a multiple."""
    if amount is None:
        return None
    exact = Decimal(Fraction(amount).numerator) / Fraction(amount).denominator
    if metric in ("leads", "booked"):
        return int(exact)
    return exact.scaleb(-2 if metric == "roas" else -digits)
