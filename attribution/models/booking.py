"""Bookings: appointments or orders made by a lead."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attribution import calendar
from attribution.models.base import CompanyRow
from attribution.models.lead import Lead
from attribution.rates import Rates


class Booking(CompanyRow):
    """An appointment or order made by a lead."""

    class Status(models.TextChoices):
        BOOKED = "booked", _("Booked")
        COMPLETED = "completed", _("Completed")
        CANCELLED = "cancelled", _("Cancelled")
        NO_SHOW = "no_show", _("No-show")

    external_id = models.CharField(_("booking id"), max_length=220)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, verbose_name=_("lead"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.BOOKED)
    booked_at = models.DateTimeField(_("booked"))
    day = models.DateField(_("day"), editable=False)  # of booked_at, in the company's zone
    slot = models.IntegerField(editable=False)  # half hours since 1970, UTC
    # Half hours from its lead's slot to its own, 0 for a booking dated before its lead.
    slots_to_book = models.IntegerField(editable=False)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    # In the company's currency; None while the rate of exchange of its lead's day is missing.
    value_minor = models.BigIntegerField(
        _("value"), default=0, null=True, validators=[MinValueValidator(0)]
    )
    original_minor = models.BigIntegerField(null=True, editable=False)  # in `currency`
    currency = models.CharField(_("currency"), max_length=3)
    # Of values that a sender has stated, the moment that each is of (field → instant): what is
    # said of an earlier moment and arrives later changes nothing.
    stated = models.JSONField(default=dict, db_default={}, blank=True, editable=False)
    came_by = models.CharField(  # as in `Lead`
        _("came by"), max_length=40, default="", db_default="", blank=True, editable=False
    )
    import_run = models.ForeignKey(
        "attribution.ImportRun",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        db_constraint=False,  # a check for each of a million rows; runs are never deleted
        verbose_name=_("import run"),
    )
    created_at = models.DateTimeField(_("stored"), auto_now_add=True)

    class Meta(CompanyRow.Meta):
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "external_id"],
                name="booking_company_external_id_unique",
                violation_error_message=_("This company already has a booking with this id."),
            ),
            models.CheckConstraint(
                condition=~Q(external_id=""),
                name="booking_external_id_not_empty",
                violation_error_message=_("A booking needs an id."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["booked", "completed", "cancelled", "no_show"]),
                name="booking_status_known",
                violation_error_message=_("This status of a booking does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(value_minor__gte=0),
                name="booking_value_not_negative",
                violation_error_message=_("The value of a booking is never negative."),
            ),
        ]
        indexes = [
            # The list of bookings, newest first, and how long the latest took, from the index
            # alone.
            models.Index(
                fields=["company", "-booked_at", "-id"],
                include=["status", "slots_to_book"],
                name="booking_company_booked",
            ),
            # Reports and lists of leads by the day they were completed.
            models.Index(
                fields=["company", "completed_at"],
                condition=Q(completed_at__isnull=False),
                name="booking_company_completed",
            ),
            # Values for which a rate of exchange is missing.
            models.Index(
                fields=["company", "lead"],
                condition=Q(value_minor__isnull=True),
                name="booking_unconverted",
            ),
            # Values that follow the rates of exchange.
            models.Index(
                fields=["company", "lead"],
                condition=Q(original_minor__isnull=False),
                name="booking_other_currency",
            ),
        ]

    def __str__(self) -> str:
        return self.external_id

    def complete(self) -> None:
        self.day, self.slot = calendar.day_and_slot(self.booked_at, self.company.zone)
        self.slots_to_book = max(0, self.slot - self.lead.slot)
        self._convert()

    def clean(self) -> None:
        if self.lead_id and self.lead.company_id != self.company_id:
            raise ValidationError({"lead": _("This lead belongs to another company.")})

    @property
    def recorded_minor(self) -> int | None:
        """The value as it was recorded, in minor units of `currency`."""
        return self.value_minor if self.original_minor is None else self.original_minor

    def save(self, *args: Any, **kwargs: Any) -> None:
        """No rate of exchange changes between reading it and storing what it makes of the value."""
        with transaction.atomic():
            super().save(*args, **kwargs)

    def _convert(self) -> None:
        """Revenue counts on its lead's day, and takes the rate of that day, as spend does."""
        own = self.company.currency
        self.currency = self.currency or own
        if self.currency == own:
            self.original_minor = None
        elif self.original_minor is not None:
            from attribution.repair import locking

            locking.capturing(self.company_id)
            rates = Rates(self.company)
            self.value_minor = rates.convert(self.original_minor, self.currency, self.lead.day)
