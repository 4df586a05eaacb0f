"""Reports › Closed months: all months that are over; closed and opened again here."""

from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from attribution import roles
from attribution.models import Company
from reports.closing import closing as desk
from reports.closing.figures import MEASURES as LABELS
from reports.closing.listing import MEASURES, Month, months, months_over, with_changes
from reports.closing.words import change_text, figure_text, when
from reports.company_page import company_page
from reports.filters import Address
from reports.models import ClosedMonth
from reports.snapshot import snapshot

A_PAGE = 24


@require_http_methods(["GET", "HEAD", "POST"])
@company_page("report.view")
def closed_months(request: HttpRequest, company: Company, companies: list[Company]) -> HttpResponse:
    """The list, the latest month first; a month to close is sent here."""
    if request.method == "POST":
        return HttpResponseRedirect(_close(request, company))
    with snapshot():
        page = Paginator(months_over(company), A_PAGE).get_page(request.GET.get("page"))
        rows = [_row(company, one) for one in months(company, page.object_list)]
        opened = with_changes(
            ClosedMonth.objects.filter(company=company, reopened_at__isnull=False)
        ).order_by("-reopened_at")[:A_PAGE]
        history = list(opened)
    address = Address([("company", company.slug)])
    context = admin.site.each_context(request) | {
        "title": gettext("Closed months"),
        "company": company,
        "companies": companies,
        "page": page,
        "labels": [str(LABELS[name]) for name in MEASURES],
        "rows": rows,
        "history": history,
        "may_close": roles.may(request.user, "month.close", company.pk),
        "previous_url": _page_url(address, page.number - 1) if page.has_previous() else "",
        "next_url": _page_url(address, page.number + 1) if page.has_next() else "",
    }
    return TemplateResponse(request, "reports/closing/months.html", context)


def _close(request: HttpRequest, company: Company) -> str:
    """Close the month of the form; gives the address to go on with."""
    if not roles.may(request.user, "month.close", company.pk):
        raise PermissionDenied
    back = f"{reverse('reports:months')}?company={company.slug}"
    given = request.POST.get("month", "")
    try:
        month = date.fromisoformat(f"{given[:7]}-01")
    except ValueError:
        said = gettext("“%(value)s” is no month. Write it as 2026-03.") % {"value": given[:60]}
        messages.error(request, said)
        return back
    try:
        closing = desk.close(company, month, request.user)
    except desk.NotClosed as problem:
        messages.error(request, str(problem))
        return back
    messages.success(
        request,
        gettext("%(month)s is closed. Its figures stay; what changes from now on is restated.")
        % {"month": desk.month_name(month)},
    )
    return reverse("reports:month", args=[closing.pk])


def _row(company: Company, month: Month) -> dict[str, Any]:
    closing, proof = month.closing, month.proof(company.currency)
    texts = {
        name: figure_text(name, value, company.currency) for name, value in month.values.items()
    }
    return {
        "value": f"{month.first:%Y-%m}",
        "name": desk.month_name(month.first),
        "closing": closing,
        "closed_at": when(closing.closed_at, company) if closing else "",
        "figures": [
            (str(LABELS[name]), texts[name], _change(company, name, closing)) for name in MEASURES
        ],
        "young": month.young,
        "proof": [text for text in (proof.lead_text, proof.spend_text) if text] if proof else [],
    }


def _change(company: Company, name: str, closing: ClosedMonth | None) -> str:
    """By how much the figure is another one since; empty where it is the same."""
    change = int(getattr(closing, f"{name}_change", 0))
    return change_text(name, 0, change, company.currency) if change else ""


def _page_url(address: Address, number: int) -> str:
    return str(address.replace(page=str(number)))
