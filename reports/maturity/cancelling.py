"""Bookings that are still to be cancelled: what is booked today is more than will be booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from reports.maturity.curve import Curve
from reports.maturity.table import Waited

ENOUGH = 50  # leads old enough, with a booking of any fate
SETTLED = 0.98  # of the bookings that are kept, by then this share is


@dataclass(frozen=True)
class Cancelling:
    """Which share of the booked leads of an age stays booked.

    When a booking was cancelled is not recorded. Those that are completed are settled, so a
    booking is taken to be settled, one way or the other, as fast as others are completed; where
    more is cancelled among the young than that gives, it goes that much faster.
    """

    ages: Sequence[Waited]  # by age: leads with any booking, and of them those all cancelled
    booked: Curve
    completed: Curve

    @cached_property
    def share(self) -> float:
        """Of old leads with any booking, the share whose bookings were all cancelled."""
        if not (self.booked.is_known and self.completed.is_known):
            return 0.0
        since = self.completed.within(SETTLED)
        old = [one for one in self.ages if one.days > since]
        booked = sum(one.at_risk for one in old)
        return sum(one.events for one in old) / booked if booked >= ENOUGH else 0.0

    @cached_property
    def sooner(self) -> float:
        """How much sooner than completed: 0 at the same pace, 1 at once."""
        if not self.share:
            return 1.0
        since = self.completed.within(SETTLED)
        young = [one for one in self.ages if one.days <= since]
        booked = sum(one.at_risk for one in young)
        seen = sum(one.events for one in young)
        same = sum(one.at_risk * self.share * self._completed(one.days) for one in young)
        left = self.share * booked - same
        return min(max((seen - same) / left, 0.0), 1.0) if left > 0 else 1.0

    def stays(self, age: int) -> float:
        """The chance that a lead of this age that is booked today is booked in the end."""
        if not self.share:
            return 1.0
        settled = self._completed(age)
        settled += self.sooner * (1 - settled)
        return (1 - self.share) / (1 - self.share * settled)

    def _completed(self, age: int) -> float:
        """Of leads booked by that age that are completed in the end, those completed by then."""
        booked, completed = self.booked.share(age), self.completed.share(age)
        return min(completed / booked, 1.0) if booked else 0.0
