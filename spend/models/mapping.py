"""How files of one kind are read: said once, recognised from then on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow


class ColumnMapping(CompanyRow):
    """A name for files with these headings, and what the headings mean.

    The name is also the source of their entries: a day of it that comes again replaces itself.
    """

    name = models.CharField(_("name"), max_length=60)
    headers_key = models.CharField(max_length=64, editable=False)  # of the headings, in any order
    headers = models.JSONField(_("headings"), default=list)
    options = models.JSONField(_("how they are read"), default=dict)  # of `ImportOptions`
    author = models.ForeignKey(
        "auth.User",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        db_index=False,
        verbose_name=_("by"),
    )
    updated_at = models.DateTimeField(_("last change"), auto_now=True)

    class Meta(CompanyRow.Meta):
        ordering = ["name"]
        verbose_name = _("kind of file")
        verbose_name_plural = _("kinds of file")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"],
                name="columnmapping_company_name_unique",
                violation_error_message=_("There is a kind of file of this name already."),
            ),
            models.UniqueConstraint(
                fields=["company", "headers_key"],
                name="columnmapping_company_headers_unique",
                violation_error_message=_("Files with these headings have a name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
