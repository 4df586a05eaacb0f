"""Reads a report from the facts themselves: leads and spend entries, added up in the database.

Leads and spend are never joined: each is added up on its own, and the groups meet by key.
A lead carries its outcome, so bookings are not read at all. What this costs grows with the number
of leads; it is for questions that the kept sums do not know, and for when these may not be read.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When

from attribution.models import Lead
from reports.attributing.shares import Number
from reports.dimensions import BY_DAY
from reports.equal_age import late_groups
from reports.filtered import (
    counted,
    filtered_leads,
    filtered_spend,
    landed,
    matched_spend,
    named_leads,
    whether,
)
from reports.lead_columns import beside, counting_on, leads_of, spend_expression
from reports.query import EXCLUDED, CampaignBrief, ReportQuery
from reports.rollup.sums import SPEND_COUNTS, how_many
from reports.rollup.tiers import Tiers
from reports.sources import (
    ALL_DIFFER,
    ANY_CAMPAIGN,
    Aged,
    Alike,
    DayPoint,
    LeadGroup,
    LeadTotals,
    NamesFromTables,
    SpendGroup,
    SpendTotals,
)
from spend.models import SpendEntry

OF_EACH = F("campaign_id")
IF_ANY = Case(When(campaign_id__isnull=False, then=Value(ANY_CAMPAIGN)))


class FactReader(NamesFromTables):
    """The facts of one company, over the period of a question and the one compared with."""

    def __init__(self, query: ReportQuery, note: str = "") -> None:
        self.query = query
        self.note = note
        self.is_due = False

    def groups(
        self, young_since: date, campaigns: bool = True, alike: Alike = ALL_DIFFER
    ) -> tuple[Iterator[LeadGroup], Iterator[SpendGroup]]:
        """Two questions, one for each kind of fact."""
        of_campaign = OF_EACH if campaigns else IF_ANY
        return self.lead_groups(young_since, of_campaign), self.spend_groups(of_campaign)

    def lead_groups(
        self, young_since: date, of_campaign: F | Case = OF_EACH
    ) -> Iterator[LeadGroup]:
        """Kinds are columns and not groups, and source, medium and the like only group when they
        are asked for: the fewer groups, the less the database has to sort.
        """
        query = self.query
        utm = [name for name in ("source", "medium") if query.asks_for(name)]
        values = beside(query)
        counts = counted(query)
        rows: QuerySet[Lead, dict[str, Any]] = (
            leads_of(query, query.read_days)
            .annotate(of=of_campaign, before=_before(query), landed=landed(query), **values)
            .values("before", "landed", "of", "unattributed_reason", *utm, *values)
            .annotate(
                **{f"n_{kind}": how_many(Q(kind=kind)) for kind in EXCLUDED},
                n_counted=how_many(counts),
                n_booked=how_many(counts & Q(booked=True)),
                n_completed=how_many(counts & Q(completed=True)),
                sum_revenue=Sum("revenue_minor", filter=counts),
                n_young=how_many(counts & self._young(young_since)),
            )
            .order_by()
        )
        for row in rows:
            yield LeadGroup._make(
                (
                    row["before"],
                    row["of"],
                    row["unattributed_reason"],
                    row.get("source", ""),
                    row.get("medium", ""),
                    row["n_counted"],
                    *(0 if kind in query.also else row[f"n_{kind}"] for kind in EXCLUDED),
                    row["n_booked"],
                    row["n_completed"],
                    int(row["sum_revenue"] or 0),
                    row["n_young"],
                    row["landed"],
                    tuple(row[name] for name in values),
                )
            )

    def _young(self, young_since: date) -> Q:
        """Leads that may still book; of those chosen because they booked, it is not told."""
        return Q(day__gte=young_since) if self.query.basis == "received" else Q(pk__in=())

    def spend_groups(self, of_campaign: F | Case = OF_EACH) -> Iterator[SpendGroup]:
        """The two periods are columns of one group, not two groups: the database then adds up by
        campaign alone, without sorting.
        """
        utm = {n: f"utm_{n}" for n in ("source", "medium") if self.query.asks_for(n)}
        line = ["line"] if self.query.reads_lines else []
        days = {f"v_{n}": spend_expression(n) for n in self.query.beside if n in BY_DAY}
        rows: QuerySet[SpendEntry, dict[str, Any]] = (
            SpendEntry.objects.filter(_in_either(self.query))
            .annotate(of=of_campaign, **days)
            .values("of", *utm.values(), *line, *days)
            .annotate(
                **_spend_sums("now", Q(day__gte=self.query.start)),
                **_spend_sums("before", Q(day__lt=self.query.start)),
            )
            .order_by()
        )
        for row in rows:
            for period in ("now", "before"):
                if row[f"{period}_entries"]:
                    yield SpendGroup(
                        before=period == "before",
                        campaign_id=row["of"],
                        source=row.get("utm_source", ""),
                        medium=row.get("utm_medium", ""),
                        line=row.get("line", ""),
                        values=tuple(row.get(f"v_{name}", "") for name in self.query.beside),
                        **{
                            name: None
                            if (number := row[f"{period}_{name}"]) is None
                            else int(number)
                            for name in ("amount_minor", *SPEND_COUNTS)
                        },
                    )

    def utm_values(self) -> Iterator[tuple[str, str]]:
        """Those of the period's leads, whatever the other filters."""
        leads = leads_of(self.query, [self.query.period])
        pairs = leads.values_list("source", "medium")
        yield from pairs.distinct().order_by()

    def totals(self, campaigns: Iterable[CampaignBrief]) -> tuple[LeadTotals, SpendTotals]:
        """Without groups, and with the filters in SQL."""
        return self._lead_totals(campaigns), self._spend_totals(campaigns)

    def _lead_totals(self, campaigns: Iterable[CampaignBrief]) -> LeadTotals:
        counts = counted(self.query)
        found = filtered_leads(self.query, campaigns).aggregate(
            received=Count("*"),
            counted=how_many(counts),
            named=how_many(counts & named_leads(self.query)),
            revenue=Sum("revenue_minor", filter=counts),
        )
        return LeadTotals(
            found["received"], found["counted"], found["named"], int(found["revenue"] or 0)
        )

    def _spend_totals(self, campaigns: Iterable[CampaignBrief]) -> SpendTotals:
        found = filtered_spend(self.query, campaigns).aggregate(
            entries=Count("*"),
            priced=Count("amount_minor"),
            total=Sum("amount_minor"),
            matched=Sum("amount_minor", filter=matched_spend(self.query)),
        )
        total, matched = int(found["total"] or 0), int(found["matched"] or 0)
        return SpendTotals(found["entries"], found["priced"], total, matched)

    def day_points(
        self, query: ReportQuery, campaigns: Iterable[CampaignBrief]
    ) -> Iterator[DayPoint]:
        """Days with leads, with the filters in SQL."""
        rows = (
            filtered_leads(query, campaigns)
            .filter(counted(query))
            .annotate(on=F("counts_on"))
            .values_list("on")
            .annotate(
                n=Count("*"),
                n_booked=how_many(Q(booked=True)),
                n_completed=how_many(Q(completed=True)),
            )
            .order_by()
        )
        for row in rows:
            yield DayPoint(*row)

    def curves(
        self, campaigns: Iterable[CampaignBrief], column: str, keys: Collection[Any], parts: Tiers
    ) -> Iterator[tuple[Any, date, Number]]:
        """Counted leads by a column's value and day."""
        yield from (
            filtered_leads(self.query, campaigns)
            .filter(
                counted(self.query),
                **counting_on(*parts.reach),
                **{f"{column}__in": list(keys)},
            )
            .annotate(on=F("counts_on"))
            .values_list(column, "on")
            .annotate(n=Count("*"))
            .order_by()
        )

    def late_groups(self, known: date) -> Iterator[LeadGroup]:
        """What came of the leads compared with after this day, from the facts."""
        return late_groups(self.query, known)

    def aged(
        self,
        campaigns: Iterable[CampaignBrief],
        column: str,
        keys: Collection[Any] | None,
        first: date,
        last: date,
    ) -> Iterator[Aged]:
        """Leads, booked and completed by a column's value, campaign and day; None: any value."""
        leads = filtered_leads(self.query, campaigns).filter(
            counted(self.query), **counting_on(first, last)
        )
        if keys is not None:
            leads = leads.filter(**{f"{column}__in": list(keys)})
        rows = (
            leads.annotate(of=F(column), of_campaign=F("campaign_id"), on=F("counts_on"))
            .values_list("of", "of_campaign", "on")
            .annotate(
                n=Count("*"),
                n_booked=how_many(Q(booked=True)),
                n_completed=how_many(Q(completed=True)),
            )
            .order_by()
        )
        yield from map(Aged._make, rows)


def _in_either(query: ReportQuery) -> Q:
    """The period and the days that it is compared with."""
    days = reduce(or_, (Q(day__gte=first, day__lte=last) for first, last in query.read_days))
    return Q(company_id=query.company.pk) & days


def _before(query: ReportQuery) -> Case:
    return whether(Q(counts_on__lt=query.start))


def _spend_sums(period: str, days: Q) -> dict[str, Count | Sum]:
    return {
        f"{period}_entries": how_many(days),
        **{f"{period}_{name}": Sum(name, filter=days) for name in ("amount_minor", *SPEND_COUNTS)},
    }
