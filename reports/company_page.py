"""What pages of one company begin with: which company, and whether the person may see it."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from attribution import roles
from attribution.models import Company
from reports.filters import companies_of, current_company
from reports.views import no_company

Page = Callable[[HttpRequest, Company, list[Company]], HttpResponse]


def company_page(right: str) -> Callable[[Page], Callable[[HttpRequest], HttpResponse]]:
    """Give a view the company of the address, and those that the person may choose from.

    Without any company it says how to add one; without the right in it, 403.
    """

    def of_page(page: Page) -> Callable[[HttpRequest], HttpResponse]:
        @wraps(page)
        def view(request: HttpRequest) -> HttpResponse:
            companies = companies_of(request)
            company = current_company(request, companies)
            if company is None:
                return no_company(request)
            if not roles.may(request.user, right, company.pk):
                raise PermissionDenied
            return page(request, company, companies)

        return view

    return of_page
