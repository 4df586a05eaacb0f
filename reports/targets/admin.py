"""Targets in the admin: owners keep those of their own campaigns."""

from datetime import date
from typing import Any

from babel.numbers import get_currency_precision
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.admin import filters
from attribution.admin.money import mistyped
from attribution.admin.versions import VersionedForm
from attribution.files.cells import CellError, parse_amount
from attribution.models import Campaign, Company
from reports.targets.models import Target
from reports.targets.progress import in_units
from reports.targets.words import amount_text
from spend.budgets.admin import (
    COUNTABLE,
    LONGEST,
    BeginsToFilter,
    EndsFromFilter,
    PlanAdmin,
    Subject,
    in_sight,
    refuse_others,
)

LARGEST = 10**15  # of a target in its smallest unit; a slip of the finger above


class TargetForm(VersionedForm):
    """One number of one campaign, written as the metric has it."""

    user: Any  # who is planning

    goal = forms.CharField(
        label=gettext_lazy("Target"),
        max_length=40,
        help_text=gettext_lazy(
            "Leads and bookings as a whole number, money in the company's currency with a point: "
            "1234.50. ROAS as a multiple of the spend: 2.5"
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_stored and "goal" in self.fields:
            one: Target = self.instance
            digits = get_currency_precision(one.company.currency)
            self.initial["goal"] = str(in_units(one.value, one.metric, digits))

    def clean_campaign(self) -> Campaign | None:
        campaign: Campaign | None = self.cleaned_data.get("campaign")
        refuse_others(self.user, campaign)
        return campaign

    def clean_first_day(self) -> date:
        return in_sight(self.cleaned_data["first_day"])

    def clean_last_day(self) -> date:
        return in_sight(self.cleaned_data["last_day"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        found = self.cleaned_data
        first, last = found.get("first_day"), found.get("last_day")
        if first and last and (last - first).days >= LONGEST:
            self.add_error("last_day", _("A target is for three years at most."))
        text, metric, company = found.get("goal"), found.get("metric"), self._company()
        if text and metric and company is not None:
            try:
                self.instance.value = smallest(text, metric, company.currency)
            except ValidationError as error:
                self.add_error("goal", error)
        return found

    def _company(self) -> Company | None:
        chosen: Company | None = self.cleaned_data.get("company")
        return chosen or (self.instance.company if self.instance.company_id else None)

    def _post_clean(self) -> None:
        """The database's rules speak in the form, those over columns it does not show included."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.instance.validate_constraints()
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]


def smallest(text: str, metric: str, currency: str) -> int:
    """What a person wrote in the unit that is kept; raises ValidationError in words."""
    if metric in ("leads", "booked"):
        plain = text.strip()
        if not (plain.isascii() and plain.isdigit()) or len(plain) > 12:
            raise ValidationError(_("Write a whole number, such as 100."))
        value = int(plain)
    else:
        unit = "USD" if metric == "roas" else currency
        try:
            value = parse_amount(text, unit).minor
        except CellError as error:
            raise ValidationError(mistyped(error, unit)) from error
    if not 0 < value < LARGEST:
        raise ValidationError(_("A target has to be above 0."))
    return value


class MetricFilter(filters.ValuesFilter):
    title = gettext_lazy("metric")
    parameter_name = column = "metric"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(Target.Metric.choices)


@admin.register(Target)
class TargetAdmin(PlanAdmin):
    subject = "target"
    form = TargetForm
    list_display = ("campaign", "metric", "goal", "first_day", "last_day", "note", "company")
    list_select_related = ("company", "campaign")
    list_filter = (
        filters.CompanyFilter,
        EndsFromFilter,
        BeginsToFilter,
        filters.CampaignFilter,
        MetricFilter,
    )
    search_fields = ("campaign__name", "campaign__key", "note")
    ordering = ("-first_day", "campaign__name", "pk")
    autocomplete_fields = ("campaign",)

    def subject_of(self, obj: Target) -> Subject:
        return obj.campaign

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Target]":
        return super().get_queryset(request).select_related("company", "campaign")

    def get_fields(self, request: HttpRequest, obj: Target | None = None) -> Any:
        return ("company", "campaign", "metric", "goal", ("first_day", "last_day"), "note")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Another campaign or metric would be another target."""
        fixed = ("campaign", "metric") if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name == "campaign":
            kwargs["queryset"] = Campaign.objects.filter(COUNTABLE)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Target, form: ModelForm, change: bool) -> None:
        if not change:
            obj.author_id = request.user.pk
        super().save_model(request, obj, form, change)

    def response_post_save_add(self, request: HttpRequest, obj: Target) -> HttpResponseRedirect:
        """To the page of the campaign, which says how it stands."""
        return HttpResponseRedirect(reverse("reports:campaign", args=[obj.campaign_id]))

    response_post_save_change = response_post_save_add

    @admin.display(description=gettext_lazy("target"), ordering="value")
    def goal(self, target: Target) -> str:
        return amount_text(target, target.value)
