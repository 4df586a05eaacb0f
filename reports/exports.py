"""The report as a file: exactly what is on screen, all pages of it, with its proof."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any, TypeVar

from babel.numbers import get_currency_precision
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from attribution import roles
from attribution.days import day_range
from attribution.files.writing import Sheet, stream_csv, write_xlsx
from reports import formatting, page, tables
from reports.answer import Row
from reports.attributing.shares import DIGITS as SHARE_DIGITS
from reports.attributing.words import model_words
from reports.basis import BASES
from reports.cards import before
from reports.cautious import said
from reports.chips import chips
from reports.dimensions import DIMENSIONS
from reports.filters import companies_of, current_company
from reports.links import LEADS_BEHIND
from reports.maturity.expected import Expected
from reports.metrics import METRICS, Metric, Unit, Value, Values, interval
from reports.nested import inner_of, ranked_lines
from reports.patience import patiently
from reports.proof import kind_words
from reports.query import ReportQuery
from reports.snapshot import no_longer_than
from reports.words import WORDS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RATIO_DIGITS = 4
NOTHING: Mapping[str, Expected] = {}
Cells = Sequence[object]
Answer = TypeVar("Answer", HttpResponse, StreamingHttpResponse)


@require_safe
@patiently
def overview_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    view = _view(request)
    definitions = [(gettext("Definition"), *row) for row in definition_rows(view)]
    rows = [*table_rows(view), [], *about_rows(view), [], *definitions]
    content = stream_csv(headers(view), rows, bom=True)
    answer = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    return _named(answer, view, "csv")


@require_safe
@patiently
def overview_xlsx(request: HttpRequest) -> HttpResponse:
    view = _view(request)
    file = BytesIO()
    write_xlsx(
        file,
        headers(view),
        table_rows(view),
        sheets=[
            Sheet(gettext("About"), [gettext("About"), ""], about_rows(view)),
            Sheet(
                gettext("Definitions"),
                [gettext("Figure"), gettext("Definition")],
                definition_rows(view),
            ),
        ],
    )
    return _named(HttpResponse(file.getvalue(), content_type=XLSX), view, "xlsx")


def headers(view: page.View) -> list[str]:
    """The columns on screen; a rate is followed by the ends of its interval."""
    levels = (str(DIMENSIONS[name]) for name in view.asked.query.levels)
    names = [gettext("Group"), *levels, gettext("Marks")]
    for metric in _metrics(view):
        names.append(_header(metric, view.asked.query))
        if metric.has_interval:
            names.append(gettext("%(name)s, 95 %% from") % {"name": metric.label})
            names.append(gettext("%(name)s, 95 %% to") % {"name": metric.label})
        if view.changes:
            names.append(gettext("%(name)s, before") % {"name": _header(metric, view.asked.query)})
        if metric.name in view.rising:
            names.append(gettext("%(name)s, expected") % {"name": metric.label})
            names.append(gettext("%(name)s, expected from") % {"name": metric.label})
            names.append(gettext("%(name)s, expected to") % {"name": metric.label})
    return names


def table_rows(view: page.View) -> Iterator[Cells]:
    """Ranked rows, the groups below them, and the sums, in the order of the page."""
    report = view.report
    groups = {
        "ranked": gettext("Ranked"),
        "unranked": gettext("Figure of the sort unknown"),
        "maturing": gettext("Maturing, not ranked"),
        "thin": gettext("Too few leads, not ranked"),
    }
    for line in ranked_lines(report, view.sort):
        yield _row(view, groups[line.group], line.row, _marks(line.row), line.above)
    yield _row(view, gettext("Unattributed"), report.unattributed)
    for line in inner_of(report.unattributed, view.sort):
        yield _row(view, gettext("Unattributed"), line.row, _marks(line.row), line.above)
    for reason in report.reasons:
        counts = {"leads": reason.leads, "booked": reason.booked, "completed": reason.completed}
        yield _sparse(view, gettext("Unattributed, because"), reason.label, counts)
    if report.unmatched_names or tables.splits_spend_not(report):
        spent = report.unmatched_spend.values["spend"]
        lines = {
            name: report.unmatched_spend.values[name] for name in tables.shown_lines(view.columns)
        }
        yield _sparse(view, report.unmatched_spend.label, "", {"spend": spent, **lines})
    digits = get_currency_precision(report.query.company.currency)
    for name in report.unmatched_names:
        minor = name.amount_minor
        amount = None if minor is None else Decimal(minor).scaleb(-digits)
        yield _sparse(view, gettext("Not matched, by name"), name.name, {"spend": amount})
    total = report.total
    yield _row(view, gettext("Total counted"), total, _marks(total) if total.expected else "")
    for kind in report.excluded:
        yield _sparse(view, gettext("Excluded"), kind.label, {"leads": kind.leads})


def about_rows(view: page.View) -> Iterator[Cells]:
    """Whose report, of which days, under which filters, and whether it adds up."""
    report, query = view.report, view.asked.query
    yield gettext("Company"), query.company.name
    yield gettext("Period"), day_range(query.start, query.end)
    if query.compared is not None:
        yield gettext("Compared with"), day_range(*query.compared)
    if view.changes and report.total.at_age is not None:
        yield gettext("Before"), gettext("of figures that still grow: at the same age")
    yield gettext("Leads that count"), kind_words(query.kinds)
    yield gettext("Attribution"), model_words(query)
    yield gettext("Date that counts"), str(BASES[query.basis])
    if report.closed:
        known = gettext("as closed") if query.as_closed else gettext("as known today")
        yield gettext("Closed months"), known
    yield gettext("Time zone"), query.company.timezone
    yield gettext("Currency"), query.company.currency
    yield gettext("Sorted by"), _sort_words(view.sort, query.group_by)
    if by := said(view.sort):
        yield gettext("Ranked by"), str(by)
    for chip in chips(query, view.address, view.report.campaigns):
        yield gettext("Filter: %(name)s") % {"name": chip.name}, chip.value
    yield gettext("Proof"), report.proof.lead_text
    if report.proof.spend_text:
        yield gettext("Proof of spend"), report.proof.spend_text
    if report.proof.unconverted_text:
        yield gettext("Not converted"), report.proof.unconverted_text
    for note in [*view.asked.ignored, *report.all_notes]:
        yield gettext("Note"), note
    made = timezone.now().astimezone(query.company.zone)
    yield gettext("Made"), made.strftime("%Y-%m-%d %H:%M %Z")


def definition_rows(view: page.View) -> Iterator[Cells]:
    for metric in _metrics(view):
        yield str(metric.label), str(metric.help)
    for word, meaning in WORDS:
        yield str(word), str(meaning)


def _view(request: HttpRequest) -> page.View:
    company = current_company(request, companies_of(request))
    if company is None or not roles.may(request.user, "report.export", company.pk):
        raise PermissionDenied
    with no_longer_than(settings.REPORT_SECONDS):
        return page.look(request, company)


def _named(answer: Answer, view: page.View, ending: str) -> Answer:
    query = view.asked.query
    name = f"campaigns-{query.company.slug}-{query.start}-{query.end}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _metrics(view: page.View) -> list[Metric]:
    return [METRICS[name] for name in view.columns]


def _header(metric: Metric, query: ReportQuery) -> str:
    """With what it is measured in, and with the model that gives the credit."""
    name = str(metric.label)
    if metric.unit is Unit.MONEY:
        name = f"{name} ({query.company.currency})"
    if query.attribution.reads_touches and (metric.name in LEADS_BEHIND or metric.ripens):
        name = f"{name} [{model_words(query)}]"
    return name


def _row(
    view: page.View, group: str, row: Row, marks: str = "", above: Sequence[Row] = ()
) -> list[Any]:
    """In the columns of the levels, the names of the rows above and its own."""
    names = [*(one.label for one in above), row.label]
    return _cells(view, group, names, row.values, marks, row)


def _cells(
    view: page.View,
    group: str,
    names: Sequence[str],
    values: Values,
    marks: str = "",
    row: Row | None = None,  # whose figures before, and expected ones, may be told as well
) -> list[Any]:
    empty = [""] * (len(view.asked.query.levels) - len(names))
    cells: list[Any] = [group, *names, *empty, marks]
    splits, currency = view.asked.query.attribution.splits, view.asked.query.company.currency
    expected = row.expected if row else NOTHING
    rising = view.rising

    def figure(value: Value, metric: Metric) -> Value:
        if metric.name == "revenue" and value and splits:
            return formatting.half_up(value, SHARE_DIGITS)  # parts of it, that add up
        return _number(value, metric, currency)

    for metric in _metrics(view):
        cells.append(figure(values[metric.name], metric))
        if metric.has_interval:
            ends = interval(values, metric.name) or (None, None)
            cells += [_number(end, metric, currency) for end in ends]
        if view.changes:
            cells.append(figure(before(metric, row) if row else None, metric))
        if metric.name in rising:
            one = expected.get(metric.name)
            range_ = (one.rate, one.low, one.high) if one else (None, None, None)
            cells += [_number(end, metric, currency) for end in range_]
    return cells


def _sparse(view: page.View, group: str, label: str, values: Mapping[str, Value]) -> list[Any]:
    empty: dict[str, Value] = dict.fromkeys(METRICS)
    return _cells(view, group, [label], {**empty, **values})


def _number(value: Value, metric: Metric, currency: str) -> Value:
    if value is None or metric.unit is Unit.COUNT:
        return value
    digits = get_currency_precision(currency) if metric.unit is Unit.MONEY else RATIO_DIGITS
    return formatting.half_up(value, digits)


def _marks(row: Row) -> str:
    marks = [gettext("too few leads")] if row.thin else []
    if row.maturing:
        marks.append(gettext("maturing"))
    if row.campaign is not None and row.campaign.discovered:
        marks.append(gettext("discovered"))
    return ", ".join(marks)


def _sort_words(sort: str, group_by: str) -> str:
    name = sort.removeprefix("-")
    label = METRICS[name].label if name in METRICS else DIMENSIONS[group_by]
    order = gettext("descending") if sort.startswith("-") else gettext("ascending")
    return f"{label}, {order}"
