"""What the report page is made of: one question, its answer, and the parts around them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext

from attribution import roles
from attribution.campaign_texts import NOTHING
from attribution.models import Campaign, Company, Lead
from reports import cards, charts, tables
from reports.answer import Report, Row
from reports.attributing.choosing import model_choices
from reports.basis import BASES_SHORT
from reports.cautious import said
from reports.changes import PER_ROW
from reports.chips import chips
from reports.choices import Choice, Option, column_boxes
from reports.closing.asking import choices as closed_choices
from reports.dimensions import BY_CAMPAIGN, CAPTIONS, DIMENSIONS, MOST_LEVELS, SAID
from reports.emptiness import why_empty
from reports.filters import LISTS, Address, Asked, address_of, ask
from reports.inner import Shown
from reports.links import Links
from reports.metrics import METRICS
from reports.nested import most_inner
from reports.notes.flags import Mark
from reports.notes.keeping import of_the_company
from reports.notes.marks import MOST as MOST_MARKS
from reports.notes.marks import lines_of, marks_of
from reports.periods import COMPARISONS, PERIODS
from reports.query import EXCLUDED, ReportQuery
from reports.question_words import in_words
from reports.ranking import DEFAULT_SORT, default_sort
from reports.report import run_report
from reports.saved.menu import shown_number
from reports.series import chart_days, sparklines
from reports.snapshot import no_longer_than
from spend.models import SpendEntry

MOST_OPTIONS = 100  # boxes of one filter; the search finds the rest
Choices = Mapping[str, Any]


@dataclass(frozen=True)
class View:
    """One report as it is looked at: the question, its answer, the sort and the columns."""

    asked: Asked
    report: Report
    sort: str
    columns: list[str]
    rows: int  # of one page
    changes: bool  # whether each row says how it changed
    address: Address

    @cached_property
    def rising(self) -> frozenset[str]:
        """The rates of which some row says where they may end up."""
        rows = (*self.report.rows, self.report.total)
        return frozenset(name for row in rows for name in row.expected)


def look(request: HttpRequest, company: Company, *, one_page: bool = False) -> View:
    """Answer the request's question; the page and its exports all begin here.

    With `one_page` it is told what the rows of the page that is asked for are split into, and
    perhaps not what others are.
    """
    if not roles.may(request.user, "report.view", company.pk):
        raise PermissionDenied
    asked = ask(request.GET, company)
    report = run_report(asked.query, shown=_shown(request, asked.query) if one_page else None)
    sort = tables.clean_sort(request.GET.get("sort", ""), report)
    columns = tables.clean_columns(request.GET.getlist("cols"), report)
    usual = tables.default_columns(report)
    rows = tables.clean_rows(request.GET.get("rows", ""))
    changes = asked.query.compared is not None and request.GET.get("changes") == PER_ROW
    address = address_of(
        asked,
        sort if sort != default_sort(report.query.group_by) else "",
        columns if columns != usual else (),
        str(rows) if rows != tables.USUAL_ROWS else "",
        PER_ROW if changes else "",
    )
    if began := shown_number(request):  # which saved view it began with
        address = address.replace(view=began)
    return View(asked, report, sort, columns, rows, changes, address)


def _shown(request: HttpRequest, query: ReportQuery) -> Shown:
    """What the page shows: in the usual order a row is split into those with most leads."""
    usual = ("", DEFAULT_SORT, default_sort(query.group_by))
    goes_by_leads = request.GET.get("sort", "") in usual
    most = partial(most_inner, levels=len(query.levels)) if goes_by_leads else None
    return Shown(partial(_on_page, request), most)


def _on_page(request: HttpRequest, report: Report) -> list[Row]:
    """The rows that the page shows."""
    sort = tables.clean_sort(request.GET.get("sort", ""), report)
    rows = tables.clean_rows(request.GET.get("rows", ""))
    return tables.rows_on_page(report, sort, request.GET.get("page"), rows)


def context(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Everything the page shows, read as of one moment."""
    with no_longer_than(settings.REPORT_SECONDS):
        view = look(request, company, one_page=True)
        table = tables.CampaignTable(
            view.report,
            view.sort,
            view.columns,
            view.address,
            page=request.GET.get("page"),
            rows=view.rows,
            changes=view.changes,
        )
        notes = of_the_company(company, view.asked.query.start, view.asked.query.end, MOST_MARKS)
        table.trend.curves = sparklines(view.report, table.keys_on_page())
        chart = None
        if not view.asked.query.as_closed:
            chart = _chart(view, table.links, marks_of(notes))
        head = _head(view, company)
    filters = _filters(view)
    return {
        "company": company,
        "query": view.asked.query,
        "seconds": settings.REPORT_SECONDS,
        "report": view.report,
        "sort": view.sort,
        "sort_kept": view.address.get("sort"),
        "ranked_by": said(view.sort),
        "compare_state": _compare_state(view),
        "rows_kept": view.address.get("rows"),
        "address": view.address,
        "table": table,
        "headings": table.headings(),
        "chart": chart,
        "notes": lines_of(notes, request.user),
        "cards": _cards(view, table.links),
        "warnings": [*view.asked.ignored, *_unknown_campaigns(view.report)],
        "head": head,
        **filters,
        "empty": why_empty(request, view.report, view.address, filters["clear_url"]),
        **_around_the_table(view, table),
        **_ways_on(request, view),
    }


