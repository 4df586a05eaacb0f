"""Webhooks: made, named, switched off; their address is shown once, their secret never again."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from attribution.models import WebhookSource
from attribution.webhooks import addresses, sealing
from attribution.webhooks.shapes import SHAPES, shape_of
from attribution.webhooks.trying import TryForm, tool_says, tried


class WebhookForm(forms.ModelForm):
    """The secret is written, and never read back."""

    shape = forms.ChoiceField(label=gettext_lazy("Tool"))
    secret = forms.CharField(
        label=gettext_lazy("Secret it signs with"),
        max_length=500,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    forget_secret = forms.BooleanField(
        label=gettext_lazy("Take unsigned requests from now on"), required=False
    )

    class Meta:
        help_texts = {"is_on": gettext_lazy("Off: its address leads nowhere.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.fields.pop("shape", None)  # what leads came by stays what it was
        else:
            choices = [(name, shape.label) for name, shape in SHAPES.items()]
            self.fields["shape"].choices = choices  # type: ignore[attr-defined]
            self.initial.setdefault("shape", next(iter(SHAPES)))
        if "secret" in self.fields:
            self.fields["secret"].help_text = self._about_secret()
        if not self.instance.sealed_secret:
            self.fields.pop("forget_secret", None)

    def _about_secret(self) -> str:
        if self.instance.pk is None:
            return _("Where the tool signs, requests without its signature are refused then.")
        where = shape_of(self.instance.shape).secret_is
        if not self.instance.sealed_secret:
            return where
        if sealing.unseal(self.instance.sealed_secret) is None:
            return _(
                "It was stored under another SECRET_KEY and cannot be read: every request is "
                "refused. Enter it again."
            )
        return _("One is stored. Write another one to replace it; empty leaves it as it is.")

    def save(self, commit: bool = True) -> Any:
        given = self.cleaned_data
        if given.get("forget_secret"):
            self.instance.sealed_secret = ""
        if given.get("secret"):
            self.instance.sealed_secret = sealing.seal(given["secret"])
        return super().save(commit)


class OnFilter(filters.FlagFilter):
    title = gettext_lazy("on")
    parameter_name = "on"
    column = "is_on"


@admin.register(WebhookSource)
class WebhookSourceAdmin(ScopedAdmin):
    subject = "webhook"
    form = WebhookForm
    fixed = ("company", "name", "tool")
    list_display = ("name", "tool", "is_on", "is_signed", "last_used_at", "company")
    list_select_related = ("company",)
    list_filter = (filters.CompanyFilter, OnFilter)
    search_fields = ("name",)
    ordering = ("name",)
    readonly_fields = ("address", "how_read", "last_used_at", "author", "created_at")
    address_template = "admin/attribution/webhooksource/address.html"
    mapping_template = "admin/attribution/webhooksource/mapping.html"

    def get_fields(self, request: HttpRequest, obj: WebhookSource | None = None) -> tuple[Any, ...]:
        if obj is None:
            return ("company", "name", "shape", "secret")
        secret: tuple[str, ...] = ()
        if self.has_change_permission(request, obj):
            secret = ("secret", "forget_secret") if obj.sealed_secret else ("secret",)
        return (*self.fixed, "is_on", *secret, *self.readonly_fields)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        prefix = "attribution_webhooksource"
        return [
            path("<int:pk>/address/", view(self.address_page), name=f"{prefix}_address"),
            path("<int:pk>/mapping/", view(self.mapping_page), name=f"{prefix}_mapping"),
            *super().get_urls(),
        ]

    # The address, which is shown once

    def save_model(
        self, request: HttpRequest, obj: WebhookSource, form: forms.ModelForm, change: bool
    ) -> None:
        if not change:
            obj.author = request.user  # nobody else gets here
            obj.shown_once = addresses.new_token(obj)  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: WebhookSource, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._shown(request, obj, obj.shown_once)  # type: ignore[attr-defined]

    def address_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Another address for the source; the one before leads nowhere from then on."""
        source = self._changeable(request, pk)
        if request.method != "POST":
            return self._page(request, self.address_template, source, {"asks": True})
        token = addresses.new_token(source)
        source.save(update_fields=["prefix", "digest"])
        self.log_change(request, source, _("It got another address."))
        return self._shown(request, source, token)

    def _shown(self, request: HttpRequest, source: WebhookSource, token: str) -> HttpResponse:
        url = request.build_absolute_uri(reverse("webhook", args=[token]))
        shape = shape_of(source.shape)
        context = {"url": url, "shape": shape, "token": token if shape.asks_first else ""}
        return self._page(request, self.address_template, source, context)

    # The mapping, with a place to try it

    def mapping_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        source = self._changeable(request, pk)
        posted = request.method == "POST"
        start = json.dumps(source.mapping, ensure_ascii=False, indent=2)
        form = TryForm(request.POST if posted else None, initial={"mapping": start})
        found = None
        if form.is_valid():
            if "save" in request.POST:
                source.mapping = form.cleaned_data["mapping"]
                source.save(update_fields=["mapping"])
                self.log_change(request, source, _("Its mapping was changed."))
                text = _("The mapping of “%(name)s” is saved. It holds for what comes from now on.")
                self.message_user(request, text % {"name": source.name}, messages.SUCCESS)
                return HttpResponseRedirect(self._url("change", source))
            found = tried(source, form.cleaned_data["mapping"], form.cleaned_data["payload"])
        context = {"form": form, "found": found, "tool_says": tool_says(source)}
        return self._page(request, self.mapping_template, source, context)

    # What the pages share

    def _changeable(self, request: HttpRequest, pk: int) -> WebhookSource:
        source = self.get_queryset(request).select_related("company").filter(pk=pk).first()
        if source is None:
            raise Http404(_("There is no such webhook."))
        if not self.has_change_permission(request, source):
            raise PermissionDenied
        return source

    def _url(self, page: str, source: WebhookSource) -> str:
        return reverse(f"admin:attribution_webhooksource_{page}", args=[source.pk])

    def _page(
        self, request: HttpRequest, template: str, source: WebhookSource, context: dict[str, Any]
    ) -> TemplateResponse:
        request.current_app = self.admin_site.name
        common = {
            "title": _("Webhook %(name)s") % {"name": source.name},
            "opts": self.opts,
            "source": source,
            "change_url": self._url("change", source),
            "mapping_url": self._url("mapping", source),
            "address_url": self._url("address", source),
        }
        each = self.admin_site.each_context(request)
        return TemplateResponse(request, template, each | common | context)

    @admin.display(description=gettext_lazy("tool"))
    def tool(self, source: WebhookSource) -> str:
        return shape_of(source.shape).label

    @admin.display(description=gettext_lazy("signed"), boolean=True)
    def is_signed(self, source: WebhookSource) -> bool:
        return bool(source.sealed_secret)

    @admin.display(description=gettext_lazy("address"))
    def address(self, source: WebhookSource) -> str:
        text = _("It begins with %(start)s… and was shown when it was made.")
        begins = text % {"start": f"/hooks/{source.prefix}"}
        url = self._url("address", source)
        return format_html('{}<br><a href="{}">{}</a>', begins, url, _("Make another address"))

    @admin.display(description=gettext_lazy("how it is read"))
    def how_read(self, source: WebhookSource) -> str:
        count = sum(len(source.mapping.get(part, {})) for part in ("lead", "booking"))
        text = (
            _("%(n)s fields of one's own.") % {"n": count} if count else _("As the tool says it.")
        )
        url = self._url("mapping", source)
        link = _("Change the mapping, and try it")
        return format_html('{}<br><a href="{}">{}</a>', text, url, link)
