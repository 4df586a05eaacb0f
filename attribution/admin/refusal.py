"""Refused events: why, what was sent, and a way to correct it and send it in again."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attribution import replaying, roles
from attribution.admin import confirm, filters
from attribution.admin.arrival_filters import ArrivedFilter
from attribution.admin.base import ByNumber, ScopedAdmin
from attribution.capture.refusals import LONGEST_PAYLOAD
from attribution.models import Refusal

SETTLE = "refusal.settle"
REASONS_SHOWN = 5


class WhyFilter(filters.ValuesFilter):
    title = gettext_lazy("reason")
    parameter_name = column = "why"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(Refusal.Why.choices)


class WayFilter(filters.ValuesFilter):
    """The ways by which something was refused: few in each company."""

    title = gettext_lazy("came by")
    parameter_name = column = "came_by"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        latest = Refusal.objects.order_by("-arrived_at").values_list("came_by", flat=True)[:2_000]
        return [(one, one) for one in sorted(set(latest))]


class StateFilter(filters.ValuesFilter):
    title = gettext_lazy("state")
    parameter_name = column = "state"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(Refusal.State.choices)


class SendForm(forms.Form):
    payload = forms.CharField(
        label=gettext_lazy("What is sent in"),
        max_length=LONGEST_PAYLOAD,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
    )


@admin.register(Refusal)
class RefusalAdmin(ByNumber, ScopedAdmin):
    subject = "refusal"
    list_display = ("arrived", "what", "external_id", "why", "came_by", "state", "company")
    list_display_links = ("arrived",)
    list_select_related = ("company",)
    list_filter = (filters.CompanyFilter, StateFilter, WhyFilter, WayFilter, ArrivedFilter)
    search_fields = ("external_id",)
    ordering = ("-arrived_at", "-pk")
    fields = (
        *("company", "what", "external_id", "came_by", "key", "arrived_at"),
        *("why", "field", "detail", "state", "again", "sent", "settled_at", "settled_by"),
    )
    readonly_fields = ("again", "sent")
    actions = ("send_again", "dismiss")
    times_in_company_zone = True
    send_template = "admin/attribution/refusal/send.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        page = request.resolver_match.url_name if request.resolver_match else ""
        # 64 kB each, and no list shows them.
        return rows.defer("payload") if page and page.endswith("_changelist") else rows

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.send_page)
        name = "attribution_refusal_send"
        return [path("<int:pk>/send/", view, name=name), *super().get_urls()]

    # Correct it, and send it in again

    def send_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        refusal = self._settled_by(request, pk)
        form = SendForm(
            request.POST if request.method == "POST" else None,
            initial={"payload": refusal.payload},
        )
        found = None
        if form.is_valid():
            payload = form.cleaned_data["payload"]
            if "send" in request.POST:
                outcome = replaying.send(refusal, payload, request.user)
                if outcome.stored:
                    self.log_change(request, refusal, _("Sent in again and stored."))
                    self.message_user(request, outcome.text, messages.SUCCESS)
                    return HttpResponseRedirect(self._url("changelist"))
                self.message_user(request, outcome.text, messages.ERROR)
            found = replaying.preview(refusal, payload)
        elif request.method != "POST":
            found = replaying.preview(refusal, refusal.payload)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Send in again"),
            "opts": self.opts,
            "refusal": refusal,
            "form": form,
            "found": found,
            "change_url": self._url("change", refusal.pk),
            "send_url": self._url("send", refusal.pk),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.send_template, context)

    def _settled_by(self, request: HttpRequest, pk: int) -> Refusal:
        """The refusal, for those who may correct it: they see all of what was sent."""
        found = self.get_queryset(request).select_related("company", "key").filter(pk=pk).first()
        if found is None:
            raise Http404(_("There is no such refused event."))
        for right in (SETTLE, "lead.contact"):
            if not roles.may(request.user, right, found.company_id):
                raise PermissionDenied
        return found

    # Many at once

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return roles.may(request.user, SETTLE)

    @admin.action(description=gettext_lazy("Send in again"), permissions=["settle"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Refusal]) -> None:
        stored, reasons, left = 0, list[str](), 0
        for refusal in self._to_settle(request, queryset).select_related("company", "key"):
            outcome = replaying.send(refusal, refusal.payload, request.user)
            if outcome.stored:
                stored += 1
                self.log_change(request, refusal, _("Sent in again and stored."))
            else:
                left += 1
                if outcome.text not in reasons:
                    reasons.append(outcome.text)
        if stored:
            text = ngettext("%(n)s event is stored.", "%(n)s events are stored.", stored)
            self.message_user(request, text % {"n": stored}, messages.SUCCESS)
        if left:
            text = ngettext(
                "%(n)s event is refused as before: %(why)s",
                "%(n)s events are refused as before: %(why)s",
                left,
            )
            why = " · ".join(reasons[:REASONS_SHOWN])
            self.message_user(request, text % {"n": left, "why": why}, messages.WARNING)

    @admin.action(description=gettext_lazy("Dismiss"), permissions=["settle"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Refusal]) -> HttpResponse | None:
        rows = self._to_settle(request, queryset).filter(state=Refusal.State.WAITING)
        if not confirm.is_confirmed(request):
            sentences = [
                _(
                    "They no longer count as waiting. They stay in the list of dismissed events,"
                    " and can still be sent in again."
                ),
            ]
            return confirm.ask_first(
                self, request, "dismiss", rows, _("Dismiss refused events"), sentences, _("Dismiss")
            )
        number = replaying.dismiss(rows.order_by(), request.user)
        text = ngettext("%(n)s event is dismissed.", "%(n)s events are dismissed.", number)
        self.message_user(request, text % {"n": number}, messages.SUCCESS)
        return None

    def _to_settle(self, request: HttpRequest, rows: QuerySet[Refusal]) -> QuerySet[Refusal]:
        """Those of companies where the user has the right; others of the list are left alone."""
        allowed = roles.companies_with(request.user, SETTLE)
        allowed &= roles.companies_with(request.user, "lead.contact")
        return rows.filter(company__in=allowed, state__in=replaying.OPEN).defer(None)

    # What a page shows

    @admin.display(description=gettext_lazy("arrived"), ordering="arrived_at")
    def arrived(self, refusal: Refusal) -> str:
        return date_format(localtime(refusal.arrived_at, refusal.company.zone), "j M Y, H:i")

    @admin.display(description=gettext_lazy("what can be done"))
    def again(self, refusal: Refusal) -> str:
        if refusal.state == Refusal.State.STORED:
            return _("Nothing more: it is stored.")
        if not refusal.payload:
            return _("What was sent is not kept: it can only be dismissed, in the list.")
        url = self._url("send", refusal.pk)
        return format_html('<a href="{}">{}</a>', url, _("Correct it and send it in again"))

    @admin.display(description=gettext_lazy("as sent"))
    def sent(self, refusal: Refusal) -> str:
        return (
            format_html('<pre class="cp-sent">{}</pre>', refusal.payload)
            if refusal.payload
            else "–"
        )

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Without the texts of what was sent, for those who may not see who somebody is."""
        found = super().get_object(request, object_id, from_field)
        if found is not None and not roles.may(request.user, "lead.contact", found.company_id):
            found.payload = replaying.masked(found.payload) if found.payload else ""
        return found

    def _url(self, page: str, *args: int) -> str:
        return reverse(f"admin:attribution_refusal_{page}", args=args)
