"""What a decision about platform ids does to the report, before it is made.

The reports before and after are made by the code that makes every report, in one snapshot.
"""

# ruff: noqa: S608  (the parts of the SQL are our own; values are parameters)

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.utils.translation import gettext

from attribution import calendar
from attribution.repair.intents import RepairNames
from attribution.repair.moves import collected
from attribution.repair.plan import Plan
from reports import formatting
from reports.answer import Report, Row
from reports.cards import judge
from reports.metrics import METRICS, Measure
from reports.periods import DEFAULT_PERIOD, LONGEST_PERIOD, resolve_period
from reports.query import CampaignBrief, ReportQuery
from reports.repair.amended import Amended
from reports.repair.comparing import Figure
from reports.repair.moved import ENTRIES, SAME_NAME, looked_up
from reports.report import run_report
from reports.rollup.sql import as_day, fetch
from reports.snapshot import snapshot
from spend.unmatched.mapping import Decision

FIGURES = ("spend", "cost_per_lead", "roas")
MOST_FLOWS = 50


@dataclass(slots=True)
class Flow:
    """Spend under one id and name that goes from one campaign to another."""

    platform_id: str
    name: str
    was: str
    becomes: str
    entries: int
    recorded: Counter[str]  # minor units by currency
    unknown: int  # entries that lack a rate


@dataclass(frozen=True)
class Change:
    """A campaign, and its figures before and after."""

    label: str
    figures: list[Figure]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """All that the preview tells of a decision."""

    flows: list[Flow]
    entries: int
    recorded: list[tuple[str, int]]
    unknown: int
    before: Report
    after: Report
    totals: list[Figure]
    changes: list[Change]

    @property
    def shown(self) -> list[Flow]:
        return self.flows[:MOST_FLOWS]

    @property
    def more(self) -> int:
        return max(0, len(self.flows) - MOST_FLOWS)


def effect(decision: Decision) -> Effect:
    """Writes nothing but temporary tables."""
    company = decision.company
    plan = Plan(company, RepairNames(()), "", "", spend=decision.spend)
    with snapshot(scratch=True), collected(plan), looked_up(company.pk):
        query = _question(decision)
        before = run_report(query)
        after = run_report(query, through=partial(Amended, query=query, plan=plan))
        flows = _flows(company.pk, before.campaigns)
    recorded: Counter[str] = Counter()
    for flow in flows:
        recorded.update(flow.recorded)
    return Effect(
        flows=flows,
        entries=sum(flow.entries for flow in flows),
        recorded=sorted(recorded.items()),
        unknown=sum(flow.unknown for flow in flows),
        before=before,
        after=after,
        totals=_totals(before, after),
        changes=_changes(before, after, _touched(decision)),
    )


def _question(decision: Decision) -> ReportQuery:
    """The report of the days of what moves."""
    company = decision.company
    rows = fetch(
        f'SELECT MIN(e."day"), MAX(e."day") FROM {ENTRIES} e JOIN repair_spend s ON {SAME_NAME}'
        " WHERE e.company_id = %s",
        [company.pk],
    )
    first, last = rows[0]
    if first is None:
        start, end = resolve_period(DEFAULT_PERIOD, calendar.today(company.zone))
    else:
        start, end = as_day(first), as_day(last)
    start = max(start, end - LONGEST_PERIOD, date(2000, 1, 1))
    return ReportQuery(company=company, start=start, end=end, counts=False, facets=False)


def _flows(company_id: int, campaigns: Iterable[CampaignBrief]) -> list[Flow]:
    """Most entries first; each currency for itself."""
    names = {one.id: one.name for one in campaigns}
    nobody = gettext("not matched")
    found: dict[tuple[str, str, int | None, int | None], Flow] = {}
    rows = fetch(
        "SELECT s.platform_id, s.campaign_key, s.was, s.campaign_id, e.currency, COUNT(*),"
        " CAST(SUM(COALESCE(e.original_minor, e.amount_minor)) AS bigint),"
        " SUM(CASE WHEN e.amount_minor IS NULL AND e.original_minor IS NOT NULL"
        " THEN 1 ELSE 0 END)"
        f" FROM {ENTRIES} e JOIN repair_spend s ON {SAME_NAME}"
        " WHERE e.company_id = %s GROUP BY 1, 2, 3, 4, 5",
        [company_id],
    )
    for external, name, was, becomes, currency, entries, minor, unknown in rows:
        key = (external, name, was, becomes)
        flow = found.setdefault(
            key,
            Flow(
                *(external, name, names.get(was, nobody), names.get(becomes, nobody)),
                *(0, Counter(), 0),
            ),
        )
        flow.entries += entries
        flow.unknown += int(unknown)
        if minor is not None:
            flow.recorded[currency] += minor
    return sorted(found.values(), key=lambda one: (-one.entries, one.platform_id, one.name))


def _touched(decision: Decision) -> set[str]:
    """The campaigns that spend comes to or goes from, by the keys of their rows."""
    pairs = ((name.campaign, becomes) for name, becomes in decision.spend.items())
    return {str(campaign) for pair in pairs for campaign in pair if campaign is not None}


def _totals(before: Report, after: Report) -> list[Figure]:
    currency = before.query.company.currency
    return [
        Figure(label, formatting.money(one, currency), formatting.money(other, currency))
        for label, one, other in (
            (
                gettext("Spend not matched"),
                before.proof.spend_unmatched,
                after.proof.spend_unmatched,
            ),
            (gettext("Spend matched"), before.proof.spend_matched, after.proof.spend_matched),
            (
                gettext("All spend"),
                before.proof.spend_matched + before.proof.spend_unmatched,
                after.proof.spend_matched + after.proof.spend_unmatched,
            ),
        )
    ]


def _changes(before: Report, after: Report, touched: set[str]) -> list[Change]:
    old = {row.key: row for row in before.rows}
    new = {row.key: row for row in after.rows}
    currency = before.query.company.currency
    names = {str(one.id): one.name for one in before.campaigns}
    found = [
        Change(names.get(key, key), _figures(old.get(key), new.get(key), currency))
        for key in touched
    ]
    return sorted(found, key=lambda one: one.label.casefold())


def _figures(before: Row | None, after: Row | None, currency: str) -> list[Figure]:
    found = []
    for name in FIGURES:
        metric = METRICS[name]
        was = before.values[name] if before else None
        becomes = after.values[name] if after else None
        known = was is not None and becomes is not None
        judged = known and not isinstance(metric, Measure)
        verdict = judge(metric, becomes, was)[1] if judged else "neutral"
        write = formatting.writer(metric.unit, currency)
        found.append(Figure(str(metric.label), write(was), write(becomes), verdict))
    return found
