"""The repair queue: which groups wait, and what is to become of those that a person ticks."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from attribution import roles
from attribution.models import Company
from attribution.repair import drafts
from attribution.repair.groups import ORDERS, Group, groups, numbers, samples
from reports import formatting
from reports.choices import Option
from reports.filters import Address, companies_of, current_company
from reports.repair.campaign_choice import offered
from reports.repair.queue_form import Row, Sent, proposed, read, why_label
from reports.repair.size import Size, size
from reports.snapshot import snapshot
from reports.views import no_company

A_PAGE = 50
MOST_TABS = 12  # with more companies than these there is a list to choose from
USUAL_ORDER = "gain"


@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: HttpRequest) -> HttpResponse:
    companies = companies_of(request)
    company = current_company(request, companies)
    if company is None:
        return no_company(request)
    may_repair = roles.may(request.user, "repair.make", company.pk)
    if request.method == "POST":
        if not may_repair:
            raise PermissionDenied
        sent = read(company, request.POST, groups(company))
        if sent.intent is not None:
            draft = drafts.make(company, sent.intent, request.user, sent.reason)
            return redirect("reports:preview", draft.token)
        return _page(request, company, companies, sent)
    if not may_repair:
        return _only_size(request, company, companies)
    return _page(request, company, companies)


def _only_size(
    request: HttpRequest, company: Company, companies: Sequence[Company]
) -> TemplateResponse:
    """For those who may see how much waits, and what was done about it."""
    if not roles.may(request.user, "repair.view", company.pk):
        raise PermissionDenied
    context = _shared(request, company, companies, size(company))
    return TemplateResponse(request, "reports/repair/queue_size.html", context)


def _page(
    request: HttpRequest, company: Company, companies: Sequence[Company], sent: Sent | None = None
) -> TemplateResponse:
    with snapshot():
        every = groups(company, sort=_sort(request))
        context = _shared(request, company, companies, size(company, groups=len(every)))
        context |= _groups(request, company, every, sent) | {"campaigns": offered(company)}
    return TemplateResponse(request, "reports/repair/queue.html", context)


def _shared(
    request: HttpRequest, company: Company, companies: Sequence[Company], waiting: Size
) -> dict[str, Any]:
    return admin.site.each_context(request) | {
        "title": _("UTM repair queue"),
        "company": company,
        "companies": companies,
        "size": waiting,
        "tabs": _tabs(company, companies, waiting.groups),
        "may_see_rules": roles.may(request.user, "rule.view", company.pk),
    }


def _tabs(company: Company, companies: Sequence[Company], own: int) -> list[Option]:
    """The user's companies, each with its number of groups."""
    if not 1 < len(companies) <= MOST_TABS:
        return []
    others = numbers(one for one in companies if one != company) | {company.pk: own}
    return [
        Option(
            f"?company={one.slug}",
            f"{one.name} ({formatting.count(others.get(one.pk, 0))})",
            one == company,
        )
        for one in companies
    ]


def _sort(request: HttpRequest) -> str:
    sort = request.GET.get("sort", USUAL_ORDER)
    return sort if sort in ORDERS else USUAL_ORDER


def _groups(
    request: HttpRequest, company: Company, every: Sequence[Group], sent: Sent | None
) -> dict[str, Any]:
    """A page of the queue; after a fault the groups that were sent, with what was filled in."""
    sort = _sort(request)
    kinds = {why: why_label(why) for why in {group.key.why for group in every}}
    why = request.GET.get("why", "")
    why = why if why in kinds else ""
    found = [group for group in every if why in ("", group.key.why)]
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    address = Address(
        [
            ("company", company.slug),
            ("why", why),
            ("sort", sort if sort != USUAL_ORDER else ""),
        ]
    )
    suggested = [group for group in every if group.offer]
    return {
        "rows": _with_pages(company, sent.rows) if sent and sent.rows else _rows(company, page),
        "sent": sent,
        "suggested": len(suggested),
        "suggested_leads": sum(group.leads for group in suggested),
        "kinds": [Option(value, kinds[value], value == why) for value in sorted(kinds)],
        "orders": [Option(value, text, value == sort) for value, text in _orders().items()],
        "address": str(address.replace(page=request.GET.get("page"))),
        "page": page,
        "previous_url": _page_url(address, page.number - 1) if page.has_previous() else "",
        "next_url": _page_url(address, page.number + 1) if page.has_next() else "",
    }


def _orders() -> dict[str, str]:
    return {
        "gain": _("What a repair gains: suggestions, then names, then the rest"),
        "leads": _("Most leads"),
        "booked": _("Most booked"),
        "last": _("Latest lead"),
    }


def _rows(company: Company, page: "Page[Group]") -> list[Row]:
    rows = [proposed(number, group) for number, group in enumerate(page, start=1)]
    return _with_pages(company, rows)


def _with_pages(company: Company, rows: list[Row]) -> list[Row]:
    pages = samples(company, [row.group for row in rows])
    for row in rows:
        row.samples = pages[row.group.key]
    return rows


def _page_url(address: Address, number: int) -> str:
    return str(address.replace(page=str(number)))
