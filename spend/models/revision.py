"""What entries of spend said before they were changed: for undoing, and for restatements."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow
from attribution.models.campaign import KEY_LENGTH

# The columns of an entry that a revision keeps, under the same names.
KEPT = (
    *("campaign_id", "campaign_name", "campaign_key", "utm_source", "utm_medium", "platform_id"),
    *("day", "line", "source", "amount_minor", "original_minor", "currency"),
    *("impressions", "clicks", "sends", "opens", "note", "spread_from", "spread_to", "cost_id"),
)


class SpendRevision(CompanyRow):
    """An entry as it was until somebody changed or removed it.

    A change of the amount of a day that was over is a *restatement*: numbers that people have seen
    are others now, and the report says so.
    """

    class How(models.TextChoices):
        IMPORT = "import", _("import")
        FORM = "form", _("by hand")
        COST = "cost", _("shared cost")
        RATE = "rate", _("rate of exchange")
        UNDO = "undo", _("undone import")

    entry_id = models.BigIntegerField()  # the entry may be gone
    how = models.CharField(_("how"), max_length=6, choices=How)
    run_id = models.BigIntegerField(null=True)  # the import that changed it, or that was undone
    changed_at = models.DateTimeField(_("when"))
    author = models.ForeignKey(
        "auth.User",
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        db_constraint=False,
        verbose_name=_("by"),
    )
    is_removal = models.BooleanField(_("removed"), default=False)
    is_restatement = models.BooleanField(default=False)
    # What it became. Of one that was removed: what the file has of it, under another name.
    new_amount_minor = models.BigIntegerField(null=True)

    # The entry as it was.
    campaign_id = models.BigIntegerField(null=True)
    campaign_name = models.CharField(max_length=KEY_LENGTH, blank=True)
    campaign_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    utm_source = models.CharField(max_length=100, blank=True)
    utm_medium = models.CharField(max_length=100, blank=True)
    platform_id = models.CharField(max_length=100, blank=True)
    day = models.DateField(_("day"))
    line = models.CharField(max_length=10)
    source = models.CharField(max_length=80)
    amount_minor = models.BigIntegerField(null=True)
    original_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    impressions = models.PositiveBigIntegerField(null=True)
    clicks = models.PositiveBigIntegerField(null=True)
    sends = models.PositiveBigIntegerField(null=True)
    opens = models.PositiveBigIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    spread_from = models.DateField(null=True)
    spread_to = models.DateField(null=True)
    cost_id = models.BigIntegerField(null=True)
    # Whose entry it was.
    import_run_id = models.BigIntegerField(null=True)
    entry_author_id = models.BigIntegerField(null=True)

    class Meta(CompanyRow.Meta):
        ordering = ["-pk"]
        verbose_name = _("earlier state of spend")
        verbose_name_plural = _("earlier states of spend")
        indexes = [
            # Restatements of the days of a report.
            models.Index(
                fields=["company", "day"],
                condition=models.Q(is_restatement=True),
                name="revision_restated_day",
            ),
            # What one import changed.
            models.Index(fields=["run_id"], name="revision_run"),
            # What became of one entry.
            models.Index(fields=["entry_id"], name="revision_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_name or '–'}, {self.day}"
