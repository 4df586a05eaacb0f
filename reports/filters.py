"""What the address asks for: parameters cleaned into one question, and addresses made from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext

from attribution import calendar, roles, scope
from attribution.capture.values import LAST_YEAR
from attribution.models import Campaign, Company, Lead
from reports.asked_campaigns import became
from reports.attributing.models import CAPTURED, LONGEST_WINDOW, MODELS
from reports.basis import BASES
from reports.closing.asking import as_closed
from reports.closing.covering import AS_CLOSED
from reports.dimensions import DIMENSIONS, MOST_LEVELS, OF_LEADS, SAID
from reports.metrics import BUDGET_COLUMNS, COUNT_COLUMNS, LINE_COLUMNS
from reports.of_campaigns import said_asked, tags_asked
from reports.periods import (
    COMPARISONS,
    DEFAULT_PERIOD,
    LONGEST_PERIOD,
    PERIODS,
    USUAL_COMPARISON,
    Days,
    compared_days,
    resolve_period,
)
from reports.query import EXCLUDED, ReportQuery
from spend.groups import names_of_company
from spend.models import SpendEntry

TEXT_LIMIT = 500
# Parameters that may be given several times.
LISTS = (
    *("campaign", "channel", "source", "medium", "status", "tag"),
    *(*SAID, *OF_LEADS, "line", "kind"),
)
OF_THE_DAYS = ("period", "from", "to", "compare", "compare_from", "compare_to")
PARAMETERS = (
    *("company", "period", "from", "to", "compare", "compare_from", "compare_to", "changes"),
    *("basis", "group", "then", *LISTS, "model", "window", "q", "landing"),
    *("sort", "cols", "rows", "page", "view", "as"),
)


class AnyOfField(forms.MultipleChoiceField):
    """Several texts, each of bearable length; what is known is looked up elsewhere."""

    def valid_value(self, value: str) -> bool:
        return len(value) <= TEXT_LIMIT


class AnyOfFilter(django_filters.MultipleChoiceFilter):
    field_class = AnyOfField


class ReportFilterSet(django_filters.FilterSet):
    """The filters of the report page, as django-filter parses and cleans them."""

    period = django_filters.ChoiceFilter(choices=list(PERIODS.items()))
    to = django_filters.DateFilter(field_name="day")
    compare = django_filters.ChoiceFilter(choices=list(COMPARISONS.items()))
    compare_from = django_filters.DateFilter(field_name="day")
    compare_to = django_filters.DateFilter(field_name="day")
    basis = django_filters.ChoiceFilter(choices=list(BASES.items()))
    group = django_filters.ChoiceFilter(choices=list(DIMENSIONS.items()))
    then = AnyOfFilter(field_name="source")
    campaign = AnyOfFilter(field_name="campaign__key")
    channel = AnyOfFilter(field_name="campaign__channel")
    status = AnyOfFilter(field_name="campaign__status")
    tag = AnyOfFilter(field_name="campaign__tags")
    source = AnyOfFilter()
    medium = AnyOfFilter()
    line = AnyOfFilter()
    kind = AnyOfFilter()
    model = django_filters.ChoiceFilter(choices=[(name, name) for name in MODELS])
    window = django_filters.NumberFilter(
        min_value=1, max_value=LONGEST_WINDOW, decimal_places=0, field_name="ahead"
    )
    landing = django_filters.CharFilter(max_length=500)
    q = django_filters.CharFilter(max_length=200)


# "from" and "as" are words of Python, so these filters cannot be written as attributes; what owners
# say of campaigns, and what leads alone have, is listed elsewhere.
ReportFilterSet.base_filters["from"] = django_filters.DateFilter(field_name="day")
for _name in (*SAID, *OF_LEADS):
    ReportFilterSet.base_filters[_name] = AnyOfFilter(field_name=_name)
ReportFilterSet.base_filters["as"] = django_filters.ChoiceFilter(
    choices=[(AS_CLOSED, AS_CLOSED)], field_name="kind"
)


def cleaned(parameters: QueryDict) -> forms.Form:
    """The form of the filters, filled in and looked through."""
    form = _form()(parameters)
    form.is_valid()
    return form


@cache
def _form() -> type[forms.Form]:
    """Made once: for each question it would take longer than to look the question through."""
    form: type[forms.Form] = ReportFilterSet(queryset=Lead.objects.none()).get_form_class()
    return form


@dataclass(frozen=True)
class Asked:
    """The cleaned question, the period's name, and a sentence for each value that was ignored."""

    query: ReportQuery
    period: str
    ignored: list[str]


