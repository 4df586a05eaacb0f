"""Alerts in the admin: which figure is watched, how it stands, and who is told."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution import roles
from attribution.models import Campaign
from reports import plainly
from reports.metrics import METRICS
from reports.sending.digest_page import AddressedAdmin, lost_words
from reports.sending.forms import AlertForm
from reports.sending.judging import limit_words
from reports.sending.models import Alert

WATCHED = ("view", "metric", "campaign", "condition", "threshold")


@admin.register(Alert)
class AlertAdmin(AddressedAdmin):
    subject = "alert"
    form = AlertForm
    list_display = ("name", "watches", "sent_to", "standing", "on_behalf_of", "company")
    autocomplete_fields = ("campaign",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        return super().get_queryset(request).select_related("campaign")

    def get_fields(self, request: HttpRequest, obj: Alert | None = None) -> tuple[Any, ...]:
        told = (*WATCHED, "channel", "people", "slack")
        return told if obj is None else (*told, "active", *self.readonly_fields)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name == "campaign":
            allowed = roles.companies_with(request.user, "alert.add")
            kwargs["queryset"] = Campaign.objects.filter(company__in=allowed, withdrawn=False)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        if {*WATCHED, "active"} & set(form.changed_data):  # another question: begun anew
            obj.state, obj.said, obj.checked_at = Alert.State.UNKNOWN, "", None
            obj.fired_at = obj.recovered_at = None
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("view"), ordering="view__name")
    def name(self, alert: Alert) -> str:
        return alert.view.name if alert.view else _("a view that is gone")

    @admin.display(description=gettext_lazy("watches"))
    def watches(self, alert: Alert) -> str:
        of = alert.campaign.name if alert.campaign else _("total")
        words = [f"{alert.metric_label} ({of})", alert.get_condition_display()]
        metric = METRICS.get(alert.metric)
        if alert.threshold is not None and metric is not None:
            words.append(limit_words(metric, alert.threshold, alert.company.currency))
        return " ".join(words)

    @admin.display(description=gettext_lazy("state"))
    def standing(self, alert: Alert) -> str:
        if not alert.active:
            why = alert.paused_because
            return _("paused: %(why)s") % {"why": why} if why else _("paused")
        parts = [alert.get_state_display(), alert.said, lost_words(alert)]
        if alert.checked_at:
            when = plainly.moment(alert.checked_at, alert.company)
            parts.append(_("looked at %(when)s") % {"when": when})
        return " · ".join(filter(None, parts))
