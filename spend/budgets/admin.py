"""Budgets and groups of campaigns in the admin: owners keep those of their own campaigns."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attribution import roles
from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from attribution.admin.money import MoneyForm
from attribution.admin.times import FIRST_YEAR
from attribution.admin.versions import VersionedAdmin, VersionedForm
from attribution.days import day_range
from attribution.models import Campaign, Company
from attribution.money import shown
from spend.budgets import notices
from spend.budgets.months import following
from spend.models import Budget, CampaignGroup, GroupMember

FARTHEST = timedelta(days=3 * 366)
LONGEST = 3 * 366  # days
COUNTABLE = Q(withdrawn=False, merged_into__isnull=True)  # campaigns counted by themselves
Subject = Campaign | CampaignGroup


def keeps(user: Any, subject: Subject) -> bool:
    """Whether the user may plan for it: owners for their own campaigns, and groups of such."""
    if isinstance(subject, Campaign):
        return roles.keeps(user, subject.company_id, subject.owner_id)
    if not roles.keeps(user, subject.company_id, None):
        return False
    owners = subject.members.values_list("campaign__owner", flat=True)
    return all(roles.keeps(user, subject.company_id, owner) for owner in owners)


class GroupForm(VersionedForm):
    """A group and its campaigns, all of one company."""

    user: Any  # who is changing it

    # Which there are is known only when a request comes.
    campaigns: Any = forms.ModelMultipleChoiceField(queryset=None, label=gettext_lazy("Campaigns"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "campaigns" not in self.fields:
            return
        rows = Campaign.objects.filter(COUNTABLE)
        if self.is_stored:
            members = GroupMember.objects.filter(group=self.instance)
            chosen = list(members.values_list("campaign", flat=True))
            self.initial["campaigns"] = chosen
            rows = Campaign.objects.filter(COUNTABLE | Q(pk__in=chosen))
            rows = rows.filter(company=self.instance.company_id)
        self.fields["campaigns"].queryset = rows  # type: ignore[attr-defined]

    def clean_campaigns(self) -> list[Campaign]:
        chosen = list(self.cleaned_data["campaigns"])
        company = self.cleaned_data.get("company") or getattr(self.instance, "company", None)
        for campaign in chosen:
            if company is not None and campaign.company_id != company.pk:
                raise ValidationError(
                    _("%(campaign)s is a campaign of %(its)s: choose campaigns of %(company)s.")
                    % {"campaign": campaign, "its": campaign.company, "company": company}
                )
            if not roles.keeps(self.user, campaign.company_id, campaign.owner_id):
                raise ValidationError(
                    _("%(campaign)s has another owner. Ask %(owner)s, or an admin of the company.")
                    % {"campaign": campaign, "owner": campaign.owner}
                )
        return chosen


def refuse_others(user: Any, subject: Subject | None) -> None:
    """Raise unless the user may plan for it."""
    if subject is not None and not keeps(user, subject):
        raise ValidationError(
            _("%(subject)s has another owner. Ask an admin of the company.") % {"subject": subject}
        )


class BudgetForm(VersionedForm, MoneyForm):
    """One amount for some days, of a campaign or of a group."""

    minor_field = "amount_minor"
    currency = None  # type: ignore[assignment]  # budgets are in the company's
    user: Any  # who is planning

    def _keep(self, minor: int, currency: str, company: Company) -> None:
        self.instance.amount_minor = minor

    def clean_campaign(self) -> Campaign | None:
        campaign: Campaign | None = self.cleaned_data.get("campaign")
        refuse_others(self.user, campaign)
        return campaign

    def clean_group(self) -> CampaignGroup | None:
        group: CampaignGroup | None = self.cleaned_data.get("group")
        refuse_others(self.user, group)
        return group

    def clean_first_day(self) -> date:
        return in_sight(self.cleaned_data["first_day"])

    def clean_last_day(self) -> date:
        return in_sight(self.cleaned_data["last_day"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        if first and last and (last - first).days >= LONGEST:
            self.add_error("last_day", _("A budget is for three years at most."))
        return self.cleaned_data


def in_sight(day: date) -> date:
    """From 2000 to three years from now; anything else is a slip of the finger."""
    if day.year < FIRST_YEAR or day > datetime.now(UTC).date() + FARTHEST:
        raise ValidationError(
            _("%(day)s is not between the year 2000 and three years from now.")
            % {"day": day.isoformat()}
        )
    return day


class EndsFromFilter(filters.FromFilter):
    title = gettext_lazy("ends on or after")
    column = "last_day"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return []


class BeginsToFilter(filters.ToFilter):
    title = gettext_lazy("begins on or before")
    column = "first_day"


class PlanAdmin(VersionedAdmin, ScopedAdmin):
    """What budgets and groups have in common: rights by owner, and who is asking in the form."""

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"user": request.user})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or keeps(request.user, self.subject_of(obj)))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or keeps(request.user, self.subject_of(obj)))

    def subject_of(self, obj: Any) -> Subject:
        """Whose owners decide about it."""
        raise NotImplementedError


@admin.register(CampaignGroup)
class CampaignGroupAdmin(PlanAdmin):
    subject = "campaigngroup"
    form = GroupForm
    list_display = ("name", "how_many", "company")
    list_select_related = ("company",)
    list_filter = (filters.CompanyFilter,)
    search_fields = ("name",)
    ordering = ("name", "pk")  # said here: the model's own is lost where members are counted

    def subject_of(self, obj: CampaignGroup) -> Subject:
        return obj

    def get_queryset(self, request: HttpRequest) -> "QuerySet[CampaignGroup]":
        return super().get_queryset(request).annotate(member_count=Count("members"))

    def get_fields(self, request: HttpRequest, obj: CampaignGroup | None = None) -> Any:
        return ("company", "name", "campaigns" if self._may_choose(request, obj) else "how_many")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), "how_many")

    def _may_choose(self, request: HttpRequest, obj: CampaignGroup | None) -> bool:
        return obj is None or self.has_change_permission(request, obj)

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        """Its campaigns, and what that makes of its budgets."""
        super().save_related(request, form, formsets, change)
        group: CampaignGroup = form.instance
        if "campaigns" in form.changed_data or not change:
            wanted = {campaign.pk for campaign in form.cleaned_data["campaigns"]}
            members = GroupMember.objects.filter(group=group)
            members.exclude(campaign__in=wanted).delete()
            there = set(members.values_list("campaign", flat=True))
            GroupMember.objects.bulk_create(
                GroupMember(company=group.company, group=group, campaign_id=pk)
                for pk in sorted(wanted - there)
            )
            notices.look(group.company)

    @admin.display(description=gettext_lazy("campaigns"))
    def how_many(self, group: CampaignGroup) -> int:
        return int(getattr(group, "member_count", 0))


@admin.register(Budget)
class BudgetAdmin(PlanAdmin):
    subject = "budget"
    form = BudgetForm
    list_display = ("subject_name", "days", "amount", "note", "company")
    list_select_related = ("company", "campaign", "group")
    list_filter = (
        filters.CompanyFilter,
        EndsFromFilter,
        BeginsToFilter,
        filters.CampaignFilter,
    )
    search_fields = ("campaign__name", "campaign__key", "group__name", "note")
    ordering = ("-first_day", "campaign__name", "group__name", "pk")
    autocomplete_fields = ("campaign",)
    actions = ("copy_on",)

    def subject_of(self, obj: Budget) -> Subject:
        return obj.campaign or obj.group  # type: ignore[return-value]  # one of them is there

    def get_fields(self, request: HttpRequest, obj: Budget | None = None) -> Any:
        return ("company", "campaign", "group", ("first_day", "last_day"), "amount", "note")

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name == "campaign":
            kwargs["queryset"] = Campaign.objects.filter(COUNTABLE)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Budget, form: ModelForm, change: bool) -> None:
        if not change:
            obj.author_id = request.user.pk
        super().save_model(request, obj, form, change)
        notices.look(obj.company)

    @admin.display(description=gettext_lazy("campaign or group"), ordering="campaign__name")
    def subject_name(self, budget: Budget) -> str:
        if budget.group is not None:
            return _("%(name)s (group)") % {"name": budget.group}
        return str(budget.campaign)

    @admin.display(description=gettext_lazy("days"), ordering="first_day")
    def days(self, budget: Budget) -> str:
        return day_range(budget.first_day, budget.last_day)

    @admin.display(description=gettext_lazy("amount"), ordering="amount_minor")
    def amount(self, budget: Budget) -> str:
        return shown(budget.amount_minor, budget.currency)

    @admin.action(description=gettext_lazy("Copy to the next month"), permissions=["add"])
    def copy_on(self, request: HttpRequest, queryset: "QuerySet[Budget]") -> None:
        """Each to the days that follow its own. What does not fit is named, and left."""
        made: list[Budget] = []
        refused: list[str] = []
        for budget in queryset:
            try:
                made.append(self._copied(request, budget))
            except ValidationError as error:
                refused.append(f"{budget}: {' '.join(error.messages)}")
        if made:
            text = ngettext("%d budget copied.", "%d budgets copied.", len(made)) % len(made)
            self.message_user(request, text, messages.SUCCESS)
        for reason in refused:
            self.message_user(request, reason, messages.WARNING)

    def _copied(self, request: HttpRequest, budget: Budget) -> Budget:
        if not self.has_change_permission(request, budget):
            raise ValidationError(_("It is not yours: ask its owner, or an admin of the company."))
        first, last = following(budget.first_day, budget.last_day)
        copy = Budget(
            company=budget.company,
            campaign=budget.campaign,
            group=budget.group,
            first_day=in_sight(first),
            last_day=in_sight(last),
            amount_minor=budget.amount_minor,
            note=budget.note,
            author_id=request.user.pk,
        )
        with transaction.atomic():
            copy.full_clean()
            copy.save()
        self.log_addition(request, copy, [{"added": {}}])
        return copy
