"""The page that says how programs and AI read the report, with examples of one's own company."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from attribution import roles
from attribution.models import Company
from reports.api.described import ERRORS
from reports.api.guide import EXAMPLES, RULES
from reports.api.meanings import formula
from reports.company_page import company_page
from reports.metrics import METRICS

RIGHT = "report.view"


@require_safe
@company_page(RIGHT)
def api(request: HttpRequest, company: Company, companies: list[Company]) -> HttpResponse:
    may_make = roles.may(request.user, "readkey.add", company.pk)
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": gettext("For programs and AI"),
        "company": company,
        "companies": [one for one in companies if roles.may(request.user, RIGHT, one.pk)],
        "base": request.build_absolute_uri("/").rstrip("/"),
        "key_url": reverse("admin:attribution_readkey_add") if may_make else "",
        "user": request.user,
        "examples": [(_of(company, address), meaning) for address, meaning in EXAMPLES],
        "rules": [rule.replace("`", "") for rule in RULES],
        "metrics": [(one, formula(one)) for one in METRICS.values()],
        "errors": ERRORS.items(),
    }
    return TemplateResponse(request, "reports/api/api.html", context)


def _of(company: Company, address: str) -> str:
    """The example as one of this company."""
    if address == "definitions":
        return address
    path, __, asked = address.partition("?")
    return f"{path}?company={company.slug}&{asked}"
