"""Ingest keys: made, shown once, limited, revoked; by company admins alone."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.admin import filters
from attribution.admin.keys import KeyAdmin, StateFilter
from attribution.ingest import keys
from attribution.models import IngestKey
from attribution.snippet.forms import clean_origin

MOST_ORIGINS = 50


class KeyForm(forms.ModelForm):
    """Origins are written one a line."""

    origins = forms.CharField(
        label=gettext_lazy("Addresses of your site"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Of a browser's key: from which pages it may be used. One a line, as"
            " https://www.example.com."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["origins"] = "\n".join(self.instance.origins)
            if self.instance.kind == keys.Kind.SERVER:
                self.fields.pop("origins", None)

    def clean_origins(self) -> list[str]:
        texts = re.split(r"[\s,]+", self.cleaned_data["origins"])
        found = list(dict.fromkeys(clean_origin(text) for text in texts if text))
        if len(found) > MOST_ORIGINS:
            raise ValidationError(_("%(most)s addresses are the most.") % {"most": MOST_ORIGINS})
        return found

    def clean(self) -> dict[str, Any] | None:
        found = super().clean() or {}
        kind = found.get("kind", self.instance.kind)
        if kind == keys.Kind.BROWSER and "origins" in found and not found["origins"]:
            text = _("Name the pages: anybody can copy a browser's key from them.")
            self.add_error("origins", text)
        if kind == keys.Kind.SERVER and found.get("origins"):
            self.add_error("origins", _("Only a browser's key has pages. Leave this empty."))
        return found


class KindFilter(filters.ValuesFilter):
    title = gettext_lazy("kind")
    parameter_name = column = "kind"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(IngestKey.Kind.choices)


@admin.register(IngestKey)
class IngestKeyAdmin(KeyAdmin):
    """Keys of programs that send, and of pages."""

    subject = "ingestkey"
    templates = "admin/attribution/ingestkey"
    page_title = gettext_lazy("Ingest key %(name)s")
    not_there = gettext_lazy("There is no such ingest key.")
    about_revoking = gettext_lazy(
        "From the next request on the key opens nothing, and it cannot be taken back into use. What"
        " came with it stays. Put another key in its place first, where something still sends with"
        " it."
    )
    form = KeyForm
    fixed = ("company", "kind", "begins")
    list_display = ("name", "kind", "begins", "state", "last_used_at", "company")
    list_filter = (filters.CompanyFilter, KindFilter, StateFilter)

    def assign(self, row: Any) -> str:
        return keys.assign(row)

    def get_fields(self, request: HttpRequest, obj: IngestKey | None = None) -> tuple[str, ...]:
        limits = ("per_minute", "expires_at")
        if obj is None:
            return ("company", "name", "kind", "origins", *limits)
        own = ("origins",) if obj.kind == keys.Kind.BROWSER else ()
        return (*("company", "name", "kind", "begins"), *own, *limits, *self.readonly_fields[1:])
