"""A file of the European Central Bank: uploaded, looked at, and saved once confirmed."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution import roles
from attribution.days import day_range
from attribution.files.problems import FileProblem
from attribution.files.table import MEGABYTE
from attribution.models import Company, ImportRun
from attribution.money import shown
from attribution.rates import taking
from attribution.rates.plan import ChangedRate, Moved
from attribution.rates.taking import Taken
from attribution.repair.locking import Busy

RIGHT = "rate.add"
SHOWN = 100  # changed rates that are listed
NAMES = {"bookings": gettext_lazy("Bookings"), "spend": gettext_lazy("Spend entries")}


class RateFileForm(forms.Form):
    """Whose rates, and the file."""

    company: "forms.ModelChoiceField[Company]" = forms.ModelChoiceField(
        label=gettext_lazy("Company"), queryset=None, to_field_name="slug", empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,.zip"}),
        help_text=gettext_lazy(
            "eurofxref-hist.zip or eurofxref.zip of the European Central Bank (“Euro foreign "
            "exchange reference rates”), or the CSV file inside."
        ),
        error_messages={"required": gettext_lazy("Choose a file first, ZIP or CSV.")},
    )

    def __init__(self, user: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        companies = Company.objects.filter(pk__in=roles.companies_with(user, RIGHT))
        self.fields["company"].queryset = companies  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                _("The file has %(size).1f MB; at most %(limit)d MB can be uploaded."),
                params={
                    "size": (upload.size or 0) / MEGABYTE,
                    "limit": settings.UPLOAD_MAX_BYTES // MEGABYTE,
                },
            )
        return upload


class RateFilePages:
    """Adds the upload to the admin of rates; stands before it among the bases."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = "attribution_exchangerate_upload"
        return [
            path("upload/", view(self.upload_page), name=name),
            path("upload/<str:token>/", view(self.check_page), name=f"{name}_check"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def upload_page(self, request: HttpRequest) -> HttpResponse:
        if not roles.may(request.user, RIGHT):
            raise PermissionDenied
        posted = request.method == "POST"
        form = RateFileForm(
            request.user,
            data=request.POST if posted else None,
            files=request.FILES if posted else None,
            initial={"company": request.GET.get("company")},
        )
        if form.is_valid():
            company, upload = form.cleaned_data["company"], form.cleaned_data["file"]
            content, name = upload.read(), upload.name or ""
            try:
                taking.check(company, content, name)
            except FileProblem as problem:
                form.add_error("file", str(problem))
            else:
                run = taking.begin(company, content, name, request.user, taking.State.UPLOADED)
                return HttpResponseRedirect(_address(run))
        return self._page(request, "upload", {"form": form})

    def check_page(self, request: HttpRequest, token: str) -> HttpResponse:
        run = _find(request, token)
        if run.state == ImportRun.State.DONE or run.file_content is None:
            return self._page(request, "done", {"run": run, "moved": _said(run)})
        content, ticked = bytes(run.file_content), run.options.get("currencies", [])
        try:
            if request.method == "POST":
                return self._posted(request, run, content, ticked)
            taken = taking.check(run.company, content, run.file_name, ticked)
        except (FileProblem, Busy) as problem:
            messages.error(request, str(problem))
            return HttpResponseRedirect(reverse(f"{LIST}_upload"))
        needed = taking.needed(run.company)
        currencies = [
            {"code": code, "taken": code in taken.currencies, "needed": code in needed}
            for code in sorted(taken.file.currencies)
        ]
        context = {"run": run, "taken": taken, "currencies": currencies}
        return self._page(request, "check", context | _shown(run.company, taken))

    def _posted(
        self, request: HttpRequest, run: ImportRun, content: bytes, ticked: list[str]
    ) -> HttpResponse:
        if "save" in request.POST:
            taking.take_in(run, content, ticked)
        else:
            known = taking.check(run.company, content, run.file_name).file.currencies
            chosen = [code for code in request.POST.getlist("currency") if code in known]
            waiting = ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.UPLOADED)
            waiting.update(options={"currencies": chosen})
        return HttpResponseRedirect(_address(run))

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> TemplateResponse:
        request.current_app = self.admin_site.name
        common = {
            "title": _("Exchange rates from a file"),
            "opts": self.opts,
            "list_url": reverse(f"{LIST}_changelist"),
            "upload_url": reverse(f"{LIST}_upload"),
        }
        each = self.admin_site.each_context(request)
        template = f"admin/attribution/exchangerate/{name}.html"
        return TemplateResponse(request, template, each | common | context)


LIST = "admin:attribution_exchangerate"


def _address(run: ImportRun) -> str:
    return reverse(f"{LIST}_upload_check", args=[run.token])


def _find(request: HttpRequest, token: str) -> ImportRun:
    """For its author alone, while he may still add rates to the company."""
    runs = ImportRun.objects.filter(kind=ImportRun.Kind.RATES, token=token, author=request.user.pk)
    run = runs.select_related("company").first()
    if run is None or not roles.may(request.user, RIGHT, run.company_id):
        raise Http404
    return run


def _shown(company: Company, taken: Taken) -> dict[str, Any]:
    used = taken.plan.used
    days = taken.file.days
    return {
        "days": day_range(*days) if days else "",
        "new": len(taken.plan.new),
        "changed": len(taken.plan.changed),
        "same": taken.plan.same,
        "moved": _moved(company, taken.plan.moved),
        "used": [_changed(company, one) for one in used[:SHOWN]],
        "more": max(0, len(used) - SHOWN),
    }


def _moved(company: Company, moved: Any) -> list[dict[str, Any]]:
    """What becomes of the amounts, in the company's currency; nothing where nothing does."""
    return [
        {
            "name": NAMES.get(name, name),
            "entries": one.entries,
            "before": shown(one.before, company.currency),
            "after": shown(one.after, company.currency),
            "found": one.found,
            "found_money": shown(one.found_minor, company.currency),
        }
        for name, one in moved.items()
        if one.entries or one.found
    ]


def _changed(company: Company, one: ChangedRate) -> dict[str, Any]:
    return {
        "day": one.key.day,
        "pair": f"1 {one.key.base} = … {one.key.quote}",
        "old": f"{one.old.normalize():f}",
        "new": f"{one.new.normalize():f}",
        "was_typed": one.was_typed,
        "moved": _moved(company, one.moved),
    }


def _said(run: ImportRun) -> list[dict[str, Any]]:
    """What the file did, as its run keeps it."""
    kept = run.report.get("moved", {})
    return _moved(run.company, {name: Moved(**one) for name, one in kept.items()})
