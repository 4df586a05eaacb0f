"""What campaigns cost: one amount for one campaign, day, line and source."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from attribution import scope
from attribution.models import Campaign
from attribution.models.base import CompanyRow
from attribution.models.campaign import KEY_LENGTH
from attribution.rates import Rates
from attribution.repair import locking
from attribution.utm import KEY_LIMIT, tidy


class SpendQuerySet(scope.ScopedQuerySet["SpendEntry"]):
    """Finds the campaigns of many entries by one reading of the rules."""

    def bulk_create(self, objs: Iterable["SpendEntry"], *args: Any, **kwargs: Any) -> Any:
        from spend.matching import one_book

        entries, rates = list(objs), dict[int, Rates]()
        for entry in entries:
            entry.rates = rates.setdefault(entry.company_id, Rates(entry.company))
        with one_book():
            return super().bulk_create(entries, *args, **kwargs)

    def delete(self, by: Any = None) -> tuple[int, dict[str, int]]:
        """What each entry said is kept, as that of one is. `by`: the user who removes them."""
        from spend import revisions

        with transaction.atomic():
            found: dict[int, list[int]] = {}
            for pk, company in self.order_by("pk").values_list("pk", "company"):
                found.setdefault(company, []).append(pk)
            form, author = "form", by.pk if by else None
            count = sum(
                revisions.remove(company, ids, how=form, author=author)
                for company, ids in found.items()
            )
        return count, {self.model._meta.label: count}

    delete.alters_data = True  # type: ignore[attr-defined]  # as Django marks its own
    delete.queryset_only = True  # type: ignore[attr-defined]


class SpendManager(scope.ScopedManager.from_queryset(SpendQuerySet)):  # type: ignore[misc]
    """Entries of the companies in scope."""


class SpendEntry(CompanyRow):
    """Money for one campaign on one day, on one line, from one source (a form or a kind of file).

    `campaign_name` is kept as written. While no campaign has that key, the entry is *unmatched*:
    it stays in the total, and a database trigger links it when the campaign is made.

    `amount_minor` is in the company's currency. What was recorded in another one is kept in
    `original_minor`, and is converted at the rate of its day; while that rate is missing, the
    amount is unknown (None). Without both, the entry only says what was shown, clicked or sent.
    """

    class Line(models.TextChoices):
        MEDIA = "media", _("Media")
        AGENCY = "agency", _("Agency")
        CREATIVE = "creative", _("Creative")
        TOOLS = "tools", _("Tools")
        PEOPLE = "people", _("People")
        OTHER = "other", _("Other")

    objects = SpendManager()  # type: ignore[misc]
    changed_by: Any = None  # who saves or deletes it now, for the record
    rates: Rates | None = None  # those that many entries share

    FORM = "form"
    FILE = "file"  # a table that is of no platform and no named kind

    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,  # one with the company and the day is there
        verbose_name=_("campaign"),
    )
    campaign_name = models.CharField(_("campaign as written"), max_length=KEY_LENGTH, blank=True)
    campaign_key = models.CharField(max_length=KEY_LENGTH, blank=True, editable=False)
    utm_source = models.CharField(_("source"), max_length=100, blank=True)  # tidy
    utm_medium = models.CharField(_("medium"), max_length=100, blank=True)  # tidy
    platform_id = models.CharField(
        _("platform's campaign id"), max_length=100, blank=True, default="", editable=False
    )
    day = models.DateField(_("day"))
    line = models.CharField(_("line"), max_length=10, choices=Line, default=Line.MEDIA)
    source = models.CharField(_("came from"), max_length=80, default=FORM, editable=False)
    amount_minor = models.BigIntegerField(_("amount"), null=True)
    original_minor = models.BigIntegerField(null=True, editable=False)  # in `currency`
    currency = models.CharField(_("currency"), max_length=3)
    # The range that this day is a share of, where the source knew no days.
    spread_from = models.DateField(null=True, editable=False)
    spread_to = models.DateField(null=True, editable=False)
    cost = models.ForeignKey(
        "spend.Cost",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        verbose_name=_("shared cost"),
    )
    impressions = models.PositiveBigIntegerField(_("impressions"), null=True, blank=True)
    clicks = models.PositiveBigIntegerField(_("clicks"), null=True, blank=True)
    sends = models.PositiveBigIntegerField(_("sends"), null=True, blank=True)
    opens = models.PositiveBigIntegerField(_("opens"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    import_run = models.ForeignKey(
        "attribution.ImportRun",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        db_constraint=False,  # a check for each of a million rows; runs are never deleted
        verbose_name=_("import run"),
    )
    author = models.ForeignKey(
        "auth.User",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        db_index=False,
        db_constraint=False,  # as above; people are made inactive, never deleted
        verbose_name=_("by"),
    )
    updated_at = models.DateTimeField(_("last change"), auto_now=True, db_default=Now())
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    class Meta(CompanyRow.Meta):
        ordering = ["-day", "campaign_key"]
        verbose_name = _("spend entry")
        verbose_name_plural = _("spend")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "company",
                    "day",
                    "campaign_key",
                    "utm_source",
                    "utm_medium",
                    "platform_id",
                    "line",
                    "source",
                ],
                name="spend_natural_key_unique",
                violation_error_message=_(
                    "There is already an entry for this campaign, day and line. Change that one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(line__in=["media", "agency", "creative", "tools", "people", "other"]),
                name="spend_line_known",
                violation_error_message=_("This line of spend does not exist."),
            ),
            models.CheckConstraint(
                condition=Q(spread_from__isnull=True, spread_to__isnull=True)
                | Q(spread_from__lte=F("day"), spread_to__gte=F("day")),
                name="spend_day_in_its_range",
                violation_error_message=_("The day lies outside the range it is a share of."),
            ),
        ]
        indexes = [
            # A campaign's own spend, newest first.
            models.Index(fields=["company", "campaign", "day"], name="spend_company_campaign_day"),
            # Spend that waits for a campaign of this key.
            models.Index(
                fields=["company", "campaign_key"],
                condition=Q(campaign__isnull=True),
                name="spend_unmatched_key",
            ),
            # Amounts for which a rate of exchange is missing.
            models.Index(
                fields=["company", "day"],
                condition=Q(amount_minor__isnull=True, original_minor__isnull=False),
                name="spend_unconverted_day",
            ),
            # The entries of one shared cost.
            models.Index(fields=["cost"], condition=Q(cost__isnull=False), name="spend_of_cost"),
        ]

    def __str__(self) -> str:
        name = self.campaign_name or "–"
        return f"{name}, {date_format(self.day)}" if self.day else name

    def complete(self) -> None:
        """The tidy key, and the campaign that leads of this name count for.

        A campaign that was chosen decides by its own key, unless the key that is there already
        leads to it, by a rule or a merge: undoing that has to find this entry again.
        """
        self.utm_source, self.utm_medium = tidy(self.utm_source), tidy(self.utm_medium)
        self._convert()
        if self.campaign is None:
            self.campaign_key = tidy(self.campaign_name)[:KEY_LIMIT]
        elif not self.campaign_key or self._found_campaign() != self.campaign_id:
            self.campaign_name = self.campaign_name or self.campaign.name
            self.campaign_key = self.campaign.key
        self.campaign_id = self._found_campaign()

    @property
    def recorded_minor(self) -> int | None:
        """The amount as it was recorded, in minor units of `currency`."""
        return self.amount_minor if self.original_minor is None else self.original_minor

    def _convert(self) -> None:
        own = self.company.currency
        self.currency = self.currency or own
        if self.currency == own:
            self.original_minor = None
        elif self.original_minor is not None:
            rates = self.rates or Rates(self.company)
            self.amount_minor = rates.convert(self.original_minor, self.currency, self.day)

    def _found_campaign(self) -> int | None:
        from spend.matching import Name, book_for, campaign_of, ids_for

        name = Name(
            self.campaign_key, self.utm_source, self.utm_medium, self.source, self.platform_id
        )
        return campaign_of(name, book_for(self.company, name), ids_for(self.company, name))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """No repair comes between finding the campaign and storing the entry; what it said before
        is kept.
        """
        with transaction.atomic():
            locking.capturing(self.company_id)
            if self._state.adding:
                super().save(*args, **kwargs)
                return
            self.complete()
            self._keep()
            self.version += 1
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            self._keep(removed=True)
            return super().delete(*args, **kwargs)

    def _keep(self, *, removed: bool = False) -> None:
        from spend.models.revision import SpendRevision
        from spend.revisions import keep_one

        author = self.changed_by.pk if self.changed_by else None
        keep_one(self, how=SpendRevision.How.FORM, author=author, removed=removed)

    def clean(self) -> None:
        if self.campaign is not None and self.campaign.company_id != self.company_id:
            raise ValidationError({"campaign": _("This campaign belongs to another company.")})
        if self.company_id is not None:  # a form without a company says so itself
            self.complete()
