"""Companies: their names and rules; zone and currency are fixed by the first fact."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from attribution import roles
from attribution.admin.base import ScopedAdmin
from attribution.admin.campaign import has_facts
from attribution.models import Company
from attribution.repair import apply
from attribution.repair.intents import ShipRules

NOT_FACTS = frozenset(
    {
        *("membership", "campaign", "importrun", "namingrules", "exchangerate"),
        *("linkhost", "shortlink", "shortlinkchange", "shortlinkday"),
        *("repair", "repairdraft", "rule", "ruleversion", "campaignchange"),
        *("campaigngroup", "groupmember", "columnmapping", "platformid"),
    }
)


@admin.register(Company)
class CompanyAdmin(ScopedAdmin):
    subject = "company"
    list_display = ("name", "slug", "industry", "timezone", "currency", "thin_below")
    search_fields = ("name", "slug")
    # A taken short name would tell of a company one cannot see: only superusers, who add
    # companies, choose it.
    fixed = ("slug",)

    def company_of(self, obj: Any) -> int | None:
        return None if obj is None else obj.pk

    def seen_by(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if request.user.is_superuser:
            return rows
        return rows.filter(pk__in=roles.companies_with(request.user, "company.view"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser and request.user.is_active)

    def save_model(self, request: HttpRequest, obj: Company, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            apply.save(obj, ShipRules(), request.user)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = super().get_readonly_fields(request, obj)
        if obj is not None and has_facts(obj, but=NOT_FACTS):
            return (*fixed, "timezone", "currency")
        return fixed

    def get_fieldsets(self, request: HttpRequest, obj: Company | None = None) -> Any:
        why = ""
        if "currency" in self.get_readonly_fields(request, obj):
            why = _(
                "Time zone and currency stay as they are, because leads, bookings or spend are "
                "stored in them: a change would give old days and amounts another meaning. "
                "manage.py change_timezone works every day out anew for another time zone."
            )
        return (
            (None, {"fields": ("name", "slug", "industry")}),
            (_("Days and money"), {"fields": ("timezone", "currency"), "description": why}),
            (
                _("Rules of the report"),
                {"fields": ("thin_below", "new_campaigns_per_day", "look_back_days")},
            ),
            (
                _("Persons behind leads"),
                {
                    "fields": (
                        *("keeps_email", "keeps_phone", "keeps_ip"),
                        *("follow_up_days", "retention_days"),
                    ),
                    "description": _(
                        "What is switched off is not stored with new leads, whatever door they "
                        "come by. What is there already stays until it is erased: choose leads in "
                        "their list and “Erase personal data”, or let them be erased by age."
                    ),
                },
            ),
        )
