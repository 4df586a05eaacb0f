"""By which rules leads of one company fall into channels."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow, by_whom


class ChannelRules(CompanyRow):
    """One version of a company's channel rules; the latest is in force for every lead, old and new.

    Companies without one use the rules that come with the program.
    """

    never_deleted = "Former versions are what an undo goes back to."

    rules = models.JSONField(_("rules"))
    note = models.CharField(_("reason"), max_length=200, blank=True)
    author = by_whom(_("by"))
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta(CompanyRow.Meta):
        ordering = ["-pk"]
        verbose_name = _("channel rules")
        verbose_name_plural = _("channel rules")
        indexes = [models.Index(fields=["company", "-id"], name="channelrules_company")]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"


class OwnHost(CompanyRow):
    """A host that is no referrer of this company: its own pages, or those of a payment provider."""

    host = models.CharField(_("host"), max_length=253)
    author = by_whom(_("by"))
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta(CompanyRow.Meta):
        ordering = ["host"]
        verbose_name = _("own host")
        verbose_name_plural = _("own hosts")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "host"],
                name="ownhost_company_host_unique",
                violation_error_message=_("This host is on the list already."),
            )
        ]

    def __str__(self) -> str:
        return self.host
