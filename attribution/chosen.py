"""Which company a page of tools is about."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from attribution import roles
from attribution.models import Company


def companies_with(request: HttpRequest, right: str) -> list[Company]:
    """Those in which the visitor has this right, by name."""
    allowed = roles.companies_with(request.user, right)
    return list(Company.objects.filter(pk__in=allowed).order_by("name"))


def chosen_company(request: HttpRequest, right: str) -> Company:
    """The company named in the address, else the first; 403 without any, 404 for another one."""
    companies = companies_with(request, right)
    slug = request.GET.get("company", "")
    if not companies:
        raise PermissionDenied
    for company in companies:
        if slug in ("", company.slug):
            return company
    raise Http404(_("No such company."))
