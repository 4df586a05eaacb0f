"""What persons write down about days, so that a chart says why it moved."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attribution.models import Campaign
from attribution.models.base import CompanyRow, by_whom

LONGEST_TEXT = 200


class Note(CompanyRow):
    """One thing that happened on a day, or from one day to another: to a campaign, or to all."""

    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("campaign"),
    )
    first_day = models.DateField(_("day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)  # none: one day
    text = models.CharField(_("note"), max_length=LONGEST_TEXT)
    author = by_whom(_("by"), related_name="+")
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta(CompanyRow.Meta):
        ordering = ["-first_day", "-pk"]
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="note_days_in_order",
                violation_error_message=_("The last day comes before the first day."),
            ),
            models.CheckConstraint(
                condition=~Q(text=""),
                name="note_says_something",
                violation_error_message=_("A note needs a text."),
            ),
        ]
        indexes = [
            # Those of a company with a day in a period.
            models.Index(fields=["company", "first_day"], name="note_company_first_day"),
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        campaign = self.campaign
        if campaign is not None and campaign.company_id != self.company_id:
            raise ValidationError({"campaign": _("This one belongs to another company.")})

    def complete(self) -> None:
        self.text = " ".join(self.text.split())
        if self.last_day == self.first_day:
            self.last_day = None
