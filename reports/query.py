"""What is asked of a report: company, period, grouping and filters, as one plain value."""

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from attribution.campaign_texts import BETWEEN
from attribution.models import Company, Lead
from reports.attributing.models import CAPTURED, LONGEST_WINDOW, MODELS, Model
from reports.periods import LONGEST_PERIOD, ONE_DAY, Days, compared_days

# What a report can be split by; the first is the default.
DIMENSIONS = {
    "campaign": _("Campaign"),
    "source": _("Source"),
    "medium": _("Medium"),
    "channel": _("Channel"),
    "type": _("Type"),
    "goal": _("Goal"),
    "segment": _("Segment"),
    "location": _("Location"),
    "language": _("Language"),
    "group": _("Campaign group"),
    "country": _("Country"),
    "visit_channel": _("Channel of the visit"),
    "origin": _("Came from"),
}
# Dimensions that leads alone have, each with the column of the lead; the kept sums know none.
OF_LEADS = {"country": "country", "visit_channel": "channel", "origin": "origin"}
VALUES = ("source", "medium", *OF_LEADS)  # what decides beside the campaign
# Dimensions of which each campaign has one value: all rows but those of leads without a campaign.
BY_CAMPAIGN = ("campaign", "channel", "type", "goal", "segment", "location", "language", "group")
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


@dataclass(frozen=True, kw_only=True)
class ReportQuery:
    """One question. Both days belong to the period; a lead counts on the day it was received."""

    company: Company
    start: date
    end: date
    group_by: str = "campaign"
    channels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    mediums: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    visit_channels: tuple[str, ...] = ()  # of the visits; `channels` are the campaigns'
    origins: tuple[str, ...] = ()  # where the visits came from
    landing: str = ""  # how the landing page begins
    statuses: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()  # of campaigns: any of them
    lines: tuple[str, ...] = ()  # of spend; leads have none
    also: tuple[str, ...] = ()  # kinds that count beside primary ones, of `EXCLUDED`
    search: str = ""
    model: str = CAPTURED  # which visit of a lead gets the credit, of `MODELS`
    window: int | None = None  # days before a lead in which touches get credit; None: the company's
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
        if self.group_by not in DIMENSIONS:
            raise ValueError(f"A report cannot be grouped by {self.group_by}.")
        if unknown := [kind for kind in self.also if kind not in EXCLUDED]:
            raise ValueError(f"There are no leads of the kind {unknown[0]}.")
        if self.model not in MODELS:
            raise ValueError(f"There is no model {self.model}; there are {', '.join(MODELS)}.")
        if self.window is not None and not 1 <= self.window <= LONGEST_WINDOW:
            raise ValueError(f"A window has between 1 and {LONGEST_WINDOW} days.")

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

    @property
    def looks_at_campaigns(self) -> bool:
        """Whether a filter asks for something that only a campaign has."""
        return bool(self.channels or self.statuses or self.tags or self.search)

    def asks_for(self, dimension: str) -> bool:
        """Whether one of `VALUES` decides what a lead counts for."""
        filters = {
            "source": self.sources,
            "medium": self.mediums,
            "country": self.countries,
            "visit_channel": self.visit_channels,
            "origin": self.origins,
        }
        return self.group_by == dimension or bool(filters[dimension])

    def takes_campaign(self, campaign: CampaignBrief | None) -> bool:
        """Whether the campaign filters let this campaign (or a lead without one) pass."""
        if campaign is None:
            return not self.looks_at_campaigns
        words = self.search.casefold()
        return (
            (not self.channels or campaign.channel in self.channels)
            and (not self.statuses or campaign.status in self.statuses)
            and (not self.tags or not set(self.tags).isdisjoint(campaign.tags.split(BETWEEN)))
            and (words in campaign.name.casefold() or words in campaign.key)
        )

    def takes_utm(self, source: str, medium: str) -> bool:
        """Whether the filters on tidy source and medium let these values pass."""
        return (not self.sources or source in self.sources) and (
            not self.mediums or medium in self.mediums
        )

    def takes_lead(self, country: str, visit_channel: str, origin: str) -> bool:
        """Whether the filters on what leads alone have let these values pass."""
        return (
            (not self.countries or country in self.countries)
            and (not self.visit_channels or visit_channel in self.visit_channels)
            and (not self.origins or origin in self.origins)
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
        return bool(self.landing) or any(map(self.asks_for, OF_LEADS))
