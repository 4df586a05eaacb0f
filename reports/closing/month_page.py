"""One closed month: its figures beside today's, what was restated and why; its file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from attribution import roles
from attribution.files.writing import stream_csv
from attribution.models import Campaign, Company
from reports.closing import closing as desk
from reports.closing.causes import from_json
from reports.closing.figures import MAIN, MEASURES, MONEY, Values, by_campaign, nothing, whole
from reports.closing.listing import closed_totals
from reports.closing.today import MonthSums, known_sums, read_month
from reports.closing.words import (
    campaign_text,
    cause_text,
    causes_text,
    change_text,
    figure_text,
    part_text,
    proof_of,
    units,
    when,
)
from reports.filters import Address
from reports.models import ClosedCampaign, ClosedMonth, RestatedFigure, Restatement
from reports.rollup.books import SumsUnusable
from reports.rollup.reader import SumsDisagree
from reports.snapshot import snapshot

A_PAGE = 50  # campaigns
AT_ONCE = 10  # restatements of one page
MOST_FIGURES = 100  # of one restatement; the file has all


@dataclass(frozen=True, slots=True)
class Compared:
    """A campaign's figures as closed and as known today, as texts."""

    name: str
    cells: list[tuple[str, str, str, str]]  # label, closed, today and change; empty: no change


@require_http_methods(["GET", "HEAD", "POST"])
def closed_month(request: HttpRequest, pk: int) -> HttpResponse:
    """One month as it was closed; it is opened again here."""
    closing = _find(request, pk)
    company, reason = closing.company, ""
    if request.method == "POST":
        reason = request.POST.get("reason", "")[:2_000]
        if _reopened(request, closing, reason):
            return HttpResponseRedirect(f"{reverse('reports:months')}?company={company.slug}")
    with snapshot():
        (closed, known), today = known_sums(closing), _today(closing)
        names = _names(closing)
        is_open = closing.reopened_at is not None
        is_waiting = not is_open and today is not None and today.sums != known
    old, new = by_campaign(closed), by_campaign(today.sums if today else closed)
    ids = sorted({*old, *new}, key=lambda one: _order(old.get(one), new.get(one), names, one))
    page = Paginator(ids, A_PAGE).get_page(request.GET.get("page"))
    rows = Restatement.objects.filter(closing=closing).order_by("-pk")
    restated = Paginator(rows, AT_ONCE).get_page(request.GET.get("restatements"))
    proof = proof_of(closed_totals(closing), company.currency)
    address = Address([("page", request.GET.get("page", ""))])
    context = admin.site.each_context(request) | {
        "title": gettext("%(month)s, closed") % {"month": desk.month_name(closing.month)},
        "company": company,
        "closing": closing,
        "closed_at": when(closing.closed_at, company),
        "reopened_at": when(closing.reopened_at, company) if closing.reopened_at else "",
        "proof": [text for text in (proof.lead_text, proof.spend_text) if text],
        "labels": [str(MEASURES[name]) for name in MAIN],
        "total": _compared(company, gettext("Total"), whole(closed), _whole(today, closed)),
        "campaigns": [
            _compared(company, _name(names, one), old.get(one), new.get(one)) for one in page
        ],
        "is_known": today is not None,
        "is_waiting": is_waiting,
        "page": page,
        "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "next_url": f"?page={page.number + 1}" if page.has_next() else "",
        "restated": restated,
        "restatements": _restatements(company, list(restated)),
        "later_url": _at(address, restated.number - 1) if restated.has_previous() else "",
        "earlier_url": _at(address, restated.number + 1) if restated.has_next() else "",
        "months_url": f"{reverse('reports:months')}?company={company.slug}",
        "report_url": _report_url(closing) if closing.reopened_at is None else "",
        "csv_url": reverse("reports:month-csv", args=[closing.pk])
        if roles.may(request.user, "report.export", company.pk)
        else "",
        "may_reopen": closing.reopened_at is None
        and roles.may(request.user, "month.reopen", company.pk),
        "reason": reason,
    }
    return TemplateResponse(request, "reports/closing/month.html", context)


@require_safe
def closed_month_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """All restated figures of a month, the first restatement first."""
    closing = _find(request, pk)
    if not roles.may(request.user, "report.export", closing.company_id):
        raise PermissionDenied
    headers = [
        *(gettext("Seen"), gettext("Campaign"), gettext("Part"), gettext("Figure")),
        *(gettext("Old"), gettext("New"), gettext("Difference"), gettext("Currency")),
        *(gettext("Cause"), gettext("By")),
    ]
    # Read while the scope of the request is in force; the file is sent after it.
    rows = list(_file_rows(closing))
    answer = StreamingHttpResponse(
        stream_csv(headers, rows, bom=True), content_type="text/csv; charset=utf-8"
    )
    name = f"restatements-{closing.company.slug}-{closing.month:%Y-%m}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _find(request: HttpRequest, pk: int) -> ClosedMonth:
    rows = ClosedMonth.objects.select_related("company", "closed_by", "reopened_by")
    closing = rows.filter(pk=pk).first()
    if closing is None or not roles.may(request.user, "report.view", closing.company_id):
        raise Http404(gettext("There is no such closed month."))
    return closing