def _unknown_campaigns(report: Report) -> Iterator[str]:
    """Of keys that are asked for, those that no campaign has."""
    known = {one.key for one in report.campaigns}
    for key in report.query.campaigns:
        if key not in known:
            yield gettext("No campaign has the key “%(key)s”.") % {"key": key}


def _compare_state(view: View) -> list[tuple[str, str]]:
    """What the page that sets campaigns side by side takes over; nothing where rows are none."""
    if view.asked.query.group_by != "campaign" or len(view.report.rows) < 2:
        return []
    return address_of(view.asked, "", ()).without("campaign").pairs  # those that are ticked


def _chart(view: View, links: Links, marks: Sequence[Mark]) -> charts.Chart:
    days = chart_days(view.report)
    return charts.leads_chart(
        days.now,
        days.before,
        links.of_days,
        view.report.young_since if view.asked.query.basis == "received" else None,
        marks,
        days.unusual,
    )


def _cards(view: View, links: Links) -> list[cards.Card]:
    report, query = view.report, view.asked.query
    names = cards.WITH_SPEND if report.shows_spend else cards.WITHOUT_SPEND
    return cards.key_figures(names, report.total, query.company.currency, links.behind)


def _head(view: View, company: Company) -> dict[str, Any]:
    return in_words(view.asked.query) | {"fresh": _freshness(company)}


def _freshness(company: Company) -> str:
    latest: datetime | None = getattr(company, "latest_lead_at", None)  # see `companies_of`
    if latest is None:
        return gettext("no lead yet")
    when = date_format(latest.astimezone(company.zone), "j M Y, H:i")
    return gettext("latest lead %(when)s") % {"when": when}


def _filters(view: View) -> dict[str, Any]:
    asked, report = view.asked, view.report
    query = asked.query
    selects = [
        _select("period", gettext("Period"), PERIODS, asked.period),
        _select("compare", gettext("Compare with"), COMPARISONS, query.compare),
        *([_changes_choice(view)] if query.compared else []),
        _select("basis", gettext("By the date"), BASES_SHORT, query.basis),
        _select("group", gettext("Rows"), DIMENSIONS, query.group_by),
        *_then_by(query),
        *model_choices(query),
        *closed_choices(report.closed),
    ]
    facets = report.facets
    channels, statuses = dict(Campaign.Channel.choices), dict(Campaign.Status.choices)
    names = {one.key: one.name for one in report.campaigns if one.key in query.campaigns}
    nothing = {NOTHING: gettext("(none)")}
    lines, kinds = dict(SpendEntry.Line.choices), dict(Lead.Kind.choices)
    lists = [
        _boxes("campaign", gettext("Campaign"), (), query.campaigns, names),
        _boxes("channel", gettext("Channel"), facets.channels, query.channels, channels),
        _boxes("source", gettext("Source"), facets.sources, query.sources),
        _boxes("medium", gettext("Medium"), facets.mediums, query.mediums),
        _boxes("status", gettext("Campaign status"), facets.statuses, query.statuses, statuses),
        _boxes("tag", gettext("Tags of the campaign"), facets.tags, query.tags, nothing),
        *(
            _boxes(name, str(DIMENSIONS[of]), facets.said[name], query.said.get(name, ()), nothing)
            for name, of in SAID.items()
        ),
        *(
            _boxes(name, str(DIMENSIONS[name]), facets.of_leads[name], chosen)
            for name, chosen in query.of_leads.items()
        ),
        _boxes("line", gettext("Lines of spend"), _lines(report), query.lines, lines),
        _boxes("kind", gettext("Count excluded kinds too"), EXCLUDED, query.also, kinds),
    ]
    found = chips(query, view.address, report.campaigns)
    cleared = view.address
    for name in (*LISTS, "q", "landing"):
        cleared = cleared.without(name)
    return {
        "choices": selects,
        "lists": [one for one in lists if one.options],
        "own_days": (query.start.isoformat(), query.end.isoformat())
        if asked.period == "custom"
        else ("", ""),
        "compared_days": [day.isoformat() for day in query.own_days or ()] or ("", ""),
        "chips": found,
        "clear_url": str(cleared),
    }


def _then_by(query: ReportQuery) -> Iterator[Choice]:
    """One choice more than there are levels, as long as there may be more."""
    for nth in range(min(len(query.levels), MOST_LEVELS - 1)):
        chosen = query.then_by[nth] if nth < len(query.then_by) else ""
        before = query.levels[: nth + 1]
        offered = {name: label for name, label in DIMENSIONS.items() if name not in before}
        choice = _select("then", gettext("then by"), {"": gettext("nothing")} | offered, chosen)
        yield replace(choice, number=nth + 1)


