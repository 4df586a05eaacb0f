"""Unmatched spend: which groups wait, and what is to become of those that a person ticks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from attribution import roles
from attribution.days import day_range
from attribution.models import Company
from attribution.money import shown
from attribution.repair import drafts
from attribution.repair.intents import RepairNames
from reports import formatting
from reports.choices import Option
from reports.filters import Address, ask, companies_of, current_company
from reports.periods import LONGEST_PERIOD, PERIODS
from reports.snapshot import snapshot
from reports.unmatched import preview
from reports.unmatched.form import Rights, Sent, choices, proposed, read, rights_of
from reports.views import no_company
from spend.models import PlatformId
from spend.unmatched.groups import Group, Wanted, groups, sources, write_names

A_PAGE = 50
VIEW = "spend.view"
TIME = ("period", "from", "to")


@dataclass(frozen=True)
class Asked:
    """What the address narrows the queue to."""

    wanted: Wanted
    period: str  # empty: all days
    address: Address
    sources: Sequence[str]  # to choose from
    ignored: list[str]


def _ask(request: HttpRequest, company: Company) -> Asked:
    given = QueryDict(mutable=True)
    for name in TIME:
        if request.GET.get(name):
            given[name] = request.GET[name]
    asked = ask(given, company)
    period = asked.period if given else ""
    first, last = (asked.query.start, asked.query.end) if given else (None, None)
    listed = sources(company)
    source = request.GET.get("source", "")
    source = source if source in listed else ""
    search = request.GET.get("q", "").strip()[:200]
    own = period == "custom"
    address = Address(
        [
            ("company", company.slug),
            ("period", period),
            ("from", first.isoformat() if own and first else ""),
            ("to", last.isoformat() if own and last else ""),
            ("source", source),
            ("q", search),
        ]
    )
    wanted = Wanted(first, last, source, search)
    return Asked(wanted, period, address, listed, asked.ignored)


def company_of(request: HttpRequest) -> tuple[Company | None, list[Company]]:
    """Raises PermissionDenied where the user sees no spend."""
    companies = companies_of(request)
    company = current_company(request, companies)
    if company is not None and not roles.may(request.user, VIEW, company.pk):
        raise PermissionDenied
    return company, companies


@require_http_methods(["GET", "HEAD", "POST"])
def unmatched(request: HttpRequest) -> HttpResponse:
    """The queue; a form that was sent becomes a preview, and that a decision."""
    company, companies = company_of(request)
    if company is None:
        return no_company(request)
    rights = rights_of(request.user, company)
    if request.method != "POST":
        return _queue(request, company, companies, rights)
    if not rights.any:
        raise PermissionDenied
    if "shown" in request.POST:
        return preview.decided(request, company)
    sent = read(company, request.POST, groups(company), request.user, rights)
    if sent.is_faulty:
        write_names(company, [row.group for row in sent.rows])
        return _queue(request, company, companies, rights, sent)
    then = _draft(request, company, sent)
    if not sent.ids:
        return redirect(then)
    return preview.page(request, company, sent.ids, then=then)


def _draft(request: HttpRequest, company: Company, sent: Sent) -> str:
    """Names go the way of every repair: the address of their preview; empty without any."""
    if not sent.names:
        return ""
    draft = drafts.make(company, RepairNames(tuple(sent.names)), request.user, sent.reason)
    last = max(group.last for group in sent.days)
    first = min(group.first for group in sent.days)
    first = max(first, last - LONGEST_PERIOD / 2 + timedelta(days=1))
    days = f"period=custom&from={first.isoformat()}&to={last.isoformat()}"
    return f"{reverse('reports:preview', args=[draft.token])}?{days}"


# The queue


def _queue(
    request: HttpRequest,
    company: Company,
    companies: Sequence[Company],
    rights: Rights,
    sent: Sent | None = None,
) -> TemplateResponse:
    asked = _ask(request, company)
    with snapshot():
        every = groups(company, asked.wanted)
        page = Paginator(every, A_PAGE).get_page(request.GET.get("page"))
        if sent is None or not sent.rows:
            write_names(company, list(page))
        rows = sent.rows if sent and sent.rows else proposed(company, page, rights)
        context = _shared(request, company, companies) | {
            "title": _("Unmatched spend"),
            "may_choose": any(row.actions for row in rows),
            "rows": [(row, _monies(company, row.group)) for row in rows],
            "sent": sent,
            "rights": rights,
            "campaigns": choices(company, request.user, rights) if rights.any else [],
            "known": PlatformId.objects.filter(company=company).count(),
            "sources": [Option(one, one, one == asked.wanted.source) for one in asked.sources],
        }
    context |= _words(company, every, asked) | pages(page, asked.address)
    return TemplateResponse(request, "reports/unmatched/queue.html", context)


def _shared(request: HttpRequest, company: Company, companies: Sequence[Company]) -> dict[str, Any]:
    return admin.site.each_context(request) | {"company": company, "companies": companies}


def _words(company: Company, every: Sequence[Group], asked: Asked) -> dict[str, Any]:
    wanted = asked.wanted
    recorded: dict[str, int] = {}
    for group in every:
        for currency, minor in group.money:
            recorded[currency] = recorded.get(currency, 0) + minor
    own = asked.period == "custom"
    return {
        "groups": len(every),
        "entries": sum(group.entries for group in every),
        "amount": shown(sum(group.amount_minor for group in every), company.currency),
        "recorded": [shown(minor, currency) for currency, minor in sorted(recorded.items())],
        "has_others": bool(set(recorded) - {company.currency}),
        "unknown": sum(group.unknown for group in every),
        "ignored": asked.ignored,
        "address": str(asked.address),
        "all_url": f"?company={company.slug}",
        "is_narrowed": wanted != Wanted(),
        "search": wanted.search,
        "days": day_range(wanted.first, wanted.last) if wanted.first and wanted.last else "",
        "own_days": (wanted.first, wanted.last) if own else None,
        "periods": [Option(one, str(text), one == asked.period) for one, text in PERIODS.items()],
    }


def pages(page: "Page[Any]", address: Address) -> dict[str, Any]:
    return {
        "page": page,
        "previous_url": _page_url(address, page.number - 1) if page.has_previous() else "",
        "next_url": _page_url(address, page.number + 1) if page.has_next() else "",
    }


def _page_url(address: Address, number: int) -> str:
    return str(address.replace(page=str(number)))


def _monies(company: Company, group: Group) -> list[str]:
    """As recorded, each currency for itself; then what is known of it in the company's own."""
    found = [shown(minor, currency) for currency, minor in group.money]
    if set(group.recorded) - {company.currency} and group.unknown < group.entries:
        text = _("= %(amount)s") % {"amount": shown(group.amount_minor, company.currency)}
        found.append(text)
    if group.unknown:
        text = ngettext(
            "%(number)s entry has no rate yet",
            "%(number)s entries have no rate yet",
            group.unknown,
        )
        found.append(text % {"number": formatting.count(group.unknown)})
    return found or [formatting.DASH]
