"""Import history: what was taken in, when, by whom. Nothing here can be changed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from attribution.admin.times import in_zone
from attribution.models import ImportRun

State = ImportRun.State
WAITING = (State.CHECKING, State.UPLOADED, State.QUEUED, State.RUNNING)
# Files of these kinds are taken in on pages, step by step.
PAGES = {
    ImportRun.Kind.LEADS.value: "attribution_lead",
    ImportRun.Kind.BOOKINGS.value: "attribution_booking",
    ImportRun.Kind.CAMPAIGNS.value: "attribution_campaign",
    ImportRun.Kind.SPEND.value: "spend_spendentry",
}


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
        *("rows", "new", "changed", "same", "error_count", "started", "finished"),
        *("undone", "undone_by", "next_step"),
    )
    readonly_fields = ("started", "finished", "undone", "undone_by", "next_step")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("file_content", "report", "options")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """With the user who looks at it: a file that waits is its author's alone."""
        run = super().get_object(request, object_id, from_field)
        if run is not None:
            run.seen_by = request.user.pk
        return run

    @admin.display(description=_("started"), ordering="started_at")
    def started(self, run: ImportRun) -> str:
        return in_zone(run.started_at, run.company)

    @admin.display(description=_("finished"))
    def finished(self, run: ImportRun) -> str:
        return in_zone(run.finished_at, run.company)

    @admin.display(description=_("undone"))
    def undone(self, run: ImportRun) -> str:
        return in_zone(run.undone_at, run.company)

    @admin.display(description=_("what can be done"))
    def next_step(self, run: ImportRun) -> str:
        """Only spend knows what was there before, and only its author goes on with a file."""
        if run.kind == ImportRun.Kind.SPEND and run.state == State.DONE:
            url = reverse("admin:spend_spendentry_import_undo", args=[run.token])
            return format_html('<a href="{}">{}</a>', url, _("Undo this import"))
        if run.state in WAITING and self._is_own(run) and run.kind in PAGES:
            url = reverse(f"admin:{PAGES[run.kind]}_import_check", args=[run.token])
            return format_html('<a href="{}">{}</a>', url, _("Go on with this import"))
        return "–"

    def _is_own(self, run: ImportRun) -> bool:
        return run.author_id is not None and run.author_id == getattr(run, "seen_by", None)

    @admin.display(description=_("new / changed / same / errors"))
    def result(self, run: ImportRun) -> str:
        return " / ".join(f"{n:,}" for n in (run.new, run.changed, run.same, run.error_count))
