"""Form and booking tools that send what they have in their own shape, and kinds of file."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow, by_whom
from attribution.models.importrun import ImportRun
from attribution.models.ingest import DIGEST_LENGTH


class WebhookSource(CompanyRow):
    """One tool that posts to an address of its own, and how what it sends is read."""

    never_deleted = "A source is switched off, never deleted: leads say by which they came."

    name = models.SlugField(_("name"), max_length=30, help_text=_("Leads show it as their way in."))
    shape = models.CharField(_("tool"), max_length=20, default="custom")  # of the registry
    prefix = models.CharField(_("address begins with"), max_length=16, editable=False)
    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True, editable=False)  # of address
    mapping = models.JSONField(_("mapping"), default=dict)
    sealed_secret = models.TextField(blank=True, editable=False)  # what the sender signs with
    is_on = models.BooleanField(_("on"), default=True)
    author = by_whom(_("by"))
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta(CompanyRow.Meta):
        ordering = ["name"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"],
                name="webhooksource_company_name_unique",
                violation_error_message=_("There is a webhook of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class FileMapping(CompanyRow):
    """A name for files of leads, bookings or touches with these headings, and what they mean."""

    kind = models.CharField(_("what"), max_length=10, choices=ImportRun.Kind)
    name = models.CharField(_("name"), max_length=60)
    headers_key = models.CharField(max_length=64, editable=False)  # of the headings, in any order
    headers = models.JSONField(_("headings"), default=list)
    options = models.JSONField(_("how they are read"), default=dict)  # of `ImportOptions`
    author = by_whom(_("by"))
    updated_at = models.DateTimeField(_("last change"), auto_now=True)

    class Meta(CompanyRow.Meta):
        ordering = ["kind", "name"]
        verbose_name = _("kind of file of leads")
        verbose_name_plural = _("kinds of file of leads")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "name"],
                name="filemapping_company_name_unique",
                violation_error_message=_("There is a kind of file of this name already."),
            ),
            models.UniqueConstraint(
                fields=["company", "kind", "headers_key"],
                name="filemapping_company_headers_unique",
                violation_error_message=_("Files with these headings have a name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
