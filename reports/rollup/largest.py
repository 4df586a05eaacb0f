"""Of rows that are split into campaigns the largest ones, and the others of each row as one.

Two thousand campaigns by month are twenty-four thousand sums, of which a page shows a few hundred:
to fetch the others and to add them up here takes most of the time of the page. The database knows
which they are in a tenth of it.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Sequence

from reports.query import ReportQuery
from reports.rollup.condition import Condition, any_of
from reports.rollup.sums import LEADS
from reports.sources import ANY_CAMPAIGN, Lump

NUMBERS = 16  # of a row of groups: where its numbers end, and what tells days apart begins
FIRST_NUMBER = 6
REST = "rest"  # a row that says how many campaigns were added up
ITSELF, OTHERS, GONE = "", "others", "gone"  # gone: there only in the days compared with

NOBODY = Lump(ANY_CAMPAIGN, ANY_CAMPAIGN, None, 0)  # where a company has no campaigns


def largest(query: ReportQuery, groups: Condition, lumps: Sequence[Lump], most: int) -> Condition:
    """The rows of `groups`, and after what tells days apart what they are; and rows of REST.

    `there` are the campaigns of each row in the period, by their place among them.
    """
    utm = [name for name in ("source", "medium") if query.asks_for(name)]
    days = [f'"{name}"' for name in query.beside]
    # What is split into campaigns: what is only filtered by tells no rows apart.
    row = [*(name for name in utm if name in query.levels), *days]
    part = ", ".join(["campaign_id", *row])
    numbers = [f"n{n}" for n in range(NUMBERS - FIRST_NUMBER)]
    columns = ["fact", "is_before", "campaign_id", "tells", "source", "medium", *numbers, *days]
    where = _counts(query)
    leads = f"SUM(CASE WHEN fact = '{LEADS.fact}' THEN n0 ELSE 0 END)"
    kind = (
        f"CASE WHEN one IS NULL OR ({part}) IN (SELECT {part} FROM there WHERE place <= {most})"
        f" THEN '{ITSELF}' WHEN is_before = 1 AND ({part}) NOT IN (SELECT {part} FROM there)"
        f" THEN '{GONE}' ELSE '{OTHERS}' END"
    )
    campaign = f"CASE kind WHEN '{ITSELF}' THEN campaign_id ELSE one END"
    texts = [name if name in utm else "''" for name in ("source", "medium")]
    sums = [f"CAST(SUM({name}) AS bigint)" for name in numbers]
    shown = ["fact", "is_before", campaign, "tells", *texts, *sums, *days, "kind"]
    nothing = ["0"] * (len(numbers) - 1)
    of_row = [name if name in row else "''" for name in ("source", "medium")]
    rest = [f"'{REST}'", "0", "one", "''", *of_row, "COUNT(*)", *nothing, *days, f"'{OTHERS}'"]
    return Condition(
        f"WITH found ({', '.join(columns)}) AS ({groups.sql}),"
        f" alike (campaign, one, part, nth) AS (VALUES {_written(lumps or [NOBODY])}),"
        " read AS (SELECT * FROM found LEFT JOIN alike ON campaign = campaign_id),"
        f" there AS (SELECT {part}, one, ROW_NUMBER() OVER"
        f" (PARTITION BY {', '.join(['part', *row])} ORDER BY {leads} DESC, nth) AS place"
        f" FROM read WHERE is_before = 0 AND n0 <> 0 AND part IS NOT NULL AND {where.sql}"
        f" GROUP BY part, {part}, one, nth)"
        f" SELECT {', '.join(shown)} FROM (SELECT read.*, {kind} AS kind FROM read) AS told"
        f" GROUP BY {', '.join([campaign, 'is_before', 'fact', 'kind', 'tells', *utm, *days])}"
        f" UNION ALL SELECT {', '.join(rest)} FROM there WHERE place > {most}"
        f" GROUP BY {', '.join(['one', *row])}",
        groups.params + where.params,
    )


def _written(lumps: Sequence[Lump]) -> str:
    """Numbers stand in it as they are: a driver takes long over thousands of parameters."""
    return ", ".join(
        f"({one.campaign_id}, {one.one}, {'NULL' if one.part is None else one.part}, {one.nth})"
        for one in lumps
    )


def _counts(query: ReportQuery) -> Condition:
    """What makes a campaign a part of a row, beside the filters on campaigns themselves."""
    found = Condition("1 = 1")
    if query.sources:
        found &= any_of("source", query.sources)
    if query.mediums:
        found &= any_of("medium", query.mediums)
    if query.lines:
        line = any_of("tells", query.lines)
        found &= Condition(f"(fact = '{LEADS.fact}' OR {line.sql})", line.params)
    if query.group_by in ("source", "medium"):  # spend without one is not matched with any row
        found &= Condition(f"(fact = '{LEADS.fact}' OR {query.group_by} <> '')")
    return found