def _changes_choice(view: View) -> Choice:
    offered = {"": gettext("of the cards"), PER_ROW: gettext("of each row, too")}
    return _select("changes", gettext("Show changes"), offered, PER_ROW if view.changes else "")


def _lines(report: Report) -> list[str]:
    """Those that spend can be of, where there is any."""
    return list(SpendEntry.Line.values) if report.shows_spend else []


def _select(name: str, label: str, choices: Choices, chosen: str) -> Choice:
    options = [Option(value, str(text), value == chosen) for value, text in choices.items()]
    return Choice(name, label, options)


def _boxes(
    name: str,
    label: str,
    offered: Sequence[str],
    chosen: Sequence[str],
    labels: Choices | None = None,
) -> Choice:
    """What the period's facts offer; a chosen value stays on offer, so that it can be lifted."""
    values = sorted({*offered[:MOST_OPTIONS], *chosen})
    options = [Option(v, str((labels or {}).get(v, v)), v in chosen) for v in values]
    return Choice(name, label, options)


def _around_the_table(view: View, table: tables.CampaignTable) -> dict[str, Any]:
    report, page = view.report, table.page
    usual = tables.default_columns(report)
    pages = {
        "text": gettext("Rows %(first)s–%(last)s of %(all)s")
        % {"first": page.start_index(), "last": page.end_index(), "all": page.paginator.count},
        "previous": _page_url(view, page.number - 1) if page.has_previous() else "",
        "next": _page_url(view, page.number + 1) if page.has_next() else "",
        "rows": _rows_choice(view, page.paginator.count),
    }
    return {
        "pages": pages,
        "splits_spend_not": tables.splits_spend_not(report),
        "caption": _caption(view.asked.query),
        "unattributed_hint": gettext("Without a campaign")
        if view.asked.query.group_by in BY_CAMPAIGN
        else gettext("Without this value"),
        "column_boxes": column_boxes(
            Option(name, str(METRICS[name].label), name in view.columns, name in usual)
            for name in tables.choosable_columns(report)
        ),
        "usual_columns_url": str(view.address.without("cols")),
        "count_too_url": _count_too(view),
    }


def _caption(query: ReportQuery) -> str:
    """What the rows are, and what they are split into."""
    first, *others = query.levels
    if not others:
        return str(CAPTIONS[first])
    inner = ", ".join(str(DIMENSIONS[name]).lower() for name in others)
    return gettext("%(rows)s, split by %(inner)s") % {"rows": CAPTIONS[first], "inner": inner}


def _count_too(view: View) -> str:
    """The same report with all that is excluded in it counted."""
    kinds = [*view.asked.query.also, *(one.kind for one in view.report.excluded)]
    pairs = [pair for pair in view.address.without("kind").pairs if pair[0] != "page"]
    return str(Address([*pairs, *(("kind", kind) for kind in kinds)]))


def _rows_choice(view: View, count: int) -> list[Option]:
    """How many rows a page may have, each with the address; none where one page holds them all."""
    if count <= min(tables.ROWS_A_PAGE):
        return []
    return [
        Option(
            value=str(view.address.replace(rows=str(rows) if rows != tables.USUAL_ROWS else "")),
            label=str(rows),
            chosen=rows == view.rows,
        )
        for rows in tables.ROWS_A_PAGE
    ]


def _ways_on(request: HttpRequest, view: View) -> dict[str, Any]:
    company_id = view.asked.query.company.pk
    may_add_spend = roles.may(request.user, "spend.import", company_id)
    slug = view.asked.query.company.slug
    by_campaign = view.asked.query.group_by == "campaign"
    may_repair = by_campaign and roles.may(request.user, "repair.make", company_id)
    return {
        "may_export": roles.may(request.user, "report.export", company_id),
        "exports": {
            kind: reverse(f"reports:overview-{kind}") + str(view.address.without("rows"))
            for kind in ("csv", "xlsx", "pdf")
        },
        "add_spend_url": reverse("admin:spend_spendentry_import") if may_add_spend else "",
        "rates_url": _rates_url(view),
        "notes_url": f"{reverse('reports:notes')}?company={slug}"
        if roles.may(request.user, "note.write", company_id)
        else "",
        "months_url": f"{reverse('reports:months')}?company={slug}",
        "restated_url": f"{reverse('reports:restatements')}{_days_of(view)}",
        "repair_url": f"{reverse('reports:queue')}?company={slug}"
        if may_repair and view.report.unattributed.leads
        else "",
    }


def _rates_url(view: View) -> str:
    """Where the rates that are missing can be put in."""
    if not view.report.missing_rates:
        return ""
    try:
        rates = reverse("admin:attribution_exchangerate_changelist")
    except NoReverseMatch:
        return ""
    return f"{rates}?company={view.asked.query.company.slug}"


def _days_of(view: View) -> Address:
    """The company and the days of the report, for another page."""
    query = view.asked.query
    days = ("from", query.start.isoformat()), ("to", query.end.isoformat())
    return Address([("company", query.company.slug), *days])


def _page_url(view: View, number: int) -> str:
    return str(view.address.replace(page=str(number)))
