"""Bookings: on their lead's page, and in a list of their own."""

from typing import Any

from django.contrib import admin
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from attribution import roles
from attribution.admin import filters
from attribution.admin.base import INSTANTS, ByNumber, Rights, ScopedAdmin
from attribution.admin.money import MoneyForm, shown_with_worth
from attribution.capture.doors import ADMIN
from attribution.capture.statements import decided
from attribution.models import Booking, Company, Lead
from attribution.resources import BookingResource
from attribution.transfer import ExportPages, ImportPages
from attribution.transfer.naming import NamedColumnsForm


class BookingForm(MoneyForm):
    """A booking belongs to its lead's company, whatever else is sent."""

    minor_field = "value_minor"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "amount" in self.fields:
            self.fields["amount"].help_text = _("With a point: 1234.50")

    def company(self) -> Company | None:
        lead = self.cleaned_data.get("lead")
        if lead is None and self.instance.lead_id:
            lead = self.instance.lead
        if lead is not None:
            self.instance.company = lead.company
        return None if lead is None else lead.company

    def clean(self) -> Any:
        """What a sender states of an earlier moment does not undo what a person decides now."""
        if self.instance.pk is None:
            self.instance.came_by = ADMIN
        if self.instance.stated and self.has_changed():
            self.instance.stated = decided(timezone.now())
        return super().clean()


class BookingInline(Rights, admin.StackedInline):
    """The bookings of one lead."""

    model = Booking
    form = BookingForm
    subject = "booking"
    fields = (("external_id", "status"), ("booked_at", "completed_at"), ("amount", "currency"))
    formfield_overrides = INSTANTS
    extra = 0
    can_delete = False

    @admin.display(description=_("value"))
    def amount(self, booking: Booking) -> str:
        return shown_with_worth(booking, booking.value_minor)


class StatusFilter(filters.ValuesFilter):
    title = _("status")
    parameter_name = column = "status"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(Booking.Status.choices)


@admin.register(Booking)
class BookingAdmin(ByNumber, ImportPages, ExportPages, ScopedAdmin):
    subject = "booking"
    import_kind = "bookings"
    columns_form = NamedColumnsForm
    export_resource = BookingResource
    form = BookingForm
    times_in_company_zone = True
    fixed = ("company", "external_id", "lead")
    list_display = ("booked", "external_id", "lead", "status", "completed", "amount")
    list_display_links = ("booked", "external_id")
    list_select_related = ("company", "lead")
    list_filter = (
        filters.CompanyFilter,
        filters.FromFilter,
        filters.ToFilter,
        StatusFilter,
    )
    search_fields = ("external_id", "lead__external_id")
    ordering = ("-booked_at",)
    autocomplete_fields = ("lead",)
    readonly_fields = ("import_run",)

    def get_fields(self, request: HttpRequest, obj: Booking | None = None) -> tuple[Any, ...]:
        said = ("status", "booked_at", "completed_at", ("amount", "currency"))
        if obj is None:
            return ("lead", "external_id", *said)
        return (*self.fixed, *said, "import_run")

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name == "lead":
            allowed = roles.companies_with(request.user, "booking.add")
            kwargs["queryset"] = Lead.objects.filter(company__in=allowed)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("booked"), ordering="booked_at")
    def booked(self, booking: Booking) -> str:
        return date_format(localtime(booking.booked_at, booking.company.zone), "j M Y, H:i")

    @admin.display(description=_("completed"), ordering="completed_at")
    def completed(self, booking: Booking) -> str:
        if booking.completed_at is None:
            return "–"
        return date_format(localtime(booking.completed_at, booking.company.zone), "j M Y, H:i")

    @admin.display(description=_("value"), ordering="value_minor")
    def amount(self, booking: Booking) -> str:
        return shown_with_worth(booking, booking.value_minor)
