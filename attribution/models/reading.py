"""Readings: what leads were captured as, one row for all that are alike in it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow
from attribution.models.campaign import Campaign
from attribution.utm import DIGEST_LENGTH, KEY_LIMIT, VALUE_LIMIT, Reason


class Reading(CompanyRow):
    """Tidy values as captured, and where leads of these values count now.

    What was captured never changes. Where they count follows from it and from what persons have
    decided (`attribution.verdict`), and is worked out anew whenever they decide something else.
    """

    never_deleted = "Leads refer to it."

    # Of source, medium, campaign and what was given: texts of this length fit no index.
    digest = models.CharField(max_length=DIGEST_LENGTH, editable=False)
    source_key = models.CharField(_("source"), max_length=VALUE_LIMIT, blank=True)
    medium_key = models.CharField(_("medium"), max_length=VALUE_LIMIT, blank=True)
    campaign_key = models.CharField(_("utm_campaign"), max_length=KEY_LIMIT, blank=True)
    captured_reason = models.CharField(
        _("why without campaign"), max_length=12, choices=Reason, blank=True
    )
    given = models.ForeignKey(  # chosen by whoever entered the lead, whatever its values say
        Campaign, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    # Whether the next lead of these values belongs here. A decision about "these leads only"
    # closes it, and later leads get a reading of their own.
    is_open = models.BooleanField(default=True)

    # Where its leads count now.
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, db_index=False, related_name="readings"
    )
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    source = models.CharField(max_length=VALUE_LIMIT, blank=True)
    medium = models.CharField(max_length=VALUE_LIMIT, blank=True)
    # What says so: ids of rules, and of the repair that has pinned the reading.
    source_rule = models.BigIntegerField(null=True)
    medium_rule = models.BigIntegerField(null=True)
    campaign_rule = models.BigIntegerField(null=True)
    pin = models.BigIntegerField(null=True)

    class Meta(CompanyRow.Meta):
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "digest", "captured_reason"],
                condition=Q(is_open=True),
                name="reading_open_unique",
            ),
            models.CheckConstraint(
                condition=Q(campaign__isnull=False, reason="")
                | (Q(campaign__isnull=True) & ~Q(reason="")),
                name="reading_campaign_or_reason",
            ),
        ]
        indexes = [
            # The leads that name something, for rules and claims.
            models.Index(fields=["company", "campaign_key"], name="reading_company_key"),
            # What counts for a campaign, for merges and for the queue.
            models.Index(fields=["company", "campaign", "reason"], name="reading_company_place"),
        ]

    def __str__(self) -> str:
        return self.campaign_key or f"{self.source_key} / {self.medium_key}"
