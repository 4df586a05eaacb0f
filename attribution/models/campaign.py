"""Campaigns: what marketing pays for and leads are counted against."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attribution.campaign_texts import (
    FACTS,
    TAGS_LENGTH,
    TEXT_LENGTH,
    one_line,
    refuse_long_tags,
    tidy_tags,
)
from attribution.models.base import CompanyRow
from attribution.utm import KEY_LIMIT, tidy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KEY_LENGTH = 500
PAGE_LENGTH = 500
PAGE_ADDRESS = URLValidator(schemes=("http", "https"))


def _fact(label: "StrOrPromise") -> "models.CharField[str, str]":
    """A text that many campaigns share."""
    return models.CharField(label, max_length=TEXT_LENGTH, blank=True, default="", db_default="")


class Campaign(CompanyRow):
    """What marketing pays for and leads are counted against. `key` is the tidy `utm_campaign`."""

    class Channel(models.TextChoices):
        PAID_SEARCH = "paid_search", _("Paid search")
        PAID_SOCIAL = "paid_social", _("Paid social")
        DISPLAY = "display", _("Display")
        VIDEO = "video", _("Video")
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("SMS")
        AFFILIATE = "affiliate", _("Affiliate")
        REFERRAL = "referral", _("Referral")
        ORGANIC_SEARCH = "organic_search", _("Organic search")
        ORGANIC_SOCIAL = "organic_social", _("Organic social")
        OFFLINE = "offline", _("Offline")
        OTHER = "other", _("Other")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")
        ARCHIVED = "archived", _("Archived")

    key = models.CharField(
        _("utm_campaign"),
        max_length=KEY_LENGTH,
        help_text=_("As in the links. Capitals, blanks and %20 make no difference."),
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel, default=Channel.OTHER)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    discovered = models.BooleanField(
        _("discovered"),
        default=False,
        editable=False,
        help_text=_("Made from a lead's utm_campaign, and not yet looked at by a person."),
    )
    first_lead_on = models.DateField(
        _("discovered by a lead of"), null=True, blank=True, editable=False
    )
    # Decided by repairs (`attribution.repair`), and worked out from these when one is undone.
    made_in = models.ForeignKey(  # the repair that made it before any lead or form did
        "attribution.Repair",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name=_("merged into"),
    )
    # Its making was undone, and nothing else needs it.
    withdrawn = models.BooleanField(default=False, db_default=False, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("owner"),
        help_text=_("Empty: every owner of the company may maintain its spend."),
    )
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    # What owners say about it, for filters and for rows of the report; nothing is counted by it.
    type = _fact(_("type"))
    goal = _fact(_("goal"))
    segment = _fact(_("segment"))
    location = _fact(_("location"))
    language = _fact(_("language"))
    landing_page = models.CharField(
        _("landing page"),
        max_length=PAGE_LENGTH,
        blank=True,
        default="",
        db_default="",
        validators=[PAGE_ADDRESS],
        help_text=_("Where its links lead to: https://…"),
    )
    tags = models.CharField(  # as `tidy_tags` writes them
        _("tags"),
        max_length=TAGS_LENGTH,
        blank=True,
        default="",
        db_default="",
        help_text=_("Separated by ; or |. Capitals make no difference."),
    )
    is_template = models.BooleanField(
        _("template"),
        default=False,
        db_default=False,
        help_text=_("New campaigns can be started from it."),
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    class Meta(CompanyRow.Meta):
        ordering = ["name", "key"]
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "key"],
                name="campaign_company_key_unique",
                violation_error_message=_("This company already has a campaign of this name."),
            ),
            models.CheckConstraint(
                condition=~Q(key=""),
                name="campaign_key_not_empty",
                violation_error_message=_("A campaign needs the utm_campaign of its links."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="campaign_days_in_order",
                violation_error_message=_("The last day comes before the first day."),
            ),
        ]
        indexes = [
            # How many keys a day's leads have discovered: the guard against a flood.
            models.Index(fields=["company", "first_lead_on"], name="campaign_company_first_lead"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.complete()
        if len(self.key) > KEY_LIMIT:
            raise ValidationError(
                {"key": _("At most %(limit)s characters.") % {"limit": KEY_LIMIT}}
            )
        try:
            refuse_long_tags(self.tags)
        except ValidationError as error:
            raise ValidationError({"tags": error.messages}) from error

    def complete(self) -> None:
        self.name = self.name or self.key
        self.key = tidy(self.key)
        for name in FACTS:
            setattr(self, name, one_line(getattr(self, name)))
        self.tags = tidy_tags(self.tags)
