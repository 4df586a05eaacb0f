"""Makes the rows of one report, their sums and their proof of the groups that a reader gives."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from babel.numbers import get_currency_precision
from django.utils.translation import gettext as _

from attribution import calendar
from attribution.models import Campaign, Lead
from reports import formatting
from reports.adding import Adding
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
from reports.budget.columns import can_tell
from reports.caveat_notes import missing_rates, restated_words
from reports.changes import lengths_note
from reports.dimensions import DIMENSIONS
from reports.equal_age import as_of, take_away
from reports.levels import notes as of_levels
from reports.levels import rows_of, splits, tell_children
from reports.maturity.kept import lags, young_since
from reports.of_campaigns import offered, tags_of
from reports.proof import Proof, prove
from reports.query import ReportQuery
from reports.reasons import REASONS
from reports.sources import LeadGroup, Reader, SpendGroup
from reports.tally import Tally, Terms
from spend.groups import names_in


class Builder:
    """Adds the groups of facts up into the rows of one report."""

    def __init__(
        self,
        query: ReportQuery,
        reader: Reader,
        then_by: tuple[str, ...] | None = None,
        *,
        lumps: bool = False,
    ) -> None:
        """Below its rows the reader tells these levels of the question apart, or all; with `lumps`
        its groups may stand for several campaigns."""
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
        told_apart = query if then_by is None else replace(query, then_by=then_by)
        self.added = Adding(told_apart, self.terms, self.campaigns, lumps=lumps)
        self.levels = self.added.levels
        self._compares = query.compare != "none"
        self._thin_below = query.company.thin_below

    def build(self) -> Report:
        leads, spend = self.groups()
        self.added.add_leads(leads)
        self.terms.parts = self.reader.parts  # known once they are read
        self.added.add_spend(spend)
        if self.query.budgets and can_tell(self.query):
            self.added.add_budgets()
        self.terms.spend_known = not self.added.blind_spend
        caveats = self.reader.caveats(self.campaigns.values())
        self.added.add_unconverted(caveats.unconverted)
        rows = self._rows()
        unattributed = self._sum(_("Unattributed"), self.added.unattributed)
        unattributed.splits = splits(
            unattributed.tally, unattributed.before, self.levels[1:], self._thin_below
        )
        unmatched = self._sum(self._unmatched_label(), self.added.unmatched)
        whole = self._sum(_("Total"), self.added.totals())
        whole.maturing = 2 * whole.tally.young_parts > whole.tally.lead_parts
        if self.terms.parts > 1:
            self._tell(rows, unattributed, whole)
        elif whole.still_grows:
            self._compare_at_age(rows, unattributed, whole)
        excluded = [
            KindCount(kind, str(Lead.Kind(kind).label), leads // self.terms.parts)
            for kind, leads in self.added.excluded.items()
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
            missing_rates=missing_rates(self.added.unconverted),
            restated=restated_words(caveats.restated, self.query.company),
            has_spend=self.added.has_spend,
            silent_spend=frozenset(self.added.silent_spend),
            outside=_rounded(self.terms.number(self.added.outside)),
            thin_below=self._thin_below,
            young_days=(self.today - self.young_since).days + 1,
            young_since=self.young_since,
            lags=self.lags,
            campaigns=tuple(self.campaigns.values()),
        )

    def groups(self) -> tuple[Iterable[LeadGroup], Iterable[SpendGroup]]:
        """All leads and spend, as far as the question tells them apart."""
        return self.reader.groups(self.young_since, self.query.tells_campaigns, self.added.alike())

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
        before = self.added.named[True] if self._compares else None
        return rows_of(self.added.named[False], before, self.levels, self._thin_below)

    def _compare_at_age(self, rows: Collection[Row], unattributed: Row, whole: Row) -> None:
        """Of the days compared with, only what had come when they were as old as the period is."""
        known = as_of(self.query, self.today)
        if known is None:
            return
        late: dict[str, list[LeadGroup]] = defaultdict(list)
        for group in self.reader.late_groups(known):
            taken, key = self.added.place(group)
            if taken and self.added.takes_lead(group):
                late[key].append(group)
        take_away(late, rows, unattributed, whole)

    def _row(self, label: str, now: Tally, before: Tally) -> Row:
        return Row(
            key="",
            label=label,
            tally=now,
            before=before if self._compares else None,
            leads=now.whole_leads,
        )

    def _sum(self, label: str, tallies: Mapping[bool, Tally]) -> Row:
        """A line that is no row of the ranking."""
        return self._row(label, tallies[False], tallies[True])

    def _reason_counts(self) -> list[ReasonCount]:
        found = {code: tally for code in REASONS if (tally := self.added.reasons.get(code))}
        if self.terms.parts > 1:
            tell_parts(list(found.values()), self.added.unattributed[False])
        return [
            ReasonCount(code, str(REASONS[code]), *(_told(tally, name) for name in COUNTS))
            for code, tally in found.items()
        ]

    def _unmatched_names(self) -> list[UnmatchedName]:
        unmatched = self.added.unmatched[False]
        if not unmatched.spend_groups or self.added.blind_spend or not self.levels[0].tells_spend:
            return []
        names = self.reader.unmatched_names(self.campaigns.values())
        return [
            UnmatchedName(name, amount if self._is_known(name, priced) else None, entries)
            for name, amount, entries, priced in names
        ]

    def _is_known(self, name: str, priced: int) -> bool:
        """Whether the spend of a name that is not matched is: all of it that there is."""
        return bool(priced) and name not in self.added.unpriced_names

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
            self.added.blind_spend,
            [one for one in self.added.unconverted if not one.before],
            self.terms.parts,
        )

    def _facets(self) -> Facets:
        pairs = list(self.reader.utm_values()) if self.query.facets else []
        groups = names_in(getattr(self.query.company, "group_names", None))  # see `companies_of`
        archived = Campaign.Status.ARCHIVED
        in_use = [one for one in self.campaigns.values() if one.status != archived]
        if self.query.tells_campaigns:
            campaigns = [self.campaigns[pk] for pk in self.added.taken if pk in self.campaigns]
        else:  # which of them the period has, nobody has looked
            campaigns = in_use
        return Facets(
            sorted({one.channel for one in campaigns}),
            sorted({one.status for one in campaigns}),
            tags_of(campaigns),
            sorted({source for source, _ in pairs if source}),
            sorted({medium for _, medium in pairs if medium}),
            offered(in_use, groups) if self.query.facets else {},
            {name: sorted(values - {""}) for name, values in self.added.of_leads.items()},
        )

    def _notes(self, rows: Collection[Row], total: Row) -> list[str]:
        by_day = str(NOTES.get(self.query.basis, ""))
        notes = [note for note in (by_day, self.reader.note, lengths_note(self.query)) if note]
        if self.query.filters_leads and self.added.has_spend:
            notes.append(
                _("Spend is unknown here: no entry says its country, landing page or visit.")
            )
        elif self.added.blind_spend:
            notes.append(
                _(
                    "Spend is unknown under this filter: "
                    "some entries do not say their source or medium."
                )
            )
        if self.added.outside and self.query.looks_at_campaigns:
            notes.append(
                _(
                    "Channel, status, tag, goal and the like, and search look at campaigns: leads "
                    "without one are left out."
                )
            )
        notes += of_levels(rows, self.levels, self.added.has_spend and not self.added.blind_spend)
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
