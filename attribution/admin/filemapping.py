"""Kinds of file of leads and bookings that a company has named; to be renamed, or forgotten."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from attribution.admin.times import in_zone
from attribution.imports.mapping import KINDS
from attribution.imports.options import ImportOptions
from attribution.imports.registry import importer_of
from attribution.models import FileMapping
from attribution.transfer.forms import DAY_ORDERS, DECIMAL_SIGNS


class KindFilter(filters.ValuesFilter):
    title = gettext_lazy("what")
    parameter_name = column = "kind"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return [choice for choice in FileMapping.kind.field.choices or () if choice[0] in KINDS]


class MappingForm(forms.ModelForm):
    """Only the name may be changed: how a file is read is said where one is imported."""

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())


@admin.register(FileMapping)
class FileMappingAdmin(ScopedAdmin):
    subject = "filemapping"
    form = MappingForm
    fixed = ("company", "kind")
    list_display = ("name", "kind", "headings", "author", "updated", "company")
    list_select_related = ("company", "author")
    list_filter = (filters.CompanyFilter, KindFilter)
    search_fields = ("name",)
    ordering = ("kind", "name")
    fields = ("company", "kind", "name", "headings", "how", "author", "updated")
    readonly_fields = ("headings", "how", "author", "updated")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        text = _("What such files have brought stays. How the next one is read will be asked.")
        self.message_user(request, text, messages.INFO)

    @admin.display(description=gettext_lazy("last change"), ordering="updated_at")
    def updated(self, mapping: FileMapping) -> str:
        return in_zone(mapping.updated_at, mapping.company)

    @admin.display(description=gettext_lazy("headings"))
    def headings(self, mapping: FileMapping) -> str:
        return " · ".join(map(str, mapping.headers))

    @admin.display(description=gettext_lazy("how they are read"))
    def how(self, mapping: FileMapping) -> str:
        return " ".join(sentences(mapping)) or _("As its headings say.")


def sentences(kind: FileMapping) -> list[str]:
    """How files of this kind are read, in words."""
    said = ImportOptions.from_json(kind.options)
    labels = {field.name: field.label for field in importer_of(kind.kind).fields}
    found = [
        _("“%(heading)s” is the %(field)s.")
        % {"heading": heading, "field": labels.get(name, name).lower()}
        for heading, name in said.mapping.items()
    ]
    found += [
        _("The %(field)s is “%(text)s” in every row.")
        % {"field": labels.get(name, name).lower(), "text": text}
        for name, text in said.constants.items()
    ]
    found += [
        _("In “%(heading)s”, “%(old)s” means “%(new)s”.")
        % {"heading": heading, "old": old, "new": new}
        for heading, words in said.values.items()
        for old, new in words.items()
    ]
    found += [str(DAY_ORDERS[said.day_order])] if said.day_order else []
    found += [str(DECIMAL_SIGNS[said.decimal_sign])] if said.decimal_sign else []
    return found
