"""Bookings that arrived before their lead: what is missing, and for how long."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.admin import filters
from attribution.admin.base import ByNumber, ScopedAdmin
from attribution.models import WaitingBooking


@admin.register(WaitingBooking)
class WaitingBookingAdmin(ByNumber, ScopedAdmin):
    """Read only; one whose lead will never come may be removed."""

    subject = "waitingbooking"
    list_display = ("external_id", "lead_external_id", "status", "waits", "came_by", "company")
    list_select_related = ("company",)
    list_filter = (filters.CompanyFilter,)
    search_fields = ("external_id", "lead_external_id")
    ordering = ("arrived_at", "pk")
    times_in_company_zone = True
    fields = (
        *("company", "external_id", "lead_external_id", "status", "booked_at", "completed_at"),
        *("came_by", "arrived_at"),
    )

    @admin.display(description=gettext_lazy("waits for"), ordering="-arrived_at")
    def waits(self, booking: WaitingBooking) -> str:
        return timesince(booking.arrived_at, timezone.now(), depth=1)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """By their number, as `ByNumber` names them: an id may be a person's address."""
        numbers = [str(one.pk) for one in queryset]
        found = super().log_deletions(request, queryset)
        kind = ContentType.objects.get_for_model(WaitingBooking)
        LogEntry.objects.filter(
            content_type=kind, object_id__in=numbers, action_flag=DELETION
        ).update(object_repr=Concat(Value(f"{self.opts.verbose_name} "), "object_id"))
        return found

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        text = _("When the booking is sent again, it waits again.")
        self.message_user(request, text, messages.INFO)
