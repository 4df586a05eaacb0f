"""Budgets: what may be spent on a campaign, or on a group of them, within some days."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from attribution.days import day_range
from attribution.models import Campaign
from attribution.models.base import CompanyRow


class CampaignGroup(CompanyRow):
    """Campaigns that share a budget."""

    name = models.CharField(_("name"), max_length=80)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(CompanyRow.Meta):
        ordering = ["name"]
        verbose_name = _("campaign group")
        verbose_name_plural = _("campaign groups")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"],
                name="campaigngroup_company_name_unique",
                violation_error_message=_("This company already has a group of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(CompanyRow):
    """One campaign of a group. A campaign may be in several groups."""

    group = models.ForeignKey(CampaignGroup, on_delete=models.CASCADE, related_name="members")
    # Without a name of its own at the campaign: being in a group fixes nothing about it.
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("campaign"),
    )

    class Meta(CompanyRow.Meta):
        ordering = ["pk"]
        verbose_name = _("campaign of a group")
        verbose_name_plural = _("campaigns of groups")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "campaign"], name="groupmember_group_campaign_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.campaign}"


class Budget(CompanyRow):
    """An amount for all days from the first to the last, for one campaign or one group.

    In the company's currency. Two budgets of the same campaign (or group) have no day in common;
    a campaign may well have one of its own and be in a group that has another.
    """

    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("campaign"),
    )
    group = models.ForeignKey(
        CampaignGroup,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="budgets",
        db_index=False,
        verbose_name=_("campaign group"),
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    amount_minor = models.BigIntegerField(_("amount"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    author = models.ForeignKey(
        "auth.User",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        db_index=False,
        verbose_name=_("by"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(_("last change"), auto_now=True)
    # The day on which its pace was last looked at; None: it is due.
    checked_on = models.DateField(null=True, editable=False)

    class Meta(CompanyRow.Meta):
        ordering = ["-first_day", "pk"]
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="budget_days_in_order",
                violation_error_message=_("The last day comes before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0),
                name="budget_not_below_nought",
                violation_error_message=_("A budget cannot be below 0."),
            ),
            models.CheckConstraint(
                condition=Q(campaign__isnull=True, group__isnull=False)
                | Q(campaign__isnull=False, group__isnull=True),
                name="budget_of_campaign_or_group",
                violation_error_message=_("Choose either a campaign or a group of campaigns."),
            ),
            models.UniqueConstraint(
                fields=["company", "campaign", "first_day", "last_day"],
                condition=Q(campaign__isnull=False),
                name="budget_campaign_days_unique",
                violation_error_message=_("This campaign has a budget for these days already."),
            ),
            models.UniqueConstraint(
                fields=["company", "group", "first_day", "last_day"],
                condition=Q(group__isnull=False),
                name="budget_group_days_unique",
                violation_error_message=_("This group has a budget for these days already."),
            ),
        ]
        indexes = [
            # Budgets that have a day in a period; those whose pace is to be looked at.
            models.Index(fields=["company", "last_day"], name="budget_company_last_day"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}, {day_range(self.first_day, self.last_day)}"

    @property
    def subject(self) -> Campaign | CampaignGroup | None:
        """What the money is for."""
        return self.campaign or self.group

    @property
    def currency(self) -> str:
        """Of the amount: budgets are in the company's."""
        return self.company.currency

    @property
    def recorded_minor(self) -> int:
        """The amount as it was written: the same, for it is in the company's currency."""
        return self.amount_minor

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    def clean(self) -> None:
        subject = self.subject
        if subject is None or self.company_id is None:
            return  # the constraint, or the form, says so
        if subject.company_id != self.company_id:
            field = "campaign" if self.campaign_id else "group"
            raise ValidationError({field: _("This one belongs to another company.")})
        if self.first_day and self.last_day and self.last_day >= self.first_day:
            self._refuse_overlap(subject)

    def _refuse_overlap(self, subject: Campaign | CampaignGroup) -> None:
        """Two budgets of one thing for one day would leave open how much may be spent."""
        if connection.in_atomic_block:  # two people at once wait for one another
            rows: QuerySet[Campaign | CampaignGroup] = type(subject).objects.filter(pk=subject.pk)
            rows.select_for_update(of=("self",)).first()
        other = overlapping(subject, self.first_day, self.last_day).exclude(pk=self.pk).first()
        if other is not None:
            raise ValidationError(
                {
                    "first_day": _(
                        "%(subject)s has a budget for %(first)s to %(last)s already. Change that "
                        "one, or choose days outside it."
                    )
                    % {"subject": subject, "first": other.first_day, "last": other.last_day}
                }
            )


def overlapping(subject: Campaign | CampaignGroup, first: date, last: date) -> "QuerySet[Budget]":
    """The budgets of this very campaign or group that have a day in common with these."""
    field = "campaign" if isinstance(subject, Campaign) else "group"
    rows: QuerySet[Budget] = Budget.objects.filter(
        company=subject.company_id, first_day__lte=last, last_day__gte=first, **{field: subject}
    )
    return rows


class BudgetNotice(CompanyRow):
    """A mark that a budget crossed: one for each crossing, open until it is crossed back."""

    class Kind(models.TextChoices):
        OVER_PACE = "over_pace", _("Over pace")
        UNDER_PACE = "under_pace", _("Under pace")
        OVER_BUDGET = "over_budget", _("Over budget")

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=11, choices=Kind)
    day = models.DateField(_("day"))  # of the company, on which it was seen
    spent_minor = models.BigIntegerField(_("spent"))  # of the days that were over then
    crossed_at = models.DateTimeField(_("crossed"))
    cleared_at = models.DateTimeField(_("crossed back"), null=True)

    class Meta(CompanyRow.Meta):
        ordering = ["-crossed_at", "-pk"]
        verbose_name = _("notice of a budget")
        verbose_name_plural = _("notices of budgets")
        constraints = [
            models.UniqueConstraint(
                fields=["budget", "kind"],
                condition=Q(cleared_at__isnull=True),
                name="budgetnotice_one_open",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["over_pace", "under_pace", "over_budget"]),
                name="budgetnotice_kind_known",
            ),
        ]
        indexes = [
            # The home page: what is open in one company.
            models.Index(
                fields=["company"],
                condition=Q(cleared_at__isnull=True),
                name="budgetnotice_company_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget}: {self.get_kind_display()}"
