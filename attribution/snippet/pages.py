"""Tools › Website tag: the tag to paste, ready for a company, and a test of what arrives."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from attribution import roles
from attribution.chosen import chosen_company, companies_with
from attribution.ingest import keys
from attribution.models import Company, IngestKey
from attribution.snippet import arrivals, wording
from attribution.snippet.forms import KeyForm

RIGHT = "tag.view"
LONGEST_TEST = timedelta(days=1)


@require_http_methods(["GET", "HEAD", "POST"])
def website_tag(request: HttpRequest) -> HttpResponse:
    """The tag, the forms and the policy lines; a company admin makes the key here."""
    company = chosen_company(request, RIGHT)
    may_make = roles.may(request.user, "ingestkey.add", company.pk)
    if request.method == "POST" and not may_make:
        raise PermissionDenied
    form = KeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _make_key(request, company, form)
    rows = browser_keys(company)
    chosen = _chosen(request, rows)
    host = f"{request.scheme}://{request.get_host()}"
    text = keys.text_of(chosen) if chosen is not None else None
    context = {
        "form": form if may_make else None,
        "keys": rows,
        "chosen": chosen,
        "is_whole": text is not None,
        "options": wording.options(),
        "snippets": wording.snippets(host, text or wording.NO_KEY, ""),
    }
    return _page(request, company, "tools/website_tag.html", _("Website tag"), context)


def browser_keys(company: Company) -> list[IngestKey]:
    """Those that open something now, the newest first."""
    rows = IngestKey.objects.filter(company=company, kind=IngestKey.Kind.BROWSER)
    now = timezone.now()
    return [row for row in rows.filter(revoked_at__isnull=True) if keys.is_live(row, now)]


def _chosen(request: HttpRequest, rows: list[IngestKey]) -> IngestKey | None:
    """The key named in the address, else the newest."""
    wanted = request.GET.get("key", "")
    return next((row for row in rows if str(row.pk) == wanted), rows[0] if rows else None)


def _make_key(request: HttpRequest, company: Company, form: KeyForm) -> HttpResponse:
    row, __ = keys.make(
        company,
        IngestKey.Kind.BROWSER.value,
        form.cleaned_data["name"],
        author=request.user,
        origins=form.cleaned_data["origins"],
    )
    messages.success(request, _("The key “%s” is made, and stands in the tag below.") % row.name)
    query = urlencode({"company": company.slug, "key": row.pk})
    return HttpResponseRedirect(f"{reverse('tag:page')}?{query}#tag-title")


@require_safe
def live_test(request: HttpRequest) -> HttpResponse:
    """What has arrived since the test began; with `part`, that part of the page alone."""
    company = chosen_company(request, RIGHT)
    start = started(request.GET.get("since", ""))
    if start is None:
        now = int(timezone.now().timestamp() * 1000)
        query = urlencode({"company": company.slug, "since": now})
        return HttpResponseRedirect(f"{reverse('tag:test')}?{query}")
    sees_persons = roles.may(request.user, "lead.contact", company.pk)
    context = {
        "start": start,
        "zone": company.zone,
        "company": company,
        "arrivals": arrivals.since(company, start, sees_persons=sees_persons),
    }
    if "part" in request.GET:
        return render(request, "tools/_arrivals.html", context)
    context["keys"] = browser_keys(company)
    return _page(request, company, "tools/live_test.html", _("Live test"), context)


def started(text: str) -> datetime | None:
    """When a test began, from milliseconds since 1970; None when it is over, or never was."""
    if not (text.isascii() and text.isdigit() and len(text) <= 14):
        return None
    start = datetime.fromtimestamp(int(text) / 1000, UTC)
    now = timezone.now()
    return start if now - LONGEST_TEST < start <= now + timedelta(minutes=1) else None


def _page(
    request: HttpRequest, company: Company, template: str, title: str, context: dict[str, Any]
) -> TemplateResponse:
    shared = admin.site.each_context(request) | {
        "title": title,
        "company": company,
        "companies": companies_with(request, RIGHT),
    }
    return TemplateResponse(request, template, shared | context)
