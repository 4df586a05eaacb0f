"""Runs a query: rows, unattributed with reasons, excluded, unmatched spend, total and proof.

The facts are added up once, unfiltered, in groups; the filters and the grouping are applied here.
The proof is counted another way, with the filters in SQL, so that the two can disagree.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import partial

from babel.numbers import get_currency_precision
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution import calendar
from attribution.models import Campaign, Lead
from attribution.utm import Reason
from reports import filtered, sources
from reports.answer import (
    Facets,
    KindCount,
    ReasonCount,
    Report,
    Row,
    UnmatchedName,
)
from reports.facts import FactReader
from reports.metrics import Value
from reports.proof import Proof, prove
from reports.query import CampaignBrief, ReportQuery
from reports.rollup.books import SumsUnusable
from reports.rollup.reader import RollupReader, SumsDisagree
from reports.snapshot import snapshot
from reports.sources import LeadGroup, Reader, SpendGroup
from reports.tally import Tally

logger = logging.getLogger(__name__)


REASONS: dict[str, str | Promise] = {
    **{reason.value: reason.label for reason in Reason},
    "no_source": gettext_lazy("Has a campaign, but no source"),
    "no_medium": gettext_lazy("Has a campaign, but no medium"),
    "no_country": gettext_lazy("Has a campaign, but no country"),
}


def run_report(query: ReportQuery) -> Report:
    """Answer the query as of one moment. A proof that does not hold is logged as an error."""
    with snapshot():
        report = _answer(query)
    if not report.proof.holds:
        logger.error(
            "The report does not add up: company %s, %s to %s, %s",
            query.company.pk,
            query.start,
            query.end,
            report.proof,
        )
    return report


def _answer(query: ReportQuery) -> Report:
    """From the sums when they can answer and agree with the ledger, else from the facts."""
    if query.needs_facts:
        return _Builder(query, FactReader(query, _facts_note())).build()
    try:
        return _Builder(query, RollupReader(query)).build()
    except SumsUnusable:  # a build is due, or the last check has logged what is wrong
        return _Builder(query, FactReader(query)).build()
    except SumsDisagree as found:
        logger.error(
            "The kept sums of company %s disagree from %s to %s, so the facts are read: %s",
            query.company.pk,
            query.start,
            query.end,
            found,
        )
        return _Builder(query, FactReader(query)).build()


def _facts_note() -> str:
    """What is said when the sums do not know what is asked."""
    return _(
        "Country and landing page are not among the sums that are kept: this is counted lead by "
        "lead, and takes longer the more leads there are."
    )


class _Builder:
    """Adds the groups of facts up into the rows of one report."""

    def __init__(self, query: ReportQuery, reader: Reader) -> None:
        self.query = query
        self.reader = reader
        self.digits = get_currency_precision(query.company.currency)
        self.campaigns = {brief.id: brief for brief in sources.campaigns(query.company)}
        self.today = calendar.today(query.company.zone)
        self.young_since = sources.young_since(query.company, self.today)
        # By "is it of the period before", as all that follow; then by the key of a row.
        self.named: dict[bool, dict[str, Tally]] = {
            False: defaultdict(Tally),
            True: defaultdict(Tally),
        }
        self.unattributed = {False: Tally(), True: Tally()}
        self.unmatched = {False: Tally(), True: Tally()}
        self.reasons: dict[str, Tally] = defaultdict(Tally)
        self.excluded: dict[str, int] = defaultdict(int)
        self.outside = 0
        self.has_spend = False
        self.blind_spend = False  # a filter asks for what some entries do not say
        self.asks_for_values = any(map(query.asks_for, ("source", "medium", "country")))
        self.places: dict[int | None, tuple[bool, str]] = {}  # by campaign
        self.channels: set[str] = set()
        self.statuses: set[str] = set()
        self.countries: set[str] = set()

    def build(self) -> Report:
        leads, spend = self.reader.groups(self.young_since)
        for lead_group in leads:
            self._add_leads(lead_group)
        for spend_group in spend:
            self._add_spend(spend_group)
        rows = self._rows()
        unattributed = self._row("", _("Unattributed"), self.unattributed)
        unmatched = self._row("", _("Spend not matched"), self.unmatched)
        total = self._row("", _("Total"), self._totals())
        excluded = [
            KindCount(kind.value, str(kind.label), self.excluded[kind.value])
            for kind in Lead.Kind
            if self.excluded[kind.value]
        ]
        return Report(
            query=self.query,
            reader=self.reader,
            rows=rows,
            unattributed=unattributed,
            reasons=self._reason_counts(),
            excluded=excluded,
            unmatched_spend=unmatched,
            unmatched_names=self._unmatched_names(),
            total=total,
            proof=self._proof(rows, unattributed, excluded, unmatched, total),
            facets=self._facets(),
            notes=self._notes(total),
            has_spend=self.has_spend,
            outside=self.outside,
            thin_below=self.query.company.thin_below,
            young_days=(self.today - self.young_since).days + 1,
            campaigns=tuple(self.campaigns.values()),
        )

    # Adding up

    def _add_leads(self, group: LeadGroup) -> None:
        taken, key = self._place(group)
        if group.country and not group.before:
            self.countries.add(group.country)
        if not (taken and group.landed and self.query.takes_country(group.country)):
            self.outside += 0 if group.before else group.received
            return
        if group.excluded and not group.before:
            for kind, leads in group.excluded.items():
                self.excluded[kind] += leads
        if not group.leads:
            return
        if key:
            self.named[group.before][key].add_leads(group)
            return
        self.unattributed[group.before].add_leads(group)
        if not group.before:
            code = group.reason or f"no_{self.query.group_by}"
            self.reasons[code].add_leads(group)

    def _add_spend(self, group: SpendGroup) -> None:
        taken, key = self._place(group)
        self.has_spend = True
        self.blind_spend |= bool(self.query.sources) and not group.source
        self.blind_spend |= bool(self.query.mediums) and not group.medium
        self.blind_spend |= self.query.needs_facts
        if not taken:
            return
        if key:
            self.named[group.before][key].add_spend(group)
            return
        self.unmatched[group.before].add_spend(group)

    def _place(self, group: LeadGroup | SpendGroup) -> tuple[bool, str]:
        """Whether the filters take the group, and the row that it belongs to; empty for none."""
        taken, key = self.places.get(group.campaign_id) or self._place_of(group.campaign_id)
        if self.asks_for_values:
            taken = taken and self.query.takes_utm(group.source, group.medium)
            match self.query.group_by:
                case "source":
                    key = group.source
                case "medium":
                    key = group.medium
                case "country":
                    key = group.country if isinstance(group, LeadGroup) else ""
        return taken, key

    def _place_of(self, campaign_id: int | None) -> tuple[bool, str]:
        """The same for a campaign; found once, since most groups come twice or more often."""
        campaign = self.campaigns.get(campaign_id or 0)
        key = ""
        if campaign is not None:
            self.channels.add(campaign.channel)
            self.statuses.add(campaign.status)
            key = campaign.channel if self.query.group_by == "channel" else str(campaign.id)
        place = self.places[campaign_id] = (self.query.takes_campaign(campaign), key)
        return place

    # Making rows

    def _rows(self) -> list[Row]:
        nothing = Tally()
        rows = []
        for key, now in self.named[False].items():
            campaign = self.campaigns[int(key)] if self.query.group_by == "campaign" else None
            tallies = {False: now, True: self.named[True].get(key, nothing)}
            rows.append(self._row(key, self._label(key, campaign), tallies, campaign, ranked=True))
        return sorted(rows, key=_first_order)

    def _label(self, key: str, campaign: CampaignBrief | None) -> str:
        if campaign is not None:
            return campaign.name
        return str(Campaign.Channel(key).label) if self.query.group_by == "channel" else key

    def _row(
        self,
        key: str,
        label: str,
        tallies: Mapping[bool, Tally],
        campaign: CampaignBrief | None = None,
        *,
        ranked: bool = False,
    ) -> Row:
        now = tallies[False]
        value_of = partial(Tally.values, digits=self.digits, spend_known=not self.blind_spend)
        return Row(
            key=key,
            label=label,
            values=value_of(now),
            leads=now.leads,
            before=None if self.query.compare == "none" else partial(value_of, tallies[True]),
            thin=ranked and now.leads < self.query.company.thin_below,
            maturing=ranked and 2 * now.young > now.leads,
            young=now.young,
            campaign=campaign,
        )

    def _totals(self) -> dict[bool, Tally]:
        totals = {False: Tally(), True: Tally()}
        for before, total in totals.items():
            for tally in self.named[before].values():
                total.add(tally)
            total.add(self.unattributed[before])
            total.add(self.unmatched[before])
        return totals

    def _reason_counts(self) -> list[ReasonCount]:
        return [
            ReasonCount(code, str(label), tally.leads, tally.booked, tally.completed)
            for code, label in REASONS.items()
            if (tally := self.reasons.get(code))
        ]

    def _unmatched_names(self) -> list[UnmatchedName]:
        if self.blind_spend or self.unmatched[False].spend is None:
            return []
        names = filtered.unmatched_names(self.query, self.campaigns.values())
        return [UnmatchedName(*found) for found in names]

    # What makes it trustworthy

    def _proof(
        self,
        rows: Iterable[Row],
        unattributed: Row,
        excluded: Iterable[KindCount],
        unmatched: Row,
        total: Row,
    ) -> Proof:
        rows = list(rows)
        claimed = {
            "named": sum(row.leads for row in rows),
            "unattributed": unattributed.leads,
            "counted": total.leads,
            "excluded": sum(kind.leads for kind in excluded),
            "revenue": _money(row.values["revenue"] for row in (*rows, unattributed)),
            "revenue_total": total.values["revenue"],
            "matched": _money(row.values["spend"] for row in rows),
            "unmatched": _money([unmatched.values["spend"]]),
            "spend": _money([total.values["spend"]]),
        }
        return prove(
            self.query,
            *self.reader.totals(self.campaigns.values()),
            claimed,
            self.digits,
            self.blind_spend,
        )

    def _facets(self) -> Facets:
        pairs = list(self.reader.utm_values())
        return Facets(
            sorted(self.channels),
            sorted(self.statuses),
            sorted({source for source, _ in pairs if source}),
            sorted({medium for _, medium in pairs if medium}),
            sorted(self.countries),
        )

    def _notes(self, total: Row) -> list[str]:
        notes = [self.reader.note] if self.reader.note else []
        if self.query.needs_facts and self.has_spend:
            notes.append(_("Spend is unknown here: no entry says its country or landing page."))
        elif self.blind_spend:
            notes.append(
                _(
                    "Spend is unknown under this filter: "
                    "some entries do not say their source or medium."
                )
            )
        if self.outside and self.query.looks_at_campaigns:
            notes.append(
                _("Channel, status and search look at campaigns: leads without one are left out.")
            )
        if total.young:
            days = (self.today - self.young_since).days + 1
            notes.append(
                _(
                    "%(leads)s of the leads are younger than %(days)s days, the time within which "
                    "80 %% of bookings come: their rates will still rise."
                )
                % {"leads": f"{total.young:,}", "days": days}
            )
        return notes


def _first_order(row: Row) -> tuple[int, str, str]:
    """The same on every engine; ids, which may differ there, take no part in it."""
    return -row.leads, row.label.casefold(), row.campaign.key if row.campaign else row.key


def _money(values: Iterable[Value]) -> Decimal:
    return sum((Decimal(value) for value in values if value is not None), Decimal(0))
