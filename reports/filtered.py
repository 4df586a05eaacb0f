"""Facts under all filters of a query, in SQL: for the proof, the series and the names."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Sum, Value
from django.db.models.functions import Substr
from django.db.models.lookups import Exact

from attribution.models import Lead
from reports.dimensions import BY_CAMPAIGN, BY_DAY, LEADS_ALONE, OF_LEADS
from reports.lead_columns import expression, leads_of
from reports.query import CampaignBrief, ReportQuery
from spend.models import SpendEntry


class NameSums(NamedTuple):
    """Unmatched spend of one tidy name."""

    name: str
    amount_minor: int  # of the entries whose amount is known
    entries: int
    priced: int  # so many of them


def in_period(query: ReportQuery) -> Q:
    """Facts of one company whose day lies in the period."""
    return Q(company_id=query.company.pk, day__gte=query.start, day__lte=query.end)


def counted(query: ReportQuery) -> Q:
    """Leads of the kinds that count."""
    return Q(kind__in=query.kinds) if query.also else Q(kind=query.kinds[0])


def landing_start(query: ReportQuery) -> Substr:
    """As much of a lead's landing page as is asked for; every engine compares this alike."""
    return Substr("landing_page", 1, len(query.landing))


def filtered_leads(query: ReportQuery, campaigns: Iterable[CampaignBrief]) -> QuerySet[Lead]:
    """The leads of the period under all filters, in SQL; each with `counts_on`."""
    leads = leads_of(query, [query.period]).filter(_campaign_filter(query, campaigns))
    if query.sources:
        leads = leads.filter(source__in=query.sources)
    if query.mediums:
        leads = leads.filter(medium__in=query.mediums)
    for name, values in query.of_leads.items():
        if values:
            leads = leads.filter(**{f"{OF_LEADS[name]}__in": values})
    if query.landing:
        leads = leads.alias(landed=landing_start(query)).filter(landed=query.landing)
    return leads


def filtered_spend(query: ReportQuery, campaigns: Iterable[CampaignBrief]) -> QuerySet[SpendEntry]:
    """The spend of the period under all filters, in SQL."""
    entries = SpendEntry.objects.filter(in_period(query) & _campaign_filter(query, campaigns))
    if query.sources:
        entries = entries.filter(utm_source__in=query.sources)
    if query.mediums:
        entries = entries.filter(utm_medium__in=query.mediums)
    if query.lines:
        entries = entries.filter(line__in=query.lines)
    return entries


def named_leads(query: ReportQuery) -> Q:
    """Leads that belong to a named row of this grouping."""
    if query.group_by in LEADS_ALONE:
        return ~Q(Exact(expression(query, query.group_by), Value("")))
    return _has_value(query, "source", "medium")


def matched_spend(query: ReportQuery) -> Q:
    """Spend that belongs to a named row of this grouping; none says what leads alone have."""
    if query.group_by in LEADS_ALONE:
        return Q(pk__in=())
    return _has_value(query, "utm_source", "utm_medium")


def _unmatched_spend(query: ReportQuery) -> Q:
    """All other spend. Of campaigns in words that the index on unmatched spend is chosen by."""
    if query.group_by in BY_CAMPAIGN:
        return Q(campaign__isnull=True)
    return ~matched_spend(query)


def unmatched_names(query: ReportQuery, campaigns: Iterable[CampaignBrief]) -> list[NameSums]:
    """The tidy names under which unmatched spend stands; most first."""
    names = (
        filtered_spend(query, campaigns)
        .filter(_unmatched_spend(query))
        .values_list("campaign_key")
        .annotate(amount=Sum("amount_minor"), n=Count("*"), priced=Count("amount_minor"))
        .order_by()
    )
    found = [NameSums(name, int(amount or 0), *counts) for name, amount, *counts in names]
    return most_first(found)


def most_first(names: Iterable[NameSums]) -> list[NameSums]:
    """In the order of the page, the same on every engine."""
    return sorted(names, key=lambda one: (-one.amount_minor, one.name))


def _has_value(query: ReportQuery, source: str, medium: str) -> Q:
    """Facts that belong to a named row of this grouping."""
    if query.group_by == "source":
        return ~Q(**{source: ""})
    if query.group_by == "medium":
        return ~Q(**{medium: ""})
    if query.group_by in BY_DAY:
        return Q(day__isnull=False)  # all of them
    return Q(campaign__isnull=False)


def _campaign_filter(query: ReportQuery, campaigns: Iterable[CampaignBrief]) -> Q:
    if not query.looks_at_campaigns:
        return Q()
    wanted = [campaign.id for campaign in campaigns if query.takes_campaign(campaign)]
    return Q(campaign_id__in=wanted)
