"""Reads a report under an attribution model: from the leads and their touches themselves.

Numbers of leads are in equal parts of a lead (`parts` of them are one), so that every share is a
whole number and nothing is lost. Spend has nothing to do with a model and is read as it is.
"""

# ruff: noqa: S608  (the parts of the SQL are our own; values are parameters)

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Case, F

from attribution import scope
from reports.attributing.credit import credited_leads, is_named, wanted_credit
from reports.attributing.models import MODELS, share
from reports.attributing.shares import Number, common_parts, number
from reports.attributing.waiting import with_credit
from reports.caveats import Caveats, read_caveats
from reports.dimensions import OF_LEADS
from reports.facts import OF_EACH, FactReader
from reports.query import EXCLUDED, CampaignBrief, ReportQuery
from reports.rollup.condition import Condition, any_of
from reports.rollup.sql import as_day, fetch
from reports.rollup.tiers import Tiers
from reports.sources import Aged, DayPoint, LeadGroup, LeadTotals

Key = tuple[Any, ...]
COUNTS = ("counts", "counts * booked", "counts * completed")  # leads, and what became of them


class ModelReader(FactReader):
    """The leads of one company, each where the model gives its credit."""

    def __init__(self, query: ReportQuery, note: str = "") -> None:
        super().__init__(query, note)
        # No company has the id 0: outside the scope there is nothing.
        self.company_id = query.company.pk if scope.includes(query.company.pk) else 0
        self._pairs: set[tuple[str, str]] = set()

    def lead_groups(
        self, young_since: date, of_campaign: F | Case = OF_EACH
    ) -> Iterator[LeadGroup]:
        """All in parts of a lead; how many these are is known when the first group is. Campaigns
        are told apart in any case.
        """
        sums = self._sums(young_since)
        self.parts = common_parts([one for added in sums.values() for one in added])
        for key, added in sums.items():
            before, campaign, reason, landed, source, medium, *values = key
            numbers = [int(one * self.parts) for one in added]
            place = (before, campaign or None, reason, source, medium)
            yield LeadGroup._make((*place, *numbers, landed, tuple(values)))

    def _sums(self, young_since: date) -> dict[Key, list[Fraction]]:
        """What is alike, added up. Source and medium are read in any case: filters offer them."""
        rows = credited_leads(self.query, self.company_id)
        kinds = [f"CASE WHEN lead_kind = '{kind}' THEN 1 - counts ELSE 0 END" for kind in EXCLUDED]
        numbers = [
            *("counts", *kinds, "counts * booked", "counts * completed", "counts * revenue_minor"),
            'CASE WHEN "day" >= %s THEN counts ELSE 0 END',
        ]
        read = ", ".join(["source", "medium", *self.query.beside])
        found = fetch(
            f"SELECT is_before, campaign_id, reason, landed, n, at_end, {read},"
            f" {', '.join(_total(f'n{nth}') for nth in range(len(numbers)))}"
            f' FROM (SELECT CASE WHEN "day" < %s THEN 1 ELSE 0 END AS is_before, campaign_id,'
            f" reason, landed, n, at_end, {read},"
            f" {', '.join(f'{one} AS n{nth}' for nth, one in enumerate(numbers))}"
            f" FROM ({rows.sql}) AS credited) AS numbered"
            f" GROUP BY is_before, campaign_id, reason, landed, n, at_end, {read}",
            (str(self.query.start), str(young_since), *rows.params),
        )
        sums: dict[Key, list[Fraction]] = defaultdict(lambda: [Fraction()] * len(numbers))
        for before, campaign, reason, landed, of, at_end, *rest in found:
            values, counts = rest[: -len(numbers)], rest[-len(numbers) :]
            if not before:
                self._pairs.add((values[0], values[1]))
            utm = (
                value if self.query.asks_for(name) else ""
                for name, value in zip(("source", "medium"), values, strict=False)
            )
            key = (bool(before), campaign, reason, bool(landed), *utm, *values[2:])
            part = self._share(of, at_end)
            sums[key] = [one + part * more for one, more in zip(sums[key], counts, strict=True)]
        return sums

    def _share(self, of: int, at_end: int) -> Fraction:
        if not MODELS[self.query.model].splits:
            return Fraction(1)
        return share(self.query.model, of, bool(at_end))

    def utm_values(self) -> Iterator[tuple[str, str]]:
        """Those of the period's credited touches, whatever the other filters."""
        yield from self._pairs

    def _lead_totals(self, campaigns: Iterable[CampaignBrief]) -> LeadTotals:
        """Of the leads themselves where no filter looks at touches; else with these in SQL."""
        query = self.query
        received, counted, named, revenue = self._credited_totals(campaigns)
        if not query.looks_at_touches:
            whole = super()._lead_totals(campaigns)
            received, counted = whole.received * self.parts, whole.counted * self.parts
            revenue = whole.revenue_minor * self.parts
        return LeadTotals(received, counted, named, revenue)

    def _credited_totals(self, campaigns: Iterable[CampaignBrief]) -> list[int]:
        rows = credited_leads(self.query.alone(), self.company_id)
        where = wanted_credit(self.query, campaigns)
        named = f"CASE WHEN {is_named(self.query)} THEN counts ELSE 0 END"
        numbers = ("1", "counts", named, "counts * revenue_minor")
        sums = [Fraction()] * len(numbers)
        for of, at_end, *counts in fetch(
            f"SELECT n, at_end, {', '.join(map(_total, numbers))}"
            f" FROM ({rows.sql}) AS credited WHERE {where.sql} GROUP BY 1, 2",
            (*rows.params, *where.params),
        ):
            part = self._share(of, at_end)
            sums = [one + part * more for one, more in zip(sums, counts, strict=True)]
        return [int(one * self.parts) for one in sums]

    def aged(self, *asked: Any) -> Iterator[Aged]:
        """Of parts of leads it is not told what they may still bring."""
        return iter(())

    def day_points(
        self, query: ReportQuery, campaigns: Iterable[CampaignBrief]
    ) -> Iterator[DayPoint]:
        """Days with leads, with the filters in SQL; in leads and not in parts of them."""
        if not query.looks_at_touches:  # wherever the credit goes, it is that of one day
            yield from super().day_points(query, campaigns)
            return
        found = self.credit_by(query, wanted_credit(query, campaigns), '"day"')
        for (day,), sums in found.items():
            leads, booked, completed = map(self._number, sums)
            yield DayPoint(as_day(day), leads, booked, completed)

    def curves(
        self, campaigns: Iterable[CampaignBrief], column: str, keys: Collection[Any], parts: Tiers
    ) -> Iterator[tuple[Any, date, Number]]:
        """Counted leads by a column's value and day."""
        column = next((name for name, of_lead in OF_LEADS.items() if of_lead == column), column)
        where = wanted_credit(self.query, campaigns) & any_of(column, keys)
        first, last = (str(day) for day in parts.reach)
        where &= Condition('"day" BETWEEN %s AND %s', (first, last))
        for (value, day), sums in self.credit_by(self.query, where, f'{column}, "day"').items():
            yield value, as_day(day), self._number(sums[0])

    def credit_by(
        self, query: ReportQuery, where: Condition, keys: str, numbers: Sequence[str] = COUNTS
    ) -> dict[Key, list[Fraction]]:
        """The credit for these numbers of counted leads, by these columns; without a comparison."""
        rows = credited_leads(query.alone(), self.company_id)
        found = fetch(
            f"SELECT n, at_end, {', '.join(map(_total, numbers))}, {keys}"
            f" FROM ({rows.sql}) AS credited WHERE counts = 1 AND {where.sql}"
            f" GROUP BY n, at_end, {keys}",
            (*rows.params, *where.params),
        )
        sums: dict[Key, list[Fraction]] = defaultdict(lambda: [Fraction()] * len(numbers))
        for of, at_end, *rest in found:
            part, added = self._share(of, at_end), sums[tuple(rest[len(numbers) :])]
            for nth, more in enumerate(rest[: len(numbers)]):
                added[nth] += part * more
        return sums

    def _number(self, sums: Fraction) -> Number:
        return number(sums.numerator, sums.denominator)

    def caveats(self, campaigns: Iterable[CampaignBrief]) -> Caveats:
        """As ever, and money that waits for a rate is missed wherever its lead has credit."""
        found = read_caveats(self.query, campaigns, self.caveat_kinds)
        return with_credit(found, self.query, campaigns)


def _total(expression: str) -> str:
    """As a whole number: what a driver makes of other sums is slow."""
    return f"CAST(SUM({expression}) AS bigint)"
