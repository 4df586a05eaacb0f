"""The page of one campaign: one row of the company's report, and everything about it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from attribution import calendar, roles
from attribution.models import Campaign
from reports import charts, formatting
from reports.answer import Report, Row
from reports.attributing.models import CAPTURED
from reports.campaign import facts, parts, rows, timeline, timeline_words
from reports.campaign.facts import DayFacts
from reports.campaign.figures import figures
from reports.changes import lengths_note
from reports.choices import Choice, Option
from reports.days import day_range
from reports.filters import OF_THE_DAYS, Address, Asked, address_of, ask
from reports.links import Links
from reports.notes import keeping
from reports.notes.flags import Mark
from reports.notes.pages import NoteForm
from reports.patience import patiently
from reports.periods import COMPARISONS, PERIODS, Days
from reports.query import ReportQuery
from reports.report import run_report
from reports.snapshot import no_longer_than
from reports.sources import DayPoint
from reports.targets.reading import progress_of, targets_of
from reports.targets.words import Said, say


@require_safe
@patiently
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    asked = _ask(request, found)
    with no_longer_than(settings.REPORT_SECONDS):
        context = admin.site.each_context(request) | {
            "title": found.name,
            "campaign": found,
            "company": found.company,
            **_answer(request, found, asked),
            **_head(request, found, asked),
            **_ways_on(request, found),
        }
    return TemplateResponse(request, "reports/campaign/campaign.html", context)


def _find(request: HttpRequest, pk: int) -> Campaign:
    """The campaign, unless it is withdrawn or of a company that the user does not belong to."""
    records = Campaign.objects.filter(pk=pk, withdrawn=False)
    found = records.select_related("company", "merged_into", "owner").first()
    if found is None or not roles.may(request.user, "campaign.view", found.company_id):
        raise Http404(gettext("There is no such campaign."))
    if not roles.may(request.user, "report.view", found.company_id):
        raise PermissionDenied
    return found


def _ask(request: HttpRequest, campaign: Campaign) -> Asked:
    """The period and what it is compared with; filters of the report do not reach here."""
    parameters = request.GET.copy()
    for name in set(parameters) - set(OF_THE_DAYS):
        del parameters[name]
    asked = ask(parameters, campaign.company)
    query = ReportQuery(
        company=campaign.company,
        start=asked.query.start,
        end=asked.query.end,
        compare=asked.query.compare,
        own_days=asked.query.own_days,
        model=CAPTURED,
        by_line=False,
        budgets=False,
        facets=False,
    )
    return Asked(query, asked.period, asked.ignored)


def _answer(request: HttpRequest, campaign: Campaign, asked: Asked) -> dict[str, Any]:
    """Everything that is counted, read as of one moment."""
    query, today = asked.query, calendar.today(campaign.company.zone)
    since = min(query.start, today)
    report = run_report(query)
    row = next((one for one in report.rows if one.key == str(campaign.pk)), None)
    targets = targets_of(campaign, since)
    spans = [*query.read_days, *(Days(one.first_day, one.last_day) for one in targets)]
    found = facts.read(query, campaign.pk, spans)
    events = timeline.read(campaign, query.start, query.end)
    notes = timeline.chart_notes(events, query.start, query.end)
    told = [
        say(one, progress_of(one, found, report.young_since, today, campaign.company.thin_below))
        for one in targets
    ]
    return {
        "query": query,
        "report": report,
        "row": row,
        "thin_below": report.thin_below,
        "figures": figures(report, row, _of_the_days(told, query)) if row else [],
        "chart": _chart(report, campaign, found, notes) if row else None,
        "notes": _note_lines(request, campaign, notes),
        "said": _said(report, row),
        "funnel": parts.funnel(row) if row else [],
        "tables": parts.tables(
            facts.within(found, query.period), row, Links(query), report.thin_below
        )
        if row
        else [],
        "targets": told,
        "leads": rows.leads(campaign),
        "spend": rows.spend(campaign, request.user),
        "budgets": rows.budgets(campaign, since, today),
        **_timeline(request, campaign, asked, timeline.happened(events)),
    }


def _of_the_days(targets: list[Said], query: ReportQuery) -> list[Said]:
    """Those with a day in the period."""
    return [
        one
        for one in targets
        if one.target.first_day <= query.end and one.target.last_day >= query.start
    ]


def _said(report: Report, row: Row | None) -> list[str]:
    """What is to be said beside the figures of this campaign."""
    notes = [lengths_note(report.query)]
    if row is not None and row.thin:
        notes.append(
            gettext("Fewer than %(least)s leads: too few to judge this campaign by its rates.")
            % {"least": report.thin_below}
        )
    if row is not None and row.young:
        notes.append(
            gettext(
                "%(leads)s of its leads are younger than %(days)s days, the time within which "
                "80 %% of bookings come: their rates will still rise."
            )
            % {"leads": formatting.count(row.young), "days": report.young_days}
        )
    return [note for note in notes if note]


def _chart(
    report: Report, campaign: Campaign, found: list[DayFacts], notes: list[timeline.Event]
) -> charts.Chart:
    query = report.query
    links, narrowed = Links(query), f"&campaign={campaign.pk}"
    compared = query.compared
    marks = [
        Mark(number, note.first, note.text) for number, note in enumerate(notes, 1) if note.first
    ]
    return charts.leads_chart(
        _series(found, query.period),
        _series(found, compared) if compared else [],
        lambda start, end: links.leads(links.counted + narrowed, start, end),
        report.young_since,
        marks,
    )


def _series(found: list[DayFacts], days: Days) -> list[DayPoint]:
    """One point for each day; days without leads are points too."""
    sums: dict[date, list[int]] = {}
    for one in found:
        if days.start <= one.day <= days.end:
            own = sums.setdefault(one.day, [0, 0, 0])
            for place, number in enumerate((one.leads, one.booked, one.completed)):
                own[place] += number
    every = (date.fromordinal(days.start.toordinal() + n) for n in range(len(days)))
    return [DayPoint(day, *sums.get(day, (0, 0, 0))) for day in every]


def _note_lines(
    request: HttpRequest, campaign: Campaign, notes: list[timeline.Event]
) -> list[dict[str, Any]]:
    """The list beside the chart, numbered as its flags are."""
    writer, may_all = _writer(request, campaign)
    return [
        {
            "number": number,
            "days": day_range(one.first, one.last or one.first),
            "text": one.text,
            "about": "" if one.campaign is not None else gettext("whole company"),
            "author": one.who,
            "url": reverse("reports:note", args=[one.about])
            if may_all or one.writer == writer
            else "",
        }
        for number, one in enumerate(notes, start=1)
        if one.first
    ]


def _timeline(
    request: HttpRequest, campaign: Campaign, asked: Asked, events: list[timeline.Event]
) -> dict[str, Any]:
    page = Paginator(events, timeline_words.A_PAGE).get_page(request.GET.get("page"))
    address = _address(asked)
    writer, may_all = _writer(request, campaign)
    return {
        "timeline": timeline_words.entries(list(page), campaign, writer, may_all=may_all),
        "timeline_is_cut": len(events) >= timeline.MOST,
        "previous_url": str(address.replace(page=str(page.number - 1)))
        if page.has_previous()
        else "",
        "next_url": str(address.replace(page=str(page.number + 1))) if page.has_next() else "",
    }


def _writer(request: HttpRequest, campaign: Campaign) -> tuple[int, bool]:
    """Whose notes the person may change: the own ones' writer (0: nobody's), and whether all."""
    user = request.user
    own = user.pk or 0 if keeping.may_write(user, campaign.company) else 0
    return own, roles.may(user, "note.change", campaign.company_id)


def _address(asked: Asked) -> Address:
    """The page's state: its days alone."""
    pairs = address_of(asked, "", ()).pairs
    return Address([pair for pair in pairs if pair[0] != "company"])


