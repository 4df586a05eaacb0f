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
    """The rows of `groups`, and after what tells days apart what they are; and rows of REST."""
    days = [f'"{name}"' for name in query.beside]
    numbers = [f"n{n}" for n in range(NUMBERS - FIRST_NUMBER)]
    columns = ["fact", "is_before", "campaign_id", "tells", "source", "medium", *numbers, *days]
    apart = ", ".join(["source", "medium", *days])  # the rows that campaigns are parts of
    of_read = ", ".join(f"read.{name}" for name in ("source", "medium", *days))
    same = " AND ".join(f"there.{name} = read.{name}" for name in ("source", "medium", *days))
    where = _counts(query)
    is_shown = f"place <= {most}"
    campaign = f"CASE WHEN {is_shown} THEN read.campaign_id"
    campaign += " ELSE COALESCE(alike.one, read.campaign_id) END"
    kind = f"CASE WHEN {is_shown} OR alike.one IS NULL THEN '{ITSELF}'"
    kind += f" WHEN place IS NULL THEN '{GONE}' ELSE '{OTHERS}' END"
    sums = ", ".join(f"CAST(SUM({name}) AS bigint)" for name in numbers)
    no_more = ", ".join("0" * (len(numbers) - 1))
    rest = ", ".join([*days, f"'{OTHERS}'"])
    return Condition(
        f"WITH read ({', '.join(columns)}) AS ({groups.sql}),"
        f" alike (campaign, one, part, nth) AS (VALUES {_written(lumps or [NOBODY])}),"
        f" there AS (SELECT {apart}, campaign_id, one, ROW_NUMBER() OVER (PARTITION BY part,"
        f" {apart} ORDER BY SUM(CASE WHEN fact = '{LEADS.fact}' THEN n0 ELSE 0 END) DESC, nth)"
        " AS place FROM read JOIN alike ON alike.campaign = campaign_id"
        f" WHERE is_before = 0 AND n0 <> 0 AND part IS NOT NULL AND {where.sql}"
        f" GROUP BY part, {apart}, campaign_id, one, nth)"
        f" SELECT fact, is_before, {campaign}, tells, read.source, read.medium, {sums},"
        f" {', '.join([f'read.{name}' for name in days] + [kind])}"
        " FROM read LEFT JOIN alike ON alike.campaign = read.campaign_id"
        f" LEFT JOIN there ON there.campaign_id = read.campaign_id AND {same}"
        f" GROUP BY fact, is_before, {campaign}, tells, {of_read}, {kind}"
        f" UNION ALL SELECT '{REST}', 0, one, '', source, medium, COUNT(*), {no_more}, {rest}"
        f" FROM there WHERE NOT {is_shown} GROUP BY one, {apart}",
        groups.params + where.params,
    )


def _written(lumps: Sequence[Lump]) -> str:
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
