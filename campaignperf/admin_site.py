"""The admin site: everything a person does happens inside it."""

from functools import lru_cache, partial
from typing import Any, NamedTuple
from urllib.parse import quote

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import get_script_prefix, reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from attribution import roles
from reports.home import home_context

# The navigation below "Reports": heading, and the models in it by their class name.
SECTIONS = (
    (
        _("Data"),
        "data",
        (
            "Campaign",
            "SpendEntry",
            "Cost",
            "Budget",
            "Target",
            "CampaignGroup",
            "Lead",
            "Booking",
            "ExchangeRate",
            "Company",
        ),
    ),
    (_("Repair"), "repair", ()),
    (
        _("Capture"),
        "capture",
        ("Refusal", "WaitingBooking", "CaptureRule", "KindBatch", "IngestKey", "WebhookSource"),
    ),
    (_("Imports"), "imports", ("ImportRun", "ColumnMapping", "FileMapping")),
    (_("Tools"), "tools", ("Subscription", "Alert", "ShortLink", "LinkHost", "NamingRules")),
    (_("Access"), "access", ("User", "Membership", "ReadKey")),
)
# The pages of a section that are no lists of rows, each with the right to see it.
PAGES = {
    "repair": (
        (_("UTM repair queue"), "reports:queue", "repair.view"),
        (_("UTM rules"), "reports:rules", "rule.view"),
        (_("Channels"), "channels:rules", "channel.view"),
        (_("Unmatched spend"), "reports:unmatched", "spend.view"),
        (_("Last repairs"), "reports:repairs", "repair.view"),
    ),
    "capture": ((_("Capture health"), "reports:capture", "capture.view"),),
    "tools": (
        (_("UTM builder"), "tools:utm-builder", "link.build"),
        (_("Link checker"), "tools:link-checker", "link.build"),
        (_("Website tag"), "tag:page", "tag.view"),
        (_("A person's data"), "person:page", "lead.erase"),
    ),
}
NAMES = {"ImportRun": _("Import history")}


class Offer(NamedTuple):
    """All that decides what a person's navigation offers, and where it leads."""

    standing: roles.Standing
    prefix: str  # before every address of the program


class CampaignPerfAdminSite(admin.AdminSite):
    site_header = "Campaign Performance"
    site_title = "Campaign Performance"
    index_title = "Home"
    site_url = None

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.empty_value_display = "–"  # as in reports
        self._offered: dict[Offer, list[Any]] = {}

    def has_permission(self, request: HttpRequest) -> bool:
        """Members of a company, and superusers; being staff alone opens nothing."""
        user = request.user
        if not user.is_active or not user.is_authenticated:
            return False
        return user.is_superuser or (user.is_staff and bool(roles.companies_of(user)))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, {"home": home_context(request), **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """With the navigation, for the pages that show it."""
        return super().each_context(request) | {"navigation": partial(self.navigation, request)}

    def navigation(self, request: HttpRequest) -> SafeString:
        """What stands beside a page. Of the page it shows only which of its links lead there."""
        path = quote(request.path)
        here = frozenset(url for url in links_of(self.get_app_list(request)) if url in path)
        return _navigation(self, offer_to(request), get_language(), here)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Reports first, then data, imports and access, by what people look for.

        The same for all who may do the same: it is put together once, and not for each page.
        """
        if app_label is not None:
            return super().get_app_list(request, app_label)
        offer = offer_to(request)
        if offer not in self._offered:
            self._offered[offer] = self._sections(request)
        return self._offered[offer]

    def _sections(self, request: HttpRequest) -> list[Any]:
        # Django's public way would sort all by their names, each translated for each comparison.
        apps = self._build_app_dict(request).values()
        found = {model["object_name"]: model for app in apps for model in app["models"]}
        sections = [
            section(
                name,
                label,
                pages_of(request, label) + [named(found[one]) for one in wanted if one in found],
            )
            for name, label, wanted in SECTIONS
        ]
        return [reports(), *(one for one in sections if one["models"])]


def offer_to(request: HttpRequest) -> Offer:
    return Offer(roles.standing(request.user), get_script_prefix())


def links_of(sections: list[Any]) -> set[str]:
    """Of the sections and of what stands below them."""
    models = (model["admin_url"] for one in sections for model in one["models"])
    return {*(one["app_url"] for one in sections), *models}


@lru_cache(maxsize=200)
def _navigation(
    site: CampaignPerfAdminSite, offer: Offer, language: str | None, here: frozenset[str]
) -> SafeString:
    """Each page has it: it was a fifth of the time of most. There are few of them."""
    context = {"sections": site._offered[offer], "here": here}
    return render_to_string("admin/_navigation.html", context)


def pages_of(request: HttpRequest, label: str) -> list[dict[str, Any]]:
    """The pages of a section that the user may see; they stand before the lists of rows."""
    return [
        page(name, reverse(url))
        for name, url, right in PAGES.get(label, ())
        if roles.may(request.user, right)
    ]


def named(model: dict[str, Any]) -> dict[str, Any]:
    """The model under the name that people look for."""
    name = NAMES.get(model["object_name"])
    return model | {"name": name} if name else model


def reports() -> dict[str, Any]:
    """The report pages, in the shape of an app with models."""
    pages = [
        (_("Overview"), "reports:overview"),
        (_("Saved views"), "reports:views"),
        (_("Notes"), "reports:notes"),
        (_("Budget & pacing"), "reports:budget"),
        (_("Maturity"), "reports:maturity"),
        (_("Closed months"), "reports:months"),
        (_("Spend audit"), "reports:audit"),
        (_("Definitions"), "reports:definitions"),
        (_("For programs and AI"), "reports:api"),
    ]
    return section(_("Reports"), "reports", [page(name, reverse(url)) for name, url in pages])


def page(name: str | Promise, url: str) -> dict[str, Any]:
    return {
        "name": name,
        "object_name": url.strip("/").rsplit("/", 1)[-1],
        "perms": {"view": True},
        "admin_url": url,
        "add_url": None,
        "view_only": True,
    }


def section(name: str | Promise, label: str, models: list[dict[str, Any]]) -> dict[str, Any]:
    """A heading of the navigation; it leads to the first page under it."""
    return {
        "name": name,
        "app_label": label,
        "app_url": models[0]["admin_url"] if models else "",
        "has_module_perms": True,
        "models": models,
    }
