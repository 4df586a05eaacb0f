"""The groups that a report is made of, as one statement over rows of the sums.

Each row says: fact, whether it is of the period before, campaign, reason or line, source, medium,
ten numbers, and by which number its days are known, where days are told apart.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Sequence
from typing import NamedTuple

from reports.models import NO_CAMPAIGN
from reports.query import ReportQuery
from reports.rollup.alike_days import TOLD
from reports.rollup.condition import EVERYTHING, Condition
from reports.rollup.sql import quoted
from reports.rollup.sums import LEADS, SPEND, SPEND_COUNTS
from reports.sources import ANY_CAMPAIGN, Alike

FIRST_NUMBER, NUMBERS = 6, 16  # where the numbers of a row begin, and where they end
IF_ANY = f"CASE WHEN campaign_id = {NO_CAMPAIGN} THEN {NO_CAMPAIGN} ELSE {ANY_CAMPAIGN} END"
ITSELF = "campaign_id"
ONE = "alike.column2"  # the campaign that stands for it, where `as_one` is joined; NULL for none
NOTHING = "''"  # where a text would stand


class Sums(NamedTuple):
    """Rows of the sums of both periods, not added up."""

    leads: Condition
    spend: Condition


class Campaign(NamedTuple):
    """By which number the campaign of a row is known, and what has to be joined for that."""

    number: str
    joined: str = ""


def utm(query: ReportQuery) -> list[str]:
    """The texts that tell rows of sums apart."""
    return [name for name in ("source", "medium") if query.asks_for(name)]


def line(query: ReportQuery) -> list[str]:
    """The same of spend alone."""
    return ["line"] if query.reads_lines else []


def told(query: ReportQuery) -> list[str]:
    """Of what is beside, the sums know months and weekdays."""
    return [TOLD] if query.beside else []


def grouped(
    query: ReportQuery, sums: Sums, campaign: Campaign, only: Condition = EVERYTHING
) -> Condition:
    """Rows of leads and of spend, both as wide."""
    texts = [name if name in utm(query) else NOTHING for name in ("source", "medium")]
    numbers = [total(f'"{name}"') for name in (*LEADS.measures, "young")]
    amounts = [total(name) for name in ("entries", "priced", "amount_minor")]
    amounts += map(_if_told, SPEND_COUNTS if query.counts else ())
    amounts += ["NULL"] * (len(numbers) - len(amounts))
    leads = _added_up(query, LEADS.fact, sums.leads, campaign, "reason", [*texts, *numbers], only)
    # A line stands where leads have their reason.
    tells = "line" if query.reads_lines else ""
    spend = _added_up(query, SPEND.fact, sums.spend, campaign, tells, [*texts, *amounts], only)
    return Condition(f"{leads.sql} UNION ALL {spend.sql}", leads.params + spend.params)


def _added_up(
    query: ReportQuery,
    fact: str,
    rows: Condition,
    campaign: Campaign,
    tells: str,
    columns: list[str],
    only: Condition,
) -> Condition:
    shown = [f"'{fact}'", "is_before", campaign.number, tells or NOTHING, *columns, *told(query)]
    keys = ["is_before", campaign.number, *([tells] if tells else []), *utm(query), *told(query)]
    return Condition(
        f"SELECT {', '.join(shown)} FROM ({rows.sql}) AS sums{campaign.joined}"
        f" WHERE {only.sql} GROUP BY {', '.join(keys)}",
        rows.params + only.params,
    )


def added_leads(query: ReportQuery, sums: Sums) -> Condition:
    """The rows of leads with those as one that the question does not tell apart."""
    return _as_wide(query, sums.leads, ["reason"], [*LEADS.measures, "young"])


def added_spend(query: ReportQuery, sums: Sums) -> Condition:
    """The same of spend."""
    return _as_wide(query, sums.spend, line(query), SPEND.measures)


def _as_wide(
    query: ReportQuery, rows: Condition, texts: Sequence[str], measures: Sequence[str]
) -> Condition:
    key = ", ".join(["is_before", "campaign_id", *texts, *utm(query), *told(query)])
    numbers = ", ".join(f"{total(name)} AS {name}" for name in quoted(measures))
    return Condition(
        f"SELECT {key}, {numbers} FROM ({rows.sql}) AS sums GROUP BY {key}", rows.params
    )


def campaigns_of(rows: Condition, number: str) -> Condition:
    """The campaigns of which there is something."""
    return Condition(
        f"SELECT campaign_id FROM ({rows.sql}) AS sums GROUP BY campaign_id"
        f" HAVING SUM({number}) <> 0",
        rows.params,
    )


def as_one(alike: Alike) -> Campaign:
    """The campaign that stands for each. Written into the statement: of a table by name PostgreSQL
    does not know how small it is, and made a hash of all sums instead (twice the time).
    """
    pairs = ", ".join(f"({one}, {other})" for one, other in alike.items())
    joined = f" LEFT JOIN (VALUES {pairs}) AS alike ON alike.column1 = campaign_id"
    return Campaign(f"COALESCE({ONE}, campaign_id)", joined)


def total(expression: str) -> str:
    """As a whole number: what a driver makes of other sums is slow."""
    return f"CAST(SUM({expression}) AS bigint)"


def _if_told(count: str) -> str:
    """Unknown where no entry told it."""
    return f"CASE WHEN SUM(told_{count}) > 0 THEN {total(count)} END"
