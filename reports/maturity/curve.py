"""The curve of one outcome: which share of leads has it within so many days."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

from reports.maturity.table import WATCHED, Waited

ENOUGH = 100  # outcomes; with fewer nothing is said
# The curve must lie flat for twice as long as it took to come to 80 %: of a lag that is
# exponential, 99 % are in by then.
FLAT = 3


@dataclass(frozen=True)
class Curve:
    """A life table as it is read; floats, since they are shares and never money."""

    channel: str  # of the campaigns; empty for all leads
    outcome: str
    table: Sequence[Waited]

    @cached_property
    def horizon(self) -> int:
        """The last day of waiting for which enough leads were watched; −1 without any."""
        return max([one.days for one in self.table if one.at_risk >= WATCHED], default=-1)

    @cached_property
    def outcomes(self) -> int:
        return sum([one.events for one in self.table if one.days <= self.horizon])

    @cached_property
    def _had(self) -> list[float]:
        """The share of leads that had the outcome by the end of each day: the product-limit."""
        found, without, lines = [], 1.0, {one.days: one for one in self.table}
        for days in range(self.horizon + 1):
            if line := lines.get(days):
                without *= 1 - line.events / line.at_risk
            found.append(1 - without)
        return found

    @property
    def final(self) -> float:
        """The share of leads that ever have it; 0 where nothing is known."""
        return self._had[-1] if self._had else 0.0

    def had(self, days: int) -> float:
        """The share of leads that have it by the end of that day; none before the first."""
        if days < 0 or not self._had:
            return 0.0
        return self._had[min(days, self.horizon)]

    def share(self, days: int) -> float:
        """Of those that ever have it, the share that has it by the end of that day."""
        return self.had(days) / self.final if self.final else 0.0

    def spread(self, days: int) -> float:
        """The standard error of that share, from as many outcomes as there were."""
        share = self.share(days)
        return sqrt(share * (1 - share) / self.outcomes) if self.outcomes else 0.0

    def within(self, share: float) -> int:
        """The first day by which this share of those who ever have it have it."""
        return next(days for days in range(self.horizon + 1) if self.share(days) >= share)

    @cached_property
    def is_known(self) -> bool:
        """Whether there are enough outcomes, watched for long enough to be all of them."""
        if self.outcomes < ENOUGH:
            return False
        return FLAT * (self.within(0.8) + 1) <= self.horizon + 1

    @property
    def median(self) -> int | None:
        """Days within which half of those who ever have the outcome have it."""
        return self.within(0.5) if self.is_known else None

    @property
    def p80(self) -> int | None:
        """Days within which 80 % of them have it."""
        return self.within(0.8) if self.is_known else None
