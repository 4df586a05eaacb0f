"""The filters of a question as SQL over the columns of the sums."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from reports.dimensions import BY_DAY
from reports.models import NO_CAMPAIGN
from reports.query import CampaignBrief, ReportQuery


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL with its parameters."""

    sql: str
    params: tuple[Any, ...] = ()

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(f"{self.sql} AND {other.sql}", self.params + other.params)


EVERYTHING = Condition("1 = 1")


def all_of(statements: Sequence[Condition]) -> Condition:
    """The rows of all these statements."""
    return joined(statements, " UNION ALL ")


def joined(pieces: Sequence[Condition], by: str) -> Condition:
    """These pieces one after the other."""
    return Condition(
        by.join(one.sql for one in pieces),
        tuple(chain.from_iterable(one.params for one in pieces)),
    )


def any_of(column: str, values: Collection[Any]) -> Condition:
    """The column holds one of these values."""
    if not values:
        return Condition("1 = 0")
    return Condition(f"{column} IN ({', '.join(['%s'] * len(values))})", tuple(values))


def read_days(query: ReportQuery, column: str = '"day"') -> Condition:
    """The day is one of those that the question looks at."""
    ranges = query.read_days
    days = " OR ".join([f"{column} BETWEEN %s AND %s"] * len(ranges))
    return Condition(f"({days})", tuple(str(day) for one in ranges for day in one))


def wanted(query: ReportQuery, campaigns: Iterable[CampaignBrief]) -> Condition:
    """What the filters of the question let pass."""
    found = EVERYTHING
    if query.looks_at_campaigns:
        ids = [campaign.id for campaign in campaigns if query.takes_campaign(campaign)]
        found &= any_of("campaign_id", ids)
    if query.sources:
        found &= any_of("source", query.sources)
    if query.mediums:
        found &= any_of("medium", query.mediums)
    return found


def wanted_spend(query: ReportQuery, campaigns: Iterable[CampaignBrief]) -> Condition:
    """The same of spend, which has lines."""
    found = wanted(query, campaigns)
    return found & any_of("line", query.lines) if query.lines else found


def is_named(query: ReportQuery) -> str:
    """Sums that belong to a named row of this grouping."""
    if query.group_by in ("source", "medium"):
        return f"{query.group_by} <> ''"
    if query.group_by in BY_DAY:
        return "1 = 1"
    return f"campaign_id <> {NO_CAMPAIGN}"
