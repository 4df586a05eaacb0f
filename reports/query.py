"""What is asked of a report: company, period, grouping and filters, as one plain value."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple

from attribution.campaign_texts import BETWEEN, NOTHING
from attribution.capture.values import LAST_YEAR
from attribution.models import Company, Lead
from reports.attributing.models import CAPTURED, LONGEST_WINDOW, MODELS, Model
from reports.basis import BASES
from reports.dimensions import (
    BY_CAMPAIGN,
    DIMENSIONS,
    LEADS_ALONE,
    MOST_LEVELS,
    OF_LEADS,
    SAID,
    VALUES,
)
from reports.periods import LONGEST_PERIOD, ONE_DAY, Days, compared_days

EXCLUDED = tuple(kind for kind in Lead.Kind.values if kind != Lead.Kind.PRIMARY)


class CampaignBrief(NamedTuple):
    """What a report reads of a campaign."""

    id: int
    key: str
    name: str
    channel: str
    status: str
    discovered: bool
    type: str = ""
    goal: str = ""
    segment: str = ""
    location: str = ""
    language: str = ""
    tags: str = ""  # as one text, see `attribution.campaign_texts`
    groups: tuple[str, ...] = ()  # by the alphabet; empty unless the question asks for groups

    @property
    def all_tags(self) -> Sequence[str]:
        """Each of them; `(none)` where it has none."""
        return self.tags.split(BETWEEN) if self.tags else (NOTHING,)

    def says(self, name: str) -> tuple[str, ...]:
        """Its values of one of `SAID`; `(none)` where it has none."""
        found = self.groups if SAID[name] == "group" else (getattr(self, name),)
        return tuple(filter(None, found)) or (NOTHING,)


@dataclass(frozen=True, kw_only=True)
class ReportQuery:
    """One question. Both days belong to the period; a lead counts on the day it was received."""

    company: Company
    start: date
    end: date
    group_by: str = "campaign"
    then_by: tuple[str, ...] = ()  # into what each row is split further, outermost first
    campaigns: tuple[str, ...] = ()  # by their keys
    channels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    mediums: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    visit_channels: tuple[str, ...] = ()  # of the visits; `channels` are the campaigns'
    origins: tuple[str, ...] = ()  # where the visits came from
    landing: str = ""  # how the landing page begins
    statuses: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()  # of campaigns: any of them
    # What owners say of campaigns, by the names of `SAID`: any of these values.
    said: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: tuple[str, ...] = ()  # of spend; leads have none
    also: tuple[str, ...] = ()  # kinds that count beside primary ones, of `EXCLUDED`
    search: str = ""
    model: str = CAPTURED  # which visit of a lead gets the credit, of `MODELS`
    window: int | None = None  # days before a lead in which touches get credit; None: the company's
    basis: str = "received"  # which day of a lead puts it into the period, of `BASES`
    compare: str = "none"  # one of `COMPARISONS`
    own_days: Days | None = None  # to compare with; only with "custom"
    as_closed: bool = False  # the figures of closed months as they were when they were closed
    counts: bool = True  # whether anything of `COUNT_COLUMNS` may be asked of the answer
    by_line: bool = True  # whether anything of `LINE_COLUMNS` may be asked
    budgets: bool = True  # whether anything of `BUDGET_COLUMNS` may be asked of the answer
    # Whether the answer is for a page of its own: which values there are to filter by, and what
    # was restated.
    facets: bool = True

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("The last day comes before the first day.")
        compared_days(self.compare, self.period, self.own_days)
        if self.end - self.start > LONGEST_PERIOD:
            raise ValueError("The period is longer than ten years.")
        if self.end.year > LAST_YEAR:
            raise ValueError(f"A period may end in the year {LAST_YEAR} at the latest.")
        self._check_levels()
        if unknown := [kind for kind in self.also if kind not in EXCLUDED]:
            raise ValueError(f"There are no leads of the kind {unknown[0]}.")
        if self.model not in MODELS:
            raise ValueError(f"There is no model {self.model}; there are {', '.join(MODELS)}.")
        self._check_basis()
        if self.window is not None and not 1 <= self.window <= LONGEST_WINDOW:
            raise ValueError(f"A window has between 1 and {LONGEST_WINDOW} days.")

    def _check_levels(self) -> None:
        if unknown := [name for name in self.levels if name not in DIMENSIONS]:
            raise ValueError(f"A report cannot be grouped by {unknown[0]}.")
        if len(self.levels) > MOST_LEVELS:
            raise ValueError(f"A report is grouped by at most {MOST_LEVELS} things.")
        if len(set(self.levels)) < len(self.levels):
            raise ValueError("A report is grouped by each thing once.")

    def _check_basis(self) -> None:
        if self.basis not in BASES:
            raise ValueError(f"There is no date basis {self.basis}; there are {', '.join(BASES)}.")
        if self.basis == "received":
            return
        if self.attribution.reads_touches:
            raise ValueError("An attribution model goes by the day the lead was received.")
        if "hour" in self.levels:
            raise ValueError("Hours are told of the moment at which leads were received alone.")

    @property
    def levels(self) -> tuple[str, ...]:
        """What rows are split by, outermost first."""
        return (self.group_by, *self.then_by)

    @property
    def period(self) -> Days:
        return Days(self.start, self.end)

    @property
    def days(self) -> int:
        return len(self.period)

    @property
    def compared(self) -> Days | None:
        """The days compared with, which lie before the period."""
        return compared_days(self.compare, self.period, self.own_days)

    @property
    def first(self) -> date:
        """The earliest day that the question looks at."""
        compared = self.compared
        return self.start if compared is None else compared.start

    @property
    def read_days(self) -> tuple[Days, ...]:
        """All days that the question looks at, in as few ranges as can be."""
        compared = self.compared
        if compared is None:
            return (self.period,)
        if compared.end + ONE_DAY == self.start:
            return (Days(compared.start, self.end),)
        return (compared, self.period)

    def alone(self) -> "ReportQuery":
        """The same question without a comparison."""
        return replace(self, compare="none", own_days=None)

    def earlier(self) -> "ReportQuery":
        """The same question about the days compared with. Raises ValueError without any."""
        compared = self.compared
        if compared is None:
            raise ValueError("The question compares with nothing.")
        return replace(self, start=compared.start, end=compared.end, compare="none", own_days=None)

    @cached_property
    def looks_at_campaigns(self) -> bool:
        """Whether a filter asks for something that only a campaign has."""
        several = (self.campaigns, self.channels, self.statuses, self.tags, self.said)
        return bool(self.search) or any(several)

    @property
    def tells_campaigns(self) -> bool:
        """Whether it matters which campaign something is of, and not just whether it has one."""
        return self.looks_at_campaigns or not set(self.levels).isdisjoint(BY_CAMPAIGN)

    @property
    def asks_for_groups(self) -> bool:
        """Whether it matters in which groups campaigns are."""
        return "group" in self.levels or "campaign_group" in self.said

    @property
    def of_leads(self) -> dict[str, tuple[str, ...]]:
        """The filters on what leads alone have, by dimension; empty ones too."""
        filters = (
            *(self.contents, self.terms, self.countries, self.regions, self.cities),
            *(self.visit_channels, self.origins),
        )
        return dict(zip(OF_LEADS, filters, strict=True))

    def asks_for(self, dimension: str) -> bool:
        """Whether one of `VALUES` decides what a lead counts for."""
        filters = {"source": self.sources, "medium": self.mediums, **self.of_leads}
        return dimension in self.levels or bool(filters.get(dimension))

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """All of `VALUES` that decide, beside source and medium."""
        return tuple(name for name in VALUES[2:] if self.asks_for(name))

    def takes_campaign(self, campaign: CampaignBrief | None) -> bool:
        """Whether the campaign filters let this campaign (or a lead without one) pass."""
        if campaign is None or not self.looks_at_campaigns:
            return not self.looks_at_campaigns
        words = self.search.casefold()
        return (
            (not self.campaigns or campaign.key in self.campaigns)
            and (not self.channels or campaign.channel in self.channels)
            and (not self.statuses or campaign.status in self.statuses)
            and (not self.tags or not set(self.tags).isdisjoint(campaign.all_tags))
            and not any(
                set(wanted).isdisjoint(campaign.says(name)) for name, wanted in self.said.items()
            )
            and (words in campaign.name.casefold() or words in campaign.key)
        )

    def takes_utm(self, source: str, medium: str) -> bool:
        """Whether the filters on tidy source and medium let these values pass."""
        return (not self.sources or source in self.sources) and (
            not self.mediums or medium in self.mediums
        )

    def takes_lead(self, values: Iterable[str]) -> bool:
        """Whether the filters on what leads alone have let these values of `beside` pass."""
        return all(
            not (wanted := self.of_leads.get(name)) or value in wanted
            for name, value in zip(self.beside, values, strict=True)
        )

    def takes_line(self, line: str) -> bool:
        """Whether the filter on lines of spend lets this one pass."""
        return not self.lines or line in self.lines

    @property
    def reads_lines(self) -> bool:
        """Whether spend has to be told apart by line."""
        return self.by_line or bool(self.lines)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of leads that count, in the order of the model."""
        return (Lead.Kind.PRIMARY.value, *(kind for kind in EXCLUDED if kind in self.also))

    @property
    def attribution(self) -> Model:
        """The model that is asked for."""
        return MODELS[self.model]

    @property
    def look_back(self) -> int:
        """The days of the look-back window."""
        return self.company.look_back_days if self.window is None else self.window

    @property
    def looks_at_touches(self) -> bool:
        """Whether a filter asks for something that belongs to the touch with the credit."""
        of_visits = (self.sources, self.mediums, self.visit_channels, self.origins)
        return self.looks_at_campaigns or any(of_visits)

    @property
    def reads_facts(self) -> bool:
        """Whether the kept sums cannot answer: they hold the outcome of primary leads alone."""
        return self.needs_facts or bool(self.also) or self.attribution.reads_touches

    @property
    def needs_facts(self) -> bool:
        """Whether something is asked that the kept sums do not tell apart."""
        by_another_day = self.basis != "received"
        return by_another_day or bool(self.landing) or any(map(self.asks_for, LEADS_ALONE))

    @property
    def filters_leads(self) -> bool:
        """Whether a filter asks for what leads alone have: no spend can be told under it."""
        return bool(self.landing) or any(self.of_leads.values())
