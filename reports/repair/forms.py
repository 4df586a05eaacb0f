"""Forms that ask for a repair: corrections of leads, and what is done with one campaign."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.models import Campaign, Company
from attribution.repair import law, rules
from attribution.repair.intents import Claim, Correct, Intent, Merge, RuleText, SaveRule
from attribution.utm import KEY_LIMIT, VALUE_LIMIT, tidy
from attribution.verdict import Field, How
from reports.repair import campaign_choice

MOST_REASON = 500


class RepairForm(forms.Form):
    """Asks why; its `intent` is what was asked for."""

    reason = forms.CharField(
        label=gettext_lazy("Why are you doing this?"),
        max_length=MOST_REASON,
        help_text=gettext_lazy("It stands in the history. No names of customers, please."),
        error_messages={"required": gettext_lazy("Say why: it stands in the history.")},
    )
    intent: Intent

    def __init__(self, company: Company, *args: Any, **kwargs: Any) -> None:
        self.company = company
        super().__init__(*args, **kwargs)

    def found(self, field: str, text: str) -> Campaign | None:
        """The campaign that is called so; a fault stands beside its field."""
        try:
            return campaign_choice.typed(self.company, [text]).find(text)
        except campaign_choice.Unknown as problem:
            self.add_error(field, str(problem))
            return None


def campaign_field(label: Any, required: bool = True) -> forms.CharField:
    """Any campaign by key or name, with the list `campaigns` of the page to choose from."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=KEY_LIMIT,
        widget=forms.TextInput(attrs={"list": "campaigns", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Choose a campaign of the list.")},
    )


class CorrectForm(RepairForm):
    """What chosen leads are to count as; an empty field leaves it as it is."""

    source = forms.CharField(label=gettext_lazy("Source"), required=False, max_length=VALUE_LIMIT)
    medium = forms.CharField(label=gettext_lazy("Medium"), required=False, max_length=VALUE_LIMIT)
    campaign = campaign_field(gettext_lazy("Campaign"), required=False)
    no_campaign = forms.BooleanField(label=gettext_lazy("No campaign"), required=False)
    field_order = ("source", "medium", "campaign", "no_campaign", "reason")

    def __init__(self, company: Company, leads: tuple[int, ...], *args: Any) -> None:
        self.leads = leads
        super().__init__(company, *args)

    def clean_source(self) -> str | None:
        return self._value("source")

    def clean_medium(self) -> str | None:
        return self._value("medium")

    def _value(self, name: str) -> str | None:
        written: str = self.cleaned_data[name]
        if written and not tidy(written):
            raise forms.ValidationError(
                _("“%(value)s” means nothing. Write a value, or leave the field empty.")
                % {"value": written}
            )
        return tidy(written) or None

    def clean(self) -> None:
        super().clean()
        asked = self.cleaned_data
        named = asked.get("campaign", "")
        if named and asked.get("no_campaign"):
            self.add_error("campaign", _("Either a campaign or “No campaign”, not both."))
        campaign = self.found("campaign", named) if named and not self.errors else None
        sets_campaign = bool(named or asked.get("no_campaign"))
        if not self.errors and not (sets_campaign or asked["source"] or asked["medium"]):
            raise forms.ValidationError(_("Write what is to be different: all fields are empty."))
        self.intent = Correct(
            leads=self.leads,
            source=asked.get("source"),
            medium=asked.get("medium"),
            sets_campaign=sets_campaign,
            campaign=campaign.pk if campaign else None,
        )


class CampaignForm(RepairForm):
    """A form on the page of one campaign."""

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        self.campaign = campaign
        super().__init__(campaign.company, *args, **kwargs)


class MergeForm(CampaignForm):
    target = campaign_field(gettext_lazy("Merge into"))
    field_order = ("target", "reason")

    def clean(self) -> None:
        super().clean()
        if "target" not in self.cleaned_data:
            return
        target = self.found("target", self.cleaned_data["target"])
        if target is not None and target.pk == self.campaign.pk:
            self.add_error("target", _("This is the same campaign. Choose another."))
        elif target is not None:
            self.intent = Merge(sources=(self.campaign.pk,), target=target.pk)


class KeysForm(CampaignForm):
    """Further names that lead to the campaign: one rule on exactly these."""

    keys = forms.CharField(
        label=gettext_lazy("Further utm_campaign"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy("One a line. Capitals, blanks and %20 make no difference."),
        error_messages={"required": gettext_lazy("Write at least one value.")},
    )
    field_order = ("keys", "reason")

    def clean_keys(self) -> tuple[str, ...]:
        lines = [line.strip() for line in self.cleaned_data["keys"].splitlines()]
        values = tuple(dict.fromkeys(line for line in lines if line))
        if self.campaign.key in map(tidy, values):
            raise forms.ValidationError(
                _("“%(key)s” is its own utm_campaign already. Write others.")
                % {"key": self.campaign.key}
            )
        text = self._rule(values)
        if problems := rules.problems(text, law.rules(self.company)):
            raise forms.ValidationError(problems)
        self.intent = SaveRule(text)
        return values

    def _rule(self, values: tuple[str, ...]) -> RuleText:
        return RuleText(
            field=Field.CAMPAIGN, how=How.EXACT, values=values, campaign=self.campaign.pk
        )


class ClaimForm(CampaignForm):
    def clean(self) -> None:
        super().clean()
        self.intent = Claim(self.campaign.pk)
