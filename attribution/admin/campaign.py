"""Campaigns: kept by their owners, archived instead of deleted."""

from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attribution import roles
from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from attribution.admin.campaign_clone import MOST_TEMPLATES, ClonePages, templates_for
from attribution.admin.campaign_facts import FIELDS, OWN_FILTERS, FactsForm, TemplateFilter
from attribution.admin.confirm import ask_first, is_confirmed
from attribution.admin.versions import VersionedAdmin, VersionedForm
from attribution.campaign_values import said_by
from attribution.models import Campaign, CampaignChange, ImportRun, Membership, Reading
from attribution.repair import campaigns, columns, locking
from attribution.repair.apply import Busy
from attribution.resources import CampaignResource
from attribution.signals import campaigns_made
from attribution.transfer import ExportPages, ImportPages
from attribution.utm import tidy

# Decisions about a campaign hang on its number: they do not fix its key.
NO_FACTS = frozenset({"campaignchange"})


class CampaignForm(FactsForm, VersionedForm):
    """The owner is somebody who may maintain spend in this very company."""

    def _post_clean(self) -> None:
        """A key whose campaign was withdrawn is free: that row is taken up again."""
        company, key = self.cleaned_data.get("company"), self.cleaned_data.get("key")
        if self.instance.pk is None and company is not None and key:
            rows = Campaign.objects.filter(company=company, key=tidy(key), withdrawn=True)
            self.instance = rows.first() or self.instance
        super()._post_clean()  # type: ignore[misc]

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
class CampaignAdmin(ClonePages, VersionedAdmin, ImportPages, ExportPages, ScopedAdmin):
    subject = "campaign"
    import_kind = "campaigns"
    form = CampaignForm
    export_resource = CampaignResource
    list_display = ("title", "key", "channel", "status", "tags", "company")
    list_display_links = ("title",)
    list_filter = (
        filters.CompanyFilter,
        StatusFilter,
        ChannelFilter,
        DiscoveredFilter,
        MineFilter,
        *OWN_FILTERS,
        TemplateFilter,
    )
    search_fields = ("name", "key")
    ordering = ("name", "key")
    actions = ("archive", "unarchive", "clone", "keep_as_template", "no_template")
    readonly_fields = ("discovered", "first_lead_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The key stays once facts were matched by it."""
        fixed = super().get_readonly_fields(request, obj)
        if obj is None:
            return fixed
        return (*fixed, "key") if getattr(obj, "key_is_fixed", True) else fixed

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        rows = super().get_queryset(request).filter(withdrawn=False)
        rows = rows.select_related("company", "owner", "merged_into")
        asked = getattr(request.resolver_match, "url_name", None)
        if asked == "attribution_campaign_change":  # one of them, by one query
            rows = rows.annotate(key_is_fixed=facts_of(Campaign, but=NO_FACTS) | named())
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Campaign], search_term: str
    ) -> tuple[QuerySet[Campaign], bool]:
        """One that was merged stands in the list, but is nothing to choose."""
        if request.path == reverse("admin:autocomplete"):
            queryset = queryset.filter(merged_into__isnull=True)
        return super().get_search_results(request, queryset, search_term)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Whoever changes a campaign holds its company alone, and before the campaign: repairs,
        which change campaigns too, take both in this order. Raises Busy.
        """
        if request.method == "POST" and object_id.isdecimal() and len(object_id) < 19:
            rows = self.get_queryset(request).filter(pk=int(object_id))
            for company in rows.values_list("company", flat=True):
                locking.repairing(company)
        return super().get_object(request, object_id, from_field)

    def get_fields(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        fields: list[Any] = [
            "company",
            "key",
            "name",
            "channel",
            "status",
            "owner",
            ("starts_on", "ends_on"),
            *FIELDS,
        ]
        if obj is not None and obj.discovered:
            fields += ["discovered", "first_lead_on"]
        return fields

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Campaign | None = None,
    ) -> HttpResponse:
        if obj is None:
            mine = roles.companies_with(request.user, "campaign.add")
            known = said_by(Campaign.objects.filter(company__in=mine))
            context["adminform"].form.offer(known)
            context["templates"] = templates_for(request.user)[:MOST_TEMPLATES]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _links(self, run: ImportRun) -> dict[str, Any]:
        """Campaigns are of no day: back to the list."""
        return {}

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
        """What was there before is kept; of a campaign that is added nothing was."""
        if obj._state.adding:
            obj.save()
            campaigns_made.send(Campaign, company=obj.company, keys=[obj.key])
            return
        if change and "key" in form.changed_data:
            obj.save(update_fields=["key", "version"])
            campaigns_made.send(Campaign, company=obj.company, keys=[obj.key])
        if not change:
            campaigns.take_up(obj.company, obj.key)
        asked = form.changed_data if change else list(form.fields)
        values = {
            name: getattr(obj, columns.attribute_of(name))
            for name in asked
            if name in CampaignChange.Column.values
        }
        values["discovered"] = False  # a person has looked at it
        campaigns.edit(obj, values, request.user)
        obj.discovered = False

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def title(self, campaign: Campaign) -> str:
        if campaign.merged_into is not None:
            into = _("merged into %(other)s") % {"other": campaign.merged_into.name}
            return f"{campaign.name} ({into})"
        marks = [_("discovered")] if campaign.discovered else []
        marks += [_("template")] if campaign.is_template else []
        return f"{campaign.name} ({', '.join(marks)})" if marks else campaign.name

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

    def _set_status(self, request: HttpRequest, chosen: list[Campaign], status: str) -> None:
        """One by one: each is a repair of its own, and can be undone by itself."""
        count = 0
        try:
            for campaign in chosen:
                if campaigns.edit(campaign, {"status": status}, request.user) is None:
                    continue
                self.log_change(request, campaign, [{"changed": {"fields": [_("Status")]}}])
                count += 1
        except Busy as busy:
            self.message_user(request, str(busy), messages.ERROR)
        text = ngettext("%d campaign changed.", "%d campaigns changed.", count)
        self.message_user(request, text % count, messages.SUCCESS if count else messages.WARNING)


def named() -> Q:
    """Campaigns whose key leads carry, wherever repairs make them count."""
    readings = Reading.objects.filter(company=OuterRef("company"), campaign_key=OuterRef("key"))
    return Q(Exists(readings.filter(captured_reason="", given=None)))


def has_facts(obj: Any, but: frozenset[str] = frozenset()) -> bool:
    """Whether rows of other tables point at this one, other than those made from facts."""
    rows = type(obj)._base_manager.filter(pk=obj.pk)
    return rows.filter(facts_of(type(obj), but)).exists()


def facts_of(model: type[models.Model], but: frozenset[str] = frozenset()) -> Q:
    """The same as a condition on rows of the model."""
    found = [
        Exists(relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")}))
        for relation in model._meta.related_objects
        if relation.on_delete is not models.CASCADE
        and relation.related_model._meta.model_name not in but
    ]
    return reduce(or_, map(Q, found))
