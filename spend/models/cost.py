"""Costs of more than one day or campaign: an agency's month, a tool that three campaigns share."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attribution.days import day_range
from attribution.models import Campaign
from attribution.models.base import CompanyRow
from attribution.models.company import validate_currency
from spend.models.entry import SpendEntry


class Cost(CompanyRow):
    """One amount for some days, split over campaigns by weight.

    Its entries, one for each campaign and day, are made from it and follow it; together they are
    its amount, to the cent.
    """

    changed_by: Any = None  # who deletes it now, for the record

    name = models.CharField(_("what for"), max_length=120)
    line = models.CharField(
        _("line"), max_length=10, choices=SpendEntry.Line, default=SpendEntry.Line.AGENCY
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    recorded_minor = models.BigIntegerField(_("amount"))  # in `currency`
    currency = models.CharField(_("currency"), max_length=3, validators=[validate_currency])
    note = models.CharField(_("note"), max_length=200, blank=True)
    author = models.ForeignKey(
        "auth.User",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        db_index=False,
        verbose_name=_("by"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(_("last change"), auto_now=True)

    class Meta(CompanyRow.Meta):
        ordering = ["-first_day", "name"]
        verbose_name = _("shared cost")
        verbose_name_plural = _("shared costs")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="cost_days_in_order",
                violation_error_message=_("The last day comes before the first day."),
            ),
        ]
        indexes = [models.Index(fields=["company", "first_day"], name="cost_company_first_day")]

    def __str__(self) -> str:
        return f"{self.name}, {day_range(self.first_day, self.last_day)}"

    @property
    def source(self) -> str:
        """Where its entries say that they came from."""
        return f"cost-{self.pk}"

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    def complete(self) -> None:
        self.currency = self.currency or self.company.currency

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Its entries go with it; what they said is kept."""
        from spend import costs

        with transaction.atomic():
            costs.remove_entries(self, self.changed_by)
            return super().delete(*args, **kwargs)


class CostShare(CompanyRow):
    """How much of a cost one campaign bears, beside the weights of the others."""

    cost = models.ForeignKey(Cost, on_delete=models.CASCADE, related_name="shares")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, db_index=False, verbose_name=_("campaign")
    )
    weight = models.PositiveIntegerField(
        _("weight"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text=_("2 bears twice as much as 1."),
    )

    class Meta(CompanyRow.Meta):
        ordering = ["pk"]
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        constraints = [
            models.UniqueConstraint(
                fields=["cost", "campaign"],
                name="costshare_cost_campaign_unique",
                violation_error_message=_("This campaign has a share of this cost already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.weight}"

    def clean(self) -> None:
        if self.campaign_id and self.campaign.company_id != self.company_id:
            raise ValidationError({"campaign": _("This campaign belongs to another company.")})
