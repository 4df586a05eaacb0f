"""The parts of a report's answer: rows, reasons, kinds, facets, and the report itself."""

from dataclasses import dataclass, field

from attribution.models import Campaign
from reports.metrics import Interval, Value
from reports.proof import Proof
from reports.query import ReportQuery
from reports.ranking import Ranking, rank


@dataclass(frozen=True, slots=True)
class CampaignBrief:
    """What a row shows of its campaign."""

    id: int
    key: str
    name: str
    channel: str
    status: str
    discovered: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the report: its metrics by name, and what may be said of them."""

    key: str
    label: str
    values: dict[str, Value]
    previous: dict[str, Value] | None = None
    intervals: dict[str, Interval] = field(default_factory=dict)
    thin: bool = False
    maturing: bool = False
    young: int = 0
    campaign: CampaignBrief | None = None

    @property
    def leads(self) -> int:
        return int(self.values["leads"] or 0)


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """Counted leads without a campaign, for one reason."""

    code: str
    label: str
    leads: int
    booked: int
    completed: int


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
    amount_minor: int
    entries: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The values that the period's facts offer to the filters."""

    channels: list[str]
    statuses: list[str]
    sources: list[str]
    mediums: list[str]


@dataclass(frozen=True, kw_only=True)
class Report:
    """The answer to one query, with everything that is needed to trust it."""

    query: ReportQuery
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
    has_spend: bool
    outside: int  # leads of the period that the filters leave out
    thin_below: int
    young_days: int  # leads younger than this may still book
    campaigns: tuple[Campaign, ...] = field(repr=False)  # all of the company

    def ranking(self, sort: str) -> Ranking[Row]:
        """The rows in the order of a metric or "label"; "-" in front for descending."""
        return rank(self.rows, sort)
