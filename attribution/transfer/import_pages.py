"""The Import button of a list, in three steps: file, check, done."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max, Min
from django.http import Http404, HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from import_export.admin import ImportMixin
from import_export.formats.base_formats import Format

from attribution import roles
from attribution.days import day_range
from attribution.files.reading import FileProblem
from attribution.files.table import MEGABYTE
from attribution.files.writing import stream_csv
from attribution.imports import engine, jobs, registry
from attribution.imports.importer import Importer
from attribution.imports.options import ImportOptions
from attribution.imports.outcome import Outcome
from attribution.models import ImportRun
from attribution.transfer import waiting
from attribution.transfer.export_pages import CHANGE_LIST, FORMATS
from attribution.transfer.forms import AnswersForm, ColumnsForm, UploadForm
from attribution.transfer.words import errors_here

EVERYTHING = 1_000_000
ASK_AGAIN = 2  # seconds, until a page that waits looks again
State = ImportRun.State
AT_WORK = (State.CHECKING, State.QUEUED, State.RUNNING)
OVERTAKEN = gettext_lazy(
    "Somebody has changed what this file would change, since you looked. Nothing was saved. Below "
    "is what it would do now: look at it, and confirm it or leave it."
)


class ImportPages(ImportMixin):
    """Adds the import to a ModelAdmin; stands before it among the bases.

    The pages and their rights are here; what a file means is for the import engine to say.
    """

    import_kind: str
    import_export_change_list_template = CHANGE_LIST
    import_template_name = "admin/import_export/import.html"
    check_template_name = "admin/import_export/check.html"
    done_template_name = "admin/import_export/done.html"
    wait_template_name = "admin/import_export/wait.html"
    columns_form: type[ColumnsForm] = ColumnsForm

    def get_import_formats(self) -> list[type[Format]]:
        return FORMATS

    def has_import_permission(self, request: HttpRequest) -> bool:
        return roles.may(request.user, self._right)

    def get_urls(self) -> list[URLPattern]:
        pages = [
            ("import/sample.csv", self.sample_file, "import_sample"),
            ("import/<str:token>/", self.check_page, "import_check"),
            ("import/<str:token>/errors.csv", self.error_file, "import_errors"),
            ("import/<str:token>/changes.csv", self.change_file, "import_changes"),
            ("import/<str:token>/done/", self.done_page, "import_done"),
        ]
        prefix = "{}_{}_".format(*self.get_model_info())
        own = [
            path(address, self.admin_site.admin_view(view), name=prefix + name)
            for address, view, name in pages
        ]
        return own + super().get_urls()

    # Step 1: the file

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not self.has_import_permission(request):
            raise PermissionDenied
        posted = request.method == "POST"
        form = UploadForm(
            request.user,
            self._right,
            data=request.POST if posted else None,
            files=request.FILES if posted else None,
            initial={"company": request.GET.get("company")},
        )
        if form.is_valid():
            company, upload = form.cleaned_data["company"], form.cleaned_data["file"]
            try:
                run = waiting.keep(request.user, company, self.import_kind, upload, form.options())
            except FileProblem as problem:
                form.add_error("file", str(problem))
            else:
                return HttpResponseRedirect(self._url("import_check", run.token))
        limits = jobs.limits()
        context = {
            "form": form,
            "columns": self._importer.fields,
            "limits": limits,
            "megabytes": limits.file_bytes // MEGABYTE,
        }
        return self._page(request, self.import_template_name, 1, context)

    @method_decorator(require_safe)
    def sample_file(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_import_permission(request):
            raise PermissionDenied
        return _csv(f"{self.import_kind}-sample.csv", *registry.sample(self.import_kind))

    # Step 2: the check

    def check_page(self, request: HttpRequest, token: str) -> HttpResponseBase:
        run = self._run(request, token)
        if run.state in (State.DONE, State.UNDONE):
            return HttpResponseRedirect(self._url("import_done", token))
        if run.state in AT_WORK:
            return self._wait(request, run)
        if run.state == State.INTERRUPTED and run.file_content is not None:
            return self._interrupted(request, run)
        outcome = self._outcome(run)
        if outcome is None:
            context = {"run": run, "errors": run.report.get("errors", [])}
            return self._page(request, self.check_template_name, 2, context)
        answers = AnswersForm(outcome.questions, self._answered(request))
        if answers.is_valid():
            waiting.read_differently(run, answers.options(ImportOptions.from_json(run.options)))
            return HttpResponseRedirect(self._url("import_check", token))
        form = self._columns_form(request, run, outcome)
        if form.is_valid():
            waiting.read_differently(run, form.options())
            return HttpResponseRedirect(self._url("import_check", token))
        # The first note of a file that was taken in before says so, which the page does itself.
        notes = outcome.notes[1:] if outcome.already else outcome.notes
        shown = {"outcome": outcome, "errors": errors_here(outcome), "notes": notes}
        context = {"run": run, "form": form, "answers": answers, "overtaken": OVERTAKEN, **shown}
        return self._page(request, self.check_template_name, 2, context)

    def _answered(self, request: HttpRequest) -> Any:
        return request.POST if "answer" in request.POST else None

    def _wait(self, request: HttpRequest, run: ImportRun) -> HttpResponseBase:
        """How far it is. The page asks again by itself, without a script."""
        silent = jobs.is_silent(run)
        if silent and run.state == State.QUEUED:
            jobs.remind(run)
        elif silent:
            jobs.give_up(run)
            return HttpResponseRedirect(self._url("import_check", run.token))
        step = 2 if run.state == State.CHECKING else 3
        context = {"run": run, "silent": silent, "percent": run.progress // 10}
        answer = self._page(request, self.wait_template_name, step, context)
        answer["Refresh"] = str(ASK_AGAIN)
        return answer

    def _interrupted(self, request: HttpRequest, run: ImportRun) -> HttpResponseBase:
        """Somebody or something stopped it. Its file is still there."""
        if request.method == "POST":
            jobs.start_check(run)
            return HttpResponseRedirect(self._url("import_check", run.token))
        return self._page(request, self.wait_template_name, 2, {"run": run, "interrupted": True})

    def _outcome(self, run: ImportRun) -> Outcome | None:
        """Of a large file as it was found by the worker; of others as it is now."""
        if not jobs.is_large(run):
            return jobs.check(run)
        outcome = Outcome.from_json(run.report, run.kind, run.file_name)
        outcome.already = ImportRun.objects.filter(pk=run.report.get("already")).first()
        return outcome

    @method_decorator(require_safe)
    def error_file(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """All errors of the file, one a row."""
        run = self._run(request, token)
        outcome = jobs.check(run, listed=EVERYTHING)
        if outcome is None:
            raise Http404
        rows = (
            [error.line or None, error.column, error.value, error.problem, error.way_out]
            for error in errors_here(outcome)
        )
        headers = [_("row"), _("column"), _("value"), _("problem"), _("what to do")]
        return _csv(f"{self.import_kind}-errors.csv", headers, rows)

    @method_decorator(require_safe)
    def change_file(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """All values that the file would change, one a row."""
        run = self._run(request, token)
        outcome = jobs.check(run, listed=EVERYTHING)
        if outcome is None:
            raise Http404
        rows = ([one.line or None, one.what, one.old, one.new] for one in outcome.changes)
        return _csv(
            f"{self.import_kind}-changes.csv", [_("row"), _("what"), _("old"), _("new")], rows
        )

    # Step 3: done

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Take the file in. However often this is asked for, its rows go in once."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        run = self._run(request, request.POST.get("token", ""))
        basis = request.POST.get("basis") or None
        if jobs.is_large(run):
            jobs.start_import(run, basis)
            return HttpResponseRedirect(self._url("import_check", run.token))
        try:
            outcome = jobs.take_in(run, basis)
        except engine.Overtaken:
            messages.warning(request, OVERTAKEN)
            return HttpResponseRedirect(self._url("import_check", run.token))
        if run.state == State.DONE and (outcome is None or outcome.already):
            text = _("“%(file)s” was already imported. Nothing was added a second time.")
            messages.info(request, text % {"file": run.file_name})
        return HttpResponseRedirect(self._url("import_check", run.token))

    @method_decorator(require_safe)
    def done_page(self, request: HttpRequest, token: str) -> HttpResponseBase:
        run = self._run(request, token)
        if run.state not in (State.DONE, State.UNDONE):
            return HttpResponseRedirect(self._url("import_check", token))
        context = {"run": run, "notes": run.report.get("notes", []), **self._links(run)}
        return self._page(request, self.done_template_name, 3, context)

    # What the steps share

    @property
    def _right(self) -> str:
        return self._importer.right

    @property
    def _importer(self) -> type[Importer]:
        return registry.importer_of(self.import_kind)

    def _run(self, request: HttpRequest, token: str) -> ImportRun:
        return waiting.find(request.user, self.import_kind, token)

    def _columns_form(self, request: HttpRequest, run: ImportRun, outcome: Outcome) -> ColumnsForm:
        asked = request.method == "POST" and "answer" not in request.POST
        return self.columns_form(
            self._importer.fields,
            outcome,
            ImportOptions.from_json(run.options),
            data=request.POST if asked else None,
        )

    def _links(self, run: ImportRun) -> dict[str, Any]:
        """To the rows of the run, and to the report of the days that they count on."""
        found = self._days(run)
        if found["first"] is None:
            return {}
        asked = {"company": run.company.slug, "from": found["first"], "to": found["last"]}
        return found | {
            "days": day_range(found["first"], found["last"]),
            "rows_url": f"{self._url('changelist')}?{urlencode(asked)}",
            "report_url": f"{reverse('admin:index')}reports/overview/?{urlencode(asked)}",
        }

    def _days(self, run: ImportRun) -> dict[str, Any]:
        """The first and the last one on which the run says something."""
        day = "lead__day" if run.kind == ImportRun.Kind.BOOKINGS else "day"
        rows = self.model.objects.filter(company=run.company, import_run=run)
        return rows.aggregate(first=Min(day), last=Max(day))

    def _url(self, name: str, *args: str) -> str:
        prefix = "admin:{}_{}_".format(*self.get_model_info())
        return reverse(prefix + name, args=args, current_app=self.admin_site.name)

    def _page(
        self, request: HttpRequest, template: str, step: int, context: dict[str, Any]
    ) -> TemplateResponse:
        request.current_app = self.admin_site.name
        common = {
            "title": _("Import %(rows)s") % {"rows": self.opts.verbose_name_plural},
            "opts": self.opts,
            "step": step,
            "steps": [_("File"), _("Check"), _("Done")],
            "list_url": self._url("changelist"),
            "upload_url": self._url("import"),
            "sample_url": self._url("import_sample"),
            "confirm_url": self._url("process_import"),
        }
        if "run" in context:
            common["upload_url"] += f"?company={context['run'].company.slug}"
            common["errors_url"] = self._url("import_errors", context["run"].token)
            common["changes_url"] = self._url("import_changes", context["run"].token)
        each = self.admin_site.each_context(request)
        return TemplateResponse(request, template, each | common | context)


def _csv(name: str, headers: list[str], rows: Any) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(
        stream_csv(headers, rows, bom=True), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
