"""What the audit reads: entries of spend in groups, counted leads in groups, known sources.

Spend is read from the entries themselves, since the kept sums do not know where an entry came
from. Leads are never scanned: their groups come from whichever reader the report has used.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    F,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast

from attribution.models import Campaign, Company, Lead, NamingRules, Reading
from reports.audit.buckets import LeadRow, SpendRow
from reports.facts import FactReader
from reports.filtered import NameSums, filtered_leads, in_period
from reports.query import CampaignBrief, ReportQuery
from reports.rollup.condition import any_of
from reports.rollup.reader import RollupReader
from reports.rollup.sql import as_day, fetch
from reports.rollup.sums import LEADS, PRIMARY
from reports.rollup.tiers import all_days
from reports.sources import LeadGroup, Reader
from spend.matching import PlatformsId
from spend.models import PlatformId, SpendEntry

CAMPAIGNS = Campaign._meta.db_table
HEARD_OF, RULED, ALLOWED, SAID = (
    "heard",
    "ruled",
    "allowed",
    "said",
)  # rows of `look_up`
MOST_NAMED = 1_000  # values that a statement names; more are looked for here
NOTHING_YOUNG = timedelta(days=1)  # after the period: no lead is asked for its age
UNCONVERTED = Q(amount_minor__isnull=True, original_minor__isnull=False)
OUTSIDE = Q(day__lt=F("campaign__starts_on")) | Q(day__gt=F("campaign__ends_on"))


class Days(NamedTuple):
    """A campaign and its own days; an end that is not given is open."""

    owner_id: int | None
    starts_on: Any
    ends_on: Any


def campaign_days(company: Company) -> dict[int, Days]:
    """Of all campaigns that count."""
    rows = Campaign.objects.filter(company=company, withdrawn=False).order_by()
    return {
        pk: Days(*days) for pk, *days in rows.values_list("pk", "owner", "starts_on", "ends_on")
    }


def partly_in(query: ReportQuery, campaigns: dict[int, Days]) -> list[int]:
    """The campaigns of whose own days the period has others besides."""
    return [
        pk
        for pk, one in campaigns.items()
        if (one.starts_on and one.starts_on > query.start)
        or (one.ends_on and one.ends_on < query.end)
    ]


def spend_rows(query: ReportQuery, *, by_days: bool) -> list[SpendRow]:
    """All spend of the period. `by_days`: whether any campaign has days of its own to look at."""
    outside = Case(When(OUTSIDE, then=Value(True)), default=Value(False)) if by_days else None
    rows = (
        SpendEntry.objects.filter(in_period(query))
        .annotate(
            is_outside=outside or Value(False, output_field=BooleanField()),
            waits_in=Case(When(UNCONVERTED, then=F("currency")), default=Value("")),
        )
        .values_list(
            *("campaign_id", "campaign_key", "utm_source", "source", "platform_id"),
            *("is_outside", "waits_in"),
        )
        .annotate(
            entries=Count("day"),
            amounts=Count("day", filter=Q(amount_minor__isnull=False) | UNCONVERTED),
            priced=Count("amount_minor"),
            known=Sum("amount_minor"),
            recorded=Sum("original_minor", filter=UNCONVERTED),
            first=Min("day"),
            last=Max("day"),
        )
        .order_by()
    )
    return [
        SpendRow._make((*row[:10], int(row[10] or 0), int(row[11] or 0), *row[12:])) for row in rows
    ]


class KeptLeads(RollupReader):
    """The kept sums that a report has read, asked by source and by the campaigns' own days."""

    def __init__(self, reader: RollupReader) -> None:
        self.query = _by_source(reader.query)
        self.company_id, self.books, self.since = reader.company_id, reader.books, reader.since
        self._changes, self.asks_often = reader._changes, reader.asks_often

    def groups_of_leads(self) -> list[LeadGroup]:
        """By campaign, reason and source."""
        leads, _spend = self.groups(self.query.end + NOTHING_YOUNG)
        return leads

    def outside(self, campaigns: Collection[int]) -> Iterator[LeadRow]:
        """Counted leads on days that are none of their campaign's own."""
        sums = self._rows(LEADS, all_days(self.query.start, self.query.end))
        some = any_of("s.campaign_id", campaigns if len(campaigns) <= MOST_NAMED else [0])
        named = some.sql if len(campaigns) <= MOST_NAMED else f"NOT {some.sql}"
        rows = fetch(
            'SELECT s.campaign_id, s.source, CAST(SUM(s."primary") AS bigint),'
            ' CAST(SUM(s.revenue_minor) AS bigint), MIN(s."day"), MAX(s."day")'
            f" FROM ({sums.sql}) AS s JOIN {CAMPAIGNS} c ON c.id = s.campaign_id"
            f' WHERE {named} AND (s."day" < c.starts_on OR s."day" > c.ends_on)'
            ' GROUP BY s.campaign_id, s.source HAVING SUM(s."primary") > 0',
            [*sums.params, *some.params],
        )
        for campaign, source, leads, minor, first, last in rows:
            yield LeadRow(campaign, "", source, True, leads, minor, as_day(first), as_day(last))


