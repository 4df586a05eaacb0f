"""Entries of spend: typed in by hand or by file, for the campaigns one keeps."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attribution import roles
from attribution.admin import filters
from attribution.admin.campaign_facts import OF_CAMPAIGN_FILTERS
from attribution.admin.confirm import ask_first, is_confirmed
from attribution.admin.money import MoneyForm, shown_with_worth
from attribution.admin.times import validate_day
from attribution.admin.versions import VersionedAdmin, VersionedForm
from attribution.models import Campaign
from attribution.money import shown
from attribution.repair import locking
from attribution.transfer import ExportPages
from spend.admin.former import former_values
from spend.admin.lines import LineFilter
from spend.admin.of_campaigns import AnyGroupFilter, GroupFilter, TagsFilter
from spend.admin.page import EntryPage
from spend.admin.rows import EntryRows, number_of
from spend.budgets import notices
from spend.importing.pages import SpendImportPages
from spend.models import Cost, SpendEntry
from spend.resources import SpendResource


class SpendForm(VersionedForm, MoneyForm):
    """One amount of one campaign, which may be one that is not there yet."""

    minor_field = "amount_minor"
    negative_allowed = True  # a credit note
    user: Any  # who is entering it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "day" in self.fields:
            self.fields["day"].validators.append(validate_day)
        if "amount" in self.fields:
            self.fields["amount"].help_text = _("With a point: 1234.50. Below 0 for a credit.")
            # A report on mails may have told no amount.
            self.fields["amount"].required = not (
                self.is_stored and self.instance.recorded_minor is None
            )
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

    def save(self, commit: bool = True) -> Any:
        """An entry counts its version up by itself."""
        entry = super().save(commit=False)
        if self.is_stored:
            entry.version = self.stored_version
        if commit:
            entry.save()
        return entry


class CostFilter(filters.ValuesFilter):
    """The entries of one shared cost, by its number."""

    title = gettext_lazy("shared cost")
    parameter_name = column = "cost"

    def label(self, value: str) -> str:
        found = Cost.objects.filter(pk=number_of(value)).first()
        return str(found) if found else f"{value} ?"

    def keep(self, rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return rows.filter(cost__in=[number_of(value) for value in values])


@admin.register(SpendEntry)
class SpendEntryAdmin(EntryRows, VersionedAdmin, SpendImportPages, ExportPages, EntryPage):
    subject = "spend"
    import_kind = "spend"
    export_resource = SpendResource
    form = SpendForm
    list_select_related = ("company", "campaign", "cost")
    list_filter = (
        filters.CompanyFilter,
        filters.FromFilter,
        filters.ToFilter,
        filters.WeekdayFilter,
        filters.CampaignFilter,
        filters.CampaignKeyFilter,
        filters.of_column("name", gettext_lazy("name of the campaign"), "campaign_key"),
        LineFilter,
        CostFilter,
        filters.of_column("source", gettext_lazy("source"), "utm_source"),
        filters.of_column("medium", gettext_lazy("medium"), "utm_medium"),
        filters.ChannelFilter,
        filters.CampaignStatusFilter,
        filters.CampaignSearchFilter,
        *OF_CAMPAIGN_FILTERS,
        AnyGroupFilter,
        GroupFilter,
        TagsFilter,
    )
    search_fields = ("campaign__name", "campaign_key", "note")
    ordering = ("-day", "campaign_key")
    autocomplete_fields = ("campaign",)
    actions = ("delete_selected",)

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

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """No repair begins between looking at the entry and saving it; see `locking`."""
        if request.method == "POST":
            self.hold_off_repairs(self.get_queryset(request).filter(pk=number_of(object_id)))
        return super().get_object(request, object_id, from_field)

    def hold_off_repairs(self, rows: QuerySet[Any]) -> None:
        for company in sorted(set(rows.order_by().values_list("company", flat=True))):
            locking.capturing(company)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self.keeps(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self.keeps(request, obj)

    def keeps(self, request: HttpRequest, entry: SpendEntry | None) -> bool:
        """Owners touch the spend of their own campaigns; unmatched spend is every owner's.

        What is a part of a shared cost is changed there.
        """
        if entry is None:
            return True
        owner = entry.campaign.owner_id if entry.campaign else None
        return entry.cost_id is None and roles.keeps(request.user, entry.company_id, owner)

    def save_model(
        self, request: HttpRequest, obj: SpendEntry, form: ModelForm, change: bool
    ) -> None:
        if not change:
            obj.author_id = request.user.pk
        obj.changed_by = request.user
        super().save_model(request, obj, form, change)
        notices.look(obj.company)

    def delete_model(self, request: HttpRequest, obj: SpendEntry) -> None:
        obj.changed_by = request.user
        super().delete_model(request, obj)
        notices.look(obj.company)

    @admin.action(description=gettext_lazy("Delete the chosen entries"), permissions=["delete"])
    def delete_selected(
        self, request: HttpRequest, queryset: QuerySet[SpendEntry]
    ) -> HttpResponse | None:
        """What is no entry of one's own, or a part of a shared cost, is left out, and named."""
        chosen = list(queryset.select_related("company", "campaign"))
        mine = [entry for entry in chosen if self.has_delete_permission(request, entry)]
        of_costs = sum(entry.cost_id is not None for entry in chosen)
        left = left_out(of_costs, len(chosen) - len(mine) - of_costs)
        if mine and not is_confirmed(request):
            sentences = [
                _(
                    "These entries will be deleted, and are in no total any more. What they said "
                    "is kept, and days that were over show as restated."
                ),
                *left,
            ]
            title, button = _("Delete entries of spend"), _("Delete")
            return ask_first(self, request, "delete_selected", mine, title, sentences, button)
        for sentence in left:
            self.message_user(request, sentence, messages.WARNING)
        if mine:
            rows: Any = SpendEntry.objects.filter(pk__in=[entry.pk for entry in mine])
            self.log_deletions(request, rows)
            rows.delete(by=request.user)
            for company in {entry.company for entry in mine}:
                notices.look(company)
            text = ngettext("%d entry deleted.", "%d entries deleted.", len(mine)) % len(mine)
            self.message_user(request, text, messages.SUCCESS)
        return None

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: SpendEntry | None = None,
    ) -> HttpResponse:
        if obj is not None:
            # A form that was refused has written what was sent into `obj`; it is not stored.
            stored = obj if request.method != "POST" else SpendEntry.objects.get(pk=obj.pk)
            context["former"] = former_values(stored)
        else:
            context["may_share"] = roles.may(request.user, "cost.add")
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=gettext_lazy("campaign"), ordering="campaign_key")
    def campaign_as_known(self, entry: SpendEntry) -> str:
        if entry.campaign is not None:
            return entry.campaign.name
        return _("%(name)s (not matched)") % {"name": entry.campaign_name or "–"}

    @admin.display(description=gettext_lazy("amount"), ordering="amount_minor")
    def amount(self, entry: SpendEntry) -> str:
        return shown_with_worth(entry, entry.amount_minor)

    @admin.display(description=gettext_lazy("worth"))
    def worth(self, entry: SpendEntry) -> str:
        """Of an amount in another currency than the company's: what it counts as."""
        if entry.amount_minor is None:
            return _("rate missing")
        return shown(entry.amount_minor, entry.company.currency)

    @admin.display(description=gettext_lazy("came from"), ordering="source")
    def came_from(self, entry: SpendEntry) -> str:
        return entry.source if entry.cost is None else entry.cost.name


def left_out(of_costs: int, of_others: int) -> list[str]:
    """Which of the chosen entries stay, and why."""
    sentences = []
    if of_costs:
        text = ngettext(
            "%d entry is a part of a shared cost and stays: change or delete the cost itself.",
            "%d entries are parts of shared costs and stay: change or delete the cost itself.",
            of_costs,
        )
        sentences.append(text % of_costs)
    if of_others:
        text = ngettext(
            "%d entry belongs to a campaign of another owner and stays.",
            "%d entries belong to campaigns of other owners and stay.",
            of_others,
        )
        sentences.append(text % of_others)
    return sentences
