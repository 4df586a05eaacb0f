"""Adds up the groups that a reader gives: to which row each belongs, if the filters take it.

The facts are added up once, unfiltered, in groups; the filters and the grouping are applied here.
The proof is counted another way, with the filters in SQL, so that the two can disagree.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from operator import attrgetter
from typing import Any

from reports.budget.columns import plan_groups
from reports.caveats import SPEND, Unconverted
from reports.dimensions import BY_CAMPAIGN, OF_LEADS
from reports.levels import Level
from reports.query import CampaignBrief, ReportQuery
from reports.sources import ALL_DIFFER, EXCLUDED, Alike, LeadGroup, Lump, Rest, SpendGroup
from reports.tally import Tally, Terms, total


class Adding:
    """What the groups of one question come to, row by row of its outermost level."""

    def __init__(
        self,
        query: ReportQuery,
        terms: Terms,
        campaigns: Mapping[int, CampaignBrief],
        *,
        lumps: bool = False,
    ) -> None:
        """With `lumps` groups may stand for several campaigns."""
        self.query = query
        self.terms = terms
        self.campaigns = campaigns
        tally = partial(Tally, terms)
        # By "is it of the period before", as all that follow; then by the key of a row.
        self.named: dict[bool, dict[str, Tally]] = {
            False: defaultdict(tally),
            True: defaultdict(tally),
        }
        self.unattributed = {False: tally(), True: tally()}
        self.unmatched = {False: tally(), True: tally()}
        self.reasons: dict[str, Tally] = defaultdict(tally)
        self.excluded: dict[str, int] = {}  # in parts of leads, by kind
        self.outside = 0
        self.has_spend = False
        self.unconverted: list[Unconverted] = []  # under the filters
        self.unpriced_names: set[str] = set()  # of them, of spend that is not matched
        self.blind_spend = False  # a filter asks for what some entries do not say
        self.silent_spend: set[str] = set()  # of source and medium: what some do not say
        self.filters_utm = bool(query.sources or query.mediums)
        self.taken: dict[int | None, bool] = {}  # by campaign
        self.levels = [Level(query, name, campaigns, lumps=lumps) for name in query.levels]
        # What leads alone have, by dimension: the values of the period.
        self.of_leads: dict[str, set[str]] = {name: set() for name in OF_LEADS}
        # Where the values stand that one may filter by, and whether one does.
        self.looked_at = [(n, name) for n, name in enumerate(query.beside) if name in OF_LEADS]
        self.filters_values = any(query.of_leads.values())

    def alike(self) -> Alike:
        """Campaigns among which this question makes no difference: they stand in the same rows,
        the filters take all of them or none, and offer the same for them."""
        if "campaign" in self.query.levels or not self.query.tells_campaigns:
            return ALL_DIFFER
        return {one.campaign_id: one.one for one in self.lumps}

    @cached_property
    def lumps(self) -> list[Lump]:
        """By which campaigns stands what is not among the largest of its row. Those with as many
        leads follow one another by name."""
        return self.find_lumps(lambda one: (one.channel, one.status, one.tags))

    def find_lumps(self, offered: Callable[[CampaignBrief], tuple[str, ...]]) -> list[Lump]:
        """The same where this much is offered to the filters."""
        of_campaigns = [level for level in self.levels if level.dimension in BY_CAMPAIGN[1:]]
        alike: dict[tuple[Any, ...], int] = {}
        parts: dict[tuple[str, ...], int] = {}
        found = []
        by_name = sorted(self.campaigns.values(), key=lambda one: (one.name.casefold(), one.key))
        for nth, one in enumerate(by_name):
            rows = tuple([level.of_campaign(one.id) for level in of_campaigns])
            taken = self.query.takes_campaign(one)
            about = *offered(one), taken, *rows
            part = parts.setdefault(rows, one.id) if taken else None
            found.append(Lump(one.id, alike.setdefault(about, one.id), part, nth))
        return found

    def add_leads(self, groups: Iterable[LeadGroup]) -> None:
        counted: list[LeadGroup] = []  # of the period, with what is excluded beside
        for group in groups:
            taken, key = self.place(group)
            if self.looked_at and not group.before:
                for nth, name in self.looked_at:
                    self.of_leads[name].add(group.values[nth])
            if not (taken and self.takes_lead(group)):
                self.outside += 0 if group.before else group.received
                continue
            if not group.before:
                counted.append(group)
            if not group.leads:
                continue
            if key:
                self.named[group.before][key].lead_groups.append(group)
                continue
            self.unattributed[group.before].lead_groups.append(group)
            if not group.before:
                code = group.reason or f"no_{self.query.group_by}"
                self.reasons[code].lead_groups.append(group)
        self.excluded = {kind: sum(map(attrgetter(kind), counted)) for kind in EXCLUDED}

    def add_spend(self, groups: Iterable[SpendGroup]) -> None:
        query, silent = self.query, self.silent_spend
        for group in groups:
            taken, key = self.place(group)
            self.has_spend = True
            if not group.source:
                silent.add("source")
            if not group.medium:
                silent.add("medium")
            if not (taken and query.takes_line(group.line)):
                continue
            if key:
                self.named[group.before][key].spend_groups.append(group)
            else:
                self.unmatched[group.before].spend_groups.append(group)
        of_utm = {"source": query.sources, "medium": query.mediums}
        self.blind_spend = query.filters_leads or any(map(of_utm.get, silent))

    def add_budgets(self) -> None:
        """And targets. Of the period only: none is compared with the period before."""
        for group in plan_groups(self.query):
            key = self.levels[0].of_campaign(group.campaign_id)
            if self._takes_campaign(group.campaign_id) and key:
                self.named[False][key].plan(group)

    def add_unconverted(self, found: Iterable[Unconverted]) -> None:
        """A sum of which a part has no rate of exchange is unknown."""
        for one in found:
            taken, key = self.place(one)
            if one.fact == SPEND:
                taken = taken and self.terms.spend_known and self.query.takes_line(one.line)
            else:
                taken = taken and self.takes_lead(one)
            if not taken:
                continue
            self.unconverted.append(one)
            without = self.unmatched if one.fact == SPEND else self.unattributed
            tally = self.named[one.before][key] if key else without[one.before]
            tally.wait(one)
            if one.fact == SPEND and not (one.before or key):
                self.unpriced_names.add(one.name)

    def add_rest(self, found: Iterable[Rest]) -> None:
        """How many campaigns groups stand for: of those alone that the filters take."""
        for one in found:
            key = self.levels[0].key(one)
            (self.named[False][key] if key else self.unattributed[False]).lump(one)

    def totals(self) -> dict[bool, Tally]:
        """All rows, and what belongs to none."""
        return {
            before: total(
                [*self.named[before].values(), self.unattributed[before], self.unmatched[before]]
            )
            for before in (False, True)
        }

    def takes_lead(self, group: LeadGroup | Unconverted) -> bool:
        """Whether the filters on what leads alone have take the group."""
        return group.landed and (not self.filters_values or self.query.takes_lead(group.values))

    def place(self, group: LeadGroup | SpendGroup | Unconverted) -> tuple[bool, str]:
        """Whether the filters take the group, and the row that it belongs to; empty for none."""
        taken = self.taken.get(group.campaign_id)
        if taken is None:
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
