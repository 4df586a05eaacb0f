"""The forms of digests and alerts: which view, when or what, and to whom."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution import roles
from attribution.webhooks import sealing
from reports.metrics import METRICS
from reports.saved.models import SavedView
from reports.sending import people
from reports.sending.models import Addressed, Alert
from reports.sending.transport import check_slack_address

MOST_RECIPIENTS = 50
SHOWN = 24  # letters of a webhook's address, which are the same for everybody


class ViewChoice(forms.ModelChoiceField):
    """Views by their names, each with its company."""

    def label_from_instance(self, view: Any) -> str:
        return f"{view.name} ({view.company.name})"


def views_of(user: Any, right: str) -> "QuerySet[SavedView]":
    """The views that the person sees in the companies in which it has the right."""
    companies = roles.companies_with(user, right)
    rows = SavedView.objects.filter(Q(owner=user) | Q(owner=None), company__in=companies)
    return rows.select_related("company").order_by("company__name", "name", "pk")


class AddressedForm(forms.ModelForm):
    """Recipients are named by their addresses; of Slack the address is written, never read back."""

    user: Any  # who is filling it in; set by the admin
    right: str

    # Which there are is known only when a request comes.
    view: Any = ViewChoice(queryset=None, label=gettext_lazy("Saved view"))
    people = forms.CharField(
        label=gettext_lazy("Recipients of the mail"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "E-mail addresses of people of the company, one a line. Who leaves it gets no more."
        ),
    )
    slack = forms.CharField(
        label=gettext_lazy("Address of the Slack webhook"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "view" not in self.fields:  # it may only be looked at
            return
        self.fields["view"].queryset = views_of(self.user, self.right)  # type: ignore[attr-defined]
        stored = self.instance.pk is not None
        if stored:
            known = people.addresses(self.instance.company, self.instance.recipients)
            self.initial["people"] = "\n".join(known)
        elif roles.companies_of(self.user):
            self.initial.setdefault("people", self.user.email)
        self.fields["slack"].help_text = (
            _("One is stored. Write another one to replace it; empty leaves it as it is.")
            if stored and self.instance.sealed_address
            else _("In Slack: an app with “Incoming Webhooks”. Who has it can write there.")
        )

    def clean_slack(self) -> str:
        given = self.cleaned_data["slack"]
        return check_slack_address(given) if given.strip() else ""

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        view = found.get("view")
        if view is None or self.errors:
            return found
        self.instance.company = view.company
        if found.get("channel") == Addressed.Channel.SLACK:
            if not found.get("slack") and not self.instance.sealed_address:
                self.add_error("slack", _("Without it the message has nowhere to go."))
        else:
            self._clean_people(view)
        return found

    def _clean_people(self, view: SavedView) -> None:
        texts = [one for one in re.split(r"[\s,;]+", self.cleaned_data.get("people", "")) if one]
        known = {one.email.casefold(): one.pk for one in people.members(view.company)}
        strange = [one for one in texts if one.casefold() not in known]
        if strange:
            text = _("%(address)s is nobody of %(company)s who may see its report.")
            said = text % {"address": strange[0][:100], "company": view.company.name}
            self.add_error("people", said)
        elif not texts:
            self.add_error("people", _("Name somebody who gets it."))
        elif len(texts) > MOST_RECIPIENTS:
            text = _("%(most)s recipients are the most; these are %(n)s.")
            self.add_error("people", text % {"most": MOST_RECIPIENTS, "n": len(texts)})
        else:
            self.instance.recipients = sorted({known[one.casefold()] for one in texts})

    def save(self, commit: bool = True) -> Any:
        if given := self.cleaned_data.get("slack"):
            self.instance.sealed_address = sealing.seal(given)
        return super().save(commit)


class AlertForm(AddressedForm):
    """A figure, and when it is off."""

    metric = forms.ChoiceField(label=gettext_lazy("Figure"))

    class Meta:
        help_texts = {
            "threshold": gettext_lazy(
                "As the report shows it: 12.5 for a rate of 12.5 %, money in the company's "
                "currency. Of “unusual” it stays empty: leads of the last whole day are compared "
                "with the same weekdays of the 8 weeks before."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "metric" in self.fields:
            choices = [(name, str(metric.label)) for name, metric in METRICS.items()]
            self.fields["metric"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        unusual = found.get("condition") == Alert.Condition.UNUSUAL
        if unusual and found.get("metric") not in (None, "leads"):
            self.add_error("metric", _("What is usual is known of leads alone."))
        if unusual:
            found["threshold"] = None
        elif found.get("condition") and found.get("threshold") is None:
            self.add_error("threshold", _("Above or below which value?"))
        view, campaign = found.get("view"), found.get("campaign")
        if view and campaign and campaign.company_id != view.company_id:
            text = _("%(campaign)s is a campaign of another company than the view.")
            raise ValidationError({"campaign": text % {"campaign": campaign}})
        return found
