"""Rates of exchange: what one unit of a currency was worth on a day."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow
from attribution.models.company import validate_currency


class ExchangeRate(CompanyRow):
    """On this day one unit of `base` was worth `rate` units of `quote`.

    At most 15 digits, so that both engines keep it exactly.
    """

    class Source(models.TextChoices):
        ECB = "ecb", _("European Central Bank")
        TYPED = "typed", _("by hand")

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

    def clean(self) -> None:
        if self.base and self.base == self.quote:
            raise ValidationError(_("A rate is between two different currencies."))
