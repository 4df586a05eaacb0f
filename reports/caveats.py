"""What a report has to say beside its figures: money in no figure yet, and money that changed.

An amount in another currency is unknown while the rate of its day is missing. Such entries and
bookings are looked up among the facts, whoever reads the rest: an index holds just them, and most
of the time there are none. Restatements are what was changed of days that were over.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from attribution import scope
from attribution.models import Booking, ImportRun, Lead
from reports.dimensions import BY_DAY, of_day
from reports.lead_columns import day_of, of_days, value_of
from reports.models import NO_CAMPAIGN
from reports.query import CampaignBrief, ReportQuery
from reports.rollup.books import CAVEATS, RESTATED, UNCONVERTED
from reports.rollup.condition import Condition, all_of, read_days, wanted_spend
from reports.rollup.sql import fetch
from spend.models import SpendEntry, SpendRevision

SPEND, BOOKING = "spend", "booking"
ENTRIES, REVISIONS = SpendEntry._meta.db_table, SpendRevision._meta.db_table
LEADS, BOOKINGS = Lead._meta.db_table, Booking._meta.db_table
RUNS = ImportRun._meta.db_table
# Of a revision: what the entry cost more afterwards, and whether that can be told at all. An entry
# without any amount cost nothing; one that waits for a rate may have cost anything.
IS_KNOWN = (
    "(amount_minor IS NOT NULL OR original_minor IS NULL)"
    " AND (is_removal OR new_amount_minor IS NOT NULL)"
)
DIFFERENCE = (
    f"CASE WHEN NOT ({IS_KNOWN}) THEN 0 ELSE"
    " COALESCE(new_amount_minor, 0) - COALESCE(amount_minor, 0) END"
)


class Unconverted(NamedTuple):
    """Facts that are alike, whose money is unknown: there is no rate of exchange for them."""

    fact: str  # SPEND or BOOKING
    before: bool  # of the period compared with
    campaign_id: int | None  # none or 0: not matched, unattributed
    source: str  # empty unless the query asks for sources; likewise medium and line
    medium: str
    values: tuple[str, ...]  # of what the query tells apart `beside`, in its order
    landed: bool
    line: str
    name: str  # the tidy name of spend that is not matched
    currency: str
    first: date  # the days that lack a rate
    last: date
    facts: int
    original_minor: int  # in `currency`


class Restated(NamedTuple):
    """What was changed of days of the period after they were over."""

    days: int
    difference_minor: int
    unknown: int  # changes whose difference cannot be told
    since: datetime
    last: datetime
    author: str  # of the last change; empty when it was the program
    file: str  # of the last change, when it was an import


@dataclass(slots=True)
class Caveats:
    unconverted: list[Unconverted] = field(default_factory=list)
    restated: Restated | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Where the facts count: what stands after FROM, and where campaign and values are found."""

    entries: str = f"{ENTRIES} e"
    spend_campaign: str = "e.campaign_id"
    also_leads: str = ""
    campaign: str = "l.campaign_id"
    source: str = "l.source"
    medium: str = "l.medium"
    params: tuple[Any, ...] = ()  # of `also_leads`


AS_THEY_ARE = Places()


def read_caveats(
    query: ReportQuery,
    campaigns: Iterable[CampaignBrief],
    kinds: Collection[str] = CAVEATS,
    places: Places = AS_THEY_ARE,
) -> Caveats:
    """All of these kinds in one query, in none without any.

    Of the period compared with too, but for restatements.
    """
    parts, caveats = [], Caveats()
    if UNCONVERTED in kinds:
        parts.append(_bookings(query, places))
        if not query.filters_leads:  # else no spend is shown
            parts.append(_entries(query, places))
    if RESTATED in kinds and query.facets and not query.filters_leads:
        parts.append(_restated(query, campaigns))
    if not parts or not scope.includes(query.company.pk):
        return caveats
    found = all_of(parts)
    beside = len(query.beside)
    for fact, before, campaign, source, medium, *rest in fetch(found.sql, found.params):
        values, landed, rest = tuple(rest[:beside]), rest[beside], rest[beside + 1 :]
        line, name, currency, first, last, number, minor, unknown = rest
        if fact == RESTATED:
            since, until = _moment(first), _moment(last)
            caveats.restated = Restated(number, minor, unknown, since, until, source, name)
            continue
        caveats.unconverted.append(
            Unconverted(
                *(fact, bool(before), campaign, source, medium, values, bool(landed)),
                *(line, name, currency),
                date.fromisoformat(first),
                date.fromisoformat(last),
                number,
                minor,
            )
        )
    caveats.unconverted.sort(key=lambda one: (one.currency, one.fact, one.first, one.name))
    return caveats


