"""What a report is made of, whoever reads it: groups of leads and of spend, totals, days.

There are two readers: `reports.rollup.reader` takes sums that are kept, `reports.facts` adds up
the facts themselves. Both give the same, to the byte. A third, `reports.repair.amended`, stands
before one of them and says what it would give after a repair.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import starmap
from typing import Any, NamedTuple, Protocol

from django.db.models import QuerySet

from attribution.models import Booking, Campaign, Company
from reports import filtered
from reports.attributing.shares import Number
from reports.caveats import Caveats, read_caveats
from reports.filtered import NameSums
from reports.of_campaigns import with_groups
from reports.query import EXCLUDED as EXCLUDED
from reports.query import CampaignBrief, ReportQuery
from reports.rollup.books import CAVEATS
from reports.rollup.condition import Condition
from reports.rollup.sql import compiled
from reports.rollup.tiers import Tiers

ANY_CAMPAIGN = -1  # stands for a campaign where it does not matter which
Alike = Mapping[int, int]  # campaigns, and which of those that are like it stands for each
ALL_DIFFER: Alike = {}
MATURITY_SAMPLE = 1000  # latest bookings that tell how long a booking takes
MATURITY_SHARE = 80  # per cent of them


class LeadGroup(NamedTuple):
    """Leads that are alike in everything a report may ask for."""

    before: bool  # of the period compared with
    campaign_id: int | None  # none or 0: unattributed
    reason: str
    source: str  # empty unless the query asks for sources; likewise mediums
    medium: str
    leads: int  # those that count: of the kind primary, and of others that the query asks for
    follow_up: int  # here and below: 0 where they count
    test: int
    bot: int
    blocked: int
    duplicate: int
    booked: int  # from here on: of the counted leads
    completed: int
    revenue_minor: int
    young: int
    landed: bool = True  # where the query asks for
    values: tuple[str, ...] = ()  # of what the query tells apart `beside`, in its order

    @property
    def received(self) -> int:
        """Leads of any kind."""
        return self.leads + sum(self.excluded)

    @property
    def excluded(self) -> tuple[int, ...]:
        """Leads that do not count, in the order of `EXCLUDED`."""
        return self.follow_up, self.test, self.bot, self.blocked, self.duplicate


class Aged(NamedTuple):
    """Counted leads of one day, campaign and value, and what became of them."""

    value: Any
    campaign_id: int | None
    day: date
    leads: int
    booked: int
    completed: int


class SpendGroup(NamedTuple):
    """Spend entries that are alike in everything a report may ask for."""

    before: bool
    campaign_id: int | None  # none or 0: not matched
    source: str
    medium: str
    amount_minor: int | None  # unknown where no entry has a known one
    impressions: int | None  # unknown where no entry reported any; likewise the others
    clicks: int | None
    sends: int | None
    opens: int | None
    line: str = ""  # empty unless the query asks for lines
    values: tuple[str, ...] = ()  # as of leads; empty texts for what leads alone have


class Lump(NamedTuple):
    """Of a campaign: what takes its place where it is not among the largest of its row."""

    campaign_id: int
    one: int  # of those that are like it the one that stands for them
    part: int | None  # tells rows apart that campaigns have in common; None: filtered out
    nth: int  # its place among campaigns with as many leads


class Rest(NamedTuple):
    """Campaigns of one row that were read as one, since others there have more leads."""

    campaign_id: int  # the one that stands for them
    source: str  # empty unless it tells rows apart; likewise the medium
    medium: str
    campaigns: int  # how many they are, of those that the filters take
    values: tuple[str, ...]  # as of leads


class LeadTotals(NamedTuple):
    """All leads of the period under the filters, counted another way than by groups."""

    received: int
    counted: int
    named: int
    revenue_minor: int


class SpendTotals(NamedTuple):
    """All spend of the period under the filters, added up another way than by groups."""

    entries: int
    priced: int  # of them those with a known amount
    amount_minor: int
    matched_minor: int


class DayPoint(NamedTuple):
    """Counted leads of one day, and what became of them."""

    day: date
    leads: Number
    booked: Number
    completed: Number


class Reader(Protocol):
    """Where the groups come from. Its note says so, when that is not what one would expect."""

    note: str
    parts: int  # into how many parts each lead is cut; counts of leads in groups are of parts
    is_due: bool  # so much has changed since the kept sums were made that they should be anew
    caveat_kinds: Collection[str]  # what there may be of them

    def campaigns(self) -> Iterable[CampaignBrief]:
        """All campaigns of the company that count; those withdrawn do not."""

    def groups(
        self, young_since: date, campaigns: bool = True, alike: Alike = ALL_DIFFER
    ) -> tuple[Iterable[LeadGroup], Iterable[SpendGroup]]:
        """All leads and all spend of both periods, whatever the filters say.

        Where it need not tell campaigns apart, a reader may give `ANY_CAMPAIGN` for each; and in
        the place of one in `alike` the other.
        """

    def unmatched_names(self, campaigns: Iterable[CampaignBrief]) -> Iterable[NameSums]:
        """The tidy names under which unmatched spend stands, under the filters, most first."""

    def utm_values(self) -> Iterable[tuple[str, str]]:
        """Pairs of tidy source and medium that the filters may offer."""

    def caveats(self, campaigns: Iterable[CampaignBrief]) -> Caveats:
        """Money that lacks a rate of exchange, of both periods and whatever the filters say, and
        what was restated under them."""

    def totals(self, campaigns: Iterable[CampaignBrief]) -> tuple[LeadTotals, SpendTotals]:
        """A second, independent count under the filters."""

    def day_points(
        self, query: ReportQuery, campaigns: Iterable[CampaignBrief]
    ) -> Iterable[DayPoint]:
        """Days with leads under the filters; those of `query` may reach back further."""

    def curves(
        self, campaigns: Iterable[CampaignBrief], column: str, keys: Collection[Any], parts: Tiers
    ) -> Iterable[tuple[Any, date, Number]]:
        """Counted leads by a column's value and day; within the months of `parts` by any of its
        days."""

    def aged(
        self,
        campaigns: Iterable[CampaignBrief],
        column: str,
        keys: Collection[Any] | None,
        first: date,
        last: date,
    ) -> Iterable[Aged]:
        """Counted leads of these days by a column's value, campaign and day; None: any value.

        Nothing from readers that cut leads into parts, or that say what would be.
        """

    def late_groups(self, known: date) -> Iterable[LeadGroup]:
        """What came of the leads compared with after this day, with the sign turned; likewise."""


class NamesFromTables:
    """What every reader takes from the tables themselves."""

    query: ReportQuery
    parts: int = 1
    caveat_kinds: Collection[str] = CAVEATS

    def campaigns(self) -> Iterator[CampaignBrief]:
        """All campaigns of the company that count."""
        return with_groups(campaigns(self.query.company), self.query)

    def unmatched_names(self, campaigns: Iterable[CampaignBrief]) -> list[NameSums]:
        """The tidy names under which unmatched spend stands."""
        return filtered.unmatched_names(self.query, campaigns)

    def caveats(self, campaigns: Iterable[CampaignBrief]) -> Caveats:
        """Money that lacks a rate, and what was restated."""
        return read_caveats(self.query, campaigns, self.caveat_kinds)


def campaigns(company: Company) -> Iterator[CampaignBrief]:
    """All campaigns of the company that count."""
    return briefs(Campaign.objects.filter(company=company, withdrawn=False))


def briefs(rows: "QuerySet[Campaign]") -> Iterator[CampaignBrief]:
    """What a report reads of these campaigns, without their groups."""
    values = rows.order_by().values_list(*CampaignBrief._fields[:-1])
    yield from starmap(CampaignBrief, values)


def slots_to_book(company_id: int) -> Condition | None:
    """The half hours within which 80 % of the latest bookings came, as SQL; None outside the scope.

    NULL without any.
    """
    bookings = Booking.objects.filter(company=company_id).exclude(status=Booking.Status.CANCELLED)
    latest, params = compiled(
        bookings.order_by("-booked_at", "-pk").values("slots_to_book")[:MATURITY_SAMPLE]
    )
    if not latest:
        return None
    return Condition(
        f"""WITH latest AS ({latest}) SELECT slots_to_book FROM latest ORDER BY slots_to_book
             LIMIT 1 OFFSET (SELECT (COUNT(*) * {MATURITY_SHARE} - 1) / 100 FROM latest)""",  # noqa: S608
        tuple(params),
    )


def whole_days(slots: int | None) -> int:
    """Half hours as days, of which a part is a whole one; 0 for none."""
    return -(-(slots or 0) // 48)
