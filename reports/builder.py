"""Adds the groups that a reader gives up into the rows of one report.

The facts are added up once, unfiltered, in groups; the filters and the grouping are applied here.
The proof is counted another way, with the filters in SQL, so that the two can disagree.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import partial

from babel.numbers import get_currency_precision
from django.utils.translation import gettext as _

from attribution import calendar
from attribution.models import Campaign, Lead
from reports import formatting
from reports.answer import (
    Facets,
    KindCount,
    ReasonCount,
    Report,
    Row,
    UnmatchedName,
)
from reports.attributing.shares import Number
from reports.attributing.telling import COUNTS, tell_parts, tell_rows
from reports.basis import NOTES, UNTOLD
from reports.budget.columns import can_tell, plan_groups
from reports.caveat_notes import missing_rates, restated_words
from reports.caveats import SPEND, Unconverted
from reports.changes import lengths_note
from reports.dimensions import DIMENSIONS, OF_LEADS
from reports.equal_age import as_of, take_away
from reports.levels import Level, first_order, split, tell_children
from reports.levels import notes as of_levels
from reports.maturity.kept import lags, young_since
from reports.of_campaigns import tags_of
from reports.proof import Proof, prove
from reports.query import ReportQuery
from reports.reasons import REASONS
from reports.sources import EXCLUDED, LeadGroup, Reader, SpendGroup
from reports.tally import Tally, Terms, total


class Builder:
    """Adds the groups of facts up into the rows of one report."""

    def __init__(self, query: ReportQuery, reader: Reader) -> None:
        self.query = query
        self.reader = reader
        self.campaigns = {brief.id: brief for brief in reader.campaigns()}
        self.today = calendar.today(query.company.zone)
        self.lags = lags(query.company)
        self.young_since = young_since(self.lags, self.today)
        self.terms = Terms(
            get_currency_precision(query.company.currency),
            counts_read=query.counts,
            lines_read=query.reads_lines,
            untold=UNTOLD[query.basis],
            budgets_read=query.budgets,
        )
        tally = partial(Tally, self.terms)
        # By "is it of the period before", as all that follow; then by the key of a row.
        self.named: dict[bool, dict[str, Tally]] = {
            False: defaultdict(tally),
            True: defaultdict(tally),
        }
        self.unattributed = {False: tally(), True: tally()}
        self.unmatched = {False: tally(), True: tally()}
        self.reasons: dict[str, Tally] = defaultdict(tally)
        self.excluded: dict[str, int] = {}
        self.outside = 0
        self.has_spend = False
        self.unconverted: list[Unconverted] = []  # under the filters
        self.unpriced_names: set[str] = set()  # of them, of spend that is not matched
        self.blind_spend = False  # a filter asks for what some entries do not say
        self.filters_utm = bool(query.sources or query.mediums)
        self.taken: dict[int | None, bool] = {}  # by campaign
        self.levels = [Level(query, name, self.campaigns) for name in query.levels]
        # What leads alone have, by dimension: the values of the period.
        self.of_leads: dict[str, set[str]] = {name: set() for name in OF_LEADS}
        # Where the values stand that one may filter by, and whether one does.
        self.looked_at = [(n, name) for n, name in enumerate(query.beside) if name in OF_LEADS]
        self.filters_values = any(query.of_leads.values())

    def build(self) -> Report:
        leads, spend = self.reader.groups(self.young_since, self.query.tells_campaigns)
        self._add_leads(leads)
        self._add_spend(spend)
        if self.query.budgets and can_tell(self.query):
            self._add_budgets()
        self.terms.spend_known = not self.blind_spend
        caveats = self.reader.caveats(self.campaigns.values())
        self._add_unconverted(caveats.unconverted)
        rows = self._rows()
        unattributed = self._sum(_("Unattributed"), self.unattributed)
        self._split(unattributed)
        unmatched = self._sum(self._unmatched_label(), self.unmatched)
        whole = self._sum(_("Total"), self._totals())
        whole.maturing = 2 * whole.tally.young_parts > whole.tally.lead_parts
        if self.terms.parts > 1:
            self._tell(rows, unattributed, whole)
        elif whole.still_grows:
            self._compare_at_age(rows, unattributed, whole)
        excluded = [
            KindCount(kind, str(Lead.Kind(kind).label), leads // self.terms.parts)
            for kind, leads in self.excluded.items()
            if leads
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
            total=whole,
            proof=self._proof(rows, unattributed, excluded, unmatched, whole),
            facets=self._facets(),
            notes=self._notes(rows, whole),
            missing_rates=missing_rates(self.unconverted),
            restated=restated_words(caveats.restated, self.query.company),
            has_spend=self.has_spend,
            outside=_rounded(self.terms.number(self.outside)),
            thin_below=self.query.company.thin_below,
            young_days=(self.today - self.young_since).days + 1,
            young_since=self.young_since,
            lags=self.lags,
            campaigns=tuple(self.campaigns.values()),
        )

    # Adding up

    def _add_leads(self, groups: Iterable[LeadGroup]) -> None:
        excluded = []
        for group in groups:
            taken, key = self._place(group)
            if self.looked_at and not group.before:
                for nth, name in self.looked_at:
                    self.of_leads[name].add(group.values[nth])
            if not (taken and self._takes_lead(group)):
                self.outside += 0 if group.before else group.received
                continue
            if not group.before:
                excluded.append(group.excluded)
            if not group.leads:
                continue
            if key:
                self.named[group.before][key].lead_groups.append(group)
                continue
            self.unattributed[group.before].lead_groups.append(group)
            if not group.before:
                code = group.reason or f"no_{self.query.group_by}"
                self.reasons[code].lead_groups.append(group)
        self.terms.parts = self.reader.parts
        self.excluded = dict(zip(EXCLUDED, map(sum, zip(*excluded, strict=True)), strict=False))

    def _add_spend(self, groups: Iterable[SpendGroup]) -> None:
        query = self.query
        self.blind_spend = query.filters_leads
        for group in groups:
            taken, key = self._place(group)
            self.has_spend = True
            if (query.sources and not group.source) or (query.mediums and not group.medium):
                self.blind_spend = True
            if not (taken and query.takes_line(group.line)):
                continue
            if key:
                self.named[group.before][key].spend_groups.append(group)
            else:
                self.unmatched[group.before].spend_groups.append(group)

    def _add_budgets(self) -> None:
        """And targets. Of the period only: none is compared with the period before."""
        for group in plan_groups(self.query):
            key = self.levels[0].of_campaign(group.campaign_id)
            if self._takes_campaign(group.campaign_id) and key:
                self.named[False][key].budget_groups.append(group)

    def _add_unconverted(self, found: Iterable[Unconverted]) -> None:
        """A sum of which a part has no rate of exchange is unknown."""
        for one in found:
            taken, key = self._place(one)
            if one.fact == SPEND:
                taken = taken and self.terms.spend_known and self.query.takes_line(one.line)
            else:
                taken = taken and self._takes_lead(one)
            if not taken:
                continue
            self.unconverted.append(one)
            without = self.unmatched if one.fact == SPEND else self.unattributed
            tally = self.named[one.before][key] if key else without[one.before]
            tally.wait(one)
            if one.fact == SPEND and not (one.before or key):
                self.unpriced_names.add(one.name)

    def _takes_lead(self, group: LeadGroup | Unconverted) -> bool:
        """Whether the filters on what leads alone have take the group."""
        return group.landed and (not self.filters_values or self.query.takes_lead(group.values))

    def _place(self, group: LeadGroup | SpendGroup | Unconverted) -> tuple[bool, str]:
        """Whether the filters take the group, and the row that it belongs to; empty for none."""
        taken = self._takes_campaign(group.campaign_id)
        if self.filters_utm:
            taken = taken and self.query.takes_utm(group.source, group.medium)
        return taken, self.levels[0].key(group)

    def _takes_campaign(self, campaign_id: int | None) -> bool:
        """Whether the filters take a campaign; found once."""
        if campaign_id not in self.taken:
            campaign = self.campaigns.get(campaign_id or 0)
            self.taken[campaign_id] = self.query.takes_campaign(campaign)
        return self.taken[campaign_id]

    def _tell(self, rows: Collection[Row], unattributed: Row, whole: Row) -> None:
        """The shares of leads as they are shown: rounded so that rows still add up to the total."""
        pairs = [(row.tally, row.before) for row in (*rows, unattributed, whole)]
        for tallies in zip(*pairs, strict=True):
            if None not in tallies:
                tell_rows([one for one in tallies if one is not None])
        for row in (*rows, unattributed):
            tell_children(row)

    # Making rows

    def _rows(self) -> list[Row]:
        before, nothing = self.named[True], Tally(self.terms)
        level, compares = self.levels[0], self.query.compare != "none"
        rows = []
        for key, now in self.named[False].items():
            was = before.get(key, nothing) if compares else None
            row = level.row(key, now, was, self.query.company.thin_below)
            self._split(row)
            rows.append(row)
        return sorted(rows, key=first_order)

    def _split(self, row: Row) -> None:
        if deeper := self.levels[1:]:
            compares, thin_below = self.query.compare != "none", self.query.company.thin_below
            row.splits = partial(split, levels=deeper, compares=compares, thin_below=thin_below)

    def _compare_at_age(self, rows: Collection[Row], unattributed: Row, whole: Row) -> None:
        """Of the days compared with, only what had come when they were as old as the period is."""
        known = as_of(self.query, self.today)
        if known is None:
            return
        late: dict[str, list[LeadGroup]] = defaultdict(list)
        for group in self.reader.late_groups(known):
            taken, key = self._place(group)
            if taken and self._takes_lead(group):
                late[key].append(group)
        take_away(late, rows, unattributed, whole)

    def _row(self, label: str, now: Tally, before: Tally) -> Row:
        return Row(
            key="",
            label=label,
            tally=now,
            before=None if self.query.compare == "none" else before,
            leads=now.whole_leads,
        )

    def _sum(self, label: str, tallies: Mapping[bool, Tally]) -> Row:
        """A line that is no row of the ranking."""
        return self._row(label, tallies[False], tallies[True])

    def _totals(self) -> dict[bool, Tally]:
        return {
            before: total(
                [*self.named[before].values(), self.unattributed[before], self.unmatched[before]]
            )
            for before in (False, True)
        }

    def _reason_counts(self) -> list[ReasonCount]:
        found = {code: tally for code in REASONS if (tally := self.reasons.get(code))}
        if self.terms.parts > 1:
            tell_parts(list(found.values()), self.unattributed[False])
        return [
            ReasonCount(code, str(REASONS[code]), *(_told(tally, name) for name in COUNTS))
            for code, tally in found.items()
        ]

    def _unmatched_names(self) -> list[UnmatchedName]:
        unmatched = self.unmatched[False]
        if not unmatched.spend_groups or self.blind_spend or not self.levels[0].tells_spend:
            return []
        names = self.reader.unmatched_names(self.campaigns.values())
        return [
            UnmatchedName(name, amount if self._is_known(name, priced) else None, entries)
            for name, amount, entries, priced in names
        ]

    def _is_known(self, name: str, priced: int) -> bool:
        """Whether the spend of a name that is not matched is: all of it that there is."""
        return bool(priced) and name not in self.unpriced_names

    def _unmatched_label(self) -> str:
        level = self.levels[0]
        if level.tells_spend:
            return _("Spend not matched")
        dimension = str(DIMENSIONS[level.dimension])
        return _("Spend, not split by %(dimension)s") % {"dimension": dimension.lower()}

    # What makes it trustworthy

    def _proof(
        self,
        rows: Collection[Row],
        unattributed: Row,
        excluded: Iterable[KindCount],
        unmatched: Row,
        total: Row,
    ) -> Proof:
        money = total.tally.money
        claimed = {
            "named": sum(row.tally.lead_parts for row in rows),
            "unattributed": unattributed.tally.lead_parts,
            "counted": total.tally.lead_parts,
            "excluded": sum(kind.leads for kind in excluded) * self.terms.parts,
            "revenue": money(
                self.terms.number(sum(row.tally.revenue_minor for row in (*rows, unattributed)))
            ),
            "revenue_total": money(self.terms.number(total.tally.revenue_minor)),
            "matched": money(sum(row.tally.known_spend_minor or 0 for row in rows)),
            "unmatched": money(unmatched.tally.known_spend_minor or 0),
            "spend": money(total.tally.known_spend_minor or 0),
        }
        return prove(
            self.query,
            *self.reader.totals(self.campaigns.values()),
            claimed,
            self.terms.digits,
            self.blind_spend,
            [one for one in self.unconverted if not one.before],
            self.terms.parts,
        )

    def _facets(self) -> Facets:
        pairs = list(self.reader.utm_values()) if self.query.facets else []
        if self.query.tells_campaigns:
            campaigns = [self.campaigns[pk] for pk in self.taken if pk in self.campaigns]
        else:  # which of them the period has, nobody has looked
            archived = Campaign.Status.ARCHIVED
            campaigns = [one for one in self.campaigns.values() if one.status != archived]
        return Facets(
            sorted({one.channel for one in campaigns}),
            sorted({one.status for one in campaigns}),
            tags_of(campaigns),
            sorted({source for source, _ in pairs if source}),
            sorted({medium for _, medium in pairs if medium}),
            {name: sorted(values - {""}) for name, values in self.of_leads.items()},
        )

    def _notes(self, rows: Collection[Row], total: Row) -> list[str]:
        by_day = str(NOTES.get(self.query.basis, ""))
        notes = [note for note in (by_day, self.reader.note, lengths_note(self.query)) if note]
        if self.query.filters_leads and self.has_spend:
            notes.append(
                _("Spend is unknown here: no entry says its country, landing page or visit.")
            )
        elif self.blind_spend:
            notes.append(
                _(
                    "Spend is unknown under this filter: "
                    "some entries do not say their source or medium."
                )
            )
        if self.outside and self.query.looks_at_campaigns:
            notes.append(
                _(
                    "Channel, status, tag and search look at campaigns: leads without one are "
                    "left out."
                )
            )
        notes += of_levels(rows, self.levels, self.has_spend and not self.blind_spend)
        if young := total.tally.young_parts:
            days = (self.today - self.young_since).days + 1
            notes.append(
                _(
                    "%(leads)s of the leads are younger than %(days)s days, the time within which "
                    "80 %% of bookings come: their rates will still rise."
                )
                % {"leads": formatting.count(_rounded(self.terms.number(young))), "days": days}
            )
        return notes


def _told(tally: Tally, name: str) -> Number:
    value = tally.told.get(name, tally[name])
    return 0 if value is None else value


def _rounded(value: Number) -> Number:
    """Parts of leads for a sentence."""
    return value if isinstance(value, int) else formatting.half_up(value, 2)
