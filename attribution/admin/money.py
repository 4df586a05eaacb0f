"""Amounts in forms and lists: minor units in the database, decimals in front of people."""

from decimal import Decimal
from typing import Any, ClassVar

from babel.numbers import format_currency, get_currency_precision
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from attribution.files.cells import CellError, parse_amount
from attribution.models import Company


def decimal_of(minor: int, currency: str) -> Decimal:
    """1234 cents are 12.34; yen have no minor unit."""
    return Decimal(minor).scaleb(-get_currency_precision(currency))


def shown(minor: int | None, currency: str) -> str:
    """The amount with its currency, as the reader's language writes it; a dash when unknown."""
    if minor is None:
        return "–"
    locale = to_locale(get_language() or "en")
    return format_currency(decimal_of(minor, currency), currency, locale=locale)


class MoneyForm(forms.ModelForm):
    """A form whose `amount` is written as a decimal in the currency of the row's company.

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "amount" in self.fields:
            minor = getattr(self.instance, self.minor_field)
            self.initial["amount"] = str(decimal_of(minor, self.instance.currency))

    def company(self) -> Company | None:
        """Whose row this is; known only once the other fields are read."""
        chosen: Company | None = self.cleaned_data.get("company")
        return chosen or (self.instance.company if self.instance.company_id else None)

    def clean(self) -> dict[str, Any]:
        super().clean()
        company = self.company()
        text = self.cleaned_data.get("amount")
        if company is None or not text:
            return self.cleaned_data
        try:
            minor = parse_amount(text, company.currency).minor
        except CellError as error:
            self.add_error("amount", f"{error.problem} {error.way_out}")
        else:
            if minor < 0 and not self.negative_allowed:
                self.add_error("amount", _("This amount cannot be below 0."))
            setattr(self.instance, self.minor_field, minor)
        return self.cleaned_data

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
