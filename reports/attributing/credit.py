"""The credit of touches in SQL: a row for each lead and each of its touches that gets some.

A lead without such touches, one that a person has corrected, and one that does not count have one
row, as they stand. The rows name how many touches share the credit, and never the share itself:
shares are added up as fractions (`models.share`), so no part of a lead is ever lost.
"""

# ruff: noqa: S608  (the parts of the SQL are our own; values are parameters)

from collections.abc import Iterable
from typing import Any

from django.db import connection

from attribution.models import Lead, Reading, Touchpoint
from reports.attributing.models import MODELS
from reports.dimensions import BY_DAY, VALUES
from reports.lead_columns import value_of
from reports.models import NO_CAMPAIGN
from reports.query import CampaignBrief, ReportQuery
from reports.rollup.condition import EVERYTHING, Condition, any_of, read_days, wanted

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
NOTHING = Condition("")
# Where a touch counts, and where a lead counts as it stands.
PLACES = {
    "campaign_id": ("r.campaign_id", "l.campaign_id"),
    "reason": ("r.reason", "l.unattributed_reason"),
    "source": ("r.source", "l.source"),
    "medium": ("r.medium", "l.medium"),
    "visit_channel": ("t.channel", "l.channel"),
    "origin": ("t.origin", "l.origin"),
}


def credited_touches(
    query: ReportQuery, leads: Condition, columns: Condition = NOTHING
) -> Condition:
    """The touches that get credit, of leads `l` of this condition, with columns of these: where
    each counts, how many share the credit of its lead, and whether it is the first or the last of
    these (or is the last: `latest`).
    """
    places = ", ".join(
        f"{_as_it_is(name, of_touch)} AS {name}" for name, (of_touch, _) in PLACES.items()
    )
    splits = MODELS[query.model].splits
    many = "COUNT(*) OVER (PARTITION BY t.lead_id)" if splits else "1"
    order = IN_TIME if splits else ORDER[query.model]
    chosen = "" if splits else " WHERE nth = 1"
    ranked = paths(
        query,
        leads,
        Condition(
            f"{columns.sql} t.lead_id AS lead_id, {places}, {many} AS n,"
            f" ROW_NUMBER() OVER (PARTITION BY t.lead_id ORDER BY {order}) AS nth",
            columns.params,
        ),
    )
    return Condition(
        "SELECT ranked.*, CASE WHEN nth = 1 OR nth = n THEN 1 ELSE 0 END AS at_end,"
        " CASE WHEN nth = n THEN 1 ELSE 0 END AS latest"
        f" FROM ({ranked.sql}) AS ranked{chosen}",
        ranked.params,
    )


def paths(query: ReportQuery, leads: Condition, columns: Condition) -> Condition:
    """The touches `t` of these leads `l` that can get credit under any model, with their readings
    `r`: not after the lead, within the window, and of leads that no person has corrected.
    """
    since, window = _since(query.look_back)
    return Condition(
        # The leads first, then their touches: SQLite keeps the order of a CROSS JOIN.
        f"SELECT {columns.sql} FROM {LEADS} l CROSS JOIN {TOUCHES} t CROSS JOIN {READINGS} r"
        f" WHERE t.lead_id = l.id AND r.id = t.reading_id AND {leads.sql} AND NOT l.corrected"
        f' AND t."at" <= l.received_at AND t."at" >= {since}',
        (*columns.params, *leads.params, *window),
    )


def campaign_of(column: str) -> str:
    """As the sums say it: a number for none."""
    return f"COALESCE({column}, {NO_CAMPAIGN})"


def credited_leads(query: ReportQuery, company_id: int) -> Condition:
    """All leads of the days that the question looks at, of any kind: a row for each touch that
    gets credit."""
    of_days = Condition("l.company_id = %s", (company_id,)) & read_days(query, 'l."day"')
    counted = any_of("l.kind", query.kinds)
    landed = _landed(query)
    outcomes = (f"CASE WHEN l.{name} THEN 1 ELSE 0 END AS {name}" for name in OUTCOMES)
    of_leads = [name for name in query.beside if name not in PLACES]
    lead = ", ".join(
        [
            *('l."day" AS "day"', "l.kind AS lead_kind", f"{landed.sql} AS landed"),
            *outcomes,
            "l.revenue_minor AS revenue_minor",
            *(f"{value_of(query, name, 'l.')} AS {name}" for name in of_leads),
        ]
    )
    touches = credited_touches(query, of_days & counted, Condition(f"{lead},", landed.params))
    places = ", ".join(
        f"{_as_it_is(name, of_lead)} AS {name}" for name, (_, of_lead) in PLACES.items()
    )
    rest = untouched(query, counted)
    return Condition(
        f'SELECT "day", lead_kind, landed, booked, completed, revenue_minor,'
        f" {', '.join([*of_leads, *PLACES])}, 1 AS counts, n, at_end"
        f" FROM ({touches.sql}) AS touched"
        f" UNION ALL SELECT {lead}, {places}, CASE WHEN {counted.sql} THEN 1 ELSE 0 END, 1, 1"
        f" FROM {LEADS} l WHERE {of_days.sql} AND {rest.sql}",
        (
            *(*touches.params, *landed.params, *counted.params),
            *(*of_days.params, *rest.params),
        ),
    )


def untouched(query: ReportQuery, counted: Condition) -> Condition:
    """All leads but those whose credit touches have: they count as they stand."""
    since, window = _since(query.look_back)
    return Condition(
        f"(NOT ({counted.sql}) OR l.corrected OR NOT EXISTS (SELECT 1 FROM {TOUCHES} t"
        f' WHERE t.lead_id = l.id AND t."at" <= l.received_at AND t."at" >= {since}))',
        (*counted.params, *window),
    )


OUTCOMES = ("booked", "completed")


def wanted_credit(query: ReportQuery, campaigns: Iterable[CampaignBrief]) -> Condition:
    """What the filters let pass: of the touch, but country, landing page and so on of the lead."""
    found = wanted(query, campaigns)
    for column, values in query.of_leads.items():
        found &= any_of(column, values) if values else EVERYTHING
    return found & Condition("landed = 1") if query.landing else found


def is_named(query: ReportQuery) -> str:
    """Rows that belong to a named row of this grouping."""
    if query.group_by in BY_DAY:
        return "1 = 1"
    if query.group_by in VALUES:
        return f"{query.group_by} <> ''"
    return f"campaign_id <> {NO_CAMPAIGN}"


def _as_it_is(name: str, column: str) -> str:
    return campaign_of(column) if name == "campaign_id" else column


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
