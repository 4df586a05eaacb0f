"""The filters of lists, with the same parameter names as the report's links."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.contrib.admin import ListFilter
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q, QuerySet
from django.db.models.functions import Substr
from django.db.models.lookups import In
from django.http import HttpRequest
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from attribution.channels.rules import CHANNELS
from attribution.models import Campaign, Company, Lead
from attribution.utm import Reason

Choices = list[tuple[str, Any]]
BIGGEST_ID = 2**63 - 1
NUMBERS_OF_DAYS = tuple("1234567")


class InForce(NamedTuple):
    """A value that narrows a list, in words, and the list without it."""

    name: str
    value: str
    url: str


class NarrowedList(ChangeList):
    """A list that says above its rows by what it is narrowed."""

    def in_force(self) -> list[InForce]:
        specs = [spec for spec in self.filter_specs if isinstance(spec, ValuesFilter)]
        return [one for spec in specs for one in spec.in_force(self)]


class ValuesFilter(ListFilter):
    """Keeps the rows whose column has one of the values given in the address.

    Without choices of its own it is shown only while it is in force, so that it can be lifted.
    """

    parameter_name = ""
    column = ""
    everything = _("All")  # what it is called when no value is given

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        if not self.parameter_name:
            raise ImproperlyConfigured(f"{type(self).__name__} has no parameter_name.")
        self.values: list[str] = params.pop(self.parameter_name, [])
        self.offered = self.lookups(request)

    def lookups(self, request: HttpRequest) -> Choices:
        """The choices offered: value and label."""
        return []

    def expected_parameters(self) -> list[str | None]:
        return [self.parameter_name]

    def has_output(self) -> bool:
        return bool(self.values or self.offered)

    def label(self, value: str) -> str:
        """What a value in force is called that is not among the choices."""
        return value or "–"

    @cached_property
    def named(self) -> Choices:
        """The choices offered, and the values in force that are not among them."""
        offered = {value for value, __ in self.offered}
        others = [(value, self.label(value)) for value in self.values if value not in offered]
        return [*self.offered, *others]

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        name = self.parameter_name
        yield {
            "selected": not self.values,
            "query_string": changelist.get_query_string({name: None}),
            "display": self.everything,
        }
        for value, text in self.named:
            yield {
                "selected": value in self.values,
                "query_string": changelist.get_query_string({name: value}),
                "display": text,
            }

    @property
    def shown(self) -> Choices:
        """The values in force, in words."""
        return [(value, text) for value, text in self.named if value in self.values]

    def in_force(self, changelist: ChangeList) -> Iterator[InForce]:
        """Each value that narrows the list."""
        for value, text in self.shown:
            others = [other for other in self.values if other != value]
            url = changelist.get_query_string({self.parameter_name: others or None})
            yield InForce(str(self.title), str(text), url)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return self.keep(queryset, self.values) if self.values else queryset

    def keep(self, rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return rows.filter(**{f"{self.column}__in": values})


class CompanyFilter(ValuesFilter):
    """One company among those of the user; with a single one there is nothing to choose."""

    title = _("company")
    parameter_name = "company"
    column = "company__slug"

    def lookups(self, request: HttpRequest) -> Choices:
        self.names = dict(Company.objects.values_list("slug", "name"))
        return list(self.names.items()) if len(self.names) > 1 else []

    def label(self, value: str) -> str:
        return self.names.get(value, f"{value} ?")


class DayFilter(ValuesFilter):
    """A bound on the day; a value that is no day keeps no row."""

    column = "day"
    bound = ""

    def label(self, value: str) -> str:
        day = day_of(value)
        return date_format(day, "j M Y") if day else f"{value} ?"

    @property
    def shown(self) -> Choices:
        """The day itself: that it is 28 days ago is only what it was chosen by."""
        return [(value, self.label(value)) for value in self.values]

    def keep(self, rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        day = day_of(values[-1])
        if day is None:
            return rows if not values[-1] else rows.none()
        return rows.filter(**{f"{self.column}__{self.bound}": day})


class FromFilter(DayFilter):
    title = _("first day")
    parameter_name = "from"
    bound = "gte"

    def lookups(self, request: HttpRequest) -> Choices:
        today = datetime.now(UTC).date()
        spans = ((7, _("7 days")), (28, _("28 days")), (91, _("91 days")), (364, _("364 days")))
        return [((today - timedelta(days=n - 1)).isoformat(), text) for n, text in spans]


class ToFilter(DayFilter):
    title = _("last day")
    parameter_name = "to"
    bound = "lte"


class WeekdayFilter(ValuesFilter):
    """The weekday, from 1 (Monday) to 7."""

    title = _("weekday")
    parameter_name = "weekday"
    column = "day"

    def label(self, value: str) -> str:
        return str(WEEKDAYS[int(value) - 1]) if value in NUMBERS_OF_DAYS else f"{value} ?"

    def keep(self, rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        wanted = [int(value) for value in values if value in NUMBERS_OF_DAYS]
        return rows.filter(**{f"{self.column}__iso_week_day__in": wanted})


class CampaignFilter(ValuesFilter):
    """One campaign by its number, or `none` for rows without one."""

    title = _("campaign")
    parameter_name = "campaign"
    column = "campaign"

    def lookups(self, request: HttpRequest) -> Choices:
        return [("none", _("Without campaign"))]

    def label(self, value: str) -> str:
        pk = id_of(value)
        found = None if pk is None else Campaign.objects.filter(pk=pk).first()
        return f"{value} ?" if found is None else found.name

    def keep(self, rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        if "none" in values:
            return rows.filter(campaign__isnull=True)
        return rows.filter(campaign__in=[pk for pk in map(id_of, values) if pk is not None])


class CampaignSearchFilter(ValuesFilter):
    """The report's search: words in a campaign's name or key, whatever the engine's capitals."""

    title = _("campaign contains")
    parameter_name = "search"

    def keep(self, rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        words = values[-1].casefold()
        campaigns = Campaign.objects.values_list("pk", "name", "key")
        wanted = [pk for pk, name, key in campaigns if words in name.casefold() or words in key]
        return rows.filter(campaign__in=wanted)


class ReasonFilter(ValuesFilter):
    title = _("why without campaign")
    parameter_name = "reason"
    column = "unattributed_reason"

    def lookups(self, request: HttpRequest) -> Choices:
        return list(Reason.choices)


class KindFilter(ValuesFilter):
    title = _("kind")
    parameter_name = "kind"
    column = "kind"

    def lookups(self, request: HttpRequest) -> Choices:
        return list(Lead.Kind.choices)


class FlagFilter(ValuesFilter):
    """A yes-or-no column; 1 is yes."""

    yes, no = _("Yes"), _("No")

    def lookups(self, request: HttpRequest) -> Choices:
        return [("1", self.yes), ("0", self.no)]

    def keep(self, rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        if values[-1] not in ("0", "1"):
            return rows.none()
        return rows.filter(**{self.column: values[-1] == "1"})


class BookedFilter(FlagFilter):
    title = _("booked")
    parameter_name = column = "booked"


class CompletedFilter(FlagFilter):
    title = _("completed")
    parameter_name = column = "completed"


def of_column(name: str, title: Any, column: str = "") -> type[ValuesFilter]:
    """A filter on a text of the row itself, which has no choices to offer."""
    parts = {"title": title, "parameter_name": name, "column": column or name}
    return type(f"{name.title()}Filter", (ValuesFilter,), parts)


SourceFilter = of_column("source", _("source"))
MediumFilter = of_column("medium", _("medium"))
ContentFilter = of_column("content", _("content"))
TermFilter = of_column("term", _("term"))
CountryFilter = of_column("country", _("country"))
RegionFilter = of_column("region", _("region"))
CityFilter = of_column("city", _("city"))
CampaignKeyFilter = of_column("key", _("campaign"), "campaign__key")
OriginFilter = of_column("origin", _("came from"))


class VisitChannelFilter(ValuesFilter):
    title = _("channel of the visit")
    parameter_name = "visit_channel"
    column = "channel"

    def lookups(self, request: HttpRequest) -> Choices:
        return [(channel, channel) for channel in CHANNELS]


class LandingFilter(ValuesFilter):
    """How the landing page begins, letter by letter: every engine compares this alike."""

    title = _("landing page begins with")
    parameter_name = "landing"

    def keep(self, rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        start = Substr("landing_page", 1, len(values[-1]))
        return rows.alias(landed=start).filter(landed=values[-1])


class PageFilter(ValuesFilter):
    """The landing page, whatever follows it behind a question mark or a number sign."""

    title = _("landing page")
    parameter_name = "page"

    def keep(self, rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        wanted = Q()
        for page in values:
            begins = Substr("landing_page", 1, len(page) + 1)
            wanted |= Q(In(begins, [page, f"{page}?", f"{page}#"]))
        return rows.filter(wanted)


class ChannelFilter(ValuesFilter):
    """The channel of a lead's campaign; offered in the report, shown here while in force."""

    title = _("channel")
    parameter_name = "channel"
    column = "campaign__channel"

    def label(self, value: str) -> str:
        return str(dict(Campaign.Channel.choices).get(value, value))


class CampaignStatusFilter(ValuesFilter):
    title = _("campaign status")
    parameter_name = "status"
    column = "campaign__status"

    def label(self, value: str) -> str:
        return str(dict(Campaign.Status.choices).get(value, value))


def companies_asked(request: HttpRequest) -> QuerySet[Company]:
    """Those whose rows a list shows."""
    asked = request.GET.getlist(CompanyFilter.parameter_name)
    companies = Company.objects.all()
    return companies.filter(slug__in=asked) if asked else companies


def day_of(text: str) -> date | None:
    """An ISO day, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def id_of(text: str) -> int | None:
    """A row number that the database can hold, or None."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    return number if 0 < number <= BIGGEST_ID else None
