"""The admin site: everything a person does happens inside it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
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


class CampaignPerfAdminSite(admin.AdminSite):
    site_header = "Campaign Performance"
    site_title = "Campaign Performance"
    index_title = "Home"
    site_url = None

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

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Reports first, then data, imports and access, by what people look for."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
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
