"""Sums of one row, while the groups of facts are added up."""

from dataclasses import dataclass, field
from decimal import Decimal

from reports.metrics import Value, with_ratios
from reports.rollup.sums import SPEND_COUNTS
from reports.sources import LeadGroup, SpendGroup


@dataclass(slots=True)
class Tally:
    """Sums of one row while the groups are added up; money in minor units."""

    leads: int = 0
    booked: int = 0
    completed: int = 0
    revenue: int = 0
    young: int = 0
    spend: int | None = None
    counts: dict[str, int] = field(default_factory=dict)

    def add_leads(self, group: LeadGroup) -> None:
        self.leads += group.leads
        self.booked += group.booked
        self.completed += group.completed
        self.revenue += group.revenue_minor
        self.young += group.young

    def add_spend(self, group: SpendGroup) -> None:
        self.spend = (self.spend or 0) + group.amount_minor
        for name, count in group.counts.items():
            if count is not None:
                self.counts[name] = self.counts.get(name, 0) + count

    def add(self, other: "Tally") -> None:
        self.leads += other.leads
        self.booked += other.booked
        self.completed += other.completed
        self.revenue += other.revenue
        self.young += other.young
        if other.spend is not None:
            self.spend = (self.spend or 0) + other.spend
        for name, count in other.counts.items():
            self.counts[name] = self.counts.get(name, 0) + count

    def values(self, digits: int, spend_known: bool) -> dict[str, Value]:
        """All metrics of the registry; money in whole units of the currency."""
        known = self if spend_known else Tally()
        return with_ratios(
            {
                "leads": self.leads,
                "booked": self.booked,
                "completed": self.completed,
                "revenue": Decimal(self.revenue).scaleb(-digits),
                "spend": None if known.spend is None else Decimal(known.spend).scaleb(-digits),
                **{name: known.counts.get(name) for name in SPEND_COUNTS},
            }
        )
