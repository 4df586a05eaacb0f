"""Sums of one row, while the groups of facts are added up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from reports.metrics import MEASURES, Figures, Value
from reports.sources import LeadGroup, SpendGroup

NAMES = tuple(measure.name for measure in MEASURES)


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

    def values(self, digits: int, spend_known: bool) -> Figures:
        """All metrics of the registry; money in whole units of the currency."""
        return Figures(_Measured(self, digits, spend_known))


class _Measured(Mapping[str, Value]):
    """A tally by the names of the registry. Thousands are made and few are read."""

    __slots__ = ("_digits", "_spend_known", "_tally")

    def __init__(self, tally: Tally, digits: int, spend_known: bool) -> None:
        self._tally, self._digits, self._spend_known = tally, digits, spend_known

    def __getitem__(self, name: str) -> Value:
        tally = self._tally
        match name:
            case "leads":
                return tally.leads
            case "booked":
                return tally.booked
            case "completed":
                return tally.completed
            case "revenue":
                return Decimal(tally.revenue).scaleb(-self._digits)
        if not self._spend_known:
            return None
        if name == "spend":
            return None if tally.spend is None else Decimal(tally.spend).scaleb(-self._digits)
        return tally.counts.get(name)

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)
