"""Spend: entered by hand or by file, for the campaigns one keeps."""

from typing import Any

from django.contrib import admin
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution import roles
from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from attribution.admin.money import MoneyForm, shown
from attribution.admin.times import validate_day
from attribution.models import Campaign
from attribution.transfer import ExportPages
from spend.budgets import admin as budgets
from spend.importing.pages import SpendImportPages
from spend.models import SpendEntry
from spend.resources import SpendResource

__all__ = ["SpendEntryAdmin", "budgets"]


class SpendForm(MoneyForm):
    """One amount of one campaign, which may be one that is not there yet."""

    minor_field = "amount_minor"
    negative_allowed = True  # a credit note
    user: Any  # who is entering it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "day" in self.fields:
            self.fields["day"].validators.append(validate_day)
        if "campaign_name" in self.fields:
            self.fields["campaign_name"].help_text = _(
                "Only if the campaign is not there yet: its utm_campaign. The amount is matched "
                "when the campaign comes."
            )

    def clean_campaign(self) -> Campaign | None:
        campaign: Campaign | None = self.cleaned_data.get("campaign")
        if campaign and not roles.keeps(self.user, campaign.company_id, campaign.owner_id):
            self.add_error(
                "campaign",
                _("This campaign has another owner. Ask %(owner)s, or an admin of the company.")
                % {"owner": campaign.owner},
            )
        return campaign

    def clean(self) -> dict[str, Any]:
        super().clean()
        found = self.cleaned_data
        if "campaign" in self.changed_data and "campaign_name" not in self.changed_data:
            found["campaign_name"] = ""  # it was the former campaign's
        if not found.get("campaign") and not found.get("campaign_name") and not self.errors:
            self.add_error("campaign", _("Choose a campaign, or write the name of one to come."))
        return found


class LineFilter(filters.ValuesFilter):
    title = gettext_lazy("line")
    parameter_name = column = "line"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(SpendEntry.Line.choices)


class SourceFilter(filters.SourceFilter):
    column = "utm_source"


class MediumFilter(filters.MediumFilter):
    column = "utm_medium"


@admin.register(SpendEntry)
class SpendEntryAdmin(SpendImportPages, ExportPages, ScopedAdmin):
    subject = "spend"
    import_kind = "spend"
    export_resource = SpendResource
    form = SpendForm
    list_display = ("day", "campaign_as_known", "line", "amount", "source", "company")
    list_select_related = ("company", "campaign")
    list_filter = (
        filters.CompanyFilter,
        filters.FromFilter,
        filters.ToFilter,
        filters.CampaignFilter,
        LineFilter,
        SourceFilter,
        MediumFilter,
        filters.ChannelFilter,
        filters.CampaignStatusFilter,
        filters.CampaignSearchFilter,
    )
    search_fields = ("campaign__name", "campaign_key", "note")
    ordering = ("-day", "campaign_key")
    autocomplete_fields = ("campaign",)
    readonly_fields = ("source", "import_run", "author")

    def get_fieldsets(self, request: HttpRequest, obj: SpendEntry | None = None) -> Any:
        origin = (_("Where it came from"), {"fields": ("source", "import_run", "author")})
        return (
            (
                None,
                {
                    "fields": (
                        "company",
                        "campaign",
                        "campaign_name",
                        "day",
                        "line",
                        "amount",
                        "note",
                    )
                },
            ),
            (_("Source and medium"), {"fields": ("utm_source", "utm_medium")}),
            (_("What it bought"), {"fields": ("impressions", "clicks", "sends", "opens")}),
            *((origin,) if obj is not None else ()),
        )

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        """Spend is entered for campaigns that are counted by themselves."""
        if db_field.name == "campaign":
            kwargs["queryset"] = Campaign.objects.filter(withdrawn=False, merged_into__isnull=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"user": request.user})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._keeps(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._keeps(request, obj)

    def _keeps(self, request: HttpRequest, obj: SpendEntry | None) -> bool:
        """Owners touch the spend of their own campaigns; unmatched spend is every owner's."""
        if obj is None:
            return True
        owner = obj.campaign.owner_id if obj.campaign else None
        return roles.keeps(request.user, obj.company_id, owner)

    def save_model(
        self, request: HttpRequest, obj: SpendEntry, form: ModelForm, change: bool
    ) -> None:
        if not change:
            obj.author_id = request.user.pk
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("campaign"), ordering="campaign_key")
    def campaign_as_known(self, entry: SpendEntry) -> str:
        if entry.campaign is not None:
            return entry.campaign.name
        return _("%(name)s (not matched)") % {"name": entry.campaign_name or "–"}

    @admin.display(description=gettext_lazy("amount"), ordering="amount_minor")
    def amount(self, entry: SpendEntry) -> str:
        return shown(entry.recorded_minor, entry.currency)
