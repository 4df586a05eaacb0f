"""The address of the PDF: the same parameters and rights as the other exports."""

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from attribution import roles
from reports import page
from reports.filters import companies_of, current_company
from reports.patience import patiently
from reports.pdf import document
from reports.pdf.making import CannotMake, as_pdf, missing
from reports.saved import keeping
from reports.saved.state import state_of
from reports.snapshot import no_longer_than


@require_safe
@patiently
def overview_pdf(request: HttpRequest) -> HttpResponse:
    """The view of the address; with `of`, the number of a campaign, that campaign alone."""
    company = current_company(request, companies_of(request))
    if company is None or not roles.may(request.user, "report.export", company.pk):
        raise PermissionDenied
    if why := missing():
        return _cannot(request, why)
    only = keeping.number_of(request.GET.get("of", ""))
    if only is not None:
        request.GET = _by_campaign(request.GET)  # type: ignore[assignment]
    with no_longer_than(settings.REPORT_SECONDS):
        view = page.look(request, company)
        made = (
            document.of_view(view, _name(request, view))
            if only is None
            else _of_campaign(view, only)
        )
    try:
        content = as_pdf(made.html)
    except CannotMake as error:
        return _cannot(request, str(error))
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer


def _name(request: HttpRequest, view: page.View) -> str:
    """The name of the saved view that is shown as it was saved; empty where it is not one."""
    number = keeping.number_of(view.address.get("view"))
    saved = None if number is None else keeping.find(request.user, number)
    return saved.name if saved and saved.state == state_of(view.address) else ""


def _by_campaign(asked: QueryDict) -> QueryDict:
    """The same question by campaign, where each has a row of its own."""
    given = asked.copy()
    for name in ("group", "then"):
        given.pop(name, None)
    return given


def _of_campaign(view: page.View, number: int) -> document.Document:
    for row in view.report.rows:
        if row.campaign is not None and row.campaign.id == number:
            return document.of_campaign(view, row)
    raise Http404(gettext("This campaign has no row in the report of these days."))


def _cannot(request: HttpRequest, why: str) -> HttpResponse:
    context = admin.site.each_context(request) | {"title": gettext("No PDF here"), "why": why}
    return TemplateResponse(request, "reports/pdf/missing.html", context, status=404)
