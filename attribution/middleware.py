"""Each request sees the companies of its user's memberships, and no others."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from attribution import roles, scope


class CompanyScopeMiddleware:
    """Sets the company scope for the time of the request; without a user there is none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        if user.is_superuser:
            with scope.all_companies():
                return self.get_response(request)
        with scope.company_scope(roles.companies_of(user)):
            return self.get_response(request)
