"""The page between asking for a repair and making it, and the file of all leads that it moves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from attribution import roles, scope
from attribution.days import day_range
from attribution.files.writing import stream_csv
from attribution.models import Company, Repair, RepairDraft
from attribution.money import shown
from attribution.repair import drafts, intents
from attribution.repair.apply import Busy, Outdated, Refused, confirm
from attribution.repair.intents import Action, Intent, from_json
from attribution.repair.moves import collected
from attribution.repair.plan import Plan, plan
from attribution.verdict import Field
from reports.choices import Option
from reports.dimensions import DIMENSIONS
from reports.filters import ask
from reports.metrics import METRICS, Better
from reports.periods import DEFAULT_PERIOD, PERIODS
from reports.query import ReportQuery
from reports.repair import flows
from reports.repair.amended import amended_campaigns
from reports.repair.comparing import SHOWN
from reports.repair.decided import rules_in_words
from reports.repair.places import Namer
from reports.repair.preview import Preview, preview
from reports.snapshot import TookTooLong, no_longer_than, snapshot
from reports.sources import campaigns

MOST_ON_A_PAGE = 250_000  # leads that a request moves; more take minutes
GROUPINGS = ("campaign", "source", "medium", "channel")
SORTS = (
    *("booked_rate", "leads", "completed_rate", "revenue"),
    *("cost_per_lead", "cost_per_booked", "roas"),
)
TIME = ("period", "from", "to")


@require_http_methods(["GET", "HEAD", "POST"])
def preview_page(request: HttpRequest, token: str) -> HttpResponse:
    """What the draft would change, and the button that does it."""
    draft = draft_of(request, token)
    if draft.repair_id is not None:
        return redirect("reports:repair", draft.repair_id)
    if request.method != "POST":
        return _page(request, draft)
    try:
        repair = confirm(draft, request.user, request.POST.get("shown", ""))
    except (Busy, Outdated, Refused) as problem:
        return _page(request, draft, str(problem))
    messages.success(request, _done(repair, request.POST.get("moved", "")))
    return redirect("reports:repair", repair.pk)


def draft_of(request: HttpRequest, token: str) -> RepairDraft:
    """A draft is its author's alone, while he may still repair for the company."""
    draft = drafts.find(token, request.user)
    if draft is None or not roles.may(request.user, "repair.make", draft.company_id):
        raise Http404(
            gettext("There is no such preview. It lives for a day: choose what to repair again.")
        )
    return draft


def _done(repair: Repair, seen: str) -> str:
    """What was done; leads may have come in since the preview was made."""
    effect = repair.effect if repair.in_force else repair.undo_effect
    moved, spend = effect["leads"], effect.get("spend_minor", 0)
    if spend and not moved:
        back = not repair.in_force
        both = gettext("%(money)s of spend moved."), gettext("%(money)s of spend moved back.")
        return both[back] % {"money": shown(spend, repair.company.currency)}
    if repair.in_force:
        text = ngettext("One lead was moved.", "%(number)s leads were moved.", moved)
    else:
        text = ngettext("One lead was moved back.", "%(number)s leads were moved back.", moved)
    found = text % {"number": f"{moved:,}"}
    more = moved - int(seen) if seen.isdecimal() else 0
    if more > 0:
        text = ngettext(
            "One of them came in after the preview was made.",
            "%(number)s of them came in after the preview was made.",
            more,
        )
        found += " " + text % {"number": f"{more:,}"}
    return found


@dataclass(frozen=True)
class Asked:
    """The question that the two reports answer, as far as the address says it."""

    query: ReportQuery
    period: str  # empty: whatever days the leads came on
    sort: str
    ignored: list[str]


def _ask(request: HttpRequest, company: Company, planned: Plan) -> Asked:
    given = QueryDict(mutable=True)
    for name in TIME:
        if request.GET.get(name):
            given[name] = request.GET[name]
    asked = ask(given, company)
    group = request.GET.get("group", "")
    sort = request.GET.get("sort", "")
    return Asked(
        query=replace(
            asked.query,
            compare="none",
            then_by=(),
            basis="received",
            group_by=group if group in GROUPINGS else _usual_grouping(planned),
        ),
        period=asked.period if given else "",
        sort=sort if sort in SORTS else SORTS[0],
        ignored=asked.ignored,
    )


def _usual_grouping(planned: Plan) -> str:
    """By campaign, or by what alone the rules are about."""
    about = {item.line.field for item in planned.items.rules}
    return about.pop().value if len(about) == 1 else Field.CAMPAIGN.value


def _page(request: HttpRequest, draft: RepairDraft, problem: str = "") -> HttpResponse:
    company, intent = draft.company, from_json(draft.intent)
    context = admin.site.each_context(request) | {
        "title": _title(intent),
        "company": company,
        "draft": draft,
        "problem": problem,
        "back_url": _back(company, intent),
        # With "=", since a token may begin with a dash.
        "command": f"python manage.py repairs --apply={draft.token}",
        "is_undo": isinstance(intent, intents.Undo),
        "is_correction": isinstance(intent, intents.Correct),
    }
    try:
        with no_longer_than(settings.REPORT_SECONDS, scratch=True):
            planned = plan(company, intent)
            asked = _ask(request, company, planned)
            found = preview(planned, asked.query, _direction(asked.sort), widen=not asked.period)
    except Refused as refused:
        context["refused"] = str(refused).splitlines()
    except TookTooLong:
        context["seconds"] = settings.REPORT_SECONDS
    else:
        context |= _shown(found, asked)
    status = 409 if problem else 200
    return TemplateResponse(request, "reports/repair/preview.html", context, status=status)


