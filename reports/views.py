"""The report pages: parse the address, ask the report, hand the answer to a template."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from reports import page
from reports.filters import companies_of, current_company
from reports.metrics import METRICS
from reports.patience import patiently
from reports.rollup.state import refresh_if_many
from reports.saved.menu import elsewhere, menu
from reports.words import WORDS


@require_safe
@patiently
def overview(request: HttpRequest) -> HttpResponse:
    companies = companies_of(request)
    company = current_company(request, companies)
    if company is None:
        return no_company(request)
    if saved := elsewhere(request, company):
        return HttpResponseRedirect(saved)
    shown = page.context(request, company)
    if shown["report"].reader.is_due:  # the next page need not read them again
        refresh_if_many(company.pk)
    context = admin.site.each_context(request) | {
        "title": gettext("Campaign performance"),
        "companies": companies,
        **shown,
        **menu(request, company, shown["address"]),
    }
    return TemplateResponse(request, "reports/overview.html", context)


@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    context = admin.site.each_context(request) | {
        "title": gettext("Definitions"),
        "metrics": METRICS.values(),
        "words": WORDS,
    }
    return TemplateResponse(request, "reports/definitions.html", context)


def no_company(request: HttpRequest) -> HttpResponse:
    context = admin.site.each_context(request) | {
        "title": gettext("Campaign performance"),
        "can_add_company": request.user.is_superuser,
    }
    return TemplateResponse(request, "reports/nothing.html", context)
