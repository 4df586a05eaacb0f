"""Companies, and who may do what in them."""

from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel.numbers import list_currencies
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attribution import scope
from attribution.models.base import CompanyRow


def validate_timezone(name: str) -> None:
    """A zone of the IANA database, such as Europe/Berlin."""
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is no time zone. Use a name such as Europe/Berlin or UTC."),
            params={"name": name},
        )


def validate_currency(code: str) -> None:
    """An ISO 4217 code in capitals, such as EUR."""
    if code not in list_currencies():
        raise ValidationError(
            _("“%(code)s” is no currency. Use an ISO 4217 code such as EUR or USD."),
            params={"code": code},
        )


class Company(models.Model):
    """Whose leads and money these are: the tenant. Reports are in its zone and its currency."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(
        _("short name"), unique=True, help_text=_("Used in addresses and commands.")
    )
    industry = models.CharField(_("industry"), max_length=60, blank=True)
    timezone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        validators=[validate_timezone],
        help_text=_("Days of the report begin at midnight in this zone."),
    )
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default="EUR",
        validators=[validate_currency],
        help_text=_("All amounts of this company are in this currency."),
    )
    thin_below = models.PositiveIntegerField(
        _("minimum leads"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
        help_text=_("A campaign with fewer leads is shown, but not ranked."),
    )
    new_campaigns_per_day = models.PositiveIntegerField(
        _("new campaigns a day"),
        default=500,
        validators=[MaxValueValidator(100_000)],
        help_text=_("Unknown campaign names beyond this number a day stay unattributed."),
    )
    keeps_email = models.BooleanField(
        _("keep e-mail addresses and names"),
        default=False,  # of companies that are there already: as it was, see `db_default`
        db_default=True,
        help_text=_("Of new leads. Off: only whether two leads are of one person is known."),
    )
    keeps_phone = models.BooleanField(
        _("keep phone numbers"), default=False, db_default=True, help_text=_("Of new leads.")
    )
    keeps_ip = models.BooleanField(
        _("keep IP addresses"), default=False, db_default=False, help_text=_("Of new leads.")
    )
    retention_days = models.PositiveIntegerField(
        _("erase persons after"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(36_500)],
        help_text=_("Days after which who a lead was is erased; totals stay. Empty: never."),
    )
    follow_up_days = models.PositiveSmallIntegerField(
        _("same person within"),
        default=30,
        db_default=30,
        validators=[MaxValueValidator(3_650)],
        help_text=_("Days within which another lead of a person is a follow-up. 0: never."),
    )
    look_back_days = models.PositiveSmallIntegerField(
        _("look-back window"),
        default=30,
        db_default=30,
        validators=[MinValueValidator(1), MaxValueValidator(3_650)],
        help_text=_("Days before a lead in which its visits get credit."),
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = scope.CompanyManager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["name"]
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [
            models.CheckConstraint(
                condition=Q(thin_below__gte=1),
                name="company_thin_below_positive",
                violation_error_message=_("The minimum must be at least 1 lead."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            scope.require(self.pk)
        super().save(*args, **kwargs)

    def complete(self) -> None:
        """Nothing follows from other columns."""

    @property
    def zone(self) -> ZoneInfo:
        """The reporting time zone."""
        return ZoneInfo(self.timezone)


class Membership(CompanyRow):
    """One person's role in one company."""

    class Role(models.TextChoices):
        VIEWER = "viewer", _("Viewer")
        OWNER = "owner", _("Owner")
        UTM_ADMIN = "utm_admin", _("UTM admin")
        COMPANY_ADMIN = "company_admin", _("Company admin")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)

    class Meta(CompanyRow.Meta):
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user"],
                name="membership_company_user_unique",
                violation_error_message=_("This person already has a role in this company."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=["viewer", "owner", "utm_admin", "company_admin"]),
                name="membership_role_known",
                violation_error_message=_("This role does not exist."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.get_role_display()}"
