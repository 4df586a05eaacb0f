"""The parts of a report's answer: rows, reasons, kinds, facets, and the report itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple, Protocol

from reports.attributing.shares import Number
from reports.closing.in_period import InPeriod
from reports.dimensions import IN_TIME
from reports.maturity.expected import Expected
from reports.maturity.kept import Lags
from reports.maturity.words import so_far
from reports.metrics import Figures, Interval, Values, intervals
from reports.proof import Proof
from reports.query import CampaignBrief, ReportQuery
from reports.ranking import DEFAULT_SORT, Ranking, goes_by_time, parts_in_order, rank
from reports.sources import Reader
from reports.tally import Tally

STILL_GROWS = 20  # one young lead in so many
NOTHING_EXPECTED: Mapping[str, Expected] = MappingProxyType({})


class First(NamedTuple):
    """Some rows of those that another is split into, and what stands for the others."""

    rows: list["Row"]
    others: list["Row"]  # fewer than they are, where some were added up at once


class Splits(Protocol):
    """What a row is split into: found when it is asked for, as a page shows few of its rows."""

    @property
    def dimension(self) -> str:
        """What its rows are values of, one of `DIMENSIONS`."""

    @property
    def number(self) -> int:
        """How many rows there are."""

    def rows(self) -> list["Row"]:
        """All of them, those with most leads first."""

    def with_most_leads(self, most: int) -> First:
        """So many of them, and what stands for the others."""


@dataclass(kw_only=True)  # not frozen: thousands are made, and that takes three times as long
class Row:
    """One line of the report: its metrics by name, and what may be said of them."""

    key: str
    label: str
    tally: Tally = field(repr=False)
    before: Tally | None = field(repr=False)  # of the period compared with
    # The same, as it stood when it was as old as the period is; only where this is young.
    at_age: Tally | None = field(default=None, repr=False)
    leads: int  # to the nearest whole, where a model splits them
    thin: bool = False
    maturing: bool = False
    campaign: CampaignBrief | None = None
    dimension: str = ""  # what it is a value of, one of `DIMENSIONS`; empty for a sum
    splits: Splits | None = field(default=None, repr=False)
    # By rate: what it may come to. Only of rows that mature, and where the lags are known.
    expected: Mapping[str, Expected] = field(default_factory=lambda: NOTHING_EXPECTED)

    @cached_property
    def children(self) -> list["Row"]:
        """What it is split into."""
        return self.splits.rows() if self.splits else []

    @property
    def parts(self) -> int:
        """Into how many rows it is split."""
        return self.splits.number if self.splits else 0

    def first(self, sort: str, most: int) -> First:
        """So many of its children in the order of the page: of months the latest, of weekdays and
        hours those with most leads."""
        if sort == DEFAULT_SORT and self.splits and not self._keeps_children:
            return self.splits.with_most_leads(most)
        found = [row for _group, row in parts_in_order(self.children, sort)]
        if not goes_by_time(found, sort):
            return First(found[:most], found[most:])
        by_worth = self.children
        if found[0].dimension == "month":
            by_worth = sorted(found, key=attrgetter("order"), reverse=True)
        shown = {row.key for row in by_worth[:most]}
        return First(
            [row for row in found if row.key in shown],
            [row for row in found if row.key not in shown],
        )

    @property
    def _keeps_children(self) -> bool:
        """What is told of parts of leads is kept with them."""
        return self.tally.terms.parts > 1

    def forget_children(self) -> None:
        """They are split anew when they are asked for again.

        The context of a page and its table refer to themselves, so that all they have lives until
        the collector looks: where that was thousands of rows it took 150 ms a page.
        """
        if not self._keeps_children:
            self.__dict__.pop("children", None)

    def sort_below(self, sort: str) -> str:
        """How what it is split into is sorted: where nobody asked for another order, months and
        the like follow one another in time, and what these are split into goes by its leads."""
        if self.splits is None:
            return sort
        in_time = self.splits.dimension in IN_TIME
        if sort == DEFAULT_SORT:
            return "label" if in_time else sort
        by_time = sort.removeprefix("-") == "label" and self.dimension in IN_TIME
        return DEFAULT_SORT if by_time and not in_time else sort

    @property
    def order(self) -> str:
        """By what it stands among others when they are sorted by name: months in time."""
        return self.key if self.dimension in IN_TIME else self.label.casefold()

    def note_of(self, metric: str) -> str:
        """What is said beside the figure while it is still rising."""
        return so_far(metric, self.leads, self.expected) if self.expected else ""

    @property
    def young(self) -> int:
        """Those that may still book, to the nearest whole."""
        return self.tally.terms.whole(self.tally.young_parts)

    @property
    def still_grows(self) -> bool:
        """Whether so many of its leads may still book that what became of them is no verdict."""
        return self.tally.young_parts * STILL_GROWS > self.tally.lead_parts

    @cached_property
    def values(self) -> Values:
        """Its metrics by name."""
        return _figures(self.tally)

    @property
    def previous(self) -> Values | None:
        """The metrics of the period compared with; None without a comparison."""
        return None if self.before is None else _figures(self.before)

    @property
    def previous_at_age(self) -> Values | None:
        """The same as they stood at the age of this period; None where it is old enough."""
        return None if self.at_age is None else _figures(self.at_age)

    @property
    def intervals(self) -> dict[str, Interval]:
        """The 95 % interval of each share that is known."""
        return intervals(self.values)


def _figures(tally: Tally) -> Values:
    return Figures(tally, tally.told, tally.terms.untold)


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """Counted leads without a campaign, for one reason."""

    code: str
    label: str
    leads: Number
    booked: Number
    completed: Number


@dataclass(frozen=True, slots=True)
class KindCount:
    """Excluded leads of one kind."""

    kind: str
    label: str
    leads: int


@dataclass(frozen=True, slots=True)
class UnmatchedName:
    """Spend whose campaign nobody knows, by tidy name; the amount in minor units."""

    name: str
    amount_minor: int | None  # unknown without any, and while a rate of exchange is missing
    entries: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The values that are offered to the filters: those of the period's facts. Of campaigns, where
    rows do not tell them apart, those of all that are not archived.
    """

    channels: list[str]
    statuses: list[str]
    tags: list[str]
    sources: list[str]
    mediums: list[str]
    # By the names of `SAID`, of all campaigns that are not archived; for a page of its own alone.
    said: dict[str, list[str]]
    of_leads: dict[str, list[str]]  # by dimension; only where the question looks at it


