"""Amounts in forms and lists: minor units in the database, decimals in front of people."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.files.cells import CellError, parse_amount
from attribution.models import Company
from attribution.models.company import validate_currency
from attribution.money import decimal_of, shown


def shown_with_worth(row: Any, worth: int | None) -> str:
    """The amount as recorded; in another currency than the company's, with what it is worth."""
    text, own = shown(row.recorded_minor, row.currency), row.company.currency
    if row.original_minor is None or row.currency == own:
        return text
    return f"{text} ({_('rate missing') if worth is None else shown(worth, own)})"


def mistyped(error: CellError, currency: str) -> str:
    """What is wrong with an amount that a person typed; the way out in a file is another one."""
    way_out = _("Write it with a point, such as %(sample)s.")
    return f"{error.problem} {way_out % {'sample': decimal_of(123450, currency)}}"


class MoneyForm(forms.ModelForm):
    """A form whose `amount` is written as a decimal, in the row's own `currency`.

    Where the form shows no currency, it is that of the row, and of a new one the company's.

    Forms of the admin have no Meta: the admin names the model and the fields when a request comes,
    and a foreign key may look for its rows only then.
    """

    minor_field: ClassVar[str]
    negative_allowed: ClassVar[bool] = False

    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=40,
        help_text=gettext_lazy("In the company's currency, with a point: 1234.50"),
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        required=False,
        widget=forms.TextInput(attrs={"size": 4, "class": "cp-currency"}),
        help_text=gettext_lazy(
            "Empty: the company's own. Another one, such as SEK, is converted at the rate of "
            "the day."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "amount" in self.fields:
            minor, currency = self.instance.recorded_minor, self.instance.currency
            self.initial["amount"] = "" if minor is None else str(decimal_of(minor, currency))
            own = currency == self.instance.company.currency
            self.initial["currency"] = "" if own else currency

    def company(self) -> Company | None:
        """Whose row this is; known only once the other fields are read."""
        chosen: Company | None = self.cleaned_data.get("company")
        return chosen or (self.instance.company if self.instance.company_id else None)

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"].strip().upper()
        if code:
            validate_currency(code)
        return code

    def clean(self) -> dict[str, Any]:
        super().clean()
        company = self.company()
        text = self.cleaned_data.get("amount")
        if company is None or not text or "currency" in self.errors:
            return self.cleaned_data
        currency = self.cleaned_data.get("currency") or company.currency
        if self.add_prefix("currency") not in self.data and self.instance.pk is not None:
            currency = self.instance.currency  # the form does not show it
        self.cleaned_data["currency"] = currency
        try:
            minor = parse_amount(text, currency).minor
        except CellError as error:
            self.add_error("amount", mistyped(error, currency))
        else:
            if minor < 0 and not self.negative_allowed:
                self.add_error("amount", _("This amount cannot be below 0."))
            self._keep(minor, currency, company)
        return self.cleaned_data

    def _keep(self, minor: int, currency: str, company: Company) -> None:
        """What it is worth is worked out when the row is completed, once its day is known."""
        self.instance.currency = currency
        foreign = currency != company.currency
        self.instance.original_minor = minor if foreign else None
        setattr(self.instance, self.minor_field, None if foreign else minor)

    def _post_clean(self) -> None:
        """The database's rules speak in the form, those over columns it does not show included."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.instance.complete()
            self.instance.validate_constraints()
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]
