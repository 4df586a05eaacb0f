"""Of rows that are split into campaigns the largest ones, and the others of each row as one.

Two thousand campaigns by month are twenty-four thousand sums, of which a page shows a few hundred:
to fetch the others and to add them up here takes most of the time of the page. The database knows
which they are in a tenth of it.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Sequence
from itertools import chain

from reports.dimensions import BY_CAMPAIGN
from reports.models import NO_CAMPAIGN
from reports.query import ReportQuery
from reports.rollup.condition import Condition, any_of
from reports.rollup.groups import (
    FIRST_NUMBER,
    NOTHING,
    NUMBERS,
    ONE,
    Campaign,
    Sums,
    added_leads,
    added_spend,
    as_one,
    grouped,
    told,
    utm,
)
from reports.sources import ANY_CAMPAIGN, Lump

REST = "rest"  # a row that says how many campaigns were added up
ITSELF, OTHERS, GONE = "", "others", "gone"  # gone: there only in the days compared with
CAMPAIGN = "CASE WHEN number < 0 THEN -number / 2 ELSE number END"
KIND = (
    f"CASE WHEN number >= 0 THEN '{ITSELF}' WHEN -number %% 2 = 0 THEN '{OTHERS}' ELSE '{GONE}' END"
)
NOBODY = Lump(ANY_CAMPAIGN, NO_CAMPAIGN, None, 0)  # where a company has no campaigns


def largest(
    query: ReportQuery, sums: Sums, only: Condition, lumps: Sequence[Lump], most: int
) -> Condition:
    """Rows as those of `grouped`, and at their end what each is; and rows of REST."""
    lumps = lumps or [NOBODY]
    tables: dict[str, Condition] = {}
    if query.beside == ("weekday",):  # one sum stands for those of many months: so it is kept
        tables = {"kept_leads": added_leads(query, sums), "kept_spend": added_spend(query, sums)}
        sums = Sums(*(Condition(f"SELECT * FROM {name}") for name in tables))
    tables["first"] = _first(query, sums, only, lumps, most)
    found = grouped(query, sums, _campaign(query, lumps, most), only)
    numbers = [f"n{n}" for n in range(NUMBERS - FIRST_NUMBER)]
    after = ["tells", "source", "medium", *numbers, *told(query)]
    tables[f"found ({', '.join(['fact', 'is_before', 'number', *after])})"] = found
    shown = ["fact", "is_before", CAMPAIGN, *after, KIND]
    row = _row(query)
    texts = [name if name in row else NOTHING for name in ("source", "medium")]
    counted = [f"campaigns - {most}", *["0"] * (len(numbers) - 1)]
    rest = [f"'{REST}'", "0", "one", NOTHING, *texts, *counted, *told(query), f"'{OTHERS}'"]
    return Condition(
        f"WITH {', '.join(f'{name} AS ({table.sql})' for name, table in tables.items())}"
        f" SELECT {', '.join(shown)} FROM found UNION ALL"
        f" SELECT {', '.join(rest)} FROM first WHERE place = 1 AND campaigns > {most}",
        tuple(chain.from_iterable(table.params for table in tables.values())),
    )


def _campaign(query: ReportQuery, lumps: Sequence[Lump], most: int) -> Campaign:
    """One number for a campaign and of which sort it is, as CAMPAIGN and KIND take it apart: what
    rows are grouped by is worked out for each of them, and anew for each such thing."""
    part = ", ".join(["campaign_id", *_row(query)])
    ones = {lump.campaign_id: lump.one for lump in lumps}
    none, one, joined = f"{ONE} IS NULL", f"CAST({ONE} AS bigint)", as_one(ones).joined
    if len(set(ones.values())) == 1:
        none, one, joined = f"campaign_id = {NO_CAMPAIGN}", str(lumps[0].one), ""
    gone = ""
    if query.compared is not None:
        gone = (
            f" WHEN is_before = 1 AND ({part}) NOT IN (SELECT {part} FROM first)"
            f" THEN -2 * {one} - 1"
        )
    return Campaign(
        f"CASE WHEN {none} OR ({part}) IN (SELECT {part} FROM first WHERE place <= {most})"
        f" THEN campaign_id{gone} ELSE -2 * {one} END",
        joined,
    )


def _row(query: ReportQuery) -> list[str]:
    """What is split into campaigns: what is only filtered by tells no rows apart."""
    return [*(name for name in utm(query) if name in query.levels), *told(query)]


def _first(
    query: ReportQuery, sums: Sums, only: Condition, lumps: Sequence[Lump], most: int
) -> Condition:
    """The campaigns of each row that have leads or spend in the period, by their place among them,
    and how many these are. All, or only so many of each, where none is looked for in other days.
    """
    row = _row(query)
    part = ", ".join(["campaign_id", *row])
    of_leads = only & _counts(query)
    of_spend = of_leads & _spend_counts(query)
    # Rows that campaigns have in common. Without such it is left out: PostgreSQL takes a third
    # longer to put by one value more in order.
    common = [] if set(query.levels).isdisjoint(BY_CAMPAIGN[1:]) else ["part"]
    rows = f"PARTITION BY {', '.join([*common, *row])}" if common or row else ""
    all_of_them = (
        f"SELECT {part}, one, COUNT(*) OVER ({rows}) AS campaigns,"
        f" ROW_NUMBER() OVER ({rows} ORDER BY leads DESC, nth) AS place"
        f" FROM (SELECT {part}, SUM(leads) AS leads FROM"
        f' (SELECT {part}, "primary" AS leads, 0 AS entries FROM ({sums.leads.sql}) AS sums'
        f" WHERE is_before = 0 AND {of_leads.sql}"
        f" UNION ALL SELECT {part}, 0, entries FROM ({sums.spend.sql}) AS sums"
        f" WHERE is_before = 0 AND {of_spend.sql}) AS facts"
        f" GROUP BY {part} HAVING SUM(leads) <> 0 OR SUM(entries) <> 0) AS found"
        f" JOIN {_campaigns(lumps)} WHERE part IS NOT NULL"
    )
    if query.compared is None:
        all_of_them = f"SELECT * FROM ({all_of_them}) AS placed WHERE place <= {most}"
    params = (sums.leads.params, of_leads.params, sums.spend.params, of_spend.params)
    return Condition(all_of_them, tuple(chain.from_iterable(params)))


def _campaigns(lumps: Sequence[Lump]) -> str:
    """Those that the filters take as a table to join, as in `reports.rollup.groups.as_one`. Numbers
    stand in it as they are: a driver takes long over thousands of parameters.
    """
    written = ", ".join(
        f"({one.campaign_id}, {one.one}, {'NULL' if one.part is None else one.part}, {one.nth})"
        for one in lumps
    )
    columns = "column1 AS campaign, column2 AS one, column3 AS part, column4 AS nth"
    return f"(SELECT {columns} FROM (VALUES {written}) AS v) AS alike ON campaign = campaign_id"


def _counts(query: ReportQuery) -> Condition:
    """What makes a campaign a part of a row, beside the filters on campaigns themselves."""
    found = Condition("1 = 1")
    if query.sources:
        found &= any_of("source", query.sources)
    if query.mediums:
        found &= any_of("medium", query.mediums)
    return found


def _spend_counts(query: ReportQuery) -> Condition:
    """The same of spend alone."""
    found = any_of("line", query.lines) if query.lines else Condition("1 = 1")
    if query.group_by in ("source", "medium"):  # without one it is not matched with any row
        found &= Condition(f"{query.group_by} <> ''")
    return found
