"""The credit of touches in SQL: a row for each lead and each of its touches that gets some.

A lead without such touches, one that a person has corrected, and one that does not count have one
row, as they stand. The rows name how many touches share the credit, and never the share itself:
shares are added up as fractions (`models.share`), so no part of a lead is ever lost.
"""

# ruff: noqa: S608  (the parts of the SQL are our own; values are parameters)

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from attribution.models import Lead, Reading, Touchpoint
from reports.attributing.models import MODELS
from reports.models import NO_CAMPAIGN
from reports.query import CampaignBrief, ReportQuery
from reports.rollup.condition import EVERYTHING, Condition, any_of, wanted

LEADS, TOUCHES = Lead._meta.db_table, Touchpoint._meta.db_table
READINGS = Reading._meta.db_table
IN_TIME = 't."at", t.id'
BACKWARDS = 't."at" DESC, t.id DESC'
DIRECT = (
    "CASE WHEN r.captured_reason = 'direct' OR r.source_key = 'direct'"
    " OR LOWER(TRIM(t.utm_source)) = '(direct)' THEN 1 ELSE 0 END"
)
ORDER = {
    "first": IN_TIME,
    "last": BACKWARDS,
    "last_non_direct": f"{DIRECT}, {BACKWARDS}",
}
# Where a touch counts, and where a lead counts as it stands.
PLACES = {
    "campaign_id": (f"COALESCE(r.campaign_id, {NO_CAMPAIGN})", "l.campaign_id"),
    "reason": ("r.reason", "l.unattributed_reason"),
    "source": ("r.source", "l.source"),
    "medium": ("r.medium", "l.medium"),
}


def credited_touches(query: ReportQuery, leads: Condition) -> Condition:
    """The touches that get credit, of leads `l` of this condition: lead_id, where each counts, how
    many share the credit of its lead, and whether it is the first or the last of these (or is the
    last: `latest`).
    """
    places = ", ".join(f"{of_touch} AS {name}" for name, (of_touch, _) in PLACES.items())
    splits = MODELS[query.model].splits
    many = "COUNT(*) OVER (PARTITION BY t.lead_id)" if splits else "1"
    order = IN_TIME if splits else ORDER[query.model]
    since, window = _since(query.look_back)
    chosen = "" if splits else " WHERE nth = 1"
    return Condition(
        f"SELECT lead_id, {', '.join(PLACES)}, n,"
        " CASE WHEN nth = 1 OR nth = n THEN 1 ELSE 0 END AS at_end,"
        " CASE WHEN nth = n THEN 1 ELSE 0 END AS latest"
        f" FROM (SELECT t.lead_id, {places}, {many} AS n,"
        f" ROW_NUMBER() OVER (PARTITION BY t.lead_id ORDER BY {order}) AS nth"
        f" FROM {LEADS} l JOIN {TOUCHES} t ON t.lead_id = l.id"
        f" JOIN {READINGS} r ON r.id = t.reading_id"
        f" WHERE {leads.sql} AND NOT l.corrected"
        f' AND t."at" <= l.received_at AND t."at" >= {since}) AS ranked{chosen}',
        (*leads.params, *window),
    )


def credited_leads(query: ReportQuery, company_id: int, first: date, last: date) -> Condition:
    """All leads of these days, of any kind: a row for each touch that gets credit."""
    of_days = Condition(
        'l.company_id = %s AND l."day" BETWEEN %s AND %s', (company_id, str(first), str(last))
    )
    counted = any_of("l.kind", query.kinds)
    touches = credited_touches(query, of_days & counted)
    places = ", ".join(
        f"CASE WHEN t.lead_id IS NULL THEN {_as_it_is(name, of_lead)} ELSE t.{name} END AS {name}"
        for name, (_, of_lead) in PLACES.items()
    )
    landed = _landed(query)
    return Condition(
        f'SELECT l."day", l.kind, {places}, l.country, {landed.sql} AS landed,'
        f" CASE WHEN {counted.sql} THEN 1 ELSE 0 END AS counts,"
        f" {', '.join(f'CASE WHEN l.{name} THEN 1 ELSE 0 END AS {name}' for name in OUTCOMES)},"
        " l.revenue_minor, COALESCE(t.n, 1) AS n, COALESCE(t.at_end, 1) AS at_end"
        f" FROM {LEADS} l LEFT JOIN ({touches.sql}) AS t ON t.lead_id = l.id"
        f" WHERE {of_days.sql}",
        (*landed.params, *counted.params, *touches.params, *of_days.params),
    )


OUTCOMES = ("booked", "completed")


def wanted_credit(query: ReportQuery, campaigns: Iterable[CampaignBrief]) -> Condition:
    """What the filters let pass: of the touch, but country and landing page of the lead."""
    found = wanted(query, campaigns)
    found &= any_of("country", query.countries) if query.countries else EVERYTHING
    return found & Condition("landed = 1") if query.landing else found


def is_named(query: ReportQuery) -> str:
    """Rows that belong to a named row of this grouping."""
    if query.group_by in ("source", "medium", "country"):
        return f"{query.group_by} <> ''"
    return f"campaign_id <> {NO_CAMPAIGN}"


def _as_it_is(name: str, column: str) -> str:
    return f"COALESCE({column}, {NO_CAMPAIGN})" if name == "campaign_id" else column


def _since(days: int) -> tuple[str, tuple[Any, ...]]:
    """The moment from which on touches of a lead get credit: so many times 24 hours before it."""
    if connection.vendor == "postgresql":
        return "l.received_at - make_interval(hours => %s)", (24 * days,)
    # Instants are texts there, in UTC: a day has 24 hours, and what follows the date stays.
    return "DATE(l.received_at, %s) || SUBSTR(l.received_at, 11)", (f"-{days} days",)


def _landed(query: ReportQuery) -> Condition:
    if not query.landing:
        return Condition("1")
    return Condition(
        "CASE WHEN SUBSTR(l.landing_page, 1, %s) = %s THEN 1 ELSE 0 END",
        (len(query.landing), query.landing),
    )
