"""The import of spend in the admin: what is said about a file of money, and taking one back."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Max, Min
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attribution.imports.options import ImportOptions
from attribution.models import ImportRun
from attribution.models.company import validate_currency
from attribution.transfer import ImportPages, waiting
from attribution.transfer.forms import ColumnsForm
from spend.formats import labels
from spend.importing import kinds
from spend.importing.undo import NotUndone, Undone, effect, problem, undo
from spend.models import SpendRevision

WHOLE_DAYS = (
    ("", gettext_lazy("as usual: platforms and named kinds")),
    ("yes", gettext_lazy("yes: what the file no longer has is removed")),
    ("no", gettext_lazy("no: what the file does not name stays")),
)
_WHOLE = {"": None, "yes": True, "no": False}
_SAID = {None: "", True: "yes", False: "no"}


class SpendColumnsForm(ColumnsForm):
    """Also: whose file it is, in which currency, and what it says of its days."""

    format = forms.ChoiceField(label=gettext_lazy("Written by"), required=False)
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        required=False,
        help_text=gettext_lazy("Of the amounts, where the file does not say it."),
    )
    account = forms.CharField(
        label=gettext_lazy("Ad account"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Files of two accounts do not replace each other's days."),
    )
    whole_days = forms.ChoiceField(
        label=gettext_lazy("The file is all that its source says of its days"),
        choices=WHOLE_DAYS,
        required=False,
    )
    add_up = forms.BooleanField(
        label=gettext_lazy("Rows of one campaign and day are parts of one amount: add them up"),
        required=False,
    )
    save_as = forms.CharField(
        label=gettext_lazy("Remember this kind of file as"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Files with these headings are read in this way from then on."),
    )

    def __init__(self, fields: Any, outcome: Any, options: ImportOptions, **kwargs: Any) -> None:
        super().__init__(fields, outcome, options, **kwargs)
        choices = [
            ("", _("as recognised: %(label)s") % {"label": outcome.program or _("any table")}),
            *labels().items(),
        ]
        self.fields["format"].choices = choices  # type: ignore[attr-defined]
        for name in ("format", "currency", "account", "add_up", "save_as"):
            self.initial[name] = getattr(options, name)
        self.initial["whole_days"] = _SAID[options.whole_days]

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).strip().upper()
        if code:
            validate_currency(code)
        return code

    def clean_save_as(self) -> str:
        name = str(self.cleaned_data["save_as"]).strip()
        if kinds.is_reserved(name):
            raise forms.ValidationError(
                _("“%(name)s” is the name of a source already. Choose another one."),
                params={"name": name},
            )
        return name

    def options(self) -> ImportOptions:
        found = self.cleaned_data
        names = ("format", "currency", "account", "add_up", "save_as")
        return replace(
            super().options(),
            whole_days=_WHOLE[found["whole_days"]],
            **{name: found[name] for name in names},
        )


class SpendImportPages(ImportPages):
    """Adds the undoing of an import to its pages."""

    columns_form = SpendColumnsForm
    undo_template_name = "admin/import_export/undo.html"

    def get_urls(self) -> list[URLPattern]:
        prefix = "{}_{}_".format(*self.get_model_info())
        view = self.admin_site.admin_view(self.undo_page)
        undo_path = path("import/<str:token>/undo/", view, name=f"{prefix}import_undo")
        return [undo_path, *super().get_urls()]

    def undo_page(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """What undoing would do, and the button that does it."""
        run = waiting.find_to_undo(request.user, self.import_kind, token)
        if request.method == "POST":
            return self._undo(request, run)
        found = problem(run, request.user)
        context = {"run": run, "problem": found, "effect": None if found else effect(run)}
        return self._page(request, self.undo_template_name, 3, context)

    def _undo(self, request: HttpRequest, run: ImportRun) -> HttpResponseBase:
        try:
            undone = undo(run, request.user)
        except NotUndone as found:
            messages.error(request, str(found))
            return HttpResponseRedirect(self._url("import_undo", run.token))
        text = _("“%(file)s” is undone: %(what)s.")
        messages.success(request, text % {"file": run.file_name, "what": in_words(undone)})
        if run.author_id == request.user.pk:
            return HttpResponseRedirect(self._url("import_done", run.token))
        return HttpResponseRedirect(self._url("changelist"))

    def _days(self, run: ImportRun) -> dict[str, Any]:
        """With those of which it removed something."""
        if run.state != ImportRun.State.DONE:
            return super()._days(run)
        gone = SpendRevision.objects.filter(company=run.company, run_id=run.pk, how="import")
        both = super()._days(run), gone.aggregate(first=Min("day"), last=Max("day"))
        return {
            end: choose((one[end] for one in both if one[end]), default=None)
            for end, choose in (("first", min), ("last", max))
        }

    def _links(self, run: ImportRun) -> dict[str, Any]:
        return super()._links(run) | {"undo_url": self._url("import_undo", run.token)}


def in_words(undone: Undone) -> str:
    """ "62 entries removed, 3 changed back"; what there was none of is not mentioned."""
    removed, changed, back = undone.removed, undone.changed_back, undone.brought_back
    said = {
        ngettext("%(count)s entry removed", "%(count)s entries removed", removed): removed,
        _("%(count)s changed back"): changed,
        _("%(count)s brought back"): back,
    }
    found = [text % {"count": f"{count:,}"} for text, count in said.items() if count]
    return ", ".join(found) or _("there was nothing to take back")
