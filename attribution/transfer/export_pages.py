"""The Export button of a list: what the list shows now, as CSV or XLSX."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.admin import ExportMixin
from import_export.formats.base_formats import CSV, XLSX, Format

from attribution import roles
from attribution.files.writing import stream_csv, write_xlsx
from attribution.transfer.forms import ExportForm
from attribution.transfer.resource import ExportResource

FORMATS = [CSV, XLSX]
ENDLESS = ("q", "from", "to")  # without a value these ask for nothing
CHANGE_LIST = "admin/import_export/change_list_import_export.html"


class ExportPages(ExportMixin):
    """Adds the export to a ModelAdmin; stands before it among the bases."""

    export_resource: type[ExportResource]
    export_form_class = ExportForm
    import_export_change_list_template = CHANGE_LIST

    def get_export_formats(self) -> list[type[Format]]:
        return FORMATS

    def get_export_resource_classes(self, request: HttpRequest) -> list[type[ExportResource]]:
        return [self.export_resource]

    def get_export_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"contact_companies": roles.companies_with(request.user, "lead.contact")}

    def has_export_permission(self, request: HttpRequest) -> bool:
        return roles.may(request.user, self.export_resource.right)

    def get_export_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows of the list as filtered and searched, where the right to export holds."""
        allowed = roles.companies_with(request.user, self.export_resource.right)
        return super().get_export_queryset(request).filter(company__in=allowed)

    def export_action(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_export_queryset(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(self._list_url() + "?e=1")
        form = self.export_form_class(
            self.get_export_formats(),
            self.get_export_resource_classes(request),
            data=request.POST if request.method == "POST" else None,
        )
        form.row_count = rows.count()
        if form.is_valid():
            chosen = self.get_export_formats()[int(form.cleaned_data["format"])]
            return self._do_file_export(chosen(), request, rows)
        context = self.init_request_context_data(request, form) | {
            "title": _("Export %(rows)s") % {"rows": self.opts.verbose_name_plural},
            "row_count": form.row_count,
            "filters": self._filters(request),
            "back_url": self._list_url(request.GET.urlencode()),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, [self.export_template_name], context)

    def get_export_data(
        self, file_format: Format, request: HttpRequest, queryset: QuerySet[Any], **kwargs: Any
    ) -> tuple[list[str], Iterator[list[Any]]]:
        """Headings, and rows that are read from the database while they are written."""
        resource = self.export_resource(**self.get_export_resource_kwargs(request))
        return resource.get_export_headers(), resource.table_rows(queryset)

    def _do_file_export(
        self,
        file_format: Format,
        request: HttpRequest,
        queryset: QuerySet[Any],
        export_form: Any = None,
    ) -> HttpResponseBase:
        headers, rows = self.get_export_data(file_format, request, queryset)
        name = self.get_export_filename(request, queryset, file_format)
        if isinstance(file_format, CSV):
            answer = StreamingHttpResponse(
                stream_csv(headers, rows), content_type="text/csv; charset=utf-8"
            )
            answer["Content-Disposition"] = f'attachment; filename="{name}"'
            return answer
        # A workbook is a zip archive, which is finished at its end. The answer closes the file.
        file = TemporaryFile()  # noqa: SIM115
        write_xlsx(file, headers, rows)
        file.seek(0)
        content_type = file_format.get_content_type()
        return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)

    def get_export_filename(
        self, request: HttpRequest, queryset: QuerySet[Any], file_format: Format
    ) -> str:
        day = timezone.localdate().isoformat()
        name = str(self.opts.verbose_name_plural).replace(" ", "-")
        return f"{name}-{day}.{file_format.get_extension()}"

    def _list_url(self, query: str = "") -> str:
        path = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return f"{path}?{query}" if query else path

    def _filters(self, request: HttpRequest) -> list[tuple[str, str]]:
        """What narrows the list, in the words of its filters; sorting and pages do not.

        Without a value most ask for rows that have none; a search, or a day, asks for nothing.
        """
        asked = {
            name: values
            for name, values in request.GET.lists()
            if name not in ("o", "p", "e", "all") and (any(values) or name not in ENDLESS)
        }
        found = [
            (str(one.title), str(text))
            for kind in self.get_list_filter(request)
            if hasattr(kind, "shown")
            for one in [kind(request, asked, self.model, self)]  # takes out what it is about
            for __, text in one.shown
        ]
        others = [(name, value) for name, values in asked.items() for value in values]
        return found + [
            (_("search") if name == "q" else name, value or "–") for name, value in others
        ]
