"""Short links: where they lead, how often they are followed, and what they were before."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution import roles
from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from attribution.models import Campaign, LinkHost, ShortLink, ShortLinkChange
from attribution.shortlinks import targets
from attribution.shortlinks.counting import Visits, recent

VALUES = ("source", "medium", "content", "term")
CHANGES_SHOWN = 100
PAGE_SHOWN = 60  # characters of a target in the list


class InUseFilter(filters.FlagFilter):
    title = gettext_lazy("in use")
    parameter_name = "in_use"
    column = "is_active"


class LinkList(filters.NarrowedList):
    """A page of short links, with what is read for all its rows at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        add_standing(request, list(self.result_list))


def add_standing(request: HttpRequest, links: list[Any]) -> None:
    """To each link its whole address, its visits, and whether it leads to its target now."""
    visits = recent(links)
    companies = {link.company_id for link in links}
    listed = set(LinkHost.objects.filter(company__in=companies).values_list("company", "host"))
    for link in links:
        link.address = request.build_absolute_uri(reverse("short-link", args=[link.slug]))
        link.visits = visits.get(link.pk, Visits())
        entries = targets.entries_for(targets.host_of(link.target))
        link.is_listed = any((link.company_id, entry) in listed for entry in entries)


@admin.register(ShortLink)
class ShortLinkAdmin(ScopedAdmin):
    subject = "shortlink"
    times_in_company_zone = True
    fixed = ("company", "slug")
    list_display = ("short_link", "leads_to", "campaign", "clicks", "bots", "company")
    list_select_related = ("company", "campaign")
    list_filter = (filters.CompanyFilter, InUseFilter, filters.CampaignFilter)
    search_fields = ("slug", "target")
    ordering = ("-created_at",)
    autocomplete_fields = ("campaign",)
    readonly_fields = ("copyable", "sent_to", "visited", "changes", "author", "created_at")

    class Media:
        css = {"all": ["attribution/shortlinks.css"]}
        js = [forms.Script("attribution/copy-link.js", defer=True)]

    def get_fieldsets(self, request: HttpRequest, obj: ShortLink | None = None) -> Any:
        leads = (_("Where it leads"), {"fields": ("target", "campaign", *VALUES)})
        if obj is None:
            return ((None, {"fields": ("company", "slug")}), leads)
        return (
            (None, {"fields": ("company", "copyable", "is_active", "visited")}),
            (leads[0], {"fields": (*leads[1]["fields"], "sent_to")}),
            (_("What was changed"), {"fields": ("changes", "author", "created_at")}),
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LinkList

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> ShortLink | None:
        link = super().get_object(request, object_id, from_field)
        if link is not None:
            add_standing(request, [link])
        return link

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShortLink]:
        return super().get_queryset(request).select_related("company", "campaign", "author")

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name == "campaign":
            allowed = roles.companies_with(request.user, "shortlink.add")
            kwargs["queryset"] = Campaign.objects.filter(company__in=allowed, withdrawn=False)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: ShortLink, form: forms.ModelForm, change: bool
    ) -> None:
        if not change:
            obj.author_id = request.user.pk
        obj.save(author=request.user)

    @admin.display(description=gettext_lazy("short link"), ordering="slug")
    def short_link(self, link: Any) -> str:
        return link.address

    @admin.display(description=gettext_lazy("leads to"), ordering="target")
    def leads_to(self, link: Any) -> str:
        page = Truncator(link.target.removeprefix("https://")).chars(PAGE_SHOWN)
        return f"{page} ({problem})" if (problem := standing(link)) else page

    @admin.display(description=gettext_lazy("clicks, 28 days"))
    def clicks(self, link: Any) -> int:
        return link.visits.clicks

    @admin.display(description=gettext_lazy("bots, 28 days"))
    def bots(self, link: Any) -> int:
        return link.visits.bots

    @admin.display(description=gettext_lazy("short link"))
    def copyable(self, link: Any) -> SafeString:
        """With a button where there is JavaScript; without, the field can be selected."""
        return format_html(
            '<span class="cp-copy"><input type="text" id="short-link" readonly value="{}"'
            ' aria-label="{}"> <button type="button" class="button" data-copy="short-link"'
            ' data-says="short-link-copied" data-words="{}" hidden>{}</button>'
            ' <span id="short-link-copied" class="cp-copied" role="status"></span></span>',
            link.address,
            _("Short link"),
            _("Copied"),
            _("Copy"),
        )

    @admin.display(description=gettext_lazy("visitors are sent to"))
    def sent_to(self, link: Any) -> str:
        return standing(link) or targets.with_values(link.target, "", link.values)

    @admin.display(description=gettext_lazy("followed"))
    def visited(self, link: Any) -> str:
        return _("%(clicks)s clicks in 28 days; apart from them, %(bots)s visits by bots") % {
            "clicks": link.visits.clicks,
            "bots": link.visits.bots,
        }

    @admin.display(description=gettext_lazy("changes"))
    def changes(self, link: ShortLink) -> str:
        found = ShortLinkChange.objects.filter(company=link.company_id, link=link)
        latest = found.select_related("author").order_by("-pk")[:CHANGES_SHOWN]
        return listed_changes(link, list(latest)) if latest else _("None yet.")


def standing(link: Any) -> str:
    """Why visitors are not sent to the target; empty when they are."""
    if not link.is_active:
        return _("not in use")
    if not link.is_listed:
        return _("nobody is sent there: its host is not on the list of short link hosts")
    return ""


def listed_changes(link: ShortLink, changes: list[ShortLinkChange]) -> SafeString:
    """A list, for addresses are too long to stand side by side in a table."""
    names = {field.name: field.verbose_name for field in ShortLink._meta.fields}
    rows = format_html_join(
        "",
        "<li>{}, {}: <strong>{}</strong> {} <q>{}</q> {} <q>{}</q></li>",
        (
            (
                date_format(localtime(one.changed_at, link.company.zone), "j M Y, H:i"),
                one.author.get_username() if one.author else _("a command"),
                names.get(one.field, one.field),
                _("from"),
                one.old or "–",
                _("to"),
                one.new or "–",
            )
            for one in changes
        ),
    )
    return format_html('<ul class="cp-changes">{}</ul>', rows)


@admin.register(LinkHost)
class LinkHostAdmin(ScopedAdmin):
    """Added and taken off, never changed: a host on the list is trusted as it was written."""

    subject = "linkhost"
    fields = ("company", "host")
    list_display = ("host", "company", "created_at")
    list_select_related = ("company",)
    list_filter = (filters.CompanyFilter,)
    search_fields = ("host",)
    ordering = ("company__name", "host")
