"""Campaigns: kept by their owners, archived instead of deleted."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attribution import roles
from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from attribution.admin.confirm import ask_first, is_confirmed
from attribution.models import Campaign, Membership
from attribution.resources import CampaignResource
from attribution.transfer import ExportPages


class CampaignForm(forms.ModelForm):
    """The owner is somebody who may maintain spend in this very company."""

    def clean_owner(self) -> User | None:
        owner: User | None = self.cleaned_data.get("owner")
        company = self.cleaned_data.get("company") or getattr(self.instance, "company", None)
        if owner is None or company is None or owner.pk == self.instance.owner_id:
            return owner
        if not keepers(frozenset({company.pk})).filter(user=owner).exists():
            raise ValidationError(
                _("This person is no owner or admin in %(company)s. Give the role there first.")
                % {"company": company}
            )
        return owner


def keepers(companies: frozenset[int]) -> QuerySet[Membership]:
    """Memberships of those who may maintain spend."""
    return Membership.objects.filter(company__in=companies, role__in=roles.KEEPERS)


class StatusFilter(filters.ValuesFilter):
    title = gettext_lazy("status")
    parameter_name = column = "status"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(Campaign.Status.choices)


class ChannelFilter(filters.ChannelFilter):
    column = "channel"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(Campaign.Channel.choices)


class DiscoveredFilter(filters.FlagFilter):
    title = gettext_lazy("looked at")
    parameter_name = column = "discovered"
    yes, no = gettext_lazy("Discovered, not yet looked at"), gettext_lazy("Looked at")


class MineFilter(filters.FlagFilter):
    """Campaigns whose owner is the reader, or for whom nobody is named."""

    title = gettext_lazy("owner")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return [("me", _("Me")), ("none", _("Nobody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.values:
            return queryset
        wanted = {"me": request.user.pk, "none": None}
        if self.values[-1] not in wanted:
            return queryset.none()
        owner = wanted[self.values[-1]]
        return queryset.filter(owner=owner) if owner else queryset.filter(owner__isnull=True)


@admin.register(Campaign)
class CampaignAdmin(ExportPages, ScopedAdmin):
    subject = "campaign"
    form = CampaignForm
    export_resource = CampaignResource
    list_display = ("title", "key", "channel", "status", "owner", "company")
    list_display_links = ("title",)
    list_filter = (
        filters.CompanyFilter,
        StatusFilter,
        ChannelFilter,
        DiscoveredFilter,
        MineFilter,
    )
    search_fields = ("name", "key")
    ordering = ("name", "key")
    actions = ("archive", "unarchive")
    readonly_fields = ("discovered", "first_lead_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The key stays once facts were matched by it."""
        fixed = super().get_readonly_fields(request, obj)
        if obj is None:
            return fixed
        if not hasattr(obj, "key_is_fixed"):  # asked several times for one page
            obj.key_is_fixed = has_facts(obj)
        return (*fixed, "key") if obj.key_is_fixed else fixed

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        return super().get_queryset(request).select_related("company", "owner")

    def get_fieldsets(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        fields = ["company", "key", "name", "channel", "status", "owner", ("starts_on", "ends_on")]
        if obj is not None and obj.discovered:
            fields += ["discovered", "first_lead_on"]
        return ((None, {"fields": fields}),)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name == "owner":
            allowed = roles.companies_with(request.user, "campaign.change")
            people = keepers(allowed).values("user")
            kwargs["queryset"] = User.objects.filter(pk__in=people).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Owners change their own campaigns, and those that nobody owns."""
        allowed = super().has_change_permission(request, obj)
        if obj is None or not allowed:
            return allowed
        return roles.keeps(request.user, obj.company_id, obj.owner_id)

    def save_model(
        self, request: HttpRequest, obj: Campaign, form: forms.ModelForm, change: bool
    ) -> None:
        obj.discovered = False  # a person has looked at it
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def title(self, campaign: Campaign) -> str:
        return f"{campaign.name} ({_('discovered')})" if campaign.discovered else campaign.name

    @admin.action(description=gettext_lazy("Archive"), permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> HttpResponse | None:
        mine = [one for one in queryset if self.has_change_permission(request, one)]
        left = [str(one) for one in queryset if not self.has_change_permission(request, one)]
        if not is_confirmed(request):
            sentences = [
                _(
                    "These campaigns will be archived. Their leads, bookings and spend stay in "
                    "every report."
                ),
                _("An archived campaign can be taken back at any time."),
            ]
            if left:
                sentences.append(_("Left out, because they are not yours: %s") % ", ".join(left))
            return ask_first(
                self, request, "archive", mine, _("Archive campaigns"), sentences, _("Archive")
            )
        self._set_status(request, mine, Campaign.Status.ARCHIVED)
        return None

    @admin.action(description=gettext_lazy("Take back from the archive"), permissions=["change"])
    def unarchive(self, request: HttpRequest, queryset: QuerySet[Campaign]) -> None:
        archived = queryset.filter(status=Campaign.Status.ARCHIVED)
        mine = [one for one in archived if self.has_change_permission(request, one)]
        self._set_status(request, mine, Campaign.Status.ACTIVE)

    def _set_status(self, request: HttpRequest, campaigns: list[Campaign], status: str) -> None:
        for campaign in campaigns:
            campaign.status = status
            campaign.save(update_fields=["status"])
            self.log_change(request, campaign, [{"changed": {"fields": [_("Status")]}}])
        count = len(campaigns)
        text = ngettext("%d campaign changed.", "%d campaigns changed.", count)
        self.message_user(request, text % count, messages.SUCCESS if count else messages.WARNING)


def has_facts(obj: Any, but: frozenset[str] = frozenset()) -> bool:
    """Whether rows of other tables point at this one, other than those made from facts."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: obj}).exists()
        for relation in obj._meta.related_objects
        if relation.on_delete is not models.CASCADE
        and relation.related_model._meta.model_name not in but
    )
