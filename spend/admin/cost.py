"""Shared costs: an amount for a month or any range, borne by one campaign or several."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution import roles
from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from attribution.admin.money import MoneyForm
from attribution.admin.times import validate_day
from attribution.admin.versions import Difference, VersionedAdmin, VersionedForm
from attribution.days import day_range
from attribution.models import Company
from attribution.money import shown
from spend import costs
from spend.admin.cost_parts import parts_in_words
from spend.admin.lines import LineFilter
from spend.admin.rows import number_of
from spend.admin.shares import ShareInline, offered, sent_shares, shares_of
from spend.budgets.admin import BeginsToFilter, EndsFromFilter
from spend.models import Cost, CostShare, SpendEntry


class CostForm(VersionedForm, MoneyForm):
    """A change of the shares is one of the cost: who was second is told of those as well."""

    minor_field = "recorded_minor"
    negative_allowed = True  # a credit note

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stored = [
            (share.campaign.key, str(share.weight)) for share in shares_of(self.instance)
        ]
        for name in ("first_day", "last_day"):
            if name in self.fields:
                self.fields[name].validators.append(validate_day)
        if "amount" in self.fields:
            self.fields["amount"].help_text = _("Of all days together, with a point: 1234.50")

    def _keep(self, minor: int, currency: str, company: Company) -> None:
        self.instance.currency, self.instance.recorded_minor = currency, minor

    def has_changed(self) -> bool:
        return super().has_changed() or (
            self.is_stored and self.is_bound and not self._theirs() and self._other_shares()
        )

    def _theirs(self) -> bool:
        return self._sent("version_choice") == "theirs"

    def _other_shares(self) -> bool:
        return sent_shares(self.data) != self._stored

    def _compare(self) -> Any:
        yield from super()._compare()
        sent = sent_shares(self.data)
        if sent != self._stored:
            yield Difference(_("Shares"), _shares_in_words(self._stored), _shares_in_words(sent))

    def clean(self) -> dict[str, Any]:
        super().clean()
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        if first and last and (last - first).days >= costs.LONGEST:
            self.add_error("last_day", _("A cost is spread over three years at most."))
        return self.cleaned_data


def _shares_in_words(shares: list[tuple[str, str]]) -> str:
    return ", ".join(f"{called} ({weight})" for called, weight in shares) or "–"


@admin.register(Cost)
class CostAdmin(VersionedAdmin, ScopedAdmin):
    subject = "cost"
    form = CostForm
    list_display = ("name", "days", "amount", "line", "bearers", "company")
    list_select_related = ("company",)
    list_filter = (filters.CompanyFilter, EndsFromFilter, BeginsToFilter, LineFilter)
    search_fields = ("name", "note", "shares__campaign__name", "shares__campaign__key")
    ordering = ("-first_day", "name")
    readonly_fields = ("bearers", "author")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cost]:
        return super().get_queryset(request).prefetch_related("shares__campaign")

    def get_fields(self, request: HttpRequest, obj: Cost | None = None) -> Any:
        amount: Any = ("amount", "currency")
        if obj is not None and not self.has_change_permission(request, obj):
            amount = "amount"  # in words, its currency included
        fields = ("company", "name", "line", ("first_day", "last_day"), amount, "note")
        if obj is None:
            return fields
        return (*fields, "author") if amount != "amount" else (*fields, "bearers", "author")

    def get_inlines(self, request: HttpRequest, obj: Cost | None) -> Any:
        allowed = self.has_change_permission(request, obj) if obj else True
        return [ShareInline] if allowed else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _keeps(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _keeps(request.user, obj)

    # Saving

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Its company is locked before the cost is, as imports and repairs do it."""
        if request.method == "POST":
            rows = self.get_queryset(request).filter(pk=number_of(object_id))
            for company in rows.values_list("company", flat=True):
                costs.lock(company)
        return super().get_object(request, object_id, from_field)

    def save_model(self, request: HttpRequest, obj: Cost, form: ModelForm, change: bool) -> None:
        if not change:
            costs.lock(obj.company_id)
            obj.author_id = request.user.pk
        super().save_model(request, obj, form, change)

    def save_formset(
        self, request: HttpRequest, form: ModelForm, formset: Any, change: bool
    ) -> None:
        formset.save()
        costs.set_shares(form.instance, formset.weights)

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        costs.make(form.instance, request.user)

    def response_post_save_add(self, request: HttpRequest, obj: Cost) -> HttpResponseRedirect:
        """To its own page, which shows what falls where."""
        return HttpResponseRedirect(reverse("admin:spend_cost_change", args=[obj.pk]))

    response_post_save_change = response_post_save_add

    # Deleting

    def delete_model(self, request: HttpRequest, obj: Cost) -> None:
        obj.changed_by = request.user
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Cost]) -> None:
        for cost in queryset:
            self.delete_model(request, cost)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Its entries go with it, and are no obstacle."""
        chosen = list(objs)
        entries = SpendEntry.objects.filter(cost__in=[cost.pk for cost in chosen]).count()
        refused = [cost for cost in chosen if not self.has_delete_permission(request, cost)]
        count = {_("shared costs"): len(chosen), _("entries of spend"): entries}
        return list(map(str, chosen)), count, {str(cost) for cost in refused}, []

    # Showing

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Cost | None = None,
    ) -> HttpResponse:
        may_change = self.has_change_permission(request, obj)
        if obj is not None:
            entries = f"{reverse('admin:spend_spendentry_changelist')}?cost={obj.pk}"
            context |= {"parts": parts_in_words(obj), "entries_url": entries}
        if obj is None or may_change:
            companies = roles.companies_with(request.user, "cost.add")
            context["campaigns"] = offered(request.user, [obj.company_id] if obj else companies)
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=gettext_lazy("days"), ordering="first_day")
    def days(self, cost: Cost) -> str:
        return day_range(cost.first_day, cost.last_day)

    @admin.display(description=gettext_lazy("amount"), ordering="recorded_minor")
    def amount(self, cost: Cost) -> str:
        return shown(cost.recorded_minor, cost.currency)

    @admin.display(description=gettext_lazy("borne by"))
    def bearers(self, cost: Cost) -> str:
        shares = sorted(cost.shares.all(), key=lambda share: share.pk)
        alike = len({share.weight for share in shares}) == 1
        return ", ".join(
            str(share.campaign) if alike else f"{share.campaign} ({share.weight})"
            for share in shares
        )


def _keeps(user: Any, cost: Cost | None) -> bool:
    """Owners: when every campaign that bears it is theirs to keep."""
    if cost is None:
        return True
    owners = CostShare.objects.filter(cost=cost).values_list("campaign__owner", flat=True)
    return all(roles.keeps(user, cost.company_id, owner) for owner in owners)
