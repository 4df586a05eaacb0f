"""The filter by line of spend, for entries and for shared costs."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from attribution.admin import filters
from spend.models import SpendEntry


class LineFilter(filters.ValuesFilter):
    title = _("line")
    parameter_name = column = "line"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(SpendEntry.Line.choices)