class CountedLeads(FactReader):
    """The same, counted lead by lead: for when the kept sums may not be read."""

    def __init__(self, reader: Reader, query: ReportQuery) -> None:
        super().__init__(_by_source(query), reader.note)

    def groups_of_leads(self) -> list[LeadGroup]:
        return list(self.lead_groups(self.query.end + NOTHING_YOUNG))

    def outside(self, campaigns: Collection[int]) -> Iterator[LeadRow]:
        rows = (
            filtered_leads(self.query, ())
            .filter(PRIMARY & OUTSIDE)
            .values_list("campaign_id", "source")
            .annotate(n=Count("day"), minor=Sum("revenue_minor"), first=Min("day"), last=Max("day"))
            .order_by()
        )
        for campaign, source, leads, minor, first, last in rows:
            yield LeadRow(campaign, "", source, True, leads, int(minor or 0), first, last)


def lead_reader(reader: Reader, query: ReportQuery) -> KeptLeads | CountedLeads:
    """Of the books that the report was read from."""
    if isinstance(reader, RollupReader):
        return KeptLeads(reader)
    return CountedLeads(reader, query)


def lead_rows(groups: Iterable[LeadGroup], outside: Iterable[LeadRow]) -> list[LeadRow]:
    """The groups, those of one campaign and source parted into leads outside its days and in."""
    apart = {(row.campaign_id, row.source): row for row in outside}
    found = list(apart.values())
    for group in groups:
        if not group.leads:
            continue
        # No other group has this campaign and source: leads with a campaign have no reason.
        out = apart.get((group.campaign_id, group.source)) if group.campaign_id else None
        leads = group.leads - (out.leads if out else 0)
        minor = group.revenue_minor - (out.revenue_minor if out else 0)
        if leads:
            row = (group.campaign_id or None, group.reason, group.source, False, leads, minor)
            found.append(LeadRow(*row))
    return found


class LookedUp(NamedTuple):
    """What the facts of the period are held against beside each other."""

    heard_of: set[str]
    ruled: set[str]
    allowed: set[str]
    said: set[PlatformsId]


def look_up(
    company: Company, *, of_spend: Collection[str], of_leads: Collection[str] = (), ids: bool
) -> LookedUp:
    """Of the sources of spend, those that a lead of the company ever had, as captured or as it
    counts; of the sources of leads, those that a rule has made, and the company's own list, empty
    when it has none. `ids`: also the platforms' ids that no file has taught, but a person.

    In one query, in none without a question. Readings hold what leads were captured with, each
    once; beside them stand the few leads that persons have corrected.
    """
    readings = Reading.objects.filter(company=company)
    leads = Lead.objects.filter(company=company)
    corrected = leads.filter(Q(corrected=True) | Q(reading__isnull=True))
    parts: list[QuerySet[Any, Any]] = []
    if of_spend:
        parts += [
            _sources(HEARD_OF, rows, column, of_spend)
            for rows, column in (
                *((readings, "source"), (readings, "source_key")),
                (corrected, "source"),
            )
        ]
    if of_leads:
        by_rule = readings.filter(source_rule__isnull=False)
        parts.append(_sources(RULED, by_rule, "source", of_leads))
        rules = NamingRules.objects.filter(company=company)
        as_text = Cast("sources", CharField())  # of one type with the others
        parts.append(_tagged(ALLOWED, rules, as_text, Value("", CharField())))
    if ids:
        said = PlatformId.objects.filter(company=company, import_run__isnull=True)
        parts.append(_tagged(SAID, said, F("platform"), F("external_id")))
    found = LookedUp(set(), set(), set(), set())
    if parts:
        for kind, text, other in parts[0].union(*parts[1:]):
            if kind == SAID:
                found.said.add((text, other))
            elif kind == ALLOWED:
                found.allowed.update(json.loads(text))
            else:
                (found.heard_of if kind == HEARD_OF else found.ruled).add(text)
    return found


def _sources(
    kind: str, rows: "QuerySet[Any, Any]", column: str, named: Collection[str]
) -> "QuerySet[Any, Any]":
    if len(named) <= MOST_NAMED:
        rows = rows.filter(**{f"{column}__in": sorted(named)})
    return _tagged(kind, rows, F(column), Value("", CharField()))


def _tagged(
    kind: str, rows: "QuerySet[Any, Any]", text: F | Cast, other: F | Value
) -> "QuerySet[Any, Any]":
    """The rows as one shape: what they are, and two texts."""
    values = {"k": Value(kind, CharField()), "t": text, "o": other}
    return rows.order_by().annotate(**values).values_list("k", "t", "o")


def without_names(reader: Reader) -> Reader:
    """For pages that show no names of unmatched spend, or find them themselves as the audit does:
    the report need not ask for them."""
    reader.unmatched_names = _no_names  # type: ignore[method-assign]
    return reader


def _no_names(campaigns: Iterable[CampaignBrief]) -> list[NameSums]:
    return []


def _by_source(query: ReportQuery) -> ReportQuery:
    return replace(query, group_by="source", then_by=(), basis="received")
