"""How a company writes the UTM values of new links."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attribution.models.base import CompanyRow
from attribution.utm import VALUE_LIMIT, tidy

MOST_VALUES = 200


class NamingRules(CompanyRow):
    """What new links of a company look like. A company without a row has these defaults."""

    class Separator(models.TextChoices):
        AS_WRITTEN = "", _("as written")
        HYPHEN = "-", _("hyphen: spring-sale")
        UNDERSCORE = "_", _("underscore: spring_sale")
        DOT = ".", _("dot: spring.sale")

    class DatePart(models.TextChoices):
        NONE = "none", _("none")
        YEAR = "year", _("year: 2026")
        QUARTER = "year-quarter", _("year and quarter: 2026-q4")
        MONTH = "year-month", _("year and month: 2026-11")

    separator = models.CharField(
        _("between words"),
        max_length=1,
        choices=Separator,
        blank=True,
        default=Separator.AS_WRITTEN,
        help_text=_("Stands for blanks too. As written: blanks become hyphens."),
    )
    lower_case = models.BooleanField(_("small letters only"), default=True)
    date_part = models.CharField(
        _("date in every new name"), max_length=12, choices=DatePart, default=DatePart.NONE
    )
    sources = models.JSONField(
        _("allowed sources"),
        default=list,
        blank=True,
        help_text=_("One a line, such as google. Empty: every source is allowed."),
    )
    mediums = models.JSONField(
        _("allowed media"),
        default=list,
        blank=True,
        help_text=_("One a line, such as cpc or email. Empty: every medium is allowed."),
    )

    class Meta(CompanyRow.Meta):
        verbose_name = _("naming rules")
        verbose_name_plural = _("naming rules")
        constraints = [
            models.UniqueConstraint(
                fields=["company"],
                name="namingrules_company_unique",
                violation_error_message=_("This company has its naming rules already. Edit those."),
            ),
            models.CheckConstraint(
                condition=Q(separator__in=["", "-", "_", "."]),
                name="namingrules_separator_known",
                violation_error_message=_("Choose a hyphen, an underscore or a dot, or none."),
            ),
            models.CheckConstraint(
                condition=Q(date_part__in=["none", "year", "year-quarter", "year-month"]),
                name="namingrules_date_part_known",
                violation_error_message=_("This date part does not exist."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.company)

    def clean(self) -> None:
        self.complete()
        for name in ("sources", "mediums"):
            values = getattr(self, name)
            if len(values) > MOST_VALUES:
                raise ValidationError({name: _("At most %(most)s.") % {"most": MOST_VALUES}})
            for value in values:
                if len(value) > VALUE_LIMIT:
                    text = _("“%(value)s…” is too long: at most %(most)s characters.")
                    raise ValidationError({name: text % {"value": value[:40], "most": VALUE_LIMIT}})

    def complete(self) -> None:
        self.sources, self.mediums = tidy_list(self.sources), tidy_list(self.mediums)


def tidy_list(values: list[str]) -> list[str]:
    """The values as links are read, each once, in the order given."""
    return list(dict.fromkeys(found for value in values if (found := tidy(value))))
