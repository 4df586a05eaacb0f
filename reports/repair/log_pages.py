"""The pages of what was repaired: the last repairs, and one of them with what came of it."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from attribution import roles
from attribution.models import Company, Repair
from attribution.repair import drafts
from attribution.repair.intents import Undo
from reports.company_page import company_page
from reports.filters import Address
from reports.repair.decided import decided_by
from reports.repair.effect import effect_of

A_PAGE = 50
MOST_LETTERS = 500  # of a reason


@require_safe
@company_page("repair.view")
def repairs(request: HttpRequest, company: Company, companies: list[Company]) -> HttpResponse:
    """The company's repairs, latest first; those that only edit a campaign when asked for."""
    with_edits = request.GET.get("edits") == "yes"
    found = Repair.objects.filter(company=company).select_related("author", "undone_by")
    if not with_edits:
        found = found.exclude(kind=Repair.Kind.CAMPAIGN)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    address = Address([("company", company.slug), ("edits", "yes" if with_edits else "")])
    context = admin.site.each_context(request) | {
        "title": gettext("Last repairs"),
        "company": company,
        "companies": companies,
        "with_edits": with_edits,
        "page": page,
        "rows": [(repair, effect_of(repair.effect, company.currency)) for repair in page],
        "previous_url": _page_url(address, page.number - 1) if page.has_previous() else "",
        "next_url": _page_url(address, page.number + 1) if page.has_next() else "",
    }
    return TemplateResponse(request, "reports/repair/repairs.html", context)


def _page_url(address: Address, number: int) -> str:
    return str(address.replace(page=str(number)))


@require_http_methods(["GET", "HEAD", "POST"])
def repair(request: HttpRequest, pk: int) -> HttpResponse:
    """One repair: what it decided and did, and whether that still holds; the form that undoes."""
    found = find(request, pk)
    may_repair = roles.may(request.user, "repair.make", found.company_id)
    error = ""
    if request.method == "POST":
        if not may_repair:
            raise PermissionDenied
        reason = request.POST.get("reason", "").strip()
        if reason and found.in_force and len(reason) <= MOST_LETTERS:
            draft = drafts.make(found.company, Undo(found.pk), request.user, reason)
            return redirect("reports:preview", draft.token)
        error = _wrong(reason) if found.in_force else ""
    company = found.company
    context = admin.site.each_context(request) | {
        "title": gettext("Repair %(number)s") % {"number": found.pk},
        "repair": found,
        "company": company,
        "effect": effect_of(found.effect, company.currency),
        "undo_effect": effect_of(found.undo_effect, company.currency),
        "decided": decided_by(found),
        "may_see_rules": roles.may(request.user, "rule.view", company.pk),
        "may_repair": may_repair,
        "may_undo": may_repair and found.in_force,
        "reason": request.POST.get("reason", ""),
        "error": error,
    }
    return TemplateResponse(request, "reports/repair/repair.html", context)


def _wrong(reason: str) -> str:
    if not reason:
        return gettext("Say why: it stands in the history.")
    return gettext("At most %(most)s letters; these are %(number)s.") % {
        "most": MOST_LETTERS,
        "number": f"{len(reason):,}",
    }


def find(request: HttpRequest, pk: int) -> Repair:
    """The repair, for members of its company."""
    found = Repair.objects.filter(pk=pk).select_related("company", "author", "undone_by").first()
    if found is None or not roles.may(request.user, "repair.view", found.company_id):
        raise Http404(gettext("There is no such repair."))
    return found
