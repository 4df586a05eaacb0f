"""Repair › Channels: the rules of a company's channels in their order, and its own hosts."""

from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from attribution import roles
from attribution.channels.editing import LONGEST_NOTE, Desk, Outdated, in_force, save, sent
from attribution.channels.effect import Effect, effect_of
from attribution.channels.rules import CHANNELS, SHIPPED, read_rules
from attribution.models import ChannelRules, Company, Lead
from attribution.money import shown
from attribution.repair.locking import Busy

VERSIONS_SHOWN = 20
MOST_LEADS = 250_000  # that are placed while somebody waits for a page


@require_http_methods(["GET", "HEAD", "POST"])
def channels(request: HttpRequest) -> HttpResponse:
    company, companies = _company(request)
    if request.method != "POST":
        return _page(request, company, companies, in_force(company))
    if not roles.may(request.user, "channel.change", company.pk):
        raise PermissionDenied
    desk = _desk(request, company).checked()
    if not (desk.problems or desk.wrong()):
        if "save" in request.POST and request.POST.get("shown") == desk.fingerprint:
            return _save(request, company, companies, desk)
        if {"preview", "save", "restore"} & request.POST.keys():
            return _page(request, company, companies, desk, effect_of(company, desk.law()))
    return _page(request, company, companies, desk)


def _desk(request: HttpRequest, company: Company) -> Desk:
    desk = sent(request.POST)
    version = request.POST.get("restore", "")
    if not version:
        return desk
    if version == "shipped":
        return replace(in_force(company), rules=SHIPPED)
    rows = ChannelRules.objects.filter(company=company)
    former = rows.filter(pk=version).first() if version.isdecimal() and len(version) < 18 else None
    if former is None:
        raise Http404(_("There is no such version."))
    when = former.created_at.astimezone(company.zone).strftime("%Y-%m-%d %H:%M")
    note = _("Back to the rules of %(when)s") % {"when": when}
    return replace(in_force(company), rules=read_rules(former.rules), note=note)


def _save(
    request: HttpRequest, company: Company, companies: list[Company], desk: Desk
) -> HttpResponse:
    if Lead.objects.filter(company=company)[MOST_LEADS : MOST_LEADS + 1].exists():
        return _page(request, company, companies, desk, by_command=True)
    try:
        moved = save(company, desk, request.user)
    except (Outdated, Busy) as problem:
        messages.error(request, str(problem))
        return _page(request, company, companies, desk)
    text = ngettext(
        "Saved. One lead is placed otherwise.", "Saved. %(n)s leads are placed otherwise.", moved
    )
    messages.success(request, text % {"n": f"{moved:,}"})
    return redirect(_address(company))


def _page(
    request: HttpRequest,
    company: Company,
    companies: list[Company],
    desk: Desk,
    effect: Effect | None = None,
    *,
    by_command: bool = False,
) -> TemplateResponse:
    versions = ChannelRules.objects.filter(company=company).select_related("author")
    context = admin.site.each_context(request) | {
        "title": _("Channels"),
        "company": company,
        "companies": companies,
        "address": _address(company),
        "desk": desk,
        "rows": [
            {"rule": rule, "number": number, "problem": desk.problems.get(number, "")}
            for number, rule in enumerate(desk.rules, start=1)
        ],
        "channels": CHANNELS,
        "longest_note": LONGEST_NOTE,
        "wrong": desk.wrong() if request.method == "POST" else [],
        "effect": effect,
        "file": desk.as_file() if by_command else "",
        "most_leads": MOST_LEADS,
        "lines": _lines(company, effect) if effect else [],
        "versions": list(versions[:VERSIONS_SHOWN]),
        "may_change": roles.may(request.user, "channel.change", company.pk),
    }
    return TemplateResponse(request, "admin/attribution/channels.html", context)


def _lines(company: Company, effect: Effect) -> list[dict[str, Any]]:
    return [
        {
            "channel": line.channel or _("Not placed yet"),
            "before": line.before.leads,
            "after": line.after.leads,
            "change": f"{line.change:+,}" if line.change else "=",
            "revenue_before": shown(line.before.minor, company.currency),
            "revenue_after": shown(line.after.minor, company.currency),
        }
        for line in effect.lines
    ]


def _company(request: HttpRequest) -> tuple[Company, list[Company]]:
    allowed = roles.companies_with(request.user, "channel.view")
    companies = list(Company.objects.filter(pk__in=allowed).order_by("name"))
    if not companies:
        raise PermissionDenied
    slug = request.GET.get("company", "")
    for company in companies:
        if slug in ("", company.slug):
            return company, companies
    raise Http404(_("No such company."))


def _address(company: Company) -> str:
    return f"{reverse('channels:rules')}?company={company.slug}"