class Address:
    """The page's state as an address; changing one part keeps all the others."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = [(name, value) for name, value in pairs if value]

    def __str__(self) -> str:
        return "?" + urlencode(self.pairs)

    def replace(self, **values: str | None) -> "Address":
        """The address with these parameters set anew; every change begins at page 1."""
        gone = {*values, "page"}
        kept = [pair for pair in self.pairs if pair[0] not in gone]
        return Address([*kept, *((name, value or "") for name, value in values.items())])

    def without(self, name: str, value: str | None = None) -> "Address":
        """The address without a parameter, or without one of its values."""
        return Address(
            (key, text)
            for key, text in self.pairs
            if key != "page" and not (key == name and value in (None, text))
        )

    def get(self, name: str) -> str:
        return next((value for key, value in self.pairs if key == name), "")


def companies_of(request: HttpRequest) -> list[Company]:
    """The companies whose report the user may see, by name.

    Each with `latest_lead_at`, `first_lead_on`, whether campaigns were `merged`, and the names of
    its groups.
    """
    allowed = None
    if not request.user.is_superuser:
        allowed = roles.companies_with(request.user, "report.view")
    return list(_companies(allowed, scope.current()).all())


@lru_cache(maxsize=1024)
def _companies(allowed: frozenset[int] | None, seen: scope.Scope) -> QuerySet[Company]:
    """Asked by each page of reports; to put it together takes longer than to ask."""
    leads = Lead.objects.filter(company=OuterRef("pk")).order_by("-received_at")
    latest = Subquery(leads.values("received_at")[:1])
    first = Subquery(leads.order_by("day").values("day")[:1])
    merged = Exists(Campaign.objects.filter(company=OuterRef("pk"), merged_into__isnull=False))
    companies = Company.objects.order_by("name").annotate(
        latest_lead_at=latest, first_lead_on=first, merged=merged, group_names=names_of_company()
    )
    return companies if allowed is None else companies.filter(pk__in=allowed)


def current_company(request: HttpRequest, companies: Sequence[Company]) -> Company | None:
    """The company named in the address, else the user's first; a foreign name is not found."""
    slug = request.GET.get("company", "")
    for company in companies:
        if slug in ("", company.slug):
            return company
    if slug:
        raise Http404(gettext("No such company."))
    return None


