"""Who bears a shared cost: the rows of its form.

All rows of a form together are the shares, so what somebody else has done to single rows in the
meantime is no obstacle to saving them; the version of the cost tells whether there was somebody.
A campaign is written as in its links, or by its name: that needs no script.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution import roles
from attribution.files.cells import suggest
from attribution.models import Campaign
from attribution.utm import tidy
from spend.costs import MOST_PARTS
from spend.models import Cost, CostShare

PREFIX = "shares"  # of the fields of its rows, as Django names them
OFFERED = 400  # campaigns in the list to choose from; others are written
OFFER_ID = "cp-campaigns"
FIRST_ROWS, MORE_ROWS = 5, 3  # empty ones: adding others takes a script


class ShareForm(forms.ModelForm):
    """One campaign and its weight; a row without a campaign is no share."""

    called = forms.CharField(
        label=gettext_lazy("Campaign"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"list": OFFER_ID, "size": 18}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("called", _("Campaign")), ("weight", _("Weight"))):
            self.fields[name].widget.attrs["aria-label"] = label


class ShareFormSet(BaseInlineFormSet):
    """Every row is written anew; `weights` are the campaigns of all rows once they are valid."""

    user: Any  # who is saving
    instance: Any  # the cost
    weights: dict[Campaign, int]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        cost = kwargs.get("instance")
        if not (args or kwargs.get("data")):
            stored = list(shares_of(cost)) if cost is not None else []
            kwargs["initial"] = [
                {"called": share.campaign.key, "weight": share.weight} for share in stored
            ]
            self.extra = len(stored) + (MORE_ROWS if stored else FIRST_ROWS)
        super().__init__(*args, **kwargs)

    def initial_form_count(self) -> int:
        return 0

    def get_queryset(self) -> Any:
        return CostShare.objects.none()

    def clean(self) -> None:
        super().clean()
        self.weights = {}
        company = self.instance.company_id
        if company is None:
            return
        stored = {share.campaign_id for share in shares_of(self.instance)}
        for form in self.forms:
            text = str(form.cleaned_data.get("called", "")) if hasattr(form, "cleaned_data") else ""
            if not text.strip():
                continue
            try:
                campaign = self._campaign(company, text, stored)
            except ValidationError as error:
                form.add_error("called", error)
            else:
                self.weights[campaign] = form.cleaned_data.get("weight") or 1
        if not any(self.errors):
            self._refuse_too_few_or_many()

    def _campaign(self, company: int, text: str, stored: set[int]) -> Campaign:
        campaign = campaign_called(company, text)
        if campaign.merged_into is not None and campaign.pk not in stored:
            raise ValidationError(
                _("It was merged into “%(other)s”: write that one."),
                params={"other": campaign.merged_into.key},
            )
        if campaign in self.weights:
            raise ValidationError(_("This campaign has a share already: add up the weights."))
        if not roles.keeps(self.user, company, campaign.owner_id):
            raise ValidationError(
                _("This campaign has another owner. Ask %(owner)s, or an admin of the company."),
                params={"owner": campaign.owner},
            )
        return campaign

    def _refuse_too_few_or_many(self) -> None:
        if not self.weights:
            raise ValidationError(_("Name at least one campaign that bears it."))
        first, last = self.instance.first_day, self.instance.last_day
        if first and last and len(self.weights) * self.instance.days > MOST_PARTS:
            raise ValidationError(
                _(
                    "%(campaigns)s campaigns on %(days)s days are too many parts. Split it into "
                    "costs of %(most)s days at most."
                ),
                params={
                    "campaigns": len(self.weights),
                    "days": self.instance.days,
                    "most": MOST_PARTS // len(self.weights),
                },
            )

    def save(self, commit: bool = True) -> list[Any]:
        """The rows are written by `spend.costs`; this tells the log that there were none."""
        self.new_objects: list[Any] = []
        self.changed_objects: list[Any] = []
        self.deleted_objects: list[Any] = []
        return []


class ShareInline(admin.TabularInline):
    """The rows, for who may change the cost."""

    model = CostShare
    form = ShareForm
    formset = ShareFormSet
    fields = ("called", "weight")
    can_delete = False
    verbose_name = gettext_lazy("campaign")
    verbose_name_plural = gettext_lazy("campaigns that bear it")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        found = super().get_formset(request, obj, **kwargs)
        return type(found.__name__, (found,), {"user": request.user})

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # the rights are those of the cost

    has_add_permission = has_change_permission = has_view_permission


def shares_of(cost: Cost) -> QuerySet[CostShare]:
    """In their order, which decides about the last cent; none of a cost that is not stored."""
    rows = CostShare.objects.filter(cost=cost.pk).order_by("pk")
    return rows.select_related("campaign")


def sent_shares(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Campaign and weight of each row of a form, as they were written."""
    total = str(data.get(f"{PREFIX}-TOTAL_FORMS", ""))
    count = min(int(total), 1_000) if total.isdecimal() and len(total) < 9 else 0
    rows = (
        (
            tidy(str(data.get(f"{PREFIX}-{number}-called", ""))),
            str(data.get(f"{PREFIX}-{number}-weight", "")).strip(),
        )
        for number in range(count)
    )
    return [row for row in rows if row[0]]


def campaign_called(company: int, text: str) -> Campaign:
    """The campaign of this key or name. Raises ValidationError."""
    rows = Campaign.objects.filter(company=company, withdrawn=False)
    rows = rows.select_related("merged_into", "owner")
    found = rows.filter(key=tidy(text)).first()
    if found is not None:
        return found
    named = list(rows.filter(name__iexact=text.strip(), merged_into=None)[:2])
    if len(named) == 1:
        return named[0]
    if named:
        raise ValidationError(_("Several campaigns have this name: write its utm_campaign."))
    near = suggest(tidy(text), list(rows.values_list("key", flat=True)))
    if near:
        raise ValidationError(
            _("There is no such campaign. Did you mean “%(near)s”?"), params={"near": near}
        )
    raise ValidationError(_("There is no such campaign."))


def offered(user: Any, companies: Iterable[int]) -> list[tuple[str, str]]:
    """Key and name of campaigns that the user may let bear a cost."""
    rows = Campaign.objects.filter(company__in=companies, withdrawn=False, merged_into=None)
    found = rows.exclude(status=Campaign.Status.ARCHIVED).order_by("name", "key")
    asked = found.values_list("key", "name", "company", "owner")[: 4 * OFFERED]
    mine = [(key, name) for key, name, at, owner in asked if roles.keeps(user, at, owner)]
    return mine[:OFFERED]
