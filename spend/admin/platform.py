"""A campaign's ids in the platforms, on its page: spend that names one of them is its own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from attribution import roles
from attribution.models import Campaign
from spend.formats import FORMATS
from spend.models import PlatformId
from spend.unmatched import mapping

PREFIX = "platform_ids"


def platforms() -> dict[str, str]:
    """The platforms whose files are known, and what they are called."""
    return {each.platform: each.label for each in FORMATS.values() if each.platform}


class PlatformIdForm(forms.ModelForm):
    """One id that is new; those that are there are removed, not changed."""

    platform = forms.ChoiceField(label=_("Platform"))
    external_id = forms.CharField(label=_("Campaign id"), max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "platform" in self.fields:
            self.fields["platform"].choices = list(platforms().items())  # type: ignore[attr-defined]
        for name in {"platform", "external_id"} & set(self.fields):
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label

    def has_changed(self) -> bool:
        """A platform without an id says nothing."""
        return super().has_changed() and "external_id" in self.changed_data

    def validate_constraints(self) -> None:
        """Whose id it is already is told by `mapping`."""


class PlatformIdFormSet(BaseInlineFormSet):
    """What is added and removed is one decision about the spend that it moves."""

    user: Any  # who decides
    instance: Any  # the campaign
    decision: mapping.Decision | None = None

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        wish: dict[tuple[str, str], int | None] = {}
        for form in self.forms:
            row = form.instance
            if form in self.deleted_forms and row.pk:
                wish[row.platform, row.external_id] = None
            elif row.pk is None and form.has_changed():
                name = form.cleaned_data["platform"], form.cleaned_data["external_id"].strip()
                wish[name] = self.instance.pk
        try:
            if wish:
                self.decision = mapping.decide(self.instance.company, wish, self.user)
        except mapping.Refused as refused:
            raise ValidationError(str(refused)) from refused

    def save(self, commit: bool = True) -> list[Any]:
        """Spend follows at once. The rows themselves are written by `mapping`."""
        self.new_objects: list[Any] = []
        self.changed_objects: list[Any] = []
        self.deleted_objects: list[Any] = []
        if self.decision is not None:
            company, wish = self.decision.company, self.decision.wish
            mapping.confirm(company, wish, self.user, self.decision.fingerprint)
            for (platform, external_id), campaign in wish.items():
                row = PlatformId(platform=platform, external_id=external_id)
                (self.deleted_objects if campaign is None else self.new_objects).append(row)
        return self.new_objects


class PlatformIdInline(admin.TabularInline):
    """Read by everybody; added and removed by who keeps the campaign's spend."""

    model = PlatformId
    form = PlatformIdForm
    formset = PlatformIdFormSet
    fields = ("platform", "external_id")
    extra = 1
    verbose_name = _("id in a platform")
    verbose_name_plural = _("ids in platforms: spend of these is this campaign's")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        found = super().get_formset(request, obj, **kwargs)
        return type(found.__name__, (found,), {"user": request.user})

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # of whoever sees the campaign

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _keeps(request.user, obj) and obj.merged_into_id is None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _keeps(request.user, obj)


def _keeps(user: Any, campaign: Campaign | None) -> bool:
    if campaign is None or not roles.may(user, "spend.change", campaign.company_id):
        return False
    return roles.keeps(user, campaign.company_id, campaign.owner_id)