def _reopened(request: HttpRequest, closing: ClosedMonth, reason: str) -> bool:
    if not roles.may(request.user, "month.reopen", closing.company_id):
        raise PermissionDenied
    try:
        desk.reopen(closing, request.user, reason)
    except desk.NotClosed as problem:
        messages.error(request, str(problem))
        return False
    said = gettext("%(month)s is open again.") % {"month": desk.month_name(closing.month)}
    messages.success(request, said)
    return True


def _today(closing: ClosedMonth) -> MonthSums | None:
    """None while the kept sums may not be read."""
    try:
        return read_month(closing.company, closing.month)
    except (SumsUnusable, SumsDisagree):
        return None


def _whole(today: MonthSums | None, closed: Any) -> Values:
    return whole(today.sums if today else closed)


def _names(closing: ClosedMonth) -> dict[int, str]:
    """As they were when the month was closed; of campaigns that came later, as they are."""
    known = ClosedCampaign.objects.filter(closing=closing).values_list("campaign_id", "name")
    names = dict(Campaign.objects.filter(company=closing.company_id).values_list("pk", "name"))
    return names | dict(known)


def _name(names: dict[int, str], campaign_id: int) -> str:
    return names.get(campaign_id) or (
        gettext("Without a campaign") if not campaign_id else campaign_text(campaign_id, "", "")
    )


def _order(old: Values | None, new: Values | None, names: dict[int, str], pk: int) -> Any:
    """Those that have changed first, then those with most leads."""
    before, after = old or nothing(), new or nothing()
    changed = any(before[name] != after[name] for name in MAIN)
    return not changed, -(before["leads"] or 0), names.get(pk, "").casefold(), pk


def _compared(company: Company, name: str, old: Values | None, new: Values | None) -> Compared:
    before, after, own = old or nothing(), new or nothing(), company.currency
    return Compared(
        name,
        [
            (
                str(MEASURES[one]),
                figure_text(one, before[one], own),
                figure_text(one, after[one], own) if before[one] != after[one] else "",
                change_text(one, before[one], after[one], own) if before[one] != after[one] else "",
            )
            for one in MAIN
        ],
    )


def _restatements(company: Company, some: Sequence[Restatement]) -> list[dict[str, Any]]:
    """Each with its first figures, which are read together."""
    place = Window(RowNumber(), partition_by="restatement_id", order_by="pk")
    rows = RestatedFigure.objects.filter(restatement__in=some).annotate(place=place)
    figures: dict[int, list[RestatedFigure]] = {one.pk: [] for one in some}
    for row in rows.filter(place__lte=MOST_FIGURES + 1).order_by("pk"):
        figures[row.restatement_id].append(row)
    return [_restatement(company, one, figures[one.pk]) for one in some]


def _restatement(
    company: Company, one: Restatement, figures: Sequence[RestatedFigure]
) -> dict[str, Any]:
    return {
        "seen_at": when(one.seen_at, company),
        "causes": [cause_text(cause, company) for cause in from_json(one.causes)],
        "figures": [
            {
                "campaign": campaign_text(row.campaign_id, row.campaign_name, row.measure),
                "part": part_text(row.part),
                "measure": str(MEASURES[row.measure]),
                "old": figure_text(row.measure, row.old, company.currency),
                "new": figure_text(row.measure, row.new, company.currency),
                "change": change_text(row.measure, row.old, row.new, company.currency),
            }
            for row in figures[:MOST_FIGURES]
        ],
        "has_more": len(figures) > MOST_FIGURES,
    }


def _file_rows(closing: ClosedMonth) -> Iterator[Sequence[Any]]:
    company, texts = closing.company, dict[int, tuple[str, str]]()
    rows = RestatedFigure.objects.filter(closing=closing).select_related("restatement")
    for row in rows.order_by("pk"):
        if row.restatement_id not in texts:
            causes = from_json(row.restatement.causes)
            authors = dict.fromkeys(one.author for one in causes if one.author)
            texts[row.restatement_id] = causes_text(causes, company), ", ".join(authors)
        old, new = _number(company, row, row.old), _number(company, row, row.new)
        yield (
            row.restatement.seen_at.astimezone(company.zone).strftime("%Y-%m-%d %H:%M"),
            campaign_text(row.campaign_id, row.campaign_name, row.measure),
            *(part_text(row.part), str(MEASURES[row.measure]), old, new),
            _number(company, row, (row.new or 0) - (row.old or 0)),
            company.currency if row.measure in MONEY else "",
            *texts[row.restatement_id],
        )


def _number(company: Company, row: RestatedFigure, value: int | None) -> Any:
    return units(value, company.currency) if row.measure in MONEY else value


def _at(address: Address, number: int) -> str:
    return f"{address.replace(restatements=str(number))}#restated"


def _report_url(closing: ClosedMonth) -> str:
    """The report of the month as closed."""
    days = [("period", "custom"), ("from", str(closing.month)), ("to", str(closing.last_day))]
    pairs = [("company", closing.company.slug), *days, ("as", "closed")]
    return f"{reverse('reports:overview')}{Address(pairs)}"
