"""Import history: what was taken in, when, by whom. Nothing here can be changed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from attribution.models import ImportRun


class KindFilter(filters.ValuesFilter):
    title = _("what")
    parameter_name = column = "kind"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(ImportRun.Kind.choices)


class StateFilter(filters.ValuesFilter):
    title = _("state")
    parameter_name = column = "state"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(ImportRun.State.choices)


@admin.register(ImportRun)
class ImportRunAdmin(ScopedAdmin):
    """Faulty cells are not repeated here: they may be somebody's address."""

    subject = "importrun"
    list_display = ("started", "kind", "file_name", "state", "result", "author", "company")
    list_select_related = ("company", "author")
    list_filter = (filters.CompanyFilter, KindFilter, StateFilter)
    search_fields = ("file_name", "file_hash")
    fields = (
        *("company", "kind", "state", "file_name", "file_hash", "author"),
        *("rows", "new", "changed", "same", "error_count", "started_at", "finished_at"),
        *("undone_at", "undone_by", "undoing"),
    )
    readonly_fields = ("undone_at", "undone_by", "undoing")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("file_content", "report", "options")

    @admin.display(description=_("started"), ordering="started_at")
    def started(self, run: ImportRun) -> str:
        """As the pages of the import say it."""
        return date_format(run.started_at.astimezone(run.company.zone), "j M Y, H:i")

    @admin.display(description=_("undo"))
    def undoing(self, run: ImportRun) -> str:
        """Only spend knows what was there before."""
        if run.kind != ImportRun.Kind.SPEND or run.state != ImportRun.State.DONE:
            return "–"
        url = reverse("admin:spend_spendentry_import_undo", args=[run.token])
        return format_html('<a href="{}">{}</a>', url, _("Undo this import"))

    @admin.display(description=_("new / changed / same / errors"))
    def result(self, run: ImportRun) -> str:
        return f"{run.new} / {run.changed} / {run.same} / {run.error_count}"
