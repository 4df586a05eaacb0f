"""What a metric is: counted or added up over facts, or a ratio of two such numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.functional import Promise

Value = int | Decimal | None
Values = Mapping[str, Value]
Interval = tuple[Decimal, Decimal]


class Unit(StrEnum):
    COUNT = "count"
    MONEY = "money"
    RATE = "rate"  # a share, shown in per cent
    MULTIPLE = "multiple"  # how many times: 2.4×
    SIGNED_RATE = "signed_rate"  # a gain or a loss in per cent


class Better(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """What a number is called, means and is measured in."""

    name: str
    label: str | Promise
    help: str | Promise
    unit: Unit
    better: Better = Better.HIGHER
    needs_spend: bool = False

    @property
    def has_interval(self) -> bool:
        """Whether it is a share of a count, so that chance gives it a range."""
        return False

    @property
    def ripens(self) -> bool:
        """Whether it still grows while the leads are young."""
        return False


OUTCOMES = frozenset({"booked", "completed", "revenue"})  # of leads: they grow for some time


@dataclass(frozen=True, kw_only=True)
class Measure(Metric):
    """A sum or a count over facts. `empty` is its value when there are no facts at all."""

    empty: Value = 0


@dataclass(frozen=True, kw_only=True)
class LineMeasure(Measure):
    """The spend of one line."""

    line: str


@dataclass(frozen=True, kw_only=True)
class Ratio(Metric):
    """`per` × (`top` − `minus`) ÷ `bottom`; unknown when a part is unknown or the bottom is 0."""

    top: str
    bottom: str
    minus: str = ""
    per: int = 1
    of_plan: bool = False  # a share of what was planned: chance gives it no range

    def compute(self, values: Values) -> Value:
        top, bottom = values[self.top], values[self.bottom]
        less = values[self.minus] if self.minus else 0
        if top is None or less is None or not bottom:
            return None
        return self.per * (Decimal(top) - less) / bottom

    @property
    def has_interval(self) -> bool:
        return self.unit is Unit.RATE and not self.of_plan

    @property
    def ripens(self) -> bool:
        return not OUTCOMES.isdisjoint((self.top, self.bottom))
