"""Repairs: what persons have decided about UTM data, batch by batch, and nothing is forgotten.

A repair is in force until it is undone. Its items say what it decided; of each thing that is
decided about (a rule, a reading, a lead, a column of a campaign) the latest item in force holds.
Items are never changed and never deleted.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow
from attribution.models.campaign import Campaign
from attribution.models.lead import Lead
from attribution.models.reading import Reading
from attribution.utm import VALUE_LIMIT, Reason
from attribution.verdict import Field, How

TOKEN_LENGTH = 43


class Repair(CompanyRow):
    """One batch of decisions: by whom, when, why, and what came of it."""

    class Kind(models.TextChoices):
        GROUPS = "groups", _("Groups of leads")
        RULE = "rule", _("Rule")
        MERGE = "merge", _("Merge")
        CORRECTION = "correction", _("Correction of leads")
        CLAIM = "claim", _("Earlier leads")
        CAMPAIGN = "campaign", _("Campaign")
        SHIPPED = "shipped", _("Rules that come with the program")

    never_deleted = "A repair is undone, never deleted."

    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    title = models.CharField(_("what was done"), max_length=200)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    reason = models.CharField(_("why"), max_length=500, blank=True)
    made_at = models.DateTimeField(_("done"))
    effect = models.JSONField(_("effect"), default=dict)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
    undone_reason = models.CharField(_("why undone"), max_length=500, blank=True)
    undo_effect = models.JSONField(default=dict)

    class Meta(CompanyRow.Meta):
        ordering = ["-pk"]
        verbose_name = _("repair")
        verbose_name_plural = _("repairs")
        indexes = [
            # The latest repairs of a company.
            models.Index(fields=["company", "-id"], name="repair_company_latest"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def in_force(self) -> bool:
        return self.undone_at is None


class Item(CompanyRow):
    """A decision, and the repair that it belongs to."""

    never_deleted = "What was decided is kept: undo its repair."

    repair = models.ForeignKey(Repair, on_delete=models.PROTECT, related_name="%(class)ss")

    class Meta(CompanyRow.Meta):
        abstract = True


class Rule(CompanyRow):
    """A rule, whatever it says at the time: that stands in its versions."""

    class About(models.TextChoices):
        CAMPAIGN = Field.CAMPAIGN.value, _("Campaign")
        SOURCE = Field.SOURCE.value, _("Source")
        MEDIUM = Field.MEDIUM.value, _("Medium")

    never_deleted = "A rule is switched off, never deleted."

    field = models.CharField(_("about"), max_length=10, choices=About)

    class Meta(CompanyRow.Meta):
        verbose_name = _("UTM rule")
        verbose_name_plural = _("UTM rules")
        indexes = [models.Index(fields=["company", "field"], name="rule_company_field")]

    def __str__(self) -> str:
        return f"{self.get_field_display()} {self.pk}"


class RuleVersion(Item):
    """What a rule says from this repair on."""

    class Comparison(models.TextChoices):
        EXACT = How.EXACT.value, _("is one of")
        PREFIX = How.PREFIX.value, _("begins with")
        CONTAINS = How.CONTAINS.value, _("contains")

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions")
    how = models.CharField(_("how"), max_length=10, choices=Comparison)
    values = models.JSONField(_("values"), default=list)  # tidy texts
    only_reason = models.CharField(max_length=12, choices=Reason, blank=True)
    only_source = models.CharField(max_length=VALUE_LIMIT, blank=True)
    only_medium = models.CharField(max_length=VALUE_LIMIT, blank=True)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, related_name="rule_versions"
    )
    text = models.CharField(_("becomes"), max_length=VALUE_LIMIT, blank=True)
    position = models.IntegerField(_("position"))
    is_off = models.BooleanField(_("switched off"), default=False)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta(Item.Meta):
        verbose_name = _("version of a rule")
        verbose_name_plural = _("versions of rules")
        constraints = [
            models.UniqueConstraint(fields=["repair", "rule"], name="ruleversion_repair_rule")
        ]
        indexes = [models.Index(fields=["company", "rule", "-id"], name="ruleversion_latest")]

    def __str__(self) -> str:
        return f"{self.get_how_display()} {', '.join(self.values)}"


class Pin(Item):
    """All leads of a reading count for this campaign, or, without one, for none."""

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="pins")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )

    class Meta(Item.Meta):
        verbose_name = _("decision about a reading")
        verbose_name_plural = _("decisions about readings")
        constraints = [
            models.UniqueConstraint(fields=["repair", "reading"], name="pin_repair_reading")
        ]
        indexes = [models.Index(fields=["company", "reading", "-id"], name="pin_latest")]

    def __str__(self) -> str:
        return f"{self.reading_id} → {self.campaign_id or '–'}"


class Correction(Item):
    """What one lead counts as; a column that is not set stays as its reading has it."""

    lead = models.ForeignKey(
        Lead, on_delete=models.PROTECT, related_name="corrections", db_constraint=False
    )
    # Unknown is not empty here: a source may be corrected to nothing.
    source = models.CharField(max_length=VALUE_LIMIT, null=True)  # noqa: DJ001
    medium = models.CharField(max_length=VALUE_LIMIT, null=True)  # noqa: DJ001
    sets_campaign = models.BooleanField(default=False)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    was = models.JSONField(default=dict)  # where the lead counted before, for its history

    class Meta(Item.Meta):
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints = [
            models.UniqueConstraint(fields=["repair", "lead"], name="correction_repair_lead"),
            models.CheckConstraint(
                condition=Q(source__isnull=False) | Q(medium__isnull=False) | Q(sets_campaign=True),
                name="correction_sets_something",
            ),
        ]
        indexes = [models.Index(fields=["company", "lead", "-id"], name="correction_latest")]

    def __str__(self) -> str:
        return f"{self.lead_id}"


class CampaignChange(Item):
    """A column of a campaign from one value to another, both as text."""

    class Column(models.TextChoices):
        NAME = "name", _("name")
        CHANNEL = "channel", _("channel")
        STATUS = "status", _("status")
        DISCOVERED = "discovered", _("discovered")
        MERGED_INTO = "merged_into", _("merged into")
        OWNER = "owner", _("owner")
        STARTS_ON = "starts_on", _("first day")
        ENDS_ON = "ends_on", _("last day")
        TYPE = "type", _("type")
        GOAL = "goal", _("goal")
        SEGMENT = "segment", _("segment")
        LOCATION = "location", _("location")
        LANGUAGE = "language", _("language")
        LANDING_PAGE = "landing_page", _("landing page")
        TAGS = "tags", _("tags")
        IS_TEMPLATE = "is_template", _("template")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="changes")
    field = models.CharField(max_length=12, choices=Column)
    old = models.CharField(max_length=500, blank=True)
    new = models.CharField(max_length=500, blank=True)

    class Meta(Item.Meta):
        verbose_name = _("change of a campaign")
        verbose_name_plural = _("changes of campaigns")
        constraints = [
            models.UniqueConstraint(
                fields=["repair", "campaign", "field"], name="campaignchange_repair_field"
            )
        ]
        indexes = [
            models.Index(fields=["company", "campaign", "-id"], name="campaignchange_latest")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.field}"


class ReadingMove(Item):
    """The log of where a repair, or its undoing, sent the leads of a reading."""

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="moves")
    is_undo = models.BooleanField(default=False)
    moved_at = models.DateTimeField()
    was = models.JSONField(default=dict)
    became = models.JSONField(default=dict)

    class Meta(Item.Meta):
        verbose_name = _("move of a reading")
        verbose_name_plural = _("moves of readings")
        indexes = [models.Index(fields=["company", "reading", "-id"], name="readingmove_latest")]

    def __str__(self) -> str:
        return f"{self.reading_id}"


class RepairDraft(CompanyRow):
    """What a person asks for and has not confirmed: lives for a day, and decides nothing."""

    token = models.CharField(max_length=TOKEN_LENGTH, unique=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    intent = models.JSONField()
    reason = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    repair = models.ForeignKey(Repair, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(CompanyRow.Meta):
        verbose_name = _("draft of a repair")
        verbose_name_plural = _("drafts of repairs")
        indexes = [models.Index(fields=["company", "made_at"], name="repairdraft_company_made")]

    def __str__(self) -> str:
        return self.token
