"""The pages of UTM builder and link checker: parse, ask, answer."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from attribution import roles
from attribution.files.writing import stream_csv
from attribution.links import qr
from attribution.links.builder import BadPage, TaggedLink, check_page
from attribution.links.campaigns import campaigns_of, offered
from attribution.links.checker import Checked, Grade, check_links
from attribution.links.forms import MOST_ROWS, BuilderForm, CheckForm
from attribution.links.pasted import MOST_LINKS
from attribution.models import Company, NamingRules

RIGHT = "link.build"


@require_http_methods(["GET", "HEAD", "POST"])
def utm_builder(request: HttpRequest) -> HttpResponseBase:
    company = company_of(request)
    form = _builder_form(request, company)
    return _builder_page(request, company, form, form.links() if form.is_valid() else [])


@require_POST
def utm_builder_csv(request: HttpRequest) -> HttpResponseBase:
    company = company_of(request)
    form = _builder_form(request, company)
    if not form.is_valid():
        return _builder_page(request, company, form, [])
    content, term = form.cleaned_data["content"], form.cleaned_data["term"]
    rows = [
        (form.key, link.pair.source, link.pair.medium, content, term, link.url)
        for link in form.links()
    ]
    headers = ["utm_campaign", "utm_source", "utm_medium", "utm_content", "utm_term", "url"]
    return _csv("tagged-links.csv", headers, rows)


@require_POST
def utm_builder_qr(request: HttpRequest, kind: str) -> HttpResponse:
    """The code of one link as a file."""
    company_of(request)
    link = request.POST.get("link", "")
    if kind not in qr.TYPES:
        raise Http404(_("QR codes are SVG or PNG."))
    try:
        check_page(link)
    except BadPage as problem:
        return _refused(str(problem))
    if len(link) > qr.LONGEST:
        text = _("The link is too long for a QR code: at most %(most)s characters.")
        return _refused(text % {"most": qr.LONGEST})
    answer = HttpResponse(qr.picture(link, kind), content_type=qr.TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="qr-code.{kind}"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def link_checker(request: HttpRequest) -> HttpResponseBase:
    company = company_of(request)
    form = _check_form(request)
    checked = _checked(company, form) if form.is_valid() else []
    return _checker_page(request, company, form, checked)


@require_POST
def link_checker_csv(request: HttpRequest) -> HttpResponseBase:
    company = company_of(request)
    form = _check_form(request)
    if not form.is_valid():
        return _checker_page(request, company, form, [])
    in_order = sorted(_checked(company, form), key=lambda one: one[0])
    headers = [_("row"), _("link"), _("source"), _("medium"), _("campaign"), _("counts for")]
    rows = (
        [number, one.link, one.place.source, one.place.medium, one.read.campaign, one.counts_for]
        + [" ".join(fault.text for fault in one.faults if fault.grade is grade) for grade in Grade]
        for number, one in in_order
    )
    return _csv("checked-links.csv", [*headers, *(str(grade.label) for grade in Grade)], rows)


def company_of(request: HttpRequest) -> Company:
    """The company named in the address, else the first in which the user may make links."""
    companies = _companies(request)
    slug = request.GET.get("company", "")
    if not companies:
        raise PermissionDenied
    for company in companies:
        if slug in ("", company.slug):
            return company
    raise Http404(_("No such company."))


def _companies(request: HttpRequest) -> list[Company]:
    allowed = roles.companies_with(request.user, RIGHT)
    return list(Company.objects.filter(pk__in=allowed).order_by("name"))


def rules_of(company: Company) -> NamingRules:
    """The company's naming rules, or the defaults, which refuse nothing."""
    return NamingRules.objects.filter(company=company).first() or NamingRules(company=company)


def _builder_form(request: HttpRequest, company: Company) -> BuilderForm:
    """A campaign and a page may be given in the address, by links from other pages."""
    data = request.POST if request.method == "POST" else None
    initial = {name: request.GET.get(name, "") for name in ("campaign", "page")}
    return BuilderForm(company, rules_of(company), data, initial)


def _builder_page(
    request: HttpRequest, company: Company, form: BuilderForm, links: Sequence[TaggedLink]
) -> TemplateResponse:
    context = {
        "form": form,
        "campaigns": offered(company),
        "links": [(link, qr.data_uri(link.url)) for link in links],
        "more_rows": len(form.rows) < MOST_ROWS,
        "may_shorten": roles.may(request.user, "shortlink.add", company.pk),
    }
    return _page(request, company, "tools/utm_builder.html", _("UTM builder"), context)


def _check_form(request: HttpRequest) -> CheckForm:
    return CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm()


def _checked(company: Company, form: CheckForm) -> list[tuple[int, Checked]]:
    return check_links(form.found, rules_of(company), campaigns_of(company))


def _checker_page(
    request: HttpRequest, company: Company, form: CheckForm, checked: list[tuple[int, Checked]]
) -> TemplateResponse:
    worst = [one.worst for __, one in checked]
    context = {
        "form": form,
        "checked": checked,
        "counts": {
            "all": len(checked),
            "wrong": worst.count("wrong"),
            "hint": worst.count("hint"),
            "fine": worst.count(""),
        },
        "text": "\n".join(form.found),
        "most": MOST_LINKS,
    }
    return _page(request, company, "tools/link_checker.html", _("Link checker"), context)


def _page(
    request: HttpRequest, company: Company, template: str, title: str, context: dict[str, Any]
) -> TemplateResponse:
    shared = admin.site.each_context(request) | {
        "title": title,
        "company": company,
        "companies": _companies(request),
        "rules": rules_of(company),
        "may_change_rules": roles.may(request.user, "naming.change", company.pk),
    }
    return TemplateResponse(request, template, shared | context)


def _refused(text: str) -> HttpResponse:
    return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")


def _csv(name: str, headers: list[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    # All rows are made before the answer begins: they need the company scope of the request.
    content = stream_csv(headers, list(rows), bom=True)
    answer = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
