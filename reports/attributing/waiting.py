"""Bookings that wait for a rate of exchange, under an attribution model.

Their revenue is unknown in every row that has credit for their lead. Each is one fact all the
same: it counts where the last of the touches with credit does, and elsewhere as none.
"""

# ruff: noqa: S608  (the parts of the SQL are our own; values are parameters)

from collections.abc import Iterable

from reports.attributing.credit import credited_touches
from reports.caveats import BOOKING, BOOKINGS, Caveats, Places, Unconverted, read_caveats
from reports.query import CampaignBrief, ReportQuery
from reports.rollup.books import UNCONVERTED
from reports.rollup.condition import Condition, read_days


def with_credit(found: Caveats, query: ReportQuery, campaigns: Iterable[CampaignBrief]) -> Caveats:
    """The same caveats; bookings stand where the model gives credit."""
    if not any(one.fact == BOOKING for one in found.unconverted):
        return found
    campaigns = list(campaigns)
    counted = _bookings(query, campaigns, " AND t.latest = 1")
    keys = {_key(one) for one in counted}
    credited = _bookings(query, campaigns, "")
    others = [one._replace(facts=0, original_minor=0) for one in credited if _key(one) not in keys]
    rest = [one for one in found.unconverted if one.fact != BOOKING]
    in_order = sorted(
        [*rest, *counted, *others], key=lambda one: (one.currency, one.fact, one.first, one.name)
    )
    return Caveats(in_order, found.restated)


def _bookings(
    query: ReportQuery, campaigns: Iterable[CampaignBrief], only: str
) -> list[Unconverted]:
    days = read_days(query, 'l."day"')
    leads = Condition(
        f"l.company_id = %s AND {days.sql} AND l.id IN (SELECT b.lead_id"
        f" FROM {BOOKINGS} b WHERE b.company_id = %s AND b.value_minor IS NULL"
        " AND b.status = 'completed')",
        (query.company.pk, *days.params, query.company.pk),
    )
    touches = credited_touches(query, leads)
    places = Places(
        also_leads=f"LEFT JOIN ({touches.sql}) AS t ON t.lead_id = l.id{only}",
        campaign=_either("campaign_id"),
        source=_either("source"),
        medium=_either("medium"),
        params=touches.params,
    )
    found = read_caveats(query, campaigns, (UNCONVERTED,), places)
    return [one for one in found.unconverted if one.fact == BOOKING]


def _either(name: str) -> str:
    return f"CASE WHEN t.lead_id IS NULL THEN l.{name} ELSE t.{name} END"


def _key(one: Unconverted) -> Unconverted:
    """Where it counts, whatever it is."""
    return one._replace(facts=0, original_minor=0, first=one.first.min, last=one.last.min)