def _title(intent: Intent) -> str:
    if isinstance(intent, intents.Undo):
        return gettext("Undo repair %(number)s") % {"number": intent.repair}
    return gettext("Preview of a repair")


def _back(company: Company, intent: Intent) -> str:
    """Where it was asked for."""
    match intent:
        case intents.Undo(repair=pk):
            return reverse("reports:repair", args=[pk])
        case intents.Merge(target=pk) | intents.Claim(campaign=pk):
            return reverse("reports:campaign-repair", args=[pk])
        case intents.Correct():
            return reverse("admin:attribution_lead_changelist")
        case intents.RepairGroups():
            return f"{reverse('reports:queue')}?company={company.slug}"
        case intents.RepairNames():
            return f"{reverse('reports:unmatched')}?company={company.slug}"
    return f"{reverse('reports:rules')}?company={company.slug}"


def _direction(sort: str) -> str:
    """The best first."""
    return sort if METRICS[sort].better is Better.LOWER else f"-{sort}"


def _shown(found: Preview, asked: Asked) -> dict[str, Any]:
    """Everything of the page that is known once the plan is."""
    company, planned = found.plan.company, found.plan
    group = found.query.group_by
    widened = found.query != asked.query  # to the days of the leads that move
    names = {campaign.id: campaign.name for campaign in found.after.campaigns}
    return {
        "preview": found,
        "plan": planned,
        "asked": asked,
        "changed_totals": [one for one in found.totals if one.changes],
        "same_totals": [one for one in found.totals if not one.changes],
        "days": day_range(found.query.start, found.query.end),
        "may_confirm": found.moved <= MOST_ON_A_PAGE,
        "most": MOST_ON_A_PAGE,
        "flows": [_flow(flow, company.currency) for flow in found.flows.shown],
        "whole": _flow(found.flows.all, company.currency),
        "spend": [(flow, shown(flow.amount_minor, company.currency)) for flow in found.spend.shown],
        "spend_sum": shown(found.spend.amount_minor, company.currency),
        "own": found.rows.own[:SHOWN],
        "more_own": max(0, len(found.rows.own) - SHOWN),
        "passed": found.rows.passed[:SHOWN],
        "more_passed": max(0, len(found.rows.passed) - SHOWN),
        "reports": [found.before, found.after],
        "rules": rules_in_words(planned.items.rules, names),
        "leaves": _leaves(planned.intent),
        "periods": _options(PERIODS, asked.period or ("" if widened else DEFAULT_PERIOD)),
        "widened": widened,
        "own_days": (asked.query.start, asked.query.end) if asked.period == "custom" else None,
        "groupings": _options({name: DIMENSIONS[name] for name in GROUPINGS}, group),
        "sorts": _options({name: METRICS[name].label for name in SORTS}, asked.sort),
        "sort_label": METRICS[asked.sort].label,
        "row_name": DIMENSIONS[group],
    }


def _flow(flow: flows.Flow, currency: str) -> tuple[flows.Flow, str]:
    return flow, shown(flow.revenue_minor, currency)


def _options(choices: Any, chosen: str) -> list[Option]:
    return [Option(value, str(label), value == chosen) for value, label in choices.items()]


def _leaves(intent: Intent) -> int:
    """Groups whose leads stay without a campaign, and are looked at no more."""
    if not isinstance(intent, intents.RepairGroups):
        return 0
    return sum(choice.action is Action.LEAVE for choice in intent.choices)


@require_safe
def preview_leads(request: HttpRequest, token: str) -> HttpResponseBase:
    """Every lead that would move, from where to where."""
    draft = draft_of(request, token)
    try:
        plan(draft.company, from_json(draft.intent))
    except Refused:  # the page says why
        return redirect("reports:preview", token)
    headers = [
        gettext("lead"),
        gettext("day"),
        gettext("kind"),
        gettext("booked"),
        *("utm_source", "utm_medium", "utm_campaign"),
        gettext("counts now as"),
        gettext("would count as"),
    ]
    content = stream_csv(headers, _lead_rows(draft), bom=True)
    answer = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="leads-that-move.csv"'
    return answer


def _lead_rows(draft: RepairDraft) -> Iterator[Sequence[object]]:
    """Read while they are written, as of one moment: there may be a million of them."""
    company = draft.company
    with scope.company_scope([company.pk]), snapshot(scratch=True):
        planned = plan(company, from_json(draft.intent))
        known = list(campaigns(company))
        namer = Namer(known, amended_campaigns(known, planned))
        with collected(planned) as number:
            for lead in flows.all_leads(namer, number):
                yield [
                    *(lead.external_id, lead.day, lead.kind, lead.booked),
                    *(lead.utm_source, lead.utm_medium, lead.utm_campaign),
                    *lead.move,
                ]
