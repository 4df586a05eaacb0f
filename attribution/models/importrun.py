"""Import runs: one file taken in, whole or not at all."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow


class ImportRun(CompanyRow):
    """One file taken in: whose, by whom, what became of its rows."""

    class Kind(models.TextChoices):
        LEADS = "leads", _("Leads")
        BOOKINGS = "bookings", _("Bookings")
        SPEND = "spend", _("Spend")
        RATES = "rates", _("Exchange rates")
        TOUCHES = "touches", _("Touches")
        CAMPAIGNS = "campaigns", _("Campaigns")

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        UPLOADED = "uploaded", _("Uploaded, waiting for confirmation")
        QUEUED = "queued", _("Confirmed, waiting for its turn")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused: the file has errors")
        INTERRUPTED = "interrupted", _("Interrupted: nothing was saved")
        UNDONE = "undone", _("Undone")

    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.UPLOADED)
    token = models.CharField(max_length=43, unique=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("by"),
        help_text=_("Empty: by the command line."),
    )
    file_name = models.CharField(_("file"), max_length=255)
    file_hash = models.CharField(_("SHA-256"), max_length=64)
    file_content = models.BinaryField(null=True, editable=False)  # until confirmed
    options = models.JSONField(_("options"), default=dict, blank=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    same = models.PositiveIntegerField(_("same"), default=0)
    error_count = models.PositiveIntegerField(_("errors"), default=0)
    report = models.JSONField(_("report"), default=dict, blank=True)  # notes, first 100 errors
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    # How far a check or an import is, in thousandths, and when that was last said.
    progress = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    alive_at = models.DateTimeField(null=True, editable=False)
    undone_at = models.DateTimeField(_("undone"), null=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("undone by"),
    )

    class Meta(CompanyRow.Meta):
        ordering = ["-started_at", "-pk"]
        verbose_name = _("import run")
        verbose_name_plural = _("import runs")
        indexes = [
            # "This file was already taken in": looked up by its hash.
            models.Index(fields=["company", "kind", "file_hash"], name="importrun_company_hash"),
            # The list of a company's runs, newest first.
            models.Index(fields=["company", "-started_at"], name="importrun_company_started"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.file_name}"
