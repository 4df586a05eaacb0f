"""Kinds of file that a company has named: how they are read; to be renamed, or forgotten."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from attribution.admin.times import in_zone
from attribution.imports import runs
from attribution.imports.options import ImportOptions
from attribution.models import Company
from spend.importing import kinds
from spend.importing.fields import FIELDS
from spend.models import ColumnMapping, SpendEntry, SpendRevision

ORDERS = {
    "ymd": gettext_lazy("Days are written year, month, day."),
    "dmy": gettext_lazy("Days are written day, month, year."),
    "mdy": gettext_lazy("Days are written month, day, year."),
}
SIGNS = {
    ".": gettext_lazy("Amounts are written with a point: 1,234.50."),
    ",": gettext_lazy("Amounts are written with a comma: 1.234,50."),
}


class KindForm(forms.ModelForm):
    """Only the name may be changed: how a file is read is said where one is imported."""

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if name == self.instance.name:
            return name
        taken = SpendEntry.objects.filter(_of(self.instance.company_id, name))
        if kinds.is_reserved(name) or taken.exists():
            raise ValidationError(
                _("Spend came from a source of the name “%(name)s” already: choose another."),
                params={"name": name},
            )
        return name


def rename(company: Company, old: str, new: str) -> None:
    """What files of this kind brought goes by the new name: the next one finds and replaces it."""
    runs.lock(company)
    for model in (SpendEntry, SpendRevision):
        rows = model._base_manager.filter(_of(company.pk, old))
        # What stands behind the name is the account.
        rows.update(source=Concat(Value(new), Substr(F("source"), len(old) + 1)))


def _of(company_id: int, name: str) -> Q:
    """Rows that came from files of this name, of whatever account."""
    return Q(company=company_id) & (Q(source=name) | Q(source__startswith=f"{name}:"))


@admin.register(ColumnMapping)
class ColumnMappingAdmin(ScopedAdmin):
    subject = "kindoffile"
    form = KindForm
    list_display = ("name", "headings", "author", "updated", "company")
    list_select_related = ("company", "author")
    list_filter = (filters.CompanyFilter,)
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("company", "name", "headings", "how", "author", "updated")
    readonly_fields = ("headings", "how", "author", "updated")

    def save_model(
        self, request: HttpRequest, obj: ColumnMapping, form: forms.ModelForm, change: bool
    ) -> None:
        old = str(form.initial["name"])
        with transaction.atomic():
            if obj.name != old:
                rename(obj.company, old, obj.name)
            super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: ColumnMapping) -> None:
        super().delete_model(request, obj)
        text = _("What such files have brought stays. How the next one is read will be asked.")
        self.message_user(request, text, messages.INFO)

    @admin.display(description=gettext_lazy("last change"), ordering="updated_at")
    def updated(self, kind: ColumnMapping) -> str:
        return in_zone(kind.updated_at, kind.company)

    @admin.display(description=gettext_lazy("headings"))
    def headings(self, kind: ColumnMapping) -> str:
        return " · ".join(map(str, kind.headers))

    @admin.display(description=gettext_lazy("how they are read"))
    def how(self, kind: ColumnMapping) -> str:
        return " ".join(sentences(kind))


def sentences(kind: ColumnMapping) -> list[str]:
    """How files of this kind are read, in words."""
    said = ImportOptions.from_json(kind.options)
    labels = {field.name: field.label for field in FIELDS}
    found = [
        _("“%(heading)s” is the %(field)s.")
        % {"heading": heading, "field": labels.get(name, name).lower()}
        for heading, name in said.mapping.items()
        if name
    ]
    found += [
        _("The %(field)s is “%(text)s” in every row.")
        % {"field": labels.get(name, name).lower(), "text": text}
        for name, text in said.constants.items()
    ]
    found += [str(ORDERS[said.day_order])] if said.day_order else []
    found += [str(SIGNS[said.decimal_sign])] if said.decimal_sign else []
    if said.currency:
        found.append(_("Amounts are in %(currency)s.") % {"currency": said.currency})
    if said.account:
        found.append(_("The ad account is “%(account)s”.") % {"account": said.account})
    if said.add_up:
        found.append(_("Rows of one campaign and day are added up."))
    if said.whole_days is False:
        found.append(_("What a file does not name stays."))
    return found or [_("As its headings say.")]
