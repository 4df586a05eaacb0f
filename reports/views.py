"""The report pages: parse the address, ask the report, hand the answer to a template."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from attribution import scope
from attribution.models import Company
from reports import page
from reports.filters import companies_of, current_company
from reports.metrics import METRICS
from reports.patience import patiently
from reports.rollup.state import refresh_between
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
    context = admin.site.each_context(request) | {
        "title": gettext("Campaign performance"),
        "companies": companies,
        **shown,
        **menu(request, company, shown["address"]),
    }
    due = company if shown["report"].reader.is_due else None
    return Overview(request, "reports/overview.html", context, due=due)


class Overview(TemplateResponse):
    """The report page. When the sums of the company are `due`, they are brought up to date after
    it has been sent: the next page need not read again what this one did, and nobody waits.
    """

    def __init__(self, *args: Any, due: Company | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._due = due

    def close(self) -> None:
        try:
            if self._due is not None:
                with scope.company_scope([self._due.pk]):
                    refresh_between(self._due.pk)
        finally:
            super().close()


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
