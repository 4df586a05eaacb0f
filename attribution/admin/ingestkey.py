"""Ingest keys: made, shown once, limited, revoked; by company admins alone."""

import re
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from attribution.admin.confirm import ask_first, is_confirmed
from attribution.ingest import keys
from attribution.models import IngestKey
from attribution.snippet.forms import clean_origin

LIVE, EXPIRED, REVOKED = "live", "expired", "revoked"
STATES = {
    LIVE: gettext_lazy("In use"),
    EXPIRED: gettext_lazy("Expired"),
    REVOKED: gettext_lazy("Revoked"),
}
MOST_ORIGINS = 50


class KeyForm(forms.ModelForm):
    """Origins are written one a line."""

    origins = forms.CharField(
        label=gettext_lazy("Addresses of your site"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Of a browser's key: from which pages it may be used. One a line, as"
            " https://www.example.com."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["origins"] = "\n".join(self.instance.origins)
            if self.instance.kind == keys.Kind.SERVER:
                self.fields.pop("origins", None)

    def clean_origins(self) -> list[str]:
        texts = re.split(r"[\s,]+", self.cleaned_data["origins"])
        found = list(dict.fromkeys(clean_origin(text) for text in texts if text))
        if len(found) > MOST_ORIGINS:
            raise ValidationError(_("%(most)s addresses are the most.") % {"most": MOST_ORIGINS})
        return found

    def clean(self) -> dict[str, Any] | None:
        found = super().clean() or {}
        kind = found.get("kind", self.instance.kind)
        if kind == keys.Kind.BROWSER and "origins" in found and not found["origins"]:
            text = _("Name the pages: anybody can copy a browser's key from them.")
            self.add_error("origins", text)
        if kind == keys.Kind.SERVER and found.get("origins"):
            self.add_error("origins", _("Only a browser's key has pages. Leave this empty."))
        return found


class KindFilter(filters.ValuesFilter):
    title = gettext_lazy("kind")
    parameter_name = column = "kind"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(IngestKey.Kind.choices)


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


@admin.register(IngestKey)
class IngestKeyAdmin(ScopedAdmin):
    """The key itself is on no page but the one that follows its making."""

    subject = "ingestkey"
    form = KeyForm
    times_in_company_zone = True
    fixed = ("company", "kind", "begins")
    list_display = ("name", "kind", "begins", "state", "last_used_at", "company")
    list_select_related = ("company",)
    list_filter = (filters.CompanyFilter, KindFilter, StateFilter)
    search_fields = ("name", "prefix")
    ordering = ("-created_at",)
    actions = ("revoke_keys",)
    readonly_fields = ("begins", "standing", "last_used_at", "created_at", "author")

    def get_fields(self, request: HttpRequest, obj: IngestKey | None = None) -> tuple[str, ...]:
        limits = ("per_minute", "expires_at")
        if obj is None:
            return ("company", "name", "kind", "origins", *limits)
        own = ("origins",) if obj.kind == keys.Kind.BROWSER else ()
        return (*("company", "name", "kind", "begins"), *own, *limits, *self.readonly_fields[1:])

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.revoke_page)
        own = path("<int:pk>/revoke/", view, name="attribution_ingestkey_revoke")
        return [own, *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: IngestKey | None = None) -> bool:
        """A revoked key stays as it was."""
        open_still = obj is None or obj.revoked_at is None
        return open_still and super().has_change_permission(request, obj)

    # Making one

    def save_model(
        self, request: HttpRequest, obj: IngestKey, form: forms.ModelForm, change: bool
    ) -> None:
        if not change:
            obj.author = request.user  # nobody else gets here
            obj.shown_once = keys.assign(obj)  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: IngestKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The one page with the key. No redirect leads to it, so nothing has to store the key."""
        text = obj.shown_once  # type: ignore[attr-defined]
        return self._page(request, "made", obj, {"text": text})

    # Revoking it

    def revoke_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks, and revokes."""
        row = self.get_queryset(request).select_related("company").filter(pk=pk).first()
        if row is None:
            raise Http404(_("There is no such ingest key."))
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, "revoke", row, {})
        self._revoke(request, [row])
        return HttpResponseRedirect(self._change_url(row))

    @admin.action(description=gettext_lazy("Revoke the chosen keys"), permissions=["change"])
    def revoke_keys(
        self, request: HttpRequest, queryset: QuerySet[IngestKey]
    ) -> HttpResponse | None:
        rows = [row for row in queryset if self.has_change_permission(request, row)]
        if not rows:
            self.message_user(request, _("None of these keys is in use."), messages.WARNING)
            return None
        if is_confirmed(request):
            self._revoke(request, rows)
            return None
        title = _("Revoke keys")
        return ask_first(self, request, "revoke_keys", rows, title, [str(ABOUT_REVOKING)], title)

    def _revoke(self, request: HttpRequest, rows: list[IngestKey]) -> None:
        done = [row for row in rows if keys.revoke(row, request.user)]
        for row in done:
            self.log_change(request, row, _("Revoked."))
        text = ngettext("%(n)s key is revoked.", "%(n)s keys are revoked.", len(done))
        self.message_user(request, text % {"n": len(done)}, messages.SUCCESS)

    # What the pages share

    def _change_url(self, row: IngestKey) -> str:
        return reverse("admin:attribution_ingestkey_change", args=[row.pk])

    def _page(
        self, request: HttpRequest, name: str, row: IngestKey, context: dict[str, Any]
    ) -> TemplateResponse:
        request.current_app = self.admin_site.name
        common = {
            "title": _("Ingest key %(name)s") % {"name": row.name},
            "opts": self.opts,
            "row": row,
            "about_revoking": ABOUT_REVOKING,
            "change_url": self._change_url(row),
        }
        each = self.admin_site.each_context(request)
        template = f"admin/attribution/ingestkey/{name}.html"
        return TemplateResponse(request, template, each | common | context)

    @admin.display(description=gettext_lazy("begins with"), ordering="prefix")
    def begins(self, row: IngestKey) -> str:
        return f"{row.prefix}…"

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: IngestKey) -> str:
        return str(STATES[state_of(row)])

    @admin.display(description=gettext_lazy("state"))
    def standing(self, row: IngestKey) -> str:
        if state_of(row) == REVOKED:
            by = row.revoked_by.get_username() if row.revoked_by else _("a command")
            when = date_format(localtime(row.revoked_at, row.company.zone), "j M Y, H:i")
            return _("Revoked by %(by)s on %(when)s") % {"by": by, "when": when}
        url = reverse("admin:attribution_ingestkey_revoke", args=[row.pk])
        return format_html('{} <a href="{}">{}</a>', STATES[state_of(row)], url, _("Revoke it"))


ABOUT_REVOKING = gettext_lazy(
    "From the next request on the key opens nothing, and it cannot be taken back into use. What"
    " came with it stays. Put another key in its place first, where something still sends with it."
)


def state_of(row: IngestKey) -> str:
    if row.revoked_at is not None:
        return REVOKED
    return LIVE if keys.is_live(row, timezone.now()) else EXPIRED
