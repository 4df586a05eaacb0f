"""The page of one campaign: one row of the company's report, and everything about it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from attribution import calendar, roles
from attribution.days import day_range
from attribution.models import Campaign, Lead
from reports import charts, formatting
from reports.answer import Report, Row
from reports.attributing.choosing import model_choices
from reports.attributing.shares import Number
from reports.audit.reading import without_names
from reports.basis import BASES_SHORT, NOTES
from reports.campaign import facts, parts, rows, timeline, timeline_words
from reports.campaign.asking import AskedHere, ask_here, is_usual
from reports.campaign.facts import DayFacts
from reports.campaign.figures import figures
from reports.changes import lengths_note
from reports.chips import chips
from reports.choices import Choice, Option
from reports.filters import Address
from reports.links import Links
from reports.notes import keeping
from reports.notes.flags import Mark
from reports.notes.pages import NoteForm
from reports.patience import patiently
from reports.periods import COMPARISONS, PERIODS, Days
from reports.query import ReportQuery
from reports.question_words import in_words
from reports.report import run_report
from reports.series import marks_unusual, unusual_of
from reports.snapshot import no_longer_than
from reports.sources import DayPoint
from reports.targets.reading import progress_of, targets_of
from reports.targets.words import Said, say
from reports.unusual import weeks_before


@require_safe
@patiently
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    asked = ask_here(request.GET, found)
    with no_longer_than(settings.REPORT_SECONDS):
        context = admin.site.each_context(request) | {
            "title": found.name,
            "campaign": found,
            "company": found.company,
            **_answer(request, found, asked),
            **_head(request, found, asked),
            **_ways_on(request, found, asked.asked.query),
        }
    return TemplateResponse(request, "reports/campaign/campaign.html", context)


def _find(request: HttpRequest, pk: int) -> Campaign:
    """The campaign, unless it is withdrawn or of a company that the user does not belong to."""
    leads = Lead.objects.filter(company=OuterRef("company")).order_by("day")
    records = Campaign.objects.filter(pk=pk, withdrawn=False).annotate(
        first_day=Subquery(leads.values("day")[:1])
    )
    found = records.select_related("company", "merged_into", "owner").first()
    if found is None or not roles.may(request.user, "campaign.view", found.company_id):
        raise Http404(gettext("There is no such campaign."))
    if not roles.may(request.user, "report.view", found.company_id):
        raise PermissionDenied
    return found


def _answer(request: HttpRequest, campaign: Campaign, asked: AskedHere) -> dict[str, Any]:
    """Everything that is counted, read as of one moment."""
    query, today = asked.asked.query, calendar.today(campaign.company.zone)
    since = min(query.start, today)
    report = run_report(query, without_names)
    row = next((one for one in report.rows if one.key == str(campaign.pk)), None)
    targets = targets_of(campaign, since) if is_usual(query) else []
    looks_back = row is not None and marks_unusual(query, row.leads, of_campaign=True)
    spans = [*query.read_days, *(Days(one.first_day, one.last_day) for one in targets)]
    spans += [Days(weeks_before(query.start), query.start)] if looks_back else []
    found = facts.read(query, campaign.pk, spans)
    first = getattr(campaign, "first_day", None) if looks_back else None  # see `_find`
    events = timeline.read(campaign, query.start, query.end)
    notes = timeline.chart_notes(events, query.start, query.end)
    told = [
        say(one, progress_of(one, found, report.young_since, today, campaign.company.thin_below))
        for one in targets
    ]
    key_figures = figures(report, row, _of_the_days(told, query)) if row else []
    return {
        "query": query,
        "report": report,
        "row": row,
        "thin_below": report.thin_below,
        "figures": key_figures,
        "has_medians": any(one.median != formatting.DASH for one in key_figures),
        "chart": _chart(report, row, found, notes, first) if row else None,
        "notes": _note_lines(request, campaign, notes),
        "said": _said(report, row),
        "is_usual": is_usual(query),
        "funnel": parts.funnel(row) if row else [],
        "tables": parts.tables(
            facts.within(found, query.period), row, Links(query), report.thin_below
        )
        if row
        else [],
        "targets": told,
        "leads": rows.leads(campaign),
        "spend": rows.spend(campaign, request.user, query.lines),
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
    by_day = str(NOTES.get(report.query.basis, ""))
    notes = [by_day, report.reader.note, lengths_note(report.query)]
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
    report: Report,
    row: Row,
    found: list[DayFacts],
    notes: list[timeline.Event],
    first: date | None,
) -> charts.Chart:
    """`first` is the company's first day with leads, where unusual days are to be marked."""
    query, links = report.query, Links(report.query)
    of_days, compared = f"{links.counted}&campaign={row.key}", query.compared
    marks = [
        Mark(number, note.first, note.text) for number, note in enumerate(notes, 1) if note.first
    ]
    wide = _series(found, Days(weeks_before(query.start), query.end))
    return charts.leads_chart(
        wide[-query.days :],
        _series(found, compared) if compared else [],
        # Which leads have credit of a model is more than their list can be asked.
        lambda start, end: (
            "" if query.attribution.reads_touches else links.leads(of_days, start, end)
        ),
        report.young_since if query.basis == "received" else None,
        marks,
        unusual_of(query, wide, first),
    )


