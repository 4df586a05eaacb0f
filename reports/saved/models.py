"""Views that were saved, and which of them a person starts with."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow, by_whom

LONGEST_NAME = 80
LONGEST_STATE = 6_000  # a server reads addresses of 8,190 letters


class SavedView(CompanyRow):
    """The state of the report's address under a name."""

    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    # The address after its “?”, without company, page and view. Periods stay as they were chosen:
    # “91 days” are those before the day on which the view is opened.
    state = models.CharField(max_length=LONGEST_STATE)
    # Whose it is; nobody's own is the team's.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name=_("owner"),
    )
    author = by_whom(_("saved by"), related_name="+")
    created_at = models.DateTimeField(_("saved"), auto_now_add=True)
    changed_by = by_whom(_("changed by"), related_name="+")
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta(CompanyRow.Meta):
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "owner", "name"], name="savedview_own_name_unique"
            ),
            models.UniqueConstraint(
                fields=["company", "name"],
                condition=Q(owner__isnull=True),
                name="savedview_team_name_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(CompanyRow):
    """The view that a person starts with in a company."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="defaults")

    class Meta(CompanyRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["company", "user"], name="defaultview_person_unique"),
        ]
