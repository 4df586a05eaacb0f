"""Rates of exchange: what one unit of a currency was worth on a day."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attribution import scope
from attribution.models.base import CompanyRow
from attribution.models.company import validate_currency

if TYPE_CHECKING:
    from attribution.rates.book import RateKey


class RateQuerySet(scope.ScopedQuerySet["ExchangeRate"]):
    """Amounts follow their rates by whatever door these come and go."""

    def bulk_create(self, objs: Iterable["ExchangeRate"], *args: Any, **kwargs: Any) -> Any:
        from attribution.rates import changing

        rows = list(objs)
        with transaction.atomic():
            companies = {pk: _alone(pk) for pk in sorted({row.company_id for row in rows})}
            made = super().bulk_create(rows, *args, **kwargs)
            for pk, company in companies.items():
                mine = [row for row in rows if row.company_id == pk]
                changing.follow(company, [row.key for row in mine], mine[0].author)
        return made

    def update(self, **kwargs: Any) -> int:
        with transaction.atomic():
            ids = list(self.values_list("pk", flat=True))
            before = _by_company(self)
            count = super().update(**kwargs)
            _follow(before, _by_company(self.model.objects.filter(pk__in=ids)))
        return count

    update.alters_data = True  # type: ignore[attr-defined]  # as Django marks its own

    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            before = _by_company(self)
            gone = super().delete()
            _follow(before, {})
        return gone

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class RateManager(scope.ScopedManager.from_queryset(RateQuerySet)):  # type: ignore[misc]
    """Rates of the companies in scope."""


class ExchangeRate(CompanyRow):
    """On this day one unit of `base` was worth `rate` units of `quote`.

    At most 15 digits, so that both engines keep it exactly.
    """

    class Source(models.TextChoices):
        ECB = "ecb", _("European Central Bank")
        TYPED = "typed", _("by hand")

    objects = RateManager()  # type: ignore[misc]

    day = models.DateField(_("day"))
    base = models.CharField(_("one unit of"), max_length=3, validators=[validate_currency])
    quote = models.CharField(_("is worth, in"), max_length=3, validators=[validate_currency])
    rate = models.DecimalField(_("rate"), max_digits=15, decimal_places=8)
    source = models.CharField(
        _("came from"), max_length=5, choices=Source, default=Source.TYPED, editable=False
    )
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
        ordering = ["-day", "base", "quote"]
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "base", "quote", "day"],
                name="exchangerate_company_pair_day_unique",
                violation_error_message=_("There is a rate of this pair and day already."),
            ),
            models.CheckConstraint(
                condition=Q(rate__gt=0),
                name="exchangerate_positive",
                violation_error_message=_("A rate is more than nought."),
            ),
            models.CheckConstraint(
                condition=~Q(base=F("quote")),
                name="exchangerate_two_currencies",
                violation_error_message=_("A rate is between two different currencies."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: 1 {self.base} = {self.rate.normalize():f} {self.quote}"

    @property
    def key(self) -> "RateKey":
        from attribution.rates.book import RateKey

        # It may have been given as text.
        day = self.day if isinstance(self.day, date) else date.fromisoformat(self.day)
        return RateKey(day, self.base, self.quote)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Amounts of its days are converted anew, and of the days it had before."""
        from attribution.rates import changing

        with transaction.atomic():
            company = _alone(self.company_id)
            before = type(self).objects.filter(pk=self.pk).first() if self.pk else None
            super().save(*args, **kwargs)
            changing.follow(company, {self.key, before.key if before else self.key}, self.author)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        from attribution.rates import changing

        with transaction.atomic():
            company = _alone(self.company_id)
            gone = super().delete(*args, **kwargs)
            changing.follow(company, [self.key], self.author)
        return gone

    def clean(self) -> None:
        if self.base and self.base == self.quote:
            raise ValidationError(_("A rate is between two different currencies."))


def _alone(company_id: int) -> Any:
    """The company, held alone until the end of the transaction; see `attribution.rates`."""
    from attribution.repair import locking

    scope.require(company_id)
    return locking.repairing(company_id)


def _by_company(rows: Any) -> dict[int, set["RateKey"]]:
    """The keys of some rates; their companies are held alone from now on."""
    found: dict[int, set[RateKey]] = {}
    for row in rows.order_by("company_id"):
        if row.company_id not in found:
            _alone(row.company_id)
        found.setdefault(row.company_id, set()).add(row.key)
    return found


def _follow(before: dict[int, set["RateKey"]], after: dict[int, set["RateKey"]]) -> None:
    from attribution.models.company import Company
    from attribution.rates import changing

    for pk in sorted({*before, *after}):
        company = Company.objects.get(pk=pk)
        changing.follow(company, before.get(pk, set()) | after.get(pk, set()))