def _head(request: HttpRequest, campaign: Campaign, asked: Asked) -> dict[str, Any]:
    query = asked.query
    own_days = query.own_days
    before = ""
    if query.compared is not None:
        before = gettext("compared with %(days)s") % {"days": day_range(*query.compared)}
    whole = Address([("company", campaign.company.slug), *_address(asked).pairs])
    return {
        "days": day_range(query.start, query.end),
        "before": before,
        "ignored": asked.ignored,
        "choices": [
            _select("period", gettext("Period"), PERIODS, asked.period),
            _select("compare", gettext("Compare with"), COMPARISONS, query.compare),
        ],
        "own_days": (query.start.isoformat(), query.end.isoformat())
        if asked.period == "custom"
        else ("", ""),
        "compared_days": [day.isoformat() for day in own_days] if own_days else ("", ""),
        "overview_url": f"{reverse('reports:overview')}{whole}",
        "pdf_url": f"{reverse('reports:overview-pdf')}{whole}&of={campaign.pk}"
        if roles.may(request.user, "report.export", campaign.company_id)
        else "",
    }


def _select(name: str, label: str, choices: Any, chosen: str) -> Choice:
    options = [Option(value, str(text), value == chosen) for value, text in choices.items()]
    return Choice(name, label, options)


def _ways_on(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    """The buttons, each for those who may."""
    user, company = request.user, campaign.company
    asked = {"company": company.slug, "campaign": campaign.pk}
    listed = urlencode(asked)
    keeps = roles.keeps(user, company.pk, campaign.owner_id)
    alive = campaign.merged_into_id is None
    filled = urlencode({"company": company.pk, "campaign": campaign.pk})
    links = urlencode({"company": company.slug, "campaign": campaign.key})
    return {
        "edit_url": reverse("admin:attribution_campaign_change", args=[campaign.pk]),
        "may_edit": keeps and roles.may(user, "campaign.change", company.pk),
        "clone_url": reverse("admin:attribution_campaign_clone", args=[campaign.pk])
        if alive and roles.may(user, "campaign.add", company.pk)
        else "",
        "links_url": f"{reverse('tools:utm-builder')}?{links}"
        if alive and roles.may(user, "link.build", company.pk)
        else "",
        "note_url": f"{reverse('reports:notes')}?{listed}"
        if keeping.may_write(user, company)
        else "",
        "note_form": NoteForm(),
        "notes_url": f"{reverse('reports:notes')}?company={company.slug}",
        "target_url": f"{reverse('admin:reports_target_add')}?{filled}"
        if alive and keeps and roles.may(user, "target.add", company.pk)
        else "",
        "budget_url": f"{reverse('admin:spend_budget_add')}?{filled}"
        if alive and keeps and roles.may(user, "budget.add", company.pk)
        else "",
        "budgets_url": f"{reverse('reports:budget')}?company={company.slug}",
        "leads_url": f"{reverse('admin:attribution_lead_changelist')}?{listed}",
        "spend_url": f"{reverse('admin:spend_spendentry_changelist')}?{listed}",
    }
