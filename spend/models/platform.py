"""Which campaign a platform means by one of its ids."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from attribution.models import Campaign
from attribution.models.base import CompanyRow


class PlatformId(CompanyRow):
    """A platform's id of a campaign. One campaign may have several; spend is matched by it first.

    It is kept when a file names both the id and a campaign that is known, or when a person says so.
    """

    platform = models.CharField(_("platform"), max_length=30)
    external_id = models.CharField(_("campaign id"), max_length=100)
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        related_name="platform_ids",
        verbose_name=_("campaign"),
    )
    import_run = models.ForeignKey(  # that it was learned from; None: a person said so
        "attribution.ImportRun",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        db_constraint=False,
    )
    author = models.ForeignKey(
        "auth.User",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        db_index=False,
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta(CompanyRow.Meta):
        ordering = ["platform", "external_id"]
        verbose_name = _("platform id")
        verbose_name_plural = _("platform ids")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "platform", "external_id"],
                name="platformid_company_platform_id_unique",
                violation_error_message=_("This id belongs to another campaign already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.external_id}"
