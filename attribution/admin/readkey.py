"""Read keys: made, shown once, revoked; by company admins alone."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from attribution import readkeys
from attribution.admin import filters
from attribution.admin.keys import KeyAdmin, StateFilter
from attribution.models import ReadKey


@admin.register(ReadKey)
class ReadKeyAdmin(KeyAdmin):
    """Keys of programs that read the report."""

    subject = "readkey"
    templates = "admin/attribution/readkey"
    page_title = gettext_lazy("Read key %(name)s")
    not_there = gettext_lazy("There is no such read key.")
    about_revoking = gettext_lazy(
        "From the next request on the key opens nothing, and it cannot be taken back into use. Put"
        " another key in its place first, where something still reads with it."
    )
    fixed = ("company", "role", "begins")
    list_display = ("name", "role", "begins", "state", "last_used_at", "company")
    list_filter = (filters.CompanyFilter, StateFilter)

    def assign(self, row: Any) -> str:
        return readkeys.assign(row)

    def get_fields(self, request: HttpRequest, obj: ReadKey | None = None) -> tuple[str, ...]:
        asked = ("company", "name", "role", "expires_at")
        if obj is None:
            return asked
        return ("company", "name", "role", "begins", "expires_at", *self.readonly_fields[1:])
