"""What is counted apart: rules by which a lead is no primary one, and who changed its kind."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow, by_whom
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
    author = by_whom(_("by"))
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
        # Without the value, which may be a person's address: this stands in the log.
        return f"{self._meta.verbose_name} {self.pk}: {self.get_what_display()} …"


class KindBatch(CompanyRow):
    """Leads whose kind or marks a person changed at once, and whether that was undone."""

    never_deleted = "The history of leads stays."

    reason = models.CharField(_("reason"), max_length=200, blank=True)
    rule = models.ForeignKey(  # that was applied to earlier leads
        CaptureRule,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name=_("by the rule"),
    )
    # What was asked: kind, and mark → whether it is set. Empty for a rule.
    asked = models.JSONField(_("set to"), default=dict, editable=False)
    leads = models.PositiveIntegerField(_("leads"), default=0, editable=False)  # that changed
    author = by_whom(_("by"), related_name="+")
    made_at = models.DateTimeField(_("when"), auto_now_add=True)
    undone_at = models.DateTimeField(_("undone"), null=True, editable=False)
    undone_by = by_whom(_("undone by"), related_name="+")

    class Meta(CompanyRow.Meta):
        ordering = ["-made_at", "-pk"]
        verbose_name = _("change of kinds")
        verbose_name_plural = _("changes of kinds")
        indexes = [models.Index(fields=["company", "-made_at"], name="kindbatch_company_made")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class KindChange(CompanyRow):
    """What one lead was, and what it became: kind and marks with their reasons, whom it follows."""

    never_deleted = "The history of a lead stays."

    batch = models.ForeignKey(KindBatch, on_delete=models.PROTECT, related_name="changes")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="kind_changes")
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))

    class Meta(CompanyRow.Meta):
        verbose_name = _("change of kind")
        verbose_name_plural = _("changes of kind")

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
