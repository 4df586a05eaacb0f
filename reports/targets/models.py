"""What a campaign is to reach within some days."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from attribution.days import day_range
from attribution.models import Campaign
from attribution.models.base import CompanyRow, by_whom


class Target(CompanyRow):
    """One metric of one campaign, for all days from the first to the last together.

    Two targets of one campaign and metric have no day in common.
    """

    class Metric(models.TextChoices):
        """Metrics of the registry (`reports.metrics`), under their names."""

        LEADS = "leads", _("Leads")
        BOOKED = "booked", _("Booked")
        COST_PER_LEAD = "cost_per_lead", _("Cost per lead")
        COST_PER_BOOKED = "cost_per_booked", _("Cost per booked")
        REVENUE = "revenue", _("Revenue")
        ROAS = "roas", _("ROAS")

    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("campaign"),
    )
    metric = models.CharField(_("metric"), max_length=15, choices=Metric)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    # Leads and bookings as a number, money in minor units of the company's currency, and of ROAS
    # the hundredths: a whole number is the same on every engine.
    value = models.BigIntegerField(_("target"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    author = by_whom(_("by"), related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(_("last change"), auto_now=True)

    class Meta(CompanyRow.Meta):
        ordering = ["-first_day", "pk"]
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="target_days_in_order",
                violation_error_message=_("The last day comes before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(value__gt=0),
                name="target_above_nought",
                violation_error_message=_("A target has to be above 0."),
            ),
            models.UniqueConstraint(
                fields=["company", "campaign", "metric", "first_day", "last_day"],
                name="target_days_unique",
                violation_error_message=_(
                    "This campaign has a target of this metric for these days already."
                ),
            ),
        ]
        indexes = [
            # Those that have a day in a period.
            models.Index(fields=["company", "last_day"], name="target_company_last_day"),
        ]

    def __str__(self) -> str:
        days = day_range(self.first_day, self.last_day)
        return f"{self.campaign}, {self.get_metric_display()}, {days}"

    @property
    def is_money(self) -> bool:
        return self.metric not in (self.Metric.LEADS, self.Metric.BOOKED, self.Metric.ROAS)

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    def clean(self) -> None:
        campaign = self.campaign if self.campaign_id else None
        if campaign is None or self.company_id is None:
            return  # the form says so
        if campaign.company_id != self.company_id:
            raise ValidationError({"campaign": _("This one belongs to another company.")})
        if self.metric and self.first_day and self.last_day and self.last_day >= self.first_day:
            self._refuse_overlap(campaign)

    def _refuse_overlap(self, campaign: Campaign) -> None:
        """Two targets of one metric for one day would leave open which is meant."""
        if connection.in_atomic_block:  # two people at once wait for one another
            Campaign.objects.select_for_update(of=("self",)).filter(pk=campaign.pk).first()
        other = overlapping(campaign, self.metric, self.first_day, self.last_day)
        found = other.exclude(pk=self.pk).first()
        if found is not None:
            raise ValidationError(
                {
                    "first_day": _(
                        "%(campaign)s has a target of %(metric)s for %(first)s to %(last)s "
                        "already. Change that one, or choose days outside it."
                    )
                    % {
                        "campaign": campaign,
                        "metric": found.get_metric_display(),
                        "first": found.first_day,
                        "last": found.last_day,
                    }
                }
            )


def overlapping(campaign: Campaign, metric: str, first: date, last: date) -> "QuerySet[Target]":
    """The targets of this campaign and metric that have a day in common with these."""
    rows: QuerySet[Target] = Target.objects.filter(
        company=campaign.company_id,
        campaign=campaign,
        metric=metric,
        first_day__lte=last,
        last_day__gte=first,
    )
    return rows