def _entries(query: ReportQuery, places: Places) -> Condition:
    """Spend that waits for a rate."""
    days = read_days(query, 'e."day"')
    texts = [f"e.utm_{name}" if query.asks_for(name) else "''" for name in ("source", "medium")]
    line = "e.line" if query.reads_lines else "''"
    name = f"CASE WHEN {places.spend_campaign} IS NULL THEN e.campaign_key ELSE '' END"
    keys = [
        _before('e."day"'),
        _campaign(places.spend_campaign),
        *texts,
        *(of_day(name, 'e."day"') if name in BY_DAY else "''" for name in query.beside),
        "1",
        line,
        name,
    ]
    return _grouped(
        SPEND,
        [*keys, "e.currency"],
        'e."day"',
        "e.original_minor",
        Condition(
            f"FROM {places.entries} WHERE e.company_id = %s AND {days.sql}"
            " AND e.amount_minor IS NULL AND e.original_minor IS NOT NULL",
            (query.company.pk, *days.params),
        ),
        (str(query.start),),
    )


def _bookings(query: ReportQuery, places: Places) -> Condition:
    """Revenue of counted leads that waits for a rate. The bookings first: there are few."""
    days, on = of_days(query, query.read_days, "l."), day_of(query, "l.")
    keys = [
        _before(on),
        _campaign(places.campaign),
        *(getattr(places, name) if query.asks_for(name) else "''" for name in ("source", "medium")),
        *(value_of(query, name, "l.") for name in query.beside),
    ]
    params: tuple[Any, ...] = (str(query.start),)
    kinds = ", ".join(["%s"] * len(query.kinds))
    landed = "1"
    if query.landing:
        landed = "CASE WHEN SUBSTR(l.landing_page, 1, %s) = %s THEN 1 ELSE 0 END"
        params += (len(query.landing), query.landing)
    return _grouped(
        BOOKING,
        [*keys, landed, "''", "''", "b.currency"],
        'l."day"',
        "b.original_minor",
        Condition(
            f"FROM {BOOKINGS} b CROSS JOIN {LEADS} l {places.also_leads}"
            " WHERE l.id = b.lead_id AND b.company_id = %s AND b.value_minor IS NULL"
            f" AND b.status = 'completed' AND l.kind IN ({kinds}) AND {days.sql}",
            (*places.params, query.company.pk, *query.kinds, *days.params),
        ),
        params,
    )


def _grouped(
    fact: str, keys: list[str], day: str, minor: str, rows: Condition, params: tuple[Any, ...]
) -> Condition:
    named = ", ".join(f"{key} AS k{n}" for n, key in enumerate(keys))
    places = ", ".join(f"k{n}" for n in range(len(keys)))
    return Condition(
        f"SELECT '{fact}' AS fact, {places}, CAST(MIN(d) AS text), CAST(MAX(d) AS text), COUNT(*),"
        f" CAST(COALESCE(SUM(m), 0) AS bigint), 0"
        f" FROM (SELECT {named}, {day} AS d, {minor} AS m {rows.sql}) AS found GROUP BY {places}",
        params + rows.params,
    )


def _restated(query: ReportQuery, campaigns: Iterable[CampaignBrief]) -> Condition:
    """One row with what all changes come to, and the last of them; no row without any."""
    where = wanted_spend(query, campaigns)
    nothing = "'', " * len(query.beside)
    return Condition(
        f"SELECT '{RESTATED}', 0, 0, COALESCE(u.username, ''), '', {nothing}1, '',"
        " COALESCE(i.file_name, ''), '', since, CAST(r.changed_at AS text), days, difference,"
        " unknown FROM ("
        'SELECT COUNT(DISTINCT "day") AS days, CAST(SUM(difference) AS bigint) AS difference,'
        " COUNT(*) - COUNT(told) AS unknown, CAST(MIN(changed_at) AS text) AS since,"
        " MAX(id) AS last_id FROM ("
        f'SELECT id, "day", changed_at, COALESCE(campaign_id, {NO_CAMPAIGN}) AS campaign_id,'
        f" utm_source AS source, utm_medium AS medium, line, {DIFFERENCE} AS difference,"
        f" CASE WHEN {IS_KNOWN} THEN 1 END AS told FROM {REVISIONS}"
        ' WHERE company_id = %s AND is_restatement AND "day" BETWEEN %s AND %s'
        f") AS changes WHERE {where.sql} HAVING COUNT(*) > 0) AS summed"
        f" JOIN {REVISIONS} r ON r.id = last_id"
        f" LEFT JOIN auth_user u ON u.id = r.author_id LEFT JOIN {RUNS} i ON i.id = r.run_id",
        (query.company.pk, str(query.start), str(query.end), *where.params),
    )


def _before(day: str) -> str:
    return f"CASE WHEN {day} < %s THEN 1 ELSE 0 END"


def _campaign(expression: str) -> str:
    return f"COALESCE({expression}, {NO_CAMPAIGN})"


def _moment(text: str) -> datetime:
    """Kept in UTC; SQLite does not say so."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
