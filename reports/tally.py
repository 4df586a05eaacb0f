"""The groups of facts behind one row, as measures: added up when they are asked for.

A report has thousands of rows and a page shows fifty of them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from types import MappingProxyType

from reports.attributing.shares import Number, number
from reports.budget.columns import BudgetGroup
from reports.caveats import SPEND, Unconverted
from reports.metrics import MEASURES, METRICS, LineMeasure, Value
from reports.sources import LeadGroup, Rest, SpendGroup

NAMES = tuple(measure.name for measure in MEASURES)
NO_LINES: frozenset[str] = frozenset()
NOTHING_TOLD: Mapping[str, Decimal] = MappingProxyType({})


@dataclass(slots=True)
class Terms:
    """What holds for all figures of a report."""

    digits: int  # of the currency after the point
    counts_read: bool = True  # what platforms report with the spend
    lines_read: bool = True  # which line an entry of spend is of
    spend_known: bool = True  # no filter asks for what some entries do not say
    budgets_read: bool = True
    parts: int = 1  # into how many parts the leads of groups are cut
    untold: frozenset[str] = frozenset()  # ratios that the date basis cannot tell

    def number(self, parts: int) -> Number:
        """So many parts of leads as leads."""
        return parts if self.parts == 1 else number(parts, self.parts)

    def whole(self, parts: int) -> int:
        """The same to the nearest lead."""
        return (2 * parts + self.parts) // (2 * self.parts)


class Tally(Mapping[str, Value]):
    """The measures of one row by their names in the registry; money in whole units."""

    __slots__ = (
        "budget_groups",
        "lead_groups",
        "rest",
        "revenue_known",
        "spend_groups",
        "terms",
        "told",
        "unpriced",
        "waiting",
    )

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.lead_groups: list[LeadGroup] = []
        self.spend_groups: list[SpendGroup] = []
        # What few rows have; of some ten thousand rows, each container would cost time.
        self.budget_groups: list[BudgetGroup] | tuple[()] = ()
        self.revenue_known = True  # no completed booking lacks a rate of exchange
        self.unpriced = NO_LINES  # those in which an entry lacks one
        self.waiting: list[Unconverted] | tuple[()] = ()  # what lacks one
        self.rest: list[Rest] | tuple[()] = ()  # campaigns that were read as one
        # Measures as they are told where a model splits leads: rounded, and adding up all the same.
        self.told: Mapping[str, Decimal] = NOTHING_TOLD

    def plan(self, group: BudgetGroup) -> None:
        """Take in a budget or a target."""
        if self.budget_groups:
            self.budget_groups.append(group)
        else:
            self.budget_groups = [group]

    def lump(self, one: Rest) -> None:
        """Take in how many campaigns groups stand for."""
        if self.rest:
            self.rest.append(one)
        else:
            self.rest = [one]

    def wait(self, one: Unconverted) -> None:
        """Take in money that lacks a rate of exchange: a sum with it is unknown."""
        if self.waiting:
            self.waiting.append(one)
        else:
            self.waiting = [one]
        if one.fact == SPEND:
            self.unpriced |= {one.line}
        else:
            self.revenue_known = False

    def tell(self, name: str, value: Decimal) -> None:
        """How a measure is told; see `told`."""
        self.told = {**self.told, name: value}

    # In parts of a lead: one is one lead, but where a model splits them.

    @property
    def lead_parts(self) -> int:
        return sum([group.leads for group in self.lead_groups])

    @property
    def booked_parts(self) -> int:
        return sum([group.booked for group in self.lead_groups])

    @property
    def completed_parts(self) -> int:
        return sum([group.completed for group in self.lead_groups])

    @property
    def young_parts(self) -> int:
        return sum([group.young for group in self.lead_groups])

    @property
    def revenue_minor(self) -> int:
        """Of the bookings whose value is known, in minor units."""
        return sum([group.revenue_minor for group in self.lead_groups])

    @property
    def whole_leads(self) -> int:
        """To the nearest lead."""
        return self.terms.whole(self.lead_parts)

    @property
    def known_spend_minor(self) -> int | None:
        """Of the entries whose amount is known; unknown without any."""
        if not self.terms.spend_known:
            return None
        return _sum_of_known([group.amount_minor for group in self.spend_groups])

    @property
    def spend_minor(self) -> int | None:
        """Unknown without any amount, and while one of them lacks a rate: never a part of it."""
        return None if self.unpriced else self.known_spend_minor

    def __getitem__(self, name: str) -> Value:
        match name:
            case "leads":
                return self.terms.number(self.lead_parts)
            case "booked":
                return self.terms.number(self.booked_parts)
            case "completed":
                return self.terms.number(self.completed_parts)
            case "revenue":
                revenue = self.terms.number(self.revenue_minor)
                return self.money(revenue) if self.revenue_known else None
            case "spend":
                return self._money(self.spend_minor)
            case "budget" | "budget_spend":
                return self._money(self._budget_minor(name))
            case "target" | "target_leads":
                return self._of_targets(name)
        metric = METRICS[name]
        if isinstance(metric, LineMeasure):
            return self._money(self._spend_on(metric))
        return self._count(name)

    def money(self, minor: Number) -> Decimal:
        return Decimal(minor).scaleb(-self.terms.digits)

    def _money(self, minor: int | None) -> Decimal | None:
        return None if minor is None else self.money(minor)

    def _spend_on(self, measure: LineMeasure) -> int | None:
        """The spend of one line; raises LookupError as counts do."""
        if not self.terms.lines_read:
            raise LookupError(f"{measure.name} was not read: ask for it in the question (by_line).")
        if not self.terms.spend_known or measure.line in self.unpriced:
            return None
        groups = self.spend_groups
        return _sum_of_known([one.amount_minor for one in groups if one.line == measure.line])

    def _budget_minor(self, name: str) -> int | None:
        """Budgets, or what was spent within them; unknown without any, or without a rate.

        Raises LookupError when the question said that it would not be asked.
        """
        if not self.terms.budgets_read:
            raise LookupError(f"{name} was not read: ask for it in the question (budgets).")
        if name == "budget":
            return _sum_of_known(group.budget_minor for group in self.budget_groups)
        if not all(group.is_known for group in self.budget_groups):
            return None
        return _sum_of_known(group.spent_minor for group in self.budget_groups)

    def _of_targets(self, name: str) -> int | None:
        """Leads that targets ask for, or have; unknown without any. Raises LookupError likewise."""
        if not self.terms.budgets_read:
            raise LookupError(f"{name} was not read: ask for it in the question (budgets).")
        return _sum_of_known(getattr(group, name) for group in self.budget_groups)

    def _count(self, name: str) -> int | None:
        """What was reported with the spend; unknown where nobody did.

        Raises LookupError when the question said that it would not be asked.
        """
        if not self.terms.counts_read:
            raise LookupError(f"{name} was not read: ask for it in the question (counts).")
        if not self.terms.spend_known:
            return None
        return _sum_of_known(getattr(group, name) for group in self.spend_groups)

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


def total(tallies: Sequence[Tally]) -> Tally:
    """All that these stand for, in few groups: its sums are asked for many times."""
    found = Tally(tallies[0].terms)
    found.revenue_known = all(tally.revenue_known for tally in tallies)
    found.unpriced = NO_LINES.union(*(tally.unpriced for tally in tallies))
    leads = [group for tally in tallies for group in tally.lead_groups]
    spend = [group for tally in tallies for group in tally.spend_groups]
    found.budget_groups = [group for tally in tallies for group in tally.budget_groups]
    if leads:
        found.lead_groups.append(_sum_of_leads(leads))
    lines: dict[str, list[SpendGroup]] = {}
    for group in spend:
        lines.setdefault(group.line, []).append(group)
    found.spend_groups += [_sum_of_spend(line, groups) for line, groups in lines.items()]
    return found


def _sum_of_leads(groups: Collection[LeadGroup]) -> LeadGroup:
    """All of them as one group that is of no campaign."""
    numbers = [sum(map(itemgetter(n), groups)) for n in range(5, 15)]
    return LeadGroup._make((False, None, "", "", "", *numbers, True, ()))


def _sum_of_spend(line: str, groups: Collection[SpendGroup]) -> SpendGroup:
    """All of this line as one group that is of no campaign."""
    numbers = [_sum_of_known(map(itemgetter(n), groups)) for n in range(4, 9)]
    return SpendGroup._make((False, None, "", "", *numbers, line, ()))


def _sum_of_known(counts: Iterable[int | None]) -> int | None:
    """Unknown only when all of them are."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
