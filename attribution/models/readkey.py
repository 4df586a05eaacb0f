"""Keys with which programs read the report of one company."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow, by_whom
from attribution.models.company import Membership
from attribution.models.ingest import DIGEST_LENGTH


class ReadKey(CompanyRow):
    """A key with which figures of one company may be read, and nothing be sent or changed.

    The key itself is shown once and never stored; what is stored is its keyed digest.
    """

    name = models.CharField(_("name"), max_length=80)
    role = models.CharField(
        _("role"),
        max_length=20,
        choices=Membership.Role,
        default=Membership.Role.VIEWER,
        help_text=_("It reads what a person of this role may see, and nothing of persons."),
    )
    prefix = models.CharField(_("begins with"), max_length=16, editable=False)
    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    author = by_whom(_("by"), related_name="+")
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)  # to a minute
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    revoked_by = by_whom(_("revoked by"), related_name="+")

    never_deleted = "A key is revoked, never deleted: it is seen who could read what."

    class Meta(CompanyRow.Meta):
        ordering = ["-created_at"]
        verbose_name = _("read key")
        verbose_name_plural = _("read keys")
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["viewer", "owner", "utm_admin", "company_admin"]),
                name="readkey_role_known",
                violation_error_message=_("This role does not exist."),
            ),
        ]
        indexes = [models.Index(fields=["company", "-created_at"], name="readkey_company")]

    def __str__(self) -> str:
        return self.name
