"""The audit of one company and period: buckets with their cases, and the proof that they add up."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from babel.numbers import get_currency_precision

from attribution.money import decimal_of
from reports.answer import Report
from reports.audit import reading
from reports.audit.buckets import (
    Kind,
    Known,
    LeadRow,
    Leads,
    Money,
    SpendRow,
    bucket_of_leads,
    bucket_of_spend,
)
from reports.audit.reading import Days
from reports.caveats import SPEND
from reports.query import CampaignBrief, ReportQuery
from reports.report import run_report
from reports.snapshot import snapshot

logger = logging.getLogger(__name__)


@dataclass
class Sums:
    """Money and leads of a bucket, or of one case in it. `waiting`: by currency, minor units."""

    entries: int = 0
    priced: int = 0
    minor: int = 0  # of entries whose amount is known; of leads: their revenue
    leads: int = 0
    waiting: dict[str, int] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None

    def add_spend(self, row: SpendRow) -> None:
        self.entries += row.entries
        self.priced += row.priced
        self.minor += row.known_minor
        if row.waits_in:
            self.waiting[row.waits_in] = self.waiting.get(row.waits_in, 0) + row.recorded_minor
        self._reach(row.first, row.last)

    def add_leads(self, row: LeadRow) -> None:
        self.leads += row.leads
        self.minor += row.revenue_minor
        self._reach(row.first, row.last)

    def _reach(self, first: date | None, last: date | None) -> None:
        if first and last:
            self.first = min(self.first or first, first)
            self.last = max(self.last or last, last)


@dataclass
class Case(Sums):
    """One thing to look at: a campaign, or a name or a source that means none."""

    campaign_id: int | None = None
    text: str = ""  # the name of unmatched spend, the reason, the source
    details: set[str] = field(default_factory=set)  # platforms, sources


@dataclass
class Bucket(Sums):
    """All spend, or all leads, of one kind."""

    kind: Kind = Money.IN_ORDER
    found: dict[tuple[int | None, str], Case] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.entries or self.leads)

    @cached_property
    def cases(self) -> list[Case]:
        """The largest first; by leads where it is about leads. The same on every engine."""
        return sorted(self.found.values(), key=self._order)

    def _order(self, case: Case) -> tuple[int, int, int, str, int]:
        size = case.leads if self.kind in Leads else case.minor
        waiting = max(case.waiting.values(), default=0)
        return (-size, -waiting, -case.entries, case.text, case.campaign_id or 0)


@dataclass(frozen=True)
class Audit:
    """Every entry of spend and every counted lead of the period, each in one bucket."""

    query: ReportQuery
    report: Report
    buckets: Mapping[Kind, Bucket]
    campaigns: Mapping[int, CampaignBrief]
    days: Mapping[int, Days]

    @property
    def minor(self) -> int:
        """All spend whose amount is known."""
        return sum(self.buckets[kind].minor for kind in Money)

    @property
    def leads(self) -> int:
        return sum(self.buckets[kind].leads for kind in Leads)

    @property
    def minor_at_risk(self) -> int:
        return self.minor - self.buckets[Money.IN_ORDER].minor

    @property
    def leads_at_risk(self) -> int:
        return self.leads - self.buckets[Leads.IN_ORDER].leads

    @property
    def waiting(self) -> dict[str, int]:
        """Recorded amounts without a rate of exchange, each currency by itself."""
        found: dict[str, int] = {}
        for kind in Money:
            for currency, minor in self.buckets[kind].waiting.items():
                found[currency] = found.get(currency, 0) + minor
        return found

    @property
    def revenue_known(self) -> bool:
        """Whether no completed booking of a counted lead lacks a rate of exchange."""
        return self.report.total.tally.revenue_known

    @cached_property
    def money_holds(self) -> bool:
        """The buckets are what the report says, which was counted another way."""
        proof, total = self.report.proof, self.report.total.tally.known_spend_minor or 0
        waiting = {
            one.currency: int(one.amount.scaleb(get_currency_precision(one.currency)))
            for one in proof.unconverted
            if one.fact == SPEND
        }
        holds = self.minor == total and self.in_units(total) == proof.spend_total
        return proof.money_holds and holds and waiting == self.waiting

    @cached_property
    def leads_hold(self) -> bool:
        proof, total = self.report.proof, self.report.total.leads
        return proof.leads_hold and self.leads == total == proof.counted

    def in_units(self, minor: int) -> Decimal:
        """Money of the company in whole units."""
        return decimal_of(minor, self.query.company.currency)


def audit(query: ReportQuery) -> Audit:
    """Sort everything of the period, as of one moment. What does not add up is logged."""
    with snapshot():
        found = _audit(plain(query))
    if not (found.money_holds and found.leads_hold):
        logger.error(
            "The audit does not add up: company %s, %s to %s: spend %s, leads %s, report %s",
            *(query.company.pk, query.start, query.end, found.minor, found.leads),
            found.report.proof,
        )
    return found


def plain(query: ReportQuery) -> ReportQuery:
    """The same company and days, without anything that the audit has no use for."""
    return ReportQuery(
        company=query.company,
        start=query.start,
        end=query.end,
        counts=False,
        by_line=False,
        budgets=False,
        facets=False,
    )


def _audit(query: ReportQuery) -> Audit:
    report = run_report(query, reading.without_names)
    days = reading.campaign_days(query.company)
    partly = reading.partly_in(query, days)
    reader = reading.lead_reader(report.reader, query)
    outside = list(reader.outside(partly)) if partly else []
    leads = reading.lead_rows(reader.groups_of_leads(), outside)
    spend = reading.spend_rows(query, by_days=bool(partly))
    campaigns = {brief.id: brief for brief in report.campaigns}
    known = _known(query, campaigns, spend, leads)
    buckets = sort_spend(spend, known) | sort_leads(leads, known)
    return Audit(query, report, buckets, campaigns, days)


def spend_at_risk(report: Report) -> dict[Kind, Bucket]:
    """The buckets of spend alone, under a report by campaign that is there already.

    For pages that want but a figure: sources are looked up, and lists of them not read.
    """
    query = plain(report.query)
    spend = reading.spend_rows(query, by_days=True)
    known = Known(
        channels={brief.id: brief.channel for brief in report.campaigns},
        spend=spend,
        leads_of={row.campaign.id: row.leads for row in report.rows if row.campaign},
    )
    return sort_spend(spend, _looked_up(query, known, set()))


def _known(
    query: ReportQuery,
    campaigns: Mapping[int, CampaignBrief],
    spend: list[SpendRow],
    leads: Iterable[LeadRow],
) -> Known:
    leads_of, sources = dict[int, int](), set[str]()
    for row in leads:
        sources.add(row.source)
        if row.campaign_id:
            leads_of[row.campaign_id] = leads_of.get(row.campaign_id, 0) + row.leads
    known = Known(
        channels={pk: brief.channel for pk, brief in campaigns.items()},
        spend=spend,
        leads_of=leads_of,
    )
    return _looked_up(query, known, sources)


def _looked_up(query: ReportQuery, known: Known, of_leads: set[str]) -> Known:
    """With what is known of sources and ids beyond the period. `of_leads`: the sources that
    leads of the period have."""
    found = reading.look_up(
        query.company,
        of_spend=known.sources_of_spend - of_leads - {""},
        of_leads=of_leads - {""},
        ids=bool(known.several_platforms or known.ambiguous),
    )
    return replace(
        known,
        heard_of=frozenset(of_leads | found.heard_of),
        ruled=frozenset(found.ruled),
        allowed=frozenset(found.allowed),
        said=frozenset(found.said),
    )


def sort_spend(rows: Iterable[SpendRow], known: Known) -> dict[Kind, Bucket]:
    """Each row into one bucket. Their leads are those of the campaigns that have spend in it."""
    buckets: dict[Kind, Bucket] = {kind: Bucket(kind=kind) for kind in Money}
    for row in rows:
        kind = bucket_of_spend(row, known)
        bucket, campaign = buckets[kind], row.campaign_id
        match kind:
            case Money.UNMATCHED:
                campaign, text = None, row.key
            case Money.UNKNOWN_SOURCE:
                text = row.utm_source
            case _:
                text = ""
        case = bucket.found.setdefault((campaign, text), Case(campaign_id=campaign, text=text))
        bucket.add_spend(row)
        case.add_spend(row)
        if kind is Money.COLLISION:
            case.details.update(known.several_platforms.get(campaign or 0, {row.platform}))
    for bucket in buckets.values():
        campaigns = set()
        for case in bucket.found.values():
            case.leads = known.leads_of.get(case.campaign_id or 0, 0)
            campaigns.add(case.campaign_id or 0)
        bucket.leads = sum(known.leads_of.get(one, 0) for one in campaigns)
    return buckets


def sort_leads(rows: Iterable[LeadRow], known: Known) -> dict[Kind, Bucket]:
    """Each row into one bucket."""
    buckets: dict[Kind, Bucket] = {kind: Bucket(kind=kind) for kind in Leads}
    for row in rows:
        kind = bucket_of_leads(row, known)
        bucket, campaign, text = buckets[kind], row.campaign_id, ""
        match kind:
            case Leads.UNATTRIBUTED:
                campaign, text = None, row.reason
            case Leads.UNKNOWN_SOURCE:
                campaign, text = None, row.source
        case = bucket.found.setdefault((campaign, text), Case(campaign_id=campaign, text=text))
        bucket.add_leads(row)
        case.add_leads(row)
        if kind is Leads.UNKNOWN_SOURCE:
            case.details.add(str(row.campaign_id))
    return buckets
