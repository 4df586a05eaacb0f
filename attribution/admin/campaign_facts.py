"""The facts of a campaign in forms and filters: chosen from the company's own, or typed anew."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.admin import filters
from attribution.campaign_texts import BETWEEN, FACTS, NOTHING, tag
from attribution.campaign_values import InUse, said_by, spellings
from attribution.models import Campaign

FIELDS = (*FACTS, "landing_page", "tags", "is_template")
MOST_OFFERED = 200  # beside a field
MOST_LISTED = 12  # beside a list
LABELS = {field.name: field.verbose_name for field in Campaign._meta.fields if field.name in FACTS}


class Suggesting(forms.TextInput):
    """A line of text with a list of what is there already; the browser shows it, no script does."""

    def __init__(self, values: Iterable[str]) -> None:
        super().__init__(attrs={"class": "vTextField"})
        self.values = list(values)[:MOST_OFFERED]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        own = (attrs or {}) | {"list": f"known-{name}"}
        options = format_html_join("", '<option value="{}"></option>', ((v,) for v in self.values))
        line = super().render(name, value, own, renderer)
        return format_html('{}<datalist id="known-{}">{}</datalist>', line, name, options)


class FactsForm(forms.ModelForm):
    """Texts of a campaign: what is offered beside them, and the spelling that is kept."""

    def offer(self, known: InUse) -> None:
        """Let the person choose from these."""
        if "tags" not in self.fields:
            return  # only to be looked at
        for name in FACTS:
            self.fields[name].widget = Suggesting(known.spellings.of(name))
        if used := known.tags[:MOST_OFFERED]:
            about = self.fields["tags"].help_text
            self.fields["tags"].help_text = f"{about} " + _("In use: %s") % BETWEEN.join(used)

    def clean(self) -> dict[str, Any] | None:
        """A value that the company writes already is written as there."""
        found = super().clean() or {}
        company = found.get("company") or getattr(self.instance, "company", None)
        if company is None or not any(found.get(name) for name in FACTS):
            return found
        known = spellings(company.pk, but=self.instance.pk)
        for name in FACTS:
            if name in found:
                found[name] = known.take(name, found[name])
        return found


def in_use(request: HttpRequest) -> InUse:
    """Of all campaigns that the person may see; looked up once for all filters of a page."""
    if not hasattr(request, "_campaigns_say"):
        rows = Campaign.objects.all()
        if chosen := request.GET.getlist("company"):
            rows = rows.filter(company__slug__in=chosen)
        request._campaigns_say = said_by(rows)  # type: ignore[attr-defined]
    found: InUse = request._campaigns_say  # type: ignore[attr-defined]
    return found


class TagFilter(filters.ValuesFilter):
    """Campaigns with one of these tags; `(none)` stands for those without one."""

    title = gettext_lazy("tag")
    parameter_name = "tag"
    to = ""  # the way to the campaign

    def lookups(self, request: HttpRequest) -> filters.Choices:
        known = in_use(request).tags[:MOST_LISTED]
        return [*((one, one) for one in known), *([(NOTHING, _("(none)"))] if known else [])]

    def keep(self, rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        around = Concat(Value(BETWEEN), F(f"{self.to}tags"), Value(BETWEEN))
        return rows.alias(_around=around).filter(reduce(or_, map(self._has, values)))

    def _has(self, one: str) -> Q:
        if one == NOTHING:
            return Q(**{f"{self.to}tags": ""})  # what has no campaign says nothing either way
        return Q(_around__contains=f"{BETWEEN}{tag(one)}{BETWEEN}")


class TagOfCampaignFilter(TagFilter):
    """The same for rows that belong to a campaign."""

    to = "campaign__"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return []


class FactFilter(filters.ValuesFilter):
    """One of `FACTS`; `(none)` stands for campaigns that do not say it."""

    to = ""

    def lookups(self, request: HttpRequest) -> filters.Choices:
        known = in_use(request).spellings.of(self.parameter_name)[:MOST_LISTED]
        return [*((one, one) for one in known), *([(NOTHING, _("(none)"))] if known else [])]

    def keep(self, rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        wanted = ["" if value == NOTHING else value for value in values]
        return rows.filter(**{f"{self.to}{self.parameter_name}__in": wanted})


class FactOfCampaignFilter(FactFilter):
    """The same for rows that belong to a campaign; shown while in force."""

    to = "campaign__"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return []


def _filters(base: type[FactFilter]) -> tuple[type[FactFilter], ...]:
    return tuple(
        type(f"{name.title()}{base.__name__}", (base,), {"title": label, "parameter_name": name})
        for name, label in LABELS.items()
    )


OWN_FILTERS = (*_filters(FactFilter), TagFilter)
OF_CAMPAIGN_FILTERS = (*_filters(FactOfCampaignFilter), TagOfCampaignFilter)


class TemplateFilter(filters.FlagFilter):
    title = gettext_lazy("template")
    parameter_name = column = "is_template"
    yes, no = gettext_lazy("Templates"), gettext_lazy("No templates")
