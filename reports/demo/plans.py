"""What a demo company is described by: its rhythm, its campaigns, and leads without a campaign."""

from dataclasses import dataclass

DAYS = 456  # fifteen months
ALWAYS = DAYS


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A stream of leads: how strong, from when to when, and what becomes of them."""

    weight: float  # share of the company's leads while it runs
    started: int = ALWAYS  # days ago
    ended: int = 0  # days ago
    booked: float = 0.25  # chance that a lead books
    shown: float = 0.8  # chance that one who booked comes
    value: int = 200  # of a completed booking, in whole units of the company's currency


@dataclass(frozen=True, kw_only=True)
class CampaignPlan(Flow):
    """A campaign, the links that lead to it, and what it costs."""

    name: str
    key: str  # its utm_campaign
    channel: str
    source: str
    medium: str
    click_id: str = ""
    status: str = "active"
    cost_per_lead: float = 0.0
    daily_cost: float = 0.0  # for a campaign that costs whether leads come or not
    agency_fee: int = 0  # a month
    sends: int = 0  # mails a week
    peak: int = 0  # leads more than usual, on one Monday
    peak_note: str = ""  # why they came
    owned: bool = False  # maintained by the demo owner alone
    known: bool = True  # False: discovered by its leads, as a misspelt utm_campaign is


@dataclass(frozen=True, kw_only=True)
class Stray(Flow):
    """Leads that name no campaign, for one reason of `attribution.utm.Reason`."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class CompanyPlan:
    """One demo company."""

    slug: str
    name: str
    industry: str
    timezone: str
    currency: str
    leads: int
    seasons: tuple[float, ...]  # January to December
    weekdays: tuple[float, ...]  # Monday to Sunday
    growth: float  # leads of today over leads of fifteen months ago
    dip: int  # days ago: the day the form was broken
    lag: float  # mean days from lead to booking
    ahead: tuple[int, int]  # days from booking to appointment, least and most
    campaigns: tuple[CampaignPlan, ...]
    strays: tuple[Stray, ...]
    misspelt_spend: str  # a campaign name in the spend that no campaign has
    flood: int = 0  # days ago: leads with a new campaign name each; 0: never
    new_campaigns_per_day: int = 500
    pages: tuple[str, ...]
    places: tuple[tuple[str, str, int], ...]  # country, city, weight
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    phone: str  # a pattern from a range that is never assigned; empty: no phone asked

    @property
    def site(self) -> str:
        return f"https://{self.slug}.example.com"

    @property
    def flows(self) -> tuple[Flow, ...]:
        return (*self.campaigns, *self.strays)


def strays(share: float, value: int) -> tuple[Stray, ...]:
    """Leads without a campaign, `share` in weight, in their usual proportions."""
    return (
        Stray(reason="direct", weight=share * 0.30, booked=0.30, value=value),
        Stray(reason="referrer", weight=share * 0.27, booked=0.24, value=value),
        Stray(reason="no_campaign", weight=share * 0.17, booked=0.16, value=value),
        Stray(reason="broken_tag", weight=share * 0.12, booked=0.18, value=value),
        Stray(reason="click_id", weight=share * 0.09, booked=0.20, value=value),
        Stray(reason="ambiguous", weight=share * 0.03, booked=0.20, value=value),
        Stray(reason="by_person", weight=share * 0.02, booked=0.10, value=value),
    )