def ask(parameters: QueryDict, company: Company) -> Asked:
    """Turn the address into a question. What cannot be understood is left out, and said so."""
    form = cleaned(parameters)
    given: dict[str, Any] = form.cleaned_data
    ignored = [
        gettext("“%(value)s” is not a valid %(name)s and was ignored.")
        % {"value": parameters.get(name, "")[:60], "name": name}
        for name in form.errors
    ]
    today = calendar.today(company.zone)
    period, start, end = _period(given, today, ignored)
    compare, own_days = _comparison(given, Days(start, end), ignored)
    group, then = _levels(given, ignored)
    basis = _basis(given, (group, *then), ignored)
    named = _columns_named(parameters)
    query = ReportQuery(
        company=company,
        start=start,
        end=end,
        group_by=group,
        then_by=then,
        basis=basis,
        campaigns=tuple(filter(None, given.get("campaign") or ())),
        channels=_known(given, "channel", Campaign.Channel.values, ignored),
        sources=tuple(given.get("source") or ()),
        mediums=tuple(given.get("medium") or ()),
        contents=tuple(given.get("content") or ()),
        terms=tuple(given.get("term") or ()),
        countries=tuple(given.get("country") or ()),
        regions=tuple(given.get("region") or ()),
        cities=tuple(given.get("city") or ()),
        visit_channels=tuple(given.get("visit_channel") or ()),
        origins=tuple(given.get("origin") or ()),
        landing=(given.get("landing") or "").strip(),
        statuses=_known(given, "status", Campaign.Status.values, ignored),
        tags=tags_asked(given.get("tag") or ()),
        said=said_asked(given),
        lines=_known(given, "line", SpendEntry.Line.values, ignored),
        also=_known(given, "kind", EXCLUDED, ignored),
        search=(given.get("q") or "").strip(),
        model=given.get("model") or CAPTURED,
        window=int(given["window"]) if given.get("window") else None,
        compare=compare,
        own_days=own_days,
        counts=not COUNT_COLUMNS.isdisjoint(named),
        by_line=not LINE_COLUMNS.isdisjoint(named),
        budgets=not BUDGET_COLUMNS.isdisjoint(named),
    )
    if given.get("as") == AS_CLOSED:
        query = as_closed(query, ignored)
    if query.campaigns and not query.as_closed:  # a closed month has its campaigns as they were
        query = replace(query, campaigns=_in_force(company, query.campaigns, ignored))
    return Asked(query=query, period=period, ignored=ignored)


def _in_force(company: Company, keys: Sequence[str], said: list[str]) -> tuple[str, ...]:
    """The keys of these campaigns, or of those that they have become part of."""
    if not getattr(company, "merged", True):  # see `companies_of`
        return tuple(keys)
    now = became(company, keys)
    said += [
        gettext("“%(key)s” has become part of “%(into)s”: so that is shown.")
        % {"key": key[:60], "into": into[:60]}
        for key, into in now.items()
        if into != key
    ]
    return tuple(dict.fromkeys(now.get(key, key) for key in keys))


def _columns_named(parameters: QueryDict) -> set[str]:
    """The columns that are shown or sorted by, whether they are ours or not."""
    shown = ",".join(parameters.getlist("cols")).split(",")
    return {*shown, parameters.get("sort", "").removeprefix("-")}


def _period(given: dict[str, Any], today: date, ignored: list[str]) -> tuple[str, date, date]:
    start, end = given.get("from"), given.get("to")
    period = given.get("period") or ("custom" if start or end else DEFAULT_PERIOD)
    if period == "custom":
        problem = _custom_problem(start, end)
        if problem:
            ignored.append(problem)
            period = DEFAULT_PERIOD
    elif start or end:
        ignored.append(gettext("The days count only with the period “From … to …”."))
    return (period, *resolve_period(period, today, start, end))


def _comparison(given: dict[str, Any], period: Days, ignored: list[str]) -> tuple[str, Days | None]:
    """How to compare and, for other days, with which; else with the period before, and said so."""
    start, end = given.get("compare_from"), given.get("compare_to")
    how = given.get("compare") or ("custom" if start or end else USUAL_COMPARISON)
    own = Days(start, end) if how == "custom" and start and end else None
    if how != "custom" and (start or end):
        ignored.append(gettext("The days to compare with count only with “Other days …”."))
    try:
        compared_days(how, period, own)
    except ValueError as problem:
        ignored.append(
            gettext("%(problem)s Compared with the previous period.") % {"problem": problem}
        )
        return USUAL_COMPARISON, None
    return how, own


