"""Reports › Saved views: all that a person sees, and one of them to change."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from attribution import roles
from attribution.models import Company
from reports.filters import Address, companies_of, current_company
from reports.saved import keeping
from reports.saved.menu import plain_url, url_of
from reports.saved.models import LONGEST_NAME, SavedView
from reports.saved.state import clean_state
from reports.saved.words import shows
from reports.views import no_company

A_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def views(request: HttpRequest) -> HttpResponse:
    """The person's own views and the team's; a new one is sent here."""
    companies = companies_of(request)
    company = current_company(request, companies)
    if company is None:
        return no_company(request)
    failed: dict[str, Any] = {}
    if request.method == "POST":
        try:
            view = _save_new(request, company)
        except ValidationError as error:
            failed = _given_again(request, error)
        else:
            return HttpResponseRedirect(url_of(view, company))
    rows = keeping.seen_by(request.user, company).select_related("author", "changed_by")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    address = Address([("company", company.slug)])
    context = _context(request, company, gettext("Saved views")) | {
        "companies": companies,
        "page": page,
        "rows": [_row(request, company, view) for view in page],
        "failed": failed,
        "longest_name": LONGEST_NAME,
        "most": keeping.MOST,
        "plain_url": plain_url(company),
        "previous_url": _page_url(address, page.number - 1) if page.has_previous() else "",
        "next_url": _page_url(address, page.number + 1) if page.has_next() else "",
    }
    return TemplateResponse(request, "reports/saved/views.html", context)


def _save_new(request: HttpRequest, company: Company) -> SavedView:
    shared = request.POST.get("whose") == "team"
    right = "savedview.share" if shared else "savedview.keep"
    if not roles.may(request.user, right, company.pk):
        raise PermissionDenied
    view = keeping.save_new(
        request.user,
        company,
        request.POST.get("name", ""),
        clean_state(request.POST.get("state", "")),
        shared=shared,
    )
    if request.POST.get("default"):
        keeping.start_with(request.user, view)
    messages.success(request, gettext("The view “%(name)s” is saved.") % {"name": view.name})
    return view


def _given_again(request: HttpRequest, error: ValidationError) -> dict[str, Any]:
    """What was sent, so that nothing has to be chosen again."""
    return {
        "error": " ".join(error.messages),
        "name": request.POST.get("name", "")[:500],
        "shared": request.POST.get("whose") == "team",
        "default": bool(request.POST.get("default")),
        "state": request.POST.get("state", ""),
    }


def _row(request: HttpRequest, company: Company, view: SavedView) -> dict[str, Any]:
    return {
        "view": view,
        "url": url_of(view, company),
        "shows": shows(view.state, company),
        "is_team": view.owner_id is None,
        "may_change": keeping.may_change(request.user, view),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def view(request: HttpRequest, pk: int) -> HttpResponse:
    """One view: renamed, shared, replaced by a state, started with, deleted."""
    found = _find(request, pk)
    company, error = found.company, ""
    if request.method == "POST":
        try:
            return HttpResponseRedirect(_do(request, found))
        except ValidationError as wrong:
            error = " ".join(wrong.messages)
            found = _find(request, pk)  # as it is stored
    others = keeping.starters([found]).get(found.pk, 0)
    is_default = keeping.default_of(request.user, company) == found
    context = _context(request, company, gettext("View “%(name)s”") % {"name": found.name}) | {
        "view": found,
        "name": request.POST.get("name", "")[:500] if error else found.name,
        "error": error,
        "url": url_of(found, company),
        "shows": shows(found.state, company),
        "is_default": is_default,
        "others": others - is_default,
        "is_team": found.owner_id is None,
        "shared": request.POST.get("whose") == "team" if error else found.owner_id is None,
        "may_change": keeping.may_change(request.user, found),
        "may_send": roles.may(request.user, "subscription.add", company.pk),
        "longest_name": LONGEST_NAME,
        "list_url": _list_url(company),
    }
    return TemplateResponse(request, "reports/saved/view.html", context)


def _find(request: HttpRequest, pk: int) -> SavedView:
    found = keeping.find(request.user, pk)
    if found is None:
        raise Http404(gettext("There is no such view."))
    return found


def _do(request: HttpRequest, view: SavedView) -> str:
    """Do what the form asks for; gives the address to go on with."""
    company, user, what = view.company, request.user, request.POST.get("do", "")
    on = _list_url(company)
    if what == "start":
        keeping.start_with(user, view)
        said = gettext("You start with the view “%(name)s” now.")
        on = url_of(view, company)
    elif what == "start-plain":
        keeping.start_plain(user, company)
        said = gettext("You start with the plain report again. “%(name)s” stays saved.")
    elif not keeping.may_change(user, view):
        raise PermissionDenied
    elif what == "replace":
        keeping.replace_state(user, view, clean_state(request.POST.get("state", "")))
        said = gettext("The view “%(name)s” is now what is shown.")
        on = url_of(view, company)
    elif what == "delete":
        said = gettext("The view “%(name)s” is deleted.")
        view.delete()
    elif what == "change":
        shared = request.POST.get("whose") == "team"
        if shared != (view.owner_id is None) and not keeping.may_share(request, company):
            raise PermissionDenied
        keeping.change(user, view, request.POST.get("name", ""), shared=shared)
        said = gettext("The view “%(name)s” is changed.")
    else:
        raise ValidationError(gettext("Nothing was asked for, so nothing was changed."))
    messages.success(request, said % {"name": view.name})
    return on


def _context(request: HttpRequest, company: Company, title: str) -> dict[str, Any]:
    return admin.site.each_context(request) | {
        "title": title,
        "company": company,
        "may_share": keeping.may_share(request, company),
    }


def _list_url(company: Company) -> str:
    return f"{reverse('reports:views')}{Address([('company', company.slug)])}"


def _page_url(address: Address, number: int) -> str:
    return str(address.replace(page=str(number)))
