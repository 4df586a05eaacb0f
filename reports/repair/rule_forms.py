"""The form of one rule, and what is asked of the list of rules."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.models import Company
from attribution.repair import rules
from attribution.repair.intents import Intent, MoveRule, RuleText, SaveRule, ShipRules, SwitchRule
from attribution.repair.items import RuleItem
from attribution.utm import VALUE_LIMIT, Reason
from attribution.verdict import Field, How
from reports.repair.forms import RepairForm, campaign_field

NAMED = ""
WHICH = [
    (NAMED, gettext_lazy("that name a campaign")),
    (Reason.BROKEN_TAG.value, Reason.BROKEN_TAG.label),
    (Reason.AMBIGUOUS.value, Reason.AMBIGUOUS.label),
    (Reason.NO_CAMPAIGN.value, Reason.NO_CAMPAIGN.label),
    (Reason.CLICK_ID.value, Reason.CLICK_ID.label),
    (Reason.REFERRER.value, Reason.REFERRER.label),
    (Reason.DIRECT.value, Reason.DIRECT.label),
]
HOW = [
    (How.EXACT.value, gettext_lazy("is one of")),
    (How.PREFIX.value, gettext_lazy("begins with")),
    (How.CONTAINS.value, gettext_lazy("contains")),
]


class RuleForm(RepairForm):
    """A rule on sources or media: which values become which text."""

    how = forms.ChoiceField(label=gettext_lazy("The value"), choices=HOW)
    values = forms.CharField(
        label=gettext_lazy("Values"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One a line. Capitals and blanks around make no difference; _ and % stand for "
            "themselves."
        ),
    )
    text = forms.CharField(label=gettext_lazy("Becomes"), required=False, max_length=VALUE_LIMIT)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=rules.NOTE_LIMIT)
    field_order: tuple[str, ...] = ("how", "values", "text", "note", "reason")

    def __init__(
        self, company: Company, about: Field, item: RuleItem | None, *args: Any, **kwargs: Any
    ) -> None:
        self.about, self.item = about, item
        super().__init__(company, *args, **kwargs)

    def clean(self) -> None:
        super().clean()
        text = self.rule_text()
        for problem in rules.clean(self.company, text, self.item.line.id if self.item else None):
            self.add_error("values", problem)
        self.intent = SaveRule(text, self.item.line.id if self.item else None)

    def rule_text(self) -> RuleText:
        asked = self.cleaned_data
        return RuleText(
            field=self.about,
            how=How(asked.get("how") or How.EXACT),
            values=self._values(),
            text=asked.get("text", ""),
            note=asked.get("note", ""),
        )

    def _values(self) -> tuple[str, ...]:
        lines = self.cleaned_data.get("values", "").splitlines()
        return tuple(line.strip() for line in lines if line.strip())


class CampaignRuleForm(RuleForm):
    """A rule on campaigns: which leads count for which, or for none."""

    only_reason = forms.ChoiceField(
        label=gettext_lazy("Only leads"),
        choices=WHICH,
        required=False,
        help_text=gettext_lazy("Of leads without any utm_campaign leave the values empty."),
    )
    only_source = forms.CharField(
        label=gettext_lazy("Only of the source"),
        required=False,
        max_length=VALUE_LIMIT,
        help_text=gettext_lazy("As the rules on sources leave it. Empty: any."),
    )
    only_medium = forms.CharField(
        label=gettext_lazy("Only of the medium"), required=False, max_length=VALUE_LIMIT
    )
    campaign = campaign_field(gettext_lazy("Counts for"), required=False)
    leave = forms.BooleanField(label=gettext_lazy("Leave unattributed"), required=False)
    field_order = (
        *("how", "values", "only_reason", "only_source", "only_medium"),
        *("campaign", "leave", "note", "reason"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["text"]
        self.leads_to: int | None = None

    def clean(self) -> None:
        asked = self.cleaned_data
        named, leave = asked.get("campaign", ""), asked.get("leave", False)
        if named and leave:
            self.add_error("campaign", _("Either a campaign or “Leave unattributed”, not both."))
        elif named:
            campaign = self.found("campaign", named)
            self.leads_to = campaign.pk if campaign else None
        elif not leave and "campaign" not in self.errors:
            self.add_error("campaign", _("Choose a campaign, or tick “Leave unattributed”."))
        super().clean()

    def rule_text(self) -> RuleText:
        asked = self.cleaned_data
        return RuleText(
            field=Field.CAMPAIGN,
            how=How(asked.get("how") or How.EXACT),
            values=self._values(),
            only_reason=asked.get("only_reason", ""),
            only_source=asked.get("only_source", ""),
            only_medium=asked.get("only_medium", ""),
            campaign=self.leads_to,
            note=asked.get("note", ""),
        )

    def _values(self) -> tuple[str, ...]:
        """Leads without a utm_campaign have the empty value."""
        written = super()._values()
        was_empty = self.item is not None and self.item.line.values == ("",)
        nameless = self.cleaned_data.get("only_reason") in rules.NAMELESS or was_empty
        return written or (("",) if nameless else ())


def initial_of(item: RuleItem, campaign: str = "") -> dict[str, Any]:
    """A rule as the form shows it; `campaign` is the key of the one that it leads to."""
    line = item.line
    return {
        "how": line.how.value,
        "values": "\n".join(line.values),
        "text": line.text,
        "only_reason": line.only_reason,
        "only_source": line.only_source,
        "only_medium": line.only_medium,
        "campaign": campaign,
        "leave": line.field is Field.CAMPAIGN and line.campaign is None,
        "note": item.note,
    }


class ListForm(RepairForm):
    """A button of the list: which rule is moved or switched, or that the shipped ones are added."""

    def __init__(self, company: Company, data: QueryDict | None = None) -> None:
        super().__init__(company, data)

    def clean(self) -> None:
        super().clean()
        asked = _asked(self.data)
        if asked is None:
            raise forms.ValidationError(_("Choose what to do with which rule."))
        self.intent = asked


def _asked(data: Any) -> Intent | None:
    if "ship" in data:
        return ShipRules()
    for name in ("up", "down", "off", "on"):
        number = data.get(name, "")
        if number.isascii() and number.isdigit() and len(number) < 19:
            rule = int(number)
            if name in ("up", "down"):
                return MoveRule(rule, up=name == "up")
            return SwitchRule(rule, on=name == "on")
    return None
