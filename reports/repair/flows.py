"""What a repair would move, read from the temporary tables of `attribution.repair.moves.collected`
and of `reports.repair.moved`."""

# ruff: noqa: S608  (the parts of the SQL are our own; values are parameters)

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from attribution.models import Lead
from attribution.verdict import Place
from reports.repair.moved import ENTRIES, LEADS, NOW, SAME_NAME, THEN
from reports.repair.places import Move, Namer
from reports.rollup.sql import as_day, fetch

MOST_FLOWS = 50
LAST_LEADS = 20
MOST_SPEND = 20
AT_ONCE = 5_000  # leads of a file that are read in one go


@dataclass(slots=True)
class Flow:
    """Leads that go from one place to another; all but `leads` of counted ones."""

    move: Move
    leads: int = 0  # of any kind
    counted: int = 0
    booked: int = 0
    completed: int = 0
    revenue_minor: int = 0

    @property
    def excluded(self) -> int:
        return self.leads - self.counted


@dataclass(slots=True)
class Flows:
    """All leads that move, most first, and the days that they came on."""

    all: Flow
    flows: list[Flow]
    days: tuple[date, date] | None

    @property
    def shown(self) -> list[Flow]:
        return self.flows[:MOST_FLOWS]

    @property
    def more(self) -> int:
        return max(0, len(self.flows) - MOST_FLOWS)


@dataclass(slots=True)
class SpendFlow:
    """Spend that goes with its name."""

    name: str
    move: Move
    amount_minor: int = 0  # of the entries whose amount is known
    entries: int = 0


@dataclass(slots=True)
class SpendFlows:
    flows: list[SpendFlow] = field(default_factory=list)

    @property
    def shown(self) -> list[SpendFlow]:
        return self.flows[:MOST_SPEND]

    @property
    def more(self) -> int:
        return max(0, len(self.flows) - MOST_SPEND)

    @property
    def amount_minor(self) -> int:
        return sum(flow.amount_minor for flow in self.flows)


class MovedLead(NamedTuple):
    """One lead that moves."""

    id: int
    external_id: str
    day: date
    kind: str
    booked: bool
    utm_source: str  # as captured, likewise the others
    utm_medium: str
    utm_campaign: str
    move: Move

    @property
    def kind_label(self) -> str:
        return str(Lead.Kind(self.kind).label)


def lead_flows(namer: Namer) -> Flows:
    """Every lead that moves, of any day."""
    # Values that stay are no part of a flow: else each source would have one of its own.
    texts = [
        f"CASE WHEN was_{name} = {name} THEN '' ELSE {side}{name} END"
        for side in ("was_", "")
        for name in ("source", "medium")
    ]
    rows = fetch(
        f"SELECT was_campaign_id, was_reason, campaign_id, reason, {', '.join(texts)},"
        f' MIN("day"), MAX("day"), COUNT(*), {_sum("1")}, {_sum(_one("booked"))},'
        f" {_sum(_one('completed'))}, {_sum('revenue_minor')}"
        f" FROM repair_moved GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"
    )
    flows: dict[Move, Flow] = {}
    whole = Flow(Move("", ""))
    first, last = [], []
    for row in rows:
        was = Place(row[0], row[1], row[4], row[5])
        becomes = Place(row[2], row[3], row[6], row[7])
        move = namer.move(was, becomes)
        for flow in (flows.setdefault(move, Flow(move)), whole):
            flow.leads += row[10]
            flow.counted += row[11]
            flow.booked += row[12]
            flow.completed += row[13]
            flow.revenue_minor += row[14]
        first.append(as_day(row[8]))
        last.append(as_day(row[9]))
    in_order = sorted(flows.values(), key=lambda flow: (-flow.leads, flow.move))
    return Flows(whole, in_order, (min(first), max(last)) if rows else None)


def any_between(first: date, last: date) -> bool:
    """Whether a lead moves that came on these days."""
    days = [str(first), str(last)]
    return bool(fetch('SELECT 1 FROM repair_moved WHERE "day" BETWEEN %s AND %s LIMIT 1', days))


def spend_flows(company_id: int, namer: Namer) -> SpendFlows:
    """Spend of any day under a name that would belong elsewhere; most first."""
    rows = fetch(
        "SELECT s.campaign_key, s.was, s.campaign_id,"
        " CAST(COALESCE(SUM(e.amount_minor), 0) AS bigint), COUNT(*)"
        f" FROM {ENTRIES} e JOIN repair_spend s ON {SAME_NAME}"
        " WHERE e.company_id = %s GROUP BY 1, 2, 3",
        [company_id],
    )
    found = [SpendFlow(name, namer.spend(was, new), *sums) for name, was, new, *sums in rows]
    return SpendFlows(sorted(found, key=lambda one: (-one.amount_minor, one.name, one.move)))


def last_leads(namer: Namer) -> list[MovedLead]:
    """The latest to be stored, by their day."""
    latest = f"(SELECT * FROM repair_target ORDER BY n DESC LIMIT {LAST_LEADS})"
    return sorted(_leads(namer, latest), key=lambda lead: (lead.day, lead.id), reverse=True)


def all_leads(namer: Namer, number: int) -> Iterator[MovedLead]:
    """Each of the so many, a part of them at a time."""
    for first in range(1, number + 1, AT_ONCE):
        some = f"(SELECT * FROM repair_target WHERE n BETWEEN {first} AND {first + AT_ONCE - 1})"
        yield from _leads(namer, some)


def _leads(namer: Namer, some: str) -> Iterator[MovedLead]:
    for row in fetch(
        "SELECT l.id, l.external_id, l.day, l.kind, l.booked, l.utm_source, l.utm_medium,"
        f" l.utm_campaign, {', '.join((*NOW, *THEN))}"
        f" FROM {some} t JOIN {LEADS} l ON l.id = t.lead_id ORDER BY t.n"
    ):
        pk, number, day, kind, booked, source, medium, campaign, *places = row
        move = namer.move(Place(*places[:4]), Place(*places[4:]))
        yield MovedLead(pk, number, as_day(day), kind, bool(booked), source, medium, campaign, move)


def _sum(expression: str) -> str:
    """Of counted leads."""
    return f"CAST(SUM(CASE WHEN kind = 'primary' THEN {expression} ELSE 0 END) AS bigint)"


def _one(condition: str) -> str:
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END"
