"""The list of spend, whose amounts and notes are changed in their rows."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from attribution.admin.money import mistyped, shown_with_worth
from attribution.admin.versions import Difference, VersionedForm
from attribution.files.cells import CellError, parse_amount
from attribution.models import Company
from attribution.money import decimal_of, shown
from spend.models import SpendEntry

MayChange = Callable[[SpendEntry], bool]
# On a phone there is room for the first three; the others are reached by scrolling.
SHOWN = ("day", "campaign_as_known", "amount", "line", "note", "came_from", "company")
EDITED = ("day", "campaign_as_known", "amount_minor", "line", "note", "came_from")
MOST_ROWS = 120  # each sends up to seven fields, and Django takes a thousand


class Said(forms.Widget):
    """A value that is only to be read, where in other rows there is an input."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return format_html("{}", self.text)


class AmountInput(forms.TextInput):
    """A small input, with its currency behind it, and what it is worth in the company's."""

    def __init__(self, behind: str) -> None:
        super().__init__()
        self.behind = behind

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return format_html("{} {}", super().render(name, value, attrs, renderer), self.behind)


class EntryRow(VersionedForm):
    """The amount and the note of one entry; of one that the user may not change, to be read."""

    amount_minor = forms.CharField(max_length=40)

    def __init__(self, *args: Any, may_change: MayChange | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = True  # a row that was left alone is not looked at again
        self.use_required_attribute = False
        entry: SpendEntry = self.instance
        minor = entry.recorded_minor
        text = "" if minor is None else str(decimal_of(minor, entry.currency))
        self.initial["amount_minor"] = text
        self.fields["amount_minor"].label = _("Amount")
        self.fields["amount_minor"].required = minor is not None
        if self.is_stored and may_change and not may_change(entry):
            amount = shown_with_worth(entry, entry.amount_minor)
            self._only_read({"amount_minor": amount, "note": entry.note})
            return
        if self.is_stored:
            self.fields["amount_minor"].widget = AmountInput(currency_and_worth(entry))
        # The admin's own is so wide that the last columns stand outside the window.
        self.fields["note"].widget = forms.TextInput()
        labels = {"amount_minor": _("Amount: %(entry)s"), "note": _("Note: %(entry)s")}
        for name, size in (("amount_minor", 10), ("note", 16)):
            named = {"aria-label": labels[name] % {"entry": entry}, "size": size}
            self.fields[name].widget.attrs.update(named)

    def _only_read(self, texts: dict[str, str]) -> None:
        for name, text in texts.items():
            self.fields[name].disabled = True
            self.fields[name].widget = Said(text)

    @property
    def changed_data(self) -> list[str]:
        """The number of a row that is gone is no change of it."""
        return [name for name in super().changed_data if name != "id"]

    def clean_amount_minor(self) -> int | None:
        """What it is worth in the company's currency is worked out when it is saved."""
        text, entry = self.cleaned_data["amount_minor"], self.instance
        if not text or not self.is_stored:
            return None
        try:
            minor = parse_amount(text, entry.currency).minor
        except CellError as error:
            raise ValidationError(mistyped(error, entry.currency)) from error
        if entry.currency == entry.company.currency:
            return minor
        entry.original_minor = minor
        return entry.amount_minor

    def clean(self) -> dict[str, Any] | None:
        if self.is_stored:
            return super().clean()
        self.errors.pop("id", None)  # it says the same, in a hidden place
        raise ValidationError(
            _("Somebody has deleted this entry in the meantime, so nothing was saved.")
        )

    def _compare(self) -> Iterator[Difference]:
        """What was sent is shown as it was written."""
        for one in super()._compare():
            is_amount = one.label == self.fields["amount_minor"].label
            yield one._replace(mine=self._sent("amount_minor")) if is_amount else one

    def save(self, commit: bool = True) -> Any:
        """An entry counts its version up by itself."""
        entry = super().save(commit=False)
        entry.version = self.stored_version
        if commit:
            entry.save()
        return entry


class KnowsRights:
    """Tells each form of a list whether its row may be changed."""

    may_change: MayChange

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs(index)  # type: ignore[misc]
        return {**kwargs, "may_change": self.may_change}

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)  # type: ignore[misc]
        for field in form.fields.values():
            if field.disabled:
                field.show_hidden_initial = False


class EntryRows(ModelAdmin):
    """The list: inputs for who may change entries, and in the rows that are theirs to change."""

    list_form: type[forms.ModelForm] = EntryRow
    list_display: Any = (*EDITED, "company")
    list_editable = ("amount_minor", "note")
    list_max_show_all = MOST_ROWS

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)  # with the company, or without it
        if self.has_change_permission(request) and IS_POPUP_VAR not in request.GET:
            return columns
        return [one for one in SHOWN if one in columns or one not in self.list_display]

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        found = super().get_changelist_formset(request, **kwargs)
        asked = partial(self.has_change_permission, request)
        return type(found.__name__, (KnowsRights, found), {"may_change": staticmethod(asked)})

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """A list that was sent is shown again as it was sent: rows may have come or gone since."""
        changelist = super().get_changelist_instance(request)
        if request.method == "POST" and "_save" in request.POST and changelist.list_editable:
            rows = {row.pk: row for row in self._sent(request, "form")}
            pks = map(number_of, self._get_edited_object_pks(request, "form"))
            changelist.result_list = [rows.get(pk) or _gone(pk) for pk in pks]
        return changelist

    def _sent(self, request: HttpRequest, prefix: str) -> QuerySet[Any]:
        pks = [number_of(pk) for pk in self._get_edited_object_pks(request, prefix)]
        rows = self.get_queryset(request).filter(pk__in=pks)
        return rows.select_related("company", "campaign", "cost")

    def _get_list_editable_queryset(self, request: HttpRequest, prefix: str) -> QuerySet[Any]:
        """Repairs wait, and of two lists in another order neither waits for the other."""
        self.hold_off_repairs(self._sent(request, prefix))  # type: ignore[attr-defined]
        return self._sent(request, prefix).order_by("pk").select_for_update(of=("self",))


def currency_and_worth(entry: SpendEntry) -> str:
    """Of the recorded amount: its currency, and in another one than the company's its worth."""
    if entry.original_minor is None:
        return entry.currency
    if entry.amount_minor is None:
        return _("%(currency)s (rate missing)") % {"currency": entry.currency}
    worth = shown(entry.amount_minor, entry.company.currency)
    return _("%(currency)s (%(amount)s)") % {"currency": entry.currency, "amount": worth}


def _gone(pk: int) -> SpendEntry:
    """In the place of a row that was there when the list was opened."""
    return SpendEntry(pk=pk, company=Company(), campaign_name=_("Deleted in the meantime"))


def number_of(text: Any) -> int:
    """A row's number as it stands in an address or a form; 0, which no row has, for nonsense."""
    return int(text) if str(text).isdecimal() and len(str(text)) < 19 else 0
