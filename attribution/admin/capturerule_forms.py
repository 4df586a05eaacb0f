"""Forms of capture rules: many lines at once, and a lead to try them on."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution import roles
from attribution.capture.judging import normal
from attribution.capture.judging.given import Given
from attribution.capture.judging.rulebook import EXACTLY, Line, network_of, normal_value
from attribution.models import CaptureRule, Company

What, Then = CaptureRule.What, CaptureRule.Then
MOST_LINES = 1_000
MOST_RULES = 5_000  # of one company: all of them are read for each batch
LONGEST = 200


class CompanyChoice(forms.ModelChoiceField):
    """Among the companies in which the user has a right."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=None,
            label=gettext_lazy("Company"),
            to_field_name="slug",
            empty_label=None,
            **kwargs,
        )

    def of(self, user: Any, right: str) -> None:
        self.queryset = Company.objects.filter(pk__in=roles.companies_with(user, right))


class RulesForm(forms.Form):
    """One rule a line; all of them look at the same and do the same."""

    company = CompanyChoice()
    what = forms.ChoiceField(label=gettext_lazy("When the"), choices=What.choices)
    values = forms.CharField(
        label=gettext_lazy("Values, one a line"),
        max_length=MOST_LINES * (LONGEST + 2),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "A name is found as whole words anywhere in the name; begin it with = for the whole "
            "name. A domain takes its subdomains with it. Networks are written 203.0.113.0/24, "
            "parameters as name or name=value."
        ),
    )
    then = forms.ChoiceField(label=gettext_lazy("Then"), choices=Then.choices)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=LONGEST, required=False)

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["company"]
        field.of(user, "capturerule.add")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("values") and found.get("what") and found.get("company"):
            try:
                found["lines"] = self._lines(found)
            except ValidationError as error:
                self.add_error("values", error)
        return found

    def _lines(self, found: dict[str, Any]) -> list[Line]:
        """Those that are new, in the form in which they are compared."""
        texts = [text.strip() for text in found["values"].splitlines() if text.strip()]
        if len(texts) > MOST_LINES:
            raise ValidationError(
                _("These are %(number)s lines; at most %(most)s can be added at once."),
                params={"number": f"{len(texts):,}", "most": f"{MOST_LINES:,}"},
            )
        problems, values = [], dict[str, None]()
        for number, text in enumerate(texts, start=1):
            if problem := problem_of(found["what"], text):
                problems.append(
                    _("Line %(number)s, “%(text)s”: %(problem)s")
                    % {"number": number, "text": text[:60], "problem": problem}
                )
            values[normal_value(found["what"], text)] = None
        if problems:
            raise ValidationError(problems[:20])
        known = CaptureRule.objects.filter(company=found["company"])
        if known.count() + len(values) > MOST_RULES:
            raise ValidationError(
                _("A company can have %(most)s rules. Delete some that are not needed first."),
                params={"most": f"{MOST_RULES:,}"},
            )
        there = set(known.filter(what=found["what"]).values_list("value", flat=True))
        new = [Line(0, found["what"], value, found["then"]) for value in values]
        new = [line for line in new if line.value not in there]
        if not new:
            raise ValidationError(_("There are rules for these values already."))
        return new


def problem_of(what: str, text: str) -> str:
    """Why no lead could ever meet this value, with the way out; empty when one can."""
    value = normal_value(what, text)
    if len(text) > LONGEST or len(value) > LONGEST:
        return _("It is longer than %(most)s characters.") % {"most": LONGEST}
    match what:
        case What.EMAIL if "@" not in value.strip("@"):
            return _("This is no e-mail address. For all of a domain choose “ends with domain”.")
        case What.EMAIL_DOMAIN | What.REFERRER if not value or " " in value:
            return _("Write a domain such as example.com.")
        case What.NAME if not value.removeprefix(EXACTLY):
            return _("Write at least one letter or digit.")
        case What.PHONE if len(value) < 5:
            return _("Write the whole number, such as +49 170 1234567.")
        case What.IP if network_of(text) is None:
            return _("Write an address such as 203.0.113.7, or a network such as 203.0.113.0/24.")
        case What.PARAMETER if not value.partition("=")[0]:
            return _("Write a parameter as name or name=value.")
    return "" if value else _("Write a value.")


class TryForm(forms.Form):
    """The values of a lead that is not there."""

    company = CompanyChoice()
    email = forms.CharField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=60, required=False)
    ip = forms.CharField(label=gettext_lazy("IP address"), max_length=45, required=False)
    country = forms.CharField(label=gettext_lazy("Country"), max_length=60, required=False)
    referrer = forms.CharField(label=gettext_lazy("Referrer"), max_length=2000, required=False)
    landing_page = forms.CharField(
        label=gettext_lazy("Landing page"), max_length=2000, required=False
    )
    agent = forms.CharField(label=gettext_lazy("User agent"), max_length=500, required=False)
    honeypot = forms.BooleanField(
        label=gettext_lazy("The field that only programs fill in is filled in"), required=False
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["company"]
        field.of(user, "capturerule.view")

    def clean_ip(self) -> str:
        text: str = self.cleaned_data["ip"]
        if text and normal.address(text) is None:
            raise ValidationError(_("This is no IP address."))
        return text

    def given(self, **others: Any) -> Given:
        values = {name: value for name, value in self.cleaned_data.items() if name != "company"}
        return Given(**values, **others)
