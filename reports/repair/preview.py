"""What a repair would change, before it is made: moves, money, totals, ranks.

The leads that move are collected by the code that moves them, and the report afterwards is made by
the code that makes every report; all of it in one snapshot, and nothing is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from attribution.repair.items import NewCampaign
from attribution.repair.moves import collected
from attribution.repair.plan import Plan
from reports.answer import Report
from reports.periods import LONGEST_PERIOD
from reports.query import ReportQuery
from reports.repair import comparing, flows
from reports.repair.amended import Amended, amended_campaigns
from reports.repair.comparing import Figure, RowChanges
from reports.repair.flows import Flows, MovedLead, SpendFlows
from reports.repair.moved import looked_up
from reports.repair.places import Namer
from reports.report import run_report
from reports.snapshot import snapshot
from reports.sources import campaigns


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A plan, everything that it moves, and the report before and after it."""

    plan: Plan
    moved: int  # leads of any kind and day
    flows: Flows
    spend: SpendFlows
    last_leads: Sequence[MovedLead]
    before: Report
    after: Report
    totals: list[Figure]
    rows: RowChanges

    @property
    def query(self) -> ReportQuery:
        return self.before.query

    @property
    def makes(self) -> Sequence[NewCampaign]:
        return self.plan.items.makes


def preview(plan: Plan, query: ReportQuery, sort: str, *, widen: bool = False) -> Preview:
    """What the plan changes, and how the report on this question changes with it.

    With `widen` the question becomes one about the days of what moves, where none of that lies in
    its own.
    """
    with snapshot(scratch=True), collected(plan) as moved, looked_up(plan.company.pk):
        known = list(campaigns(plan.company))
        namer = Namer(known, amended_campaigns(known, plan))
        found = flows.lead_flows(namer)
        if widen:
            query = _around(query, found)
        before = run_report(query)
        after = run_report(query, through=partial(Amended, query=query, plan=plan))
        return Preview(
            plan=plan,
            moved=moved,
            flows=found,
            spend=flows.spend_flows(query.company.pk, namer) if plan.spend else SpendFlows(),
            last_leads=flows.last_leads(namer),
            before=before,
            after=after,
            totals=comparing.totals(before, after),
            rows=comparing.row_changes(before, after, sort),
        )


def _around(query: ReportQuery, found: Flows) -> ReportQuery:
    """The question itself, or, where nothing that moves lies in it, one about the days of that."""
    if found.days is None or flows.any_between(query.start, query.end):
        return query
    first, last = found.days
    return replace(query, start=max(first, last - LONGEST_PERIOD), end=last)
