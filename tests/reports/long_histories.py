"""Random histories of a year and a half, and questions that the kept sums can tell."""

from dataclasses import replace
from datetime import date, timedelta

from reports.dimensions import LEADS_ALONE
from reports.rollup.refresh import refresh
from tests.reports.histories import NOW, History, comparison

FIRST_DAY = date(2024, 11, 1)
DAYS = (NOW.date() - FIRST_DAY).days


class LongHistory(History):
    """What happens to a company in a year and a half, so that reports have whole months."""

    def _instant(self):
        return NOW - timedelta(minutes=15 * self.rng.randint(0, DAYS * 96))

    def _day(self):
        return FIRST_DAY + timedelta(days=self.rng.randint(0, DAYS))

    def asked(self):
        """A question about any days, grouped and filtered in any way."""
        rng = self.rng
        first = self._day()
        last = first + timedelta(days=rng.choice((0, 6, 27, 30, 90, 200, 364, 500)))
        how = comparison(rng, first, last)
        query = self.question()
        # Such as the kept sums can tell.
        kept = [name for name in query.levels if name not in LEADS_ALONE] or ["campaign"]
        levels = {"group_by": kept[0], "then_by": tuple(kept[1:]), "basis": "received"}
        return replace(query, start=first, end=last, **levels, **how)

    def live(self, steps):
        """So many steps; now and then the sums are made anew."""
        for _ in range(steps):
            self.step()
            if self.rng.random() < 0.3:
                refresh(self.company.pk)