@dataclass(frozen=True, kw_only=True)
class Report:
    """The answer to one query, with everything that is needed to trust it."""

    query: ReportQuery
    reader: Reader = field(
        repr=False, compare=False
    )  # where the figures came from; curves come from there too
    rows: list[Row]
    unattributed: Row
    reasons: list[ReasonCount]
    excluded: list[KindCount]
    unmatched_spend: Row
    unmatched_names: list[UnmatchedName]
    total: Row
    proof: Proof
    facets: Facets
    notes: list[str]
    missing_rates: list[str]  # which money is unknown for want of a rate of exchange
    restated: str  # what was changed of days that were over; empty without
    closed: InPeriod | None = None  # which closed months the period touches; None: none
    has_spend: bool
    # Of source and medium what some entry does not say, whatever the filters, or what the question
    # did not tell apart: a filter of it hides all spend.
    silent_spend: frozenset[str]
    outside: Number  # leads of the period that the filters leave out
    thin_below: int
    young_days: int  # leads younger than this may still book
    young_since: date  # their first day
    lags: Lags = field(repr=False)  # how long leads take to book
    campaigns: tuple[CampaignBrief, ...] = field(repr=False)  # all of the company
    _rankings: dict[str, Ranking[Row]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    @property
    def all_notes(self) -> list[str]:
        """Everything that is to be said beside the figures."""
        closed = [self.closed.text] if self.closed else []
        restated = [self.restated] if self.restated else []
        return [*self.missing_rates, *restated, *closed, *self.notes]

    @property
    def shows_spend(self) -> bool:
        """Whether costs can be told: there is spend, and the question does not go beyond it."""
        return self.has_spend and not self.query.filters_leads

    def ranking(self, sort: str) -> Ranking[Row]:
        """The rows in the order of a metric or "label"; "-" in front for descending."""
        if sort not in self._rankings:
            self._rankings[sort] = rank(self.rows, sort)
        return self._rankings[sort]
