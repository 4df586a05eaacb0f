"""What would count elsewhere, as `moved_leads` and `moved_spend` find it in the database.

Each fact stands there twice: with the sign -1 where it counts now, and with 1 where it would. The
temporary tables are those of `attribution.repair.moves.collected`. Looking the leads up among
millions is what takes time: it is done once for all that a preview tells of them (`looked_up`),
and a second time for its proof.
"""

# ruff: noqa: S608  (the parts of the SQL are our own; values are parameters)

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection

from attribution.models import Lead
from reports.dimensions import OF_LEADS
from reports.models import NO_CAMPAIGN
from reports.query import ReportQuery
from reports.rollup.condition import EVERYTHING, Condition, all_of, any_of
from reports.rollup.sql import execute
from spend.models import SpendEntry

LEADS = Lead._meta.db_table
ENTRIES = SpendEntry._meta.db_table
# An entry e stands under a name of `repair_spend` s.
SAME_NAME = (
    "s.campaign_key = e.campaign_key AND s.utm_source = e.utm_source"
    " AND s.utm_medium = e.utm_medium AND s.came_from = e.source"
    " AND s.platform_id = e.platform_id"
    f" AND COALESCE(s.was, {NO_CAMPAIGN}) = COALESCE(e.campaign_id, {NO_CAMPAIGN})"
)
PLACE = ("campaign_id", "reason", "source", "medium")
NOW = ("l.campaign_id", "l.unattributed_reason", "l.source", "l.medium")
THEN = ("t.campaign_id", "t.reason", "t.source", "t.medium")


OUTCOME = ("kind", "booked", "completed", "revenue_minor", *OF_LEADS.values())


@contextmanager
def looked_up(company_id: int) -> Iterator[None]:
    """Inside, `repair_moved` holds each lead that moves with both places and what became of it."""
    execute("DROP TABLE IF EXISTS repair_moved")
    end = " ON COMMIT DROP" if connection.vendor == "postgresql" else ""
    places = ", ".join(
        [
            *(f"{column} AS was_{name}" for name, column in zip(PLACE, NOW, strict=True)),
            *(f"{column} AS {name}" for name, column in zip(PLACE, THEN, strict=True)),
        ]
    )
    execute(
        f"CREATE TEMPORARY TABLE repair_moved{end} AS"
        f' SELECT l."day", {", ".join(f"l.{name}" for name in OUTCOME)}, {places}'
        f" FROM repair_target t JOIN {LEADS} l ON l.id = t.lead_id WHERE l.company_id = %s",
        [company_id],
    )
    yield
    execute("DROP TABLE repair_moved")


def known_leads(first: date, last: date) -> Condition:
    """Leads of these days, as they were looked up."""
    columns = f'"day", {", ".join(OUTCOME)} FROM repair_moved WHERE "day" BETWEEN %s AND %s'
    return all_of(
        [
            Condition(
                f"SELECT {sign} AS sign, COALESCE({side}campaign_id, {NO_CAMPAIGN}) AS campaign_id,"
                f" {side}reason AS reason, {side}source AS source, {side}medium AS medium,"
                f" {columns}",
                (str(first), str(last)),
            )
            for sign, side in ((-1, "was_"), (1, ""))
        ]
    )


def moved_leads(company_id: int, first: date, last: date) -> Condition:
    """Leads of these days, looked up anew, and once for both places."""
    places = ", ".join(
        f"CASE WHEN sign < 0 THEN {now} ELSE {then} END AS {name}"
        for name, now, then in zip(PLACE[1:], NOW[1:], THEN[1:], strict=True)
    )
    campaign = f"CASE WHEN sign < 0 THEN {NOW[0]} ELSE {THEN[0]} END"
    return Condition(
        f"SELECT sign, COALESCE({campaign}, {NO_CAMPAIGN}) AS campaign_id, {places},"
        f' l."day", {", ".join(f"l.{name}" for name in OUTCOME)}, l.landing_page'
        f" FROM {LEADS} l JOIN repair_target t ON t.lead_id = l.id"
        " CROSS JOIN (SELECT -1 AS sign UNION ALL SELECT 1) AS signs"
        ' WHERE l.company_id = %s AND l."day" BETWEEN %s AND %s',
        (company_id, str(first), str(last)),
    )


def filtered_leads(company_id: int, query: ReportQuery) -> Condition:
    """Leads of the period that pass those filters which look at nothing that moves."""
    moved, where = moved_leads(company_id, query.start, query.end), EVERYTHING
    for name, values in query.of_leads.items():
        if values:
            where &= any_of(OF_LEADS[name], values)
    if query.landing:
        start = (len(query.landing), query.landing)
        where &= Condition("SUBSTR(landing_page, 1, %s) = %s", start)
    return Condition(
        f"SELECT * FROM ({moved.sql}) AS all_moved WHERE {where.sql}",
        moved.params + where.params,
    )


def moved_spend(company_id: int, query: ReportQuery) -> Condition:
    """Entries of the period; none says what leads alone have."""
    nothing = ", ".join(f"'' AS {column}" for column in OF_LEADS.values())
    columns = (
        "e.utm_source AS source, e.utm_medium AS medium, e.line, e.campaign_key,"
        " e.amount_minor,"
        f" {nothing} FROM {ENTRIES} e JOIN repair_spend s ON {SAME_NAME}"
        ' WHERE e.company_id = %s AND e."day" BETWEEN %s AND %s'
    )
    return all_of(
        [
            Condition(
                f"SELECT {sign} AS sign, COALESCE({campaign}, {NO_CAMPAIGN}) AS campaign_id,"
                f" {columns}",
                (company_id, str(query.start), str(query.end)),
            )
            for sign, campaign in ((-1, "s.was"), (1, "s.campaign_id"))
        ]
    )
