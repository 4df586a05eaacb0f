"""Changing what leads are, many at once, with a look at the effect; the log of it, and undoing."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attribution import kinds, roles
from attribution.admin import filters
from attribution.admin.base import ByNumber, ScopedAdmin
from attribution.capture.judging import reasons
from attribution.models import Company, KindBatch, KindChange, Lead
from attribution.money import shown

RIGHT = "lead.change"
SHOWN = 100  # leads of a batch that are listed
STAY = ("", gettext_lazy("as it is"))
SET_OR_NOT = (STAY, ("yes", gettext_lazy("set")), ("no", gettext_lazy("not set")))


def effect_words(found: kinds.Effect, company: Company) -> list[str]:
    """What a change does to the figures, in words."""
    leads = ngettext("%d lead changes.", "%d leads change.", found.leads) % found.leads
    before, after = found.before, found.after

    def counted(sums: kinds.Sums) -> str:
        return _("%(leads)s, booked %(booked)s, completed %(completed)s, revenue %(revenue)s") % {
            "leads": f"{sums.leads:,}",
            "booked": f"{sums.booked:,}",
            "completed": f"{sums.completed:,}",
            "revenue": shown(sums.revenue_minor, company.currency),
        }

    return [
        leads,
        _("Of them count before: %(what)s.") % {"what": counted(before)},
        _("Of them count after: %(what)s.") % {"what": counted(after)},
    ]


def mark_name(mark: str) -> str:
    """What the column of a mark is called."""
    return str(Lead._meta.get_field(kinds.MARKS[mark]).verbose_name)  # type: ignore[union-attr]


class KindForm(forms.Form):
    """What the chosen leads are to be."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[STAY, *Lead.Kind.choices], required=False
    )
    vpn = forms.ChoiceField(label=gettext_lazy("VPN"), choices=SET_OR_NOT, required=False)
    suspicious = forms.ChoiceField(
        label=gettext_lazy("Suspicious"), choices=SET_OR_NOT, required=False
    )
    hot = forms.ChoiceField(label=gettext_lazy("Hot"), choices=SET_OR_NOT, required=False)
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors and not any(found.get(name) for name in ("kind", *kinds.MARKS)):
            raise forms.ValidationError(_("Choose a kind, or set or remove a mark."))
        return found

    def wanted(self) -> kinds.Wanted:
        found = self.cleaned_data
        marks = {mark: found[mark] == "yes" for mark in kinds.MARKS if found[mark]}
        return kinds.Wanted(found["kind"], marks)


class KindAction(admin.ModelAdmin):
    """The bulk action of the list of leads."""

    def has_rekind_permission(self, request: HttpRequest) -> bool:
        return roles.may(request.user, RIGHT)

    @admin.action(description=gettext_lazy("Change kind or marks"), permissions=["rekind"])
    def change_kind(self, request: HttpRequest, queryset: QuerySet[Lead]) -> HttpResponse | None:
        """Of one company at a time; the effect is shown before it is made."""
        companies = list(queryset.order_by().values_list("company", flat=True).distinct())
        if len(companies) != 1 or not roles.may(request.user, RIGHT, companies[0]):
            text = _("Choose leads of one company in which you may change leads.")
            self.message_user(request, text, messages.ERROR)
            return None
        company = Company.objects.get(pk=companies[0])
        form = KindForm(request.POST if "kinds" in request.POST else None)
        words: list[str] = []
        if form.is_valid():
            changes = kinds.by_hand(queryset, form.wanted())
            if "make" in request.POST:
                asked = {name: form.cleaned_data[name] for name in ("kind", *kinds.MARKS)}
                batch = kinds.make(
                    company, changes, request.user, form.cleaned_data["reason"], asked
                )
                text = ngettext("%d lead was changed.", "%d leads were changed.", batch.leads)
                self.message_user(request, text % batch.leads, messages.SUCCESS)
                return HttpResponseRedirect(_batch_url(batch))
            words = effect_words(kinds.effect(changes), company)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Change kind or marks"),
            "form": form,
            "words": words,
            "leads": queryset.order_by("pk"),
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/attribution/lead/kinds.html", context)


