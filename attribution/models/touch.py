"""Touches: the visits of a lead before it came, each with what was known of where it came from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow
from attribution.models.lead import URL_LENGTH, Lead, raw_value
from attribution.models.reading import Reading
from attribution.utm import DIGEST_LENGTH, RAW_FIELDS, Captured

TOUCHES_PER_LEAD = 50


class Touchpoint(CompanyRow):
    """One visit of the person behind a lead. Raw as captured; rows are added, never changed.

    Where it counts is what its reading says, so repairs move touches as they move leads.
    """

    never_deleted = "What was captured stays."

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, db_index=False)
    at = models.DateTimeField(_("when"))
    digest = models.CharField(max_length=DIGEST_LENGTH, editable=False)  # of `at` and raw values
    utm_source = raw_value("utm_source")
    utm_medium = raw_value("utm_medium")
    utm_campaign = raw_value("utm_campaign")
    utm_content = raw_value("utm_content")
    utm_term = raw_value("utm_term")
    utm_id = raw_value("utm_id")
    click_ids = models.JSONField(_("click ids"), default=dict, blank=True)
    referrer = raw_value(_("referrer"), URL_LENGTH)
    landing_page = raw_value(_("landing page"), URL_LENGTH)
    reading = models.ForeignKey(
        Reading, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    channel = models.CharField(_("channel"), max_length=30, blank=True, editable=False)
    origin = models.CharField(_("came from"), max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(_("stored"), auto_now_add=True)

    class Meta(CompanyRow.Meta):
        ordering = ["lead", "at", "pk"]
        verbose_name = _("touch")
        verbose_name_plural = _("touches")
        constraints = [
            models.UniqueConstraint(fields=["lead", "at", "digest"], name="touchpoint_unique")
        ]
        # Whether a company has any at all.
        indexes = [models.Index(fields=["company"], name="touchpoint_company")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"

    def captured(self) -> Captured:
        """The raw values, as the UTM rules read them."""
        return Captured(**{name: getattr(self, name) for name in RAW_FIELDS})
