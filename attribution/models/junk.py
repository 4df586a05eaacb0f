"""What is counted apart: rules by which a lead is no primary one, and who changed its kind."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow
from attribution.models.lead import Lead


class CaptureRule(CompanyRow):
    """One line of a company's lists: which leads are blocked, a test, or marked. Of new leads."""

    class What(models.TextChoices):
        EMAIL = "email", _("E-mail address is")
        EMAIL_DOMAIN = "email_domain", _("E-mail address ends with domain")
        NAME = "name", _("Name is or contains")
        PHONE = "phone", _("Phone number is")
        IP = "ip", _("IP address or network is")
        REFERRER = "referrer", _("Referrer's host is or ends with")
        PARAMETER = "parameter", _("Landing page has the parameter")  # name or name=value
        COUNTRY = "country", _("Country is")

    class Then(models.TextChoices):
        BLOCKED = "blocked", _("Blocked")
        TEST = "test", _("Test")
        BOT = "bot", _("Bot")
        SUSPICIOUS = "suspicious", _("Mark: suspicious")
        HOT = "hot", _("Mark: hot")
        VPN = "vpn", _("Mark: VPN or data centre")
        FINE = "fine", _("Never excluded")  # speaks before all others

    what = models.CharField(_("when the"), max_length=20, choices=What)
    value = models.CharField(_("value"), max_length=200)
    then = models.CharField(_("then"), max_length=12, choices=Then, default=Then.BLOCKED)
    is_on = models.BooleanField(_("on"), default=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        db_index=False,
        verbose_name=_("by"),
    )
    updated_at = models.DateTimeField(_("last change"), auto_now=True)

    class Meta(CompanyRow.Meta):
        ordering = ["what", "value"]
        verbose_name = _("capture rule")
        verbose_name_plural = _("capture rules")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "what", "value"],
                name="capturerule_unique",
                violation_error_message=_("There is a rule for this value already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.value}"


class KindChange(CompanyRow):
    """One change of a lead's kind or marks: from what to what, by whom and why."""

    never_deleted = "The history of a lead stays."

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="kind_changes")
    before = models.JSONField(_("before"))  # kind, is_vpn, is_suspicious, is_hot
    after = models.JSONField(_("after"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        db_index=False,
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta(CompanyRow.Meta):
        ordering = ["-at", "-pk"]
        verbose_name = _("change of kind")
        verbose_name_plural = _("changes of kind")

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