def _series(found: list[DayFacts], days: Days) -> list[DayPoint]:
    """One point for each day; days without leads are points too."""
    sums: dict[date, list[Number]] = {}
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
    request: HttpRequest, campaign: Campaign, asked: AskedHere, events: list[timeline.Event]
) -> dict[str, Any]:
    page = Paginator(events, timeline_words.A_PAGE).get_page(request.GET.get("page"))
    address = asked.address
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


def _head(request: HttpRequest, campaign: Campaign, asked: AskedHere) -> dict[str, Any]:
    query, own_days = asked.asked.query, asked.asked.query.own_days
    of_company = ("company", campaign.company.slug)
    pdf = Address([of_company, *asked.address.pairs, ("of", str(campaign.pk))])
    return {
        "head": in_words(query),
        "warnings": [*asked.asked.ignored, *asked.left_out],
        "choices": [
            _select("period", gettext("Period"), PERIODS, asked.asked.period),
            _select("compare", gettext("Compare with"), COMPARISONS, query.compare),
            _select("basis", gettext("By the date"), BASES_SHORT, query.basis),
            *model_choices(query),
        ],
        "kept": [pair for pair in asked.address.pairs if pair[0] in ("kind", "line")],
        "chips": chips(query, asked.address),
        "own_days": (query.start.isoformat(), query.end.isoformat())
        if asked.asked.period == "custom"
        else ("", ""),
        "compared_days": [day.isoformat() for day in own_days] if own_days else ("", ""),
        "overview_url": f"{reverse('reports:overview')}{asked.report_address}",
        "pdf_url": f"{reverse('reports:overview-pdf')}{pdf}"
        if roles.may(request.user, "report.export", campaign.company_id)
        else "",
        "usual_url": str(asked.usual),
        "split_url": _split_url(campaign, asked) if query.attribution.splits else "",
    }


def _split_url(campaign: Campaign, asked: AskedHere) -> str:
    """The report of this campaign, which splits shares of leads by source and country."""
    pairs = [("company", campaign.company.slug), *asked.address.pairs, ("campaign", campaign.key)]
    levels = [("then", "source"), ("then", "country")]
    return f"{reverse('reports:overview')}{Address([*pairs, *levels])}"


def _select(name: str, label: str, choices: Any, chosen: str) -> Choice:
    options = [Option(value, str(text), value == chosen) for value, text in choices.items()]
    return Choice(name, label, options)


def _ways_on(request: HttpRequest, campaign: Campaign, query: ReportQuery) -> dict[str, Any]:
    """The buttons, each for those who may."""
    user, company = request.user, campaign.company
    asked = {"company": company.slug, "campaign": campaign.pk}
    listed = urlencode(asked)
    lines = "".join(f"&line={line}" for line in query.lines)
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
        "spend_url": f"{reverse('admin:spend_spendentry_changelist')}?{listed}{lines}",
    }
