"""Filters by what campaigns have together, as rows of the report name it: "brand + vip"."""

from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Replace
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from attribution.admin import filters
from attribution.campaign_texts import BETWEEN, NOTHING
from spend.groups import AND, groups_of


class AnyGroupFilter(filters.ValuesFilter):
    """Rows of campaigns that are in one of these groups, if in others, too; `(none)`: in none."""

    title = _("campaign group")
    parameter_name = "campaign_group"

    def takes(self, names: tuple[str, ...]) -> bool:
        """Whether campaigns in just these groups are wanted."""
        return not set(names).isdisjoint(self.values)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.values:
            return queryset
        groups = groups_of(*filters.companies_asked(request))
        wanted = Q(campaign__in=[pk for pk, names in groups.items() if self.takes(names)])
        if NOTHING in self.values:
            wanted |= Q(campaign__isnull=False) & ~Q(campaign__in=list(groups))
        return queryset.filter(wanted)


class GroupFilter(AnyGroupFilter):
    """Rows of campaigns that are in these groups and in no other."""

    title = _("exactly these campaign groups")
    parameter_name = "group"

    def takes(self, names: tuple[str, ...]) -> bool:
        return AND.join(names) in self.values


class TagsFilter(filters.ValuesFilter):
    """Rows of campaigns that have these tags and no other; `(none)`: none at all."""

    title = _("exactly these tags")
    parameter_name = "tags"

    def keep(self, rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        named = Replace(F("campaign__tags"), Value(BETWEEN), Value(AND))
        wanted = ["" if value == NOTHING else value for value in values]
        return rows.alias(tags_together=named).filter(tags_together__in=wanted)
