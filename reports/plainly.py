"""A view in plain words and figures, for what leaves the program: mails, messages, PDF.

The same figures as on the page, by the same functions; without links, which differ by reader.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from attribution.days import day_range
from attribution.models import Company
from reports import cards, exports, formatting, page, tables
from reports.answer import Row
from reports.cautious import said
from reports.changes import in_words
from reports.dimensions import DIMENSIONS
from reports.headings import group_titles
from reports.metrics import METRICS, Metric, Values, interval
from reports.nested import inner_of, ranked_lines
from reports.snapshot import no_longer_than


@dataclass(frozen=True)
class Cell:
    """A figure, and what is said below it."""

    text: str
    below: str = ""


@dataclass(frozen=True)
class Line:
    """One row: its name, what is marked on it, and a cell for each column."""

    label: str
    marks: tuple[str, ...]
    cells: list[Cell]
    is_part: bool = False  # of the sum above it
    depth: int = 0  # how many rows it stands below, where rows are split again


@dataclass(frozen=True)
class Group:
    """Rows that stand together; only the first group, without a title, is a ranking."""

    title: str
    lines: list[Line]


@dataclass(frozen=True)
class Told:
    """A view as it was at one moment."""

    title: str
    company: str
    days: str
    as_of: str  # "21 Nov 2026, 08:00 Europe/Berlin"
    facts: list[tuple[str, str]]  # whose report, of which days, under which filters
    cards: list[cards.Card]
    heading: str  # of the column of names
    is_split: bool  # whether rows are split into others, which only long forms show
    columns: list[str]
    ranked_by: str
    groups: list[Group]
    sums: list[Line]  # unattributed, spend not matched, total, excluded
    proof: list[str]
    holds: bool
    notes: list[str]

    @property
    def ranked(self) -> list[Line]:
        """The ranking alone, without what its rows are split into."""
        lines = [line for group in self.groups if not group.title for line in group.lines]
        return [line for line in lines if not line.depth]

    @property
    def outer_sums(self) -> list[Line]:
        """The sums without what they are split into."""
        return [line for line in self.sums if not line.depth]

    @property
    def not_ranked(self) -> list[str]:
        """What the other groups are, each with its number of rows."""
        return [group.title for group in self.groups if group.title]


def view_for(user: Any, company: Company, state: str) -> page.View:
    """The view that this person would see now; the company has to be in scope.

    Raises PermissionDenied without the right, and TookTooLong.
    """
    request = HttpRequest()
    request.user = user
    request.GET = QueryDict(state)
    with no_longer_than(settings.REPORT_SECONDS):
        return page.look(request, company)


def told(view: page.View, title: str, now: datetime | None = None) -> Told:
    """Everything that the view shows, as text."""
    report, query = view.report, view.asked.query
    proof = report.proof
    names = cards.WITH_SPEND if report.shows_spend else cards.WITHOUT_SPEND
    figures = cards.key_figures(names, report.total, query.company.currency, lambda _metric: "")
    return Told(
        title=title,
        company=query.company.name,
        days=day_range(query.start, query.end),
        as_of=moment(now or timezone.now(), query.company),
        facts=list(_facts(view)),
        cards=figures,
        heading=" × ".join(str(DIMENSIONS[name]) for name in query.levels),
        is_split=len(query.levels) > 1,
        columns=[str(METRICS[name].label) for name in view.columns],
        ranked_by=str(said(view.sort)),
        groups=_groups(view),
        sums=list(_sums(view)),
        proof=[
            text for text in (proof.lead_text, proof.spend_text, proof.unconverted_text) if text
        ],
        holds=proof.holds,
        notes=[*view.asked.ignored, *report.all_notes],
    )


def moment(instant: datetime, company: Company) -> str:
    """An instant as people of the company write it, with its zone."""
    written = date_format(instant.astimezone(company.zone), "j M Y, H:i")
    return f"{written} {company.timezone}"


def _facts(view: page.View) -> Iterator[tuple[str, str]]:
    """As the exports say them, but for what has a place of its own."""
    elsewhere = {
        gettext("Company"),
        gettext("Proof"),
        gettext("Proof of spend"),
        gettext("Not converted"),
        gettext("Ranked by"),
        gettext("Note"),
        gettext("Made"),
    }
    for what, how in exports.about_rows(view):
        if str(what) not in elsewhere:
            yield str(what), str(how)


def _groups(view: page.View) -> list[Group]:
    report = view.report
    titles = group_titles(report, report.ranking(view.sort), view.sort)
    found: dict[str, Group] = {}
    group = Group("", [])
    for line in ranked_lines(report, view.sort):
        if not line.depth:
            group = found.setdefault(line.group, Group(titles[line.group], []))
        group.lines.append(line_of(view, line.row, line.depth))
    return list(found.values())


def line_of(view: page.View, row: Row, depth: int = 0) -> Line:
    """A row of the report in text."""
    return Line(row.label, _marks(row), _cells(view, row), depth=depth)


def _marks(row: Row) -> tuple[str, ...]:
    marks = ((row.thin, gettext("too few leads")), (row.maturing, gettext("maturing")))
    return tuple(text for is_so, text in marks if is_so)


def _sums(view: page.View) -> Iterator[Line]:
    report, currency = view.report, view.asked.query.company.currency
    yield Line(gettext("Unattributed"), (), _cells(view, report.unattributed))
    for line in inner_of(report.unattributed, view.sort):
        yield line_of(view, line.row, line.depth)
    for reason in report.reasons:
        counts = {"leads": reason.leads, "booked": reason.booked, "completed": reason.completed}
        yield Line(reason.label, (), _sparse(view, counts), is_part=True)
    if report.unmatched_names or tables.splits_spend_not(report):
        values = report.unmatched_spend.values
        spent = {name: values[name] for name in ("spend", *tables.shown_lines(view.columns))}
        yield Line(report.unmatched_spend.label, (), _sparse(view, spent))
        digits = get_currency_precision(currency)
        for name in report.unmatched_names[: tables.MOST_NAMES]:
            minor = name.amount_minor
            amount = None if minor is None else Decimal(minor).scaleb(-digits)
            label = name.name or gettext("(no name)")
            yield Line(label, (), _sparse(view, {"spend": amount}), is_part=True)
    yield Line(gettext("Total counted"), (), _cells(view, report.total))
    if report.excluded:
        all_of_them = {"leads": report.proof.excluded}
        yield Line(gettext("Excluded"), (), _sparse(view, all_of_them))
        for kind in report.excluded:
            yield Line(kind.label, (), _sparse(view, {"leads": kind.leads}), is_part=True)


def _metrics(view: page.View) -> list[Metric]:
    return [METRICS[name] for name in view.columns]


def _cells(view: page.View, row: Row) -> list[Cell]:
    return [_cell(view, metric, row) for metric in _metrics(view)]


def _cell(view: page.View, metric: Metric, row: Row) -> Cell:
    """As `reports.tables` writes it: with the range of a thin rate, the rate that is expected, and
    the change where that is asked for."""
    write = formatting.writer(metric.unit, view.asked.query.company.currency)
    below = [note] if (note := row.note_of(metric.name)) else []
    if row.thin and not below and (ends := interval(row.values, metric.name)):
        below.append(formatting.interval(ends))
    if view.changes and (change := in_words(metric, row, write)[0]):
        below.append(change)
    return Cell(write(row.values[metric.name]), "; ".join(below))


def _sparse(view: page.View, values: Values) -> list[Cell]:
    """Cells of a row that has few figures; the others are empty."""
    currency = view.asked.query.company.currency
    return [
        Cell(formatting.metric(metric, values[metric.name], currency))
        if metric.name in values
        else Cell("")
        for metric in _metrics(view)
    ]
