"""What keys of both kinds are in the admin: made, shown once, revoked; by company admins alone."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from attribution.admin.confirm import ask_first, is_confirmed
from attribution.ingest import keys

LIVE, EXPIRED, REVOKED = "live", "expired", "revoked"
STATES = {
    LIVE: gettext_lazy("In use"),
    EXPIRED: gettext_lazy("Expired"),
    REVOKED: gettext_lazy("Revoked"),
}


class StateFilter(filters.ValuesFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        gone = Q(revoked_at__isnull=True, expires_at__lte=timezone.now())
        means = {REVOKED: Q(revoked_at__isnull=False), EXPIRED: gone}
        means[LIVE] = ~means[REVOKED] & ~gone
        chosen = [means[value] for value in self.values if value in means]
        if not chosen:
            return queryset.none() if self.values else queryset
        either = chosen[0]
        for one in chosen[1:]:
            either |= one
        return queryset.filter(either)


class KeyAdmin(ScopedAdmin):
    """The key itself is on no page but the one that follows its making."""

    templates: ClassVar[str]  # where the pages "made" and "revoke" lie
    page_title: ClassVar[Promise]
    not_there: ClassVar[Promise]
    about_revoking: ClassVar[Promise]
    times_in_company_zone = True
    list_select_related = ("company",)
    search_fields = ("name", "prefix")
    ordering = ("-created_at",)
    actions = ("revoke_keys",)
    readonly_fields = ("begins", "standing", "last_used_at", "created_at", "author")

    def assign(self, row: keys.AnyKey) -> str:
        """Give a row that is not stored yet its key. Returns the text."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.revoke_page)
        name = f"attribution_{self.opts.model_name}_revoke"
        return [path("<int:pk>/revoke/", view, name=name), *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: Any | None = None) -> bool:
        """A revoked key stays as it was."""
        open_still = obj is None or obj.revoked_at is None
        return open_still and super().has_change_permission(request, obj)

    # Making one

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        if not change:
            obj.author = request.user  # nobody else gets here
            obj.shown_once = self.assign(obj)
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The one page with the key. No redirect leads to it, so nothing has to store the key."""
        text = obj.shown_once
        return self._page(request, "made", obj, {"text": text})

    # Revoking it

    def revoke_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks, and revokes."""
        row = self.get_queryset(request).select_related("company").filter(pk=pk).first()
        if row is None:
            raise Http404(str(self.not_there))
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, "revoke", row, {})
        self._revoke(request, [row])
        return HttpResponseRedirect(self._url("change", row))

    @admin.action(description=gettext_lazy("Revoke the chosen keys"), permissions=["change"])
    def revoke_keys(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        rows = [row for row in queryset if self.has_change_permission(request, row)]
        if not rows:
            self.message_user(request, _("None of these keys is in use."), messages.WARNING)
            return None
        if is_confirmed(request):
            self._revoke(request, rows)
            return None
        title = _("Revoke keys")
        return ask_first(
            self, request, "revoke_keys", rows, title, [str(self.about_revoking)], title
        )

    def _revoke(self, request: HttpRequest, rows: list[Any]) -> None:
        done = [row for row in rows if keys.revoke(row, request.user)]
        for row in done:
            self.log_change(request, row, _("Revoked."))
        text = ngettext("%(n)s key is revoked.", "%(n)s keys are revoked.", len(done))
        self.message_user(request, text % {"n": len(done)}, messages.SUCCESS)

    # What the pages share

    def _url(self, page: str, row: Any) -> str:
        return reverse(f"admin:attribution_{self.opts.model_name}_{page}", args=[row.pk])

    def _page(
        self, request: HttpRequest, name: str, row: Any, context: dict[str, Any]
    ) -> TemplateResponse:
        request.current_app = self.admin_site.name
        common = {
            "title": self.page_title % {"name": row.name},
            "opts": self.opts,
            "row": row,
            "about_revoking": self.about_revoking,
            "change_url": self._url("change", row),
        }
        each = self.admin_site.each_context(request)
        template = f"{self.templates}/{name}.html"
        return TemplateResponse(request, template, each | common | context)

    @admin.display(description=gettext_lazy("begins with"), ordering="prefix")
    def begins(self, row: Any) -> str:
        return f"{row.prefix}…"

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> str:
        return str(STATES[state_of(row)])

    @admin.display(description=gettext_lazy("state"))
    def standing(self, row: Any) -> str:
        if state_of(row) == REVOKED:
            by = row.revoked_by.get_username() if row.revoked_by else _("a command")
            when = date_format(localtime(row.revoked_at, row.company.zone), "j M Y, H:i")
            return _("Revoked by %(by)s on %(when)s") % {"by": by, "when": when}
        url = self._url("revoke", row)
        return format_html('{} <a href="{}">{}</a>', STATES[state_of(row)], url, _("Revoke it"))


def state_of(row: keys.AnyKey) -> str:
    if row.revoked_at is not None:
        return REVOKED
    return LIVE if keys.is_live(row, timezone.now()) else EXPIRED
