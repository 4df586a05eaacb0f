"""The list of leads by the day they booked or completed: shown first, and sorted by."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from attribution.admin.filters import NarrowedList
from attribution.admin.lead import LeadAdmin
from attribution.resources import LeadResource
from attribution.transfer.resource import column
from reports.lead_columns import COUNTS_ON
from reports.lead_filters import LEAD_FILTERS, asked_basis

# What the day is called in the list, by the basis, and in files, which speak no language.
COLUMNS = {"booked": "booked_on", "completed": "completed_on"}
HEADINGS = {"booked": "booked on", "completed": "completed on"}


class LeadList(NarrowedList):
    """Sorted by the day that counts while it is shown: the latest first."""

    @property
    def _by_day(self) -> bool:
        return not set(COLUMNS.values()).isdisjoint(self.list_display)

    def _get_default_ordering(self) -> Any:
        """What the headings mark."""
        return (f"-{COUNTS_ON}",) if self._by_day else self.model_admin.ordering

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        # The admin's own order is that of all its pages, most of which know no day that counts.
        usual = super().get_ordering(request, queryset)
        if self._by_day and ORDER_VAR not in self.params:
            return [f"-{COUNTS_ON}", *usual]
        return usual


class LeadsByDayResource(LeadResource):
    """With the day that counts in a column of its own, where that is not the day of receipt."""

    def __init__(
        self, contact_companies: frozenset[int] = frozenset(), day_heading: str = ""
    ) -> None:
        super().__init__(contact_companies)
        if day_heading:
            self.fields[COUNTS_ON] = column(day_heading, lambda lead: lead.counts_on)


class LeadsByDay(LeadAdmin):
    """A list of leads that can be asked for what any figure of the report counts."""

    list_filter = LEAD_FILTERS
    export_resource = LeadsByDayResource

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LeadList

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The day that counts first and that of receipt last: no other column changes its place,
        by whose number addresses sort.
        """
        columns = super().get_list_display(request)
        basis = asked_basis(request)
        if basis not in COLUMNS:
            return columns
        others = [one for one in columns if one != "received"]
        return [COLUMNS[basis], *others, "received"]

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """The first two columns."""
        return list_display[:2]

    def get_export_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        heading = HEADINGS.get(asked_basis(request), "")
        return super().get_export_resource_kwargs(request, **kwargs) | {"day_heading": heading}

    @admin.display(description=gettext_lazy("booked on"), ordering=COUNTS_ON)
    def booked_on(self, lead: Any) -> str:
        return _text(lead.counts_on)

    @admin.display(description=gettext_lazy("completed on"), ordering=COUNTS_ON)
    def completed_on(self, lead: Any) -> str:
        return _text(lead.counts_on)


def _text(day: date) -> str:
    return date_format(day, "j M Y")
