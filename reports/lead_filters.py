"""Filters of the list of leads that only the report can explain: by which day, and the hour."""

# ruff: noqa: S611  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Max, Min, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.lookups import In
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from attribution.admin import filters
from attribution.admin.lead import OTHER_FILTERS, Filters
from reports.basis import BASES, BASES_SHORT
from reports.dimensions import of_lead
from reports.lead_columns import COUNTS_ON, FIRST_DAY, LAST_DAY, LEADS, by_day
from spend.admin.of_campaigns import AnyGroupFilter, GroupFilter, TagsFilter

BASIS = "basis"


def asked_basis(request: HttpRequest) -> str:
    """By which of its days each lead is listed; perhaps none that there is."""
    return request.GET.get(BASIS, "received")


class BasisFilter(filters.ValuesFilter):
    """By which of its days a lead is listed: the filters on days that follow go by it."""

    title = _("date that counts")
    parameter_name = BASIS
    everything = BASES_SHORT["received"]

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return [(name, text) for name, text in BASES_SHORT.items() if name != "received"]

    def label(self, value: str) -> str:
        return str(BASES_SHORT.get(value, f"{value} ?"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        basis = asked_basis(request)
        if basis not in BASES:
            return by_day(queryset, "received", (), (FIRST_DAY, LAST_DAY)).none()
        companies = () if basis == "received" else filters.companies_asked(request)
        first, last = (filters.day_of(request.GET.get(name, "")) for name in ("from", "to"))
        days = (first or FIRST_DAY, last or LAST_DAY)
        return by_day(queryset, basis, [company.pk for company in companies], days)


class FromFilter(filters.FromFilter):
    column = COUNTS_ON


class ToFilter(filters.ToFilter):
    column = COUNTS_ON


class WeekdayFilter(filters.WeekdayFilter):
    column = COUNTS_ON


class HourFilter(filters.ValuesFilter):
    """The hour of the company's clock at which it was received, from 00 to 23."""

    title = _("hour")
    parameter_name = "hour"

    def label(self, value: str) -> str:
        return f"{value}:00–{value}:59"

    def keep(self, rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        wanted = [Q(In(hour, values), company=company) for company, hour in _hours(rows)]
        return rows.filter(Q(*wanted, _connector=Q.OR)) if wanted else rows.none()


def _hours(rows: QuerySet[Any]) -> Iterator[tuple[int, RawSQL]]:
    """Of each company with such leads, what hour its clock shows; clocks change on some days."""
    found = rows.order_by().values_list("company", "company__timezone")
    for company, zone, first, last in found.annotate(first=Min("day"), last=Max("day")):
        sql = of_lead("hour", ZoneInfo(zone), (first, last), f"{LEADS}.", "")
        yield company, RawSQL(sql, (), output_field=CharField())


LEAD_FILTERS: Filters = (
    filters.CompanyFilter,
    BasisFilter,
    FromFilter,
    ToFilter,
    WeekdayFilter,
    HourFilter,
    *OTHER_FILTERS,
    AnyGroupFilter,
    GroupFilter,
    TagsFilter,
)