def _batch_url(batch: KindBatch) -> str:
    return reverse("admin:attribution_kindbatch_change", args=[batch.pk])


@admin.register(KindBatch)
class KindBatchAdmin(ByNumber, ScopedAdmin):
    """Read only, but for the undoing."""

    subject = "kindbatch"
    list_display = ("made", "leads", "set_to", "reason", "author", "state", "company")
    list_display_links = ("made",)
    list_select_related = ("company", "author", "undone_by", "rule")
    list_filter = (filters.CompanyFilter,)
    ordering = ("-made_at", "-pk")
    fields = ("company", "made", "author", "set_to", "reason", "leads", "state")
    times_in_company_zone = True
    change_form_template = "admin/attribution/kindbatch/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.undo_page)
        name = "attribution_kindbatch_undo"
        return [path("<int:pk>/undo/", view, name=name), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields

    @admin.display(description=gettext_lazy("when"), ordering="made_at")
    def made(self, batch: KindBatch) -> str:
        return date_format(localtime(batch.made_at, batch.company.zone), "j M Y, H:i")

    @admin.display(description=gettext_lazy("set to"))
    def set_to(self, batch: KindBatch) -> str:
        if batch.rule is not None:
            return str(batch.rule)
        asked = batch.asked
        parts = [str(Lead.Kind(asked["kind"]).label)] if asked.get("kind") else []
        words = {"yes": _("set"), "no": _("not set")}
        parts += [
            f"{mark_name(mark)}: {words[asked[mark]]}"
            for mark in kinds.MARKS
            if asked.get(mark) in words
        ]
        return ", ".join(parts) or "–"

    @admin.display(description=gettext_lazy("state"))
    def state(self, batch: KindBatch) -> str:
        if batch.undone_at is None:
            return _("in force")
        when = date_format(localtime(batch.undone_at, batch.company.zone), "j M Y, H:i")
        return _("undone %(when)s by %(who)s") % {"when": when, "who": batch.undone_by or "–"}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        batch = self.get_object(request, object_id)
        more: dict[str, Any] = {}
        if batch is not None:
            changes = list(batch.changes.select_related("lead").order_by("lead")[:SHOWN])
            may_undo = roles.may(request.user, RIGHT, batch.company_id)
            more = {
                "changes": [(one.lead, *in_words(one)) for one in changes],
                "more_leads": max(batch.leads - SHOWN, 0),
                "may_undo": may_undo and batch.undone_at is None,
            }
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))

    def undo_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.get_queryset(request).select_related("company").filter(pk=pk).first()
        if batch is None:
            raise Http404(_("There is no such change of kinds."))
        if not roles.may(request.user, RIGHT, batch.company_id):
            raise PermissionDenied
        if request.method == "POST":
            number = kinds.undo(batch, request.user)
            text = ngettext(
                "%d lead is what it was before.", "%d leads are what they were before.", number
            )
            self.message_user(request, text % number, messages.SUCCESS)
            return HttpResponseRedirect(_batch_url(batch))
        changes = kinds.undoing(batch) if batch.undone_at is None else []
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Undo the change of kinds"),
            "batch": batch,
            "words": effect_words(kinds.effect(changes), batch.company),
            "left": batch.leads - len(changes),
            "back_url": _batch_url(batch),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/attribution/kindbatch/undo.html", context)


def in_words(change: KindChange) -> tuple[str, str]:
    """What a lead was and what it became."""
    return _state_words(change.before), _state_words(change.after)


def _state_words(state: kinds.State) -> str:
    parts = [str(Lead.Kind(state["kind"]).label)]
    parts += [mark_name(mark) for mark, column in kinds.MARKS.items() if state[column]]
    why = reasons.words(state["kind_reason"])
    return ", ".join(parts) + (f" ({why})" if why else "")