def _levels(given: dict[str, Any], ignored: list[str]) -> tuple[str, tuple[str, ...]]:
    """What rows are split by, and then by; each thing once, and no more than can be nested."""
    group = given.get("group") or "campaign"
    wanted = [name for name in given.get("then") or () if name]
    known = _known({"then": wanted}, "then", tuple(DIMENSIONS), ignored)
    found = [name for name in dict.fromkeys(known) if name != group]
    if len(found) < len(known):
        ignored.append(gettext("Rows are split by each thing once."))
    if len(found) >= MOST_LEVELS:
        ignored.append(
            gettext("Rows are split by %(most)s things at most.") % {"most": MOST_LEVELS}
        )
    return group, tuple(found[: MOST_LEVELS - 1])


def _basis(given: dict[str, Any], levels: Sequence[str], ignored: list[str]) -> str:
    """By which day leads count; what goes by the day of receipt alone is not mixed with another."""
    basis = given.get("basis") or "received"
    if basis == "received":
        return basis
    if MODELS[given.get("model") or CAPTURED].reads_touches:
        ignored.append(
            gettext(
                "An attribution model goes by the day the lead was received: so does this view."
            )
        )
        return "received"
    if "hour" in levels:
        ignored.append(
            gettext("Hours are those in which leads were received: so this view goes by that day.")
        )
        return "received"
    return basis


def _custom_problem(start: date | None, end: date | None) -> str:
    if start is None or end is None:
        return gettext("A period of one's own needs a first and a last day: 13 weeks are shown.")
    if end < start:
        return gettext("The last day comes before the first day: 13 weeks are shown.")
    if start.year < 2000 or 2 * (end - start) > LONGEST_PERIOD:  # with the period before
        return gettext("A period may cover five years since 2000 at most: 13 weeks are shown.")
    if end.year > LAST_YEAR:
        return gettext(
            "A period may end in the year %(year)s at the latest: 13 weeks are shown."
        ) % {"year": LAST_YEAR}
    return ""


def _known(
    given: dict[str, Any], name: str, values: Sequence[str], ignored: list[str]
) -> tuple[str, ...]:
    wanted = given.get(name) or ()
    ignored += [
        gettext("“%(value)s” is not a valid %(name)s and was ignored.")
        % {"value": value[:60], "name": name}
        for value in wanted
        if value not in values
    ]
    return tuple(value for value in wanted if value in values)


def address_of(
    asked: Asked, sort: str, columns: Sequence[str], rows: str = "", changes: str = ""
) -> Address:
    """The shortest address that brings this page back."""
    query = asked.query
    own_days = asked.period == "custom"
    return Address(
        [
            ("company", query.company.slug),
            ("period", asked.period),
            ("from", query.start.isoformat() if own_days else ""),
            ("to", query.end.isoformat() if own_days else ""),
            ("compare", query.compare if query.compare != USUAL_COMPARISON else ""),
            ("compare_from", query.own_days.start.isoformat() if query.own_days else ""),
            ("compare_to", query.own_days.end.isoformat() if query.own_days else ""),
            ("changes", changes),
            ("basis", query.basis if query.basis != "received" else ""),
            ("group", query.group_by if query.group_by != "campaign" else ""),
            *(("then", name) for name in query.then_by),
            *(("campaign", value) for value in query.campaigns),
            *(("channel", value) for value in query.channels),
            *(("source", value) for value in query.sources),
            *(("medium", value) for value in query.mediums),
            *(("status", value) for value in query.statuses),
            *(("tag", value) for value in query.tags),
            *((name, value) for name, values in query.said.items() for value in values),
            *((name, value) for name, values in query.of_leads.items() for value in values),
            *(("line", value) for value in query.lines),
            *(("kind", value) for value in query.also),
            ("model", query.model if query.attribution.reads_touches else ""),
            ("window", str(query.window or "") if query.attribution.reads_touches else ""),
            ("as", AS_CLOSED if query.as_closed else ""),
            ("landing", query.landing),
            ("q", query.search),
            ("sort", sort),
            *(("cols", value) for value in columns),
            ("rows", rows),
        ]
    )
