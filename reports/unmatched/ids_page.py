"""The platforms' ids that are known, each with its campaign, and the way to take one back."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from attribution import roles
from attribution.models import Company
from reports.filters import Address
from reports.unmatched import preview
from reports.unmatched.queue_page import A_PAGE, company_of, pages
from reports.views import no_company
from spend.models import PlatformId


@require_http_methods(["GET", "HEAD", "POST"])
def platform_ids(request: HttpRequest) -> HttpResponse:
    """The list, the newest first; a button that was sent becomes a preview, and that a removal."""
    company, companies = company_of(request)
    if company is None:
        return no_company(request)
    if request.method == "POST":
        if not roles.may(request.user, preview.RIGHT, company.pk):
            raise PermissionDenied
        if "shown" in request.POST:
            return preview.decided(request, company)
        found = _find(company, request.POST.get("remove", ""))
        if found is not None:
            return preview.page(request, company, {(found.platform, found.external_id): None})
    search = request.GET.get("q", "").strip()[:200]
    address = Address([("company", company.slug), ("q", search)])
    page = Paginator(_found(company, search), A_PAGE).get_page(request.GET.get("page"))
    context = admin.site.each_context(request) | {
        "title": _("Known platform ids"),
        "company": company,
        "companies": companies,
        "search": search,
        "gone": request.method == "POST",
        "rows": [(one, _may_remove(request.user, one)) for one in _listed(list(page))],
        "address": str(address),
        **pages(page, address),
    }
    return TemplateResponse(request, "reports/unmatched/platform_ids.html", context)


def _found(company: Company, search: str) -> list[int]:
    """The numbers of those that hold this text, the newest first.

    Compared here: databases differ in what capitals are in other scripts.
    """
    rows = PlatformId.objects.filter(company=company).order_by("-pk")
    words = search.casefold()
    texts = ("platform", "external_id", "campaign__name", "campaign__key")
    return [
        pk
        for pk, *values in rows.values_list("pk", *texts)
        if any(words in value.casefold() for value in values)
    ]


def _listed(numbers: Sequence[int]) -> list[PlatformId]:
    """In this order."""
    rows = PlatformId.objects.filter(pk__in=numbers)
    return list(rows.order_by("-pk").select_related("campaign", "author", "import_run"))


def _find(company: Company, number: str) -> PlatformId | None:
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return PlatformId.objects.filter(company=company, pk=int(number)).first()


def _may_remove(user: Any, one: PlatformId) -> bool:
    return roles.may(user, preview.RIGHT, one.company_id) and roles.keeps(
        user, one.company_id, one.campaign.owner_id
    )
