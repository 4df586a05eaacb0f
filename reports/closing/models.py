"""Months that were closed: their figures as they stood, and what has changed of them since.

The figures of a closed month are never changed. What is known of it at a later moment is these
figures and all restatements added up, by every key that the kept sums tell apart.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow, by_whom
from attribution.models.campaign import KEY_LENGTH
from reports.models import LeadSums, SpendSums, campaign_id

LONGEST_REASON = 500


class ClosedMonth(CompanyRow):
    """One month of a company from the moment it was closed until it is opened again."""

    never_deleted = "A closed month is opened again, never deleted."

    month = models.DateField(_("month"))  # its first day
    last_day = models.DateField()
    closed_at = models.DateTimeField(_("closed"))
    closed_by = by_whom(_("by"), related_name="+")
    reopened_at = models.DateTimeField(_("opened again"), null=True, editable=False)
    reopened_by = by_whom(_("opened again by"), related_name="+")
    reopen_reason = models.CharField(_("why"), max_length=LONGEST_REASON, blank=True)
    # How many of its counted leads were so young that bookings were still to come.
    young = models.IntegerField(default=0)
    # Its totals, from the second book (`RollupLedger`).
    received = models.IntegerField()
    counted = models.IntegerField()
    named = models.IntegerField()
    booked = models.IntegerField()
    completed = models.IntegerField()
    revenue_minor = models.BigIntegerField()
    entries = models.IntegerField()
    priced = models.IntegerField()
    spend_minor = models.BigIntegerField()
    matched_minor = models.BigIntegerField()
    # How often facts of the month were found changed, and up to which of these they were compared.
    # A month that was just closed counts as changed: something may have come in that moment.
    touched = models.BigIntegerField(default=1, db_default=1)
    looked = models.BigIntegerField(default=0, db_default=0)
    looked_at = models.DateTimeField()
    looks = models.BigIntegerField(default=0, db_default=0)
    # What had just happened at that moment (`causes.Cause.ref`): it is the cause of nothing later.
    recent = models.JSONField(default=list)

    class Meta(CompanyRow.Meta):
        ordering = ["-month", "-pk"]
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "month"],
                condition=Q(reopened_at__isnull=True),
                name="closedmonth_closed_once",
            )
        ]
        indexes = [models.Index(fields=["company", "-month"], name="closedmonth_company_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Restatement(CompanyRow):
    """What was found changed of a closed month at one moment, and what had happened before it."""

    never_deleted = "What was restated stays."

    closing = models.ForeignKey(ClosedMonth, on_delete=models.PROTECT, related_name="restatements")
    seen_at = models.DateTimeField(_("seen"))
    since = models.DateTimeField()  # when the month was last compared
    causes = models.JSONField(_("causes"), default=list)  # of `causes.Cause`; empty: not recorded

    class Meta(CompanyRow.Meta):
        ordering = ["-pk"]
        verbose_name = _("restatement")
        verbose_name_plural = _("restatements")

    def __str__(self) -> str:
        return f"{self.closing}, {self.seen_at:%Y-%m-%d}"


class RestatedFigure(CompanyRow):
    """One figure of one campaign in a closed month, before and after a restatement."""

    never_deleted = "What was restated stays."

    restatement = models.ForeignKey(Restatement, on_delete=models.PROTECT, related_name="figures")
    closing = models.ForeignKey(ClosedMonth, on_delete=models.PROTECT, db_index=False)
    campaign_id = campaign_id()
    campaign_name = models.CharField(max_length=KEY_LENGTH, blank=True)  # as it was then
    measure = models.CharField(max_length=20)  # of `figures.MEASURES`
    # A part of the campaign, where its own figure is the same: pairs of column and value.
    is_part = models.BooleanField(default=False)
    part = models.JSONField(default=list)
    old = models.BigIntegerField(null=True)  # money in minor units; NULL: unknown
    new = models.BigIntegerField(null=True)

    class Meta(CompanyRow.Meta):
        ordering = ["pk"]
        verbose_name = _("restated figure")
        verbose_name_plural = _("restated figures")
        indexes = [
            # What all restatements of a month come to.
            models.Index(fields=["closing", "measure"], name="restatedfigure_closing")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_name or self.campaign_id}, {self.measure}"


class ClosedLeads(LeadSums):
    """Sums of leads of a closed month; with a restatement, what that adds to them."""

    never_deleted = "Closed figures stay."

    closing = models.ForeignKey(ClosedMonth, on_delete=models.PROTECT, db_index=False)
    restatement = models.ForeignKey(Restatement, on_delete=models.PROTECT, null=True)

    class Meta(LeadSums.Meta):
        verbose_name = _("closed sums of leads")
        verbose_name_plural = _("closed sums of leads")
        indexes = [models.Index(fields=["closing", "restatement"], name="closedleads_closing")]


class ClosedSpend(SpendSums):
    """Sums of spend of a closed month; with a restatement, what that adds to them."""

    never_deleted = "Closed figures stay."

    closing = models.ForeignKey(ClosedMonth, on_delete=models.PROTECT, db_index=False)
    restatement = models.ForeignKey(Restatement, on_delete=models.PROTECT, null=True)

    class Meta(SpendSums.Meta):
        verbose_name = _("closed sums of spend")
        verbose_name_plural = _("closed sums of spend")
        indexes = [models.Index(fields=["closing", "restatement"], name="closedspend_closing")]


class ClosedCampaign(CompanyRow):
    """A campaign with figures in a closed month, as the report knew it then."""

    never_deleted = "Closed figures stay."

    closing = models.ForeignKey(ClosedMonth, on_delete=models.PROTECT, related_name="campaigns")
    campaign_id = campaign_id()
    key = models.CharField(max_length=KEY_LENGTH)
    name = models.CharField(max_length=KEY_LENGTH)
    facts = models.JSONField(default=dict)  # the rest of `reports.query.CampaignBrief`, by name

    class Meta(CompanyRow.Meta):
        verbose_name = _("campaign of a closed month")
        verbose_name_plural = _("campaigns of closed months")

    def __str__(self) -> str:
        return self.name
