"""The campaign table: its columns come from the registry, its groups from the ranking.

Cells are written by plain functions: what a column's cells share is looked up and escaped once a
column, and what a row's cells share once a row. A template takes ten times as long for them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import quote

import django_tables2 as tables
from babel.numbers import get_currency_precision
from django.core.paginator import Paginator
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from attribution.models import Campaign
from reports import charts, formatting
from reports.answer import Report, Row
from reports.attributing.shares import Number
from reports.changes import beside
from reports.filters import Address
from reports.headings import Heading, Headings, direction, group_titles, next_sort
from reports.links import Links
from reports.maturity.words import why
from reports.metrics import (
    COST_COLUMNS,
    DEFAULT_COLUMNS,
    LINE_COLUMNS,
    METRICS,
    Metric,
    Value,
    Values,
    interval,
)
from reports.query import DIMENSIONS
from reports.ranking import Ranking

LONG_PAGE = 30
ROWS_A_PAGE = (25, 50, 100, 200)
USUAL_ROWS = 50
DEFAULT_SORT = "-leads"
GROUPS = ("ranked", "unranked", "maturing", "thin")  # of a ranking, in the order of the page
MOST_NAMES = 20  # names of unmatched spend listed on the page; exports hold them all


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table and the group it stands in."""

    row: Row
    group: str  # one of GROUPS
    parameter: str = ""  # what narrows addresses to this row, ready for markup


class Cells(list[SafeString]):
    """The cells of a row after its name."""

    def html(self) -> SafeString:
        """All of them at once: a template's own loop takes longer than everything in it."""
        return _safe(f"<td>{'</td><td>'.join(self)}</td>" if self else "")


class MetricColumn(tables.Column):
    """A column for one metric: heading, hint, format and thin mark come from the registry."""

    def __init__(
        self, metric: Metric, links: Links, currency: str, highest: int, changes: bool
    ) -> None:
        super().__init__(verbose_name=metric.label, orderable=False, empty_values=())
        self.metric, self.highest, self.changes = metric, highest, changes
        self.write = formatting.writer(metric.unit, currency)
        self.address = escape(links.up_to_row(metric.name))

    def render(self, record: Line) -> SafeString:
        row, name = record.row, self.metric.name
        address = self.address and self.address + record.parameter
        shown = self.figure(row.values[name], address)
        if name == "leads":
            shown += charts.bar(row.leads, self.highest)
        elif row.thin and (ends := interval(row.values, name)) and not row.note_of(name):
            # The range of a rate that still rises would mislead.
            shown += f'<span class="cp-range">{escape(formatting.interval(ends))}</span>'
        return _safe(shown + self.below(row))

    def below(self, row: Row) -> str:
        """Where it may end up, if it still rises; and how it changed, where that is asked for."""
        said = row.note_of(self.metric.name)
        return (_still(said) if said else "") + (
            beside(self.metric, row, self.write) if self.changes else ""
        )

    def figure(self, value: Value, address: str) -> str:
        """A figure that leads to the rows behind it; a dash and a nought lead nowhere."""
        text = escape(self.write(value))
        return f'<a href="{address}">{text}</a>' if value and address else text

    def value(self, record: Line) -> Value:
        return record.row.values[self.metric.name]  # an exported cell holds the number


def _still(said: str) -> str:
    """Where a rate that is still rising may end up."""
    return f'<span class="cp-range cp-still" title="{escape(why())}">{escape(said)}</span>'


class NameColumn(tables.Column):
    """The name of a row, what state its campaign is in, and why it is not ranked."""

    def __init__(self, heading: Any, links: Links) -> None:
        super().__init__(verbose_name=heading, orderable=False, empty_values=())
        self.links = links
        self.compare = gettext("Compare")
        self.thin = _chip(gettext("too few leads"), "cp-chip cp-chip-thin")
        self.maturing = _chip(gettext("maturing"), "cp-chip cp-chip-info")
        self.discovered = _chip(gettext("discovered"))
        self.statuses = {one.value: _chip(str(one.label)) for one in Campaign.Status}
        self.statuses[Campaign.Status.ACTIVE.value] = ""  # as one expects

    def render(self, record: Line) -> SafeString:
        row, links = record.row, self.links
        url = links.campaign(row.campaign.id) if row.campaign else links.of_row(row.key)
        name = f'<a href="{escape(url)}">{escape(row.label)}</a>' if url else escape(row.label)
        return _safe(f"{self.tick(row)}{name}{self.chips(row)}")

    def tick(self, row: Row) -> str:
        """A box to set the campaign beside others; its form stands above the table."""
        if row.campaign is None:
            return ""
        label = escape(f"{self.compare} {row.label}")
        return (
            f'<input type="checkbox" class="cp-pick" form="compare" name="campaign" '
            f'value="{row.campaign.id}" aria-label="{label}">'
        )

    def chips(self, row: Row) -> str:
        """The marks of a row, each in words."""
        marks = (self.thin if row.thin else "") + (self.maturing if row.maturing else "")
        if row.campaign is not None:
            marks += self.statuses[row.campaign.status]
            marks += self.discovered if row.campaign.discovered else ""
        return marks


def _chip(text: str, css_class: str = "cp-chip") -> str:
    return f' <span class="{css_class}">{escape(text)}</span>'


class TrendColumn(tables.Column):
    """The course of a row's leads, drawn small; filled in once the rows are known."""

    def __init__(self) -> None:
        super().__init__(verbose_name=gettext("Trend"), orderable=False, empty_values=())
        self.curves: Mapping[str, Sequence[Number]] = {}
        self.label = gettext("Leads over the period")

    def render(self, record: Line) -> SafeString:
        curve = self.curves.get(record.row.key)
        return charts.sparkline(curve, self.label) if curve else SafeString()


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one page that stand together under a heading of their own (none for the ranked)."""

    name: str
    title: str
    rows: list[tuple[SafeString, Cells]]  # the name, then the other cells

    def html(self) -> SafeString:
        """All its rows at once, for the same reason as their cells."""
        begin = '<tr class="cp-thin">' if self.name == "thin" else "<tr>"
        rows = [
            f'{begin}<th scope="row">{name}</th>{cells.html()}</tr>' for name, cells in self.rows
        ]
        return _safe("\n".join(rows))


class CampaignTable(tables.Table):
    """One page of a report's rows in their order; sums are printed by the template."""

    def __init__(
        self,
        report: Report,
        sort: str,
        columns: Sequence[str],
        address: Address,
        *,
        page: str | None = None,
        rows: int = USUAL_ROWS,
        changes: bool = False,
    ) -> None:
        self.report, self.sort, self.address = report, sort, address
        self.links = Links(report.query)
        self.trend = TrendColumn()
        self.ranking = report.ranking(sort)
        # A number that does not exist gives the nearest page that does.
        self.page = Paginator(range(len(report.rows)), rows).get_page(page)
        first = (self.page.number - 1) * rows
        self.lines = list(lines(self.ranking, first, first + rows, self.links))
        highest = max([row.leads for row in report.rows] + [report.unattributed.leads, 1])
        self.highest = highest
        currency = report.query.company.currency
        self.figures = {
            name: MetricColumn(METRICS[name], self.links, currency, highest, changes)
            for name in columns
        }
        extra: list[tuple[str, tables.Column]] = [
            ("label", NameColumn(DIMENSIONS[report.query.group_by], self.links))
        ]
        for name, column in self.figures.items():
            extra.append((name, column))
            if name == "leads":
                extra.append(("trend", self.trend))
        super().__init__(self.lines, extra_columns=extra, order_by=())

    @property
    def is_long(self) -> bool:
        """Whether the head would be out of sight before the page's last row."""
        return len(self.lines) > LONG_PAGE

    def keys_on_page(self) -> list[str]:
        return [line.row.key for line in self.lines]

    def groups(self) -> list[Group]:
        """The rows of this page under the headings of their groups."""
        found: list[Group] = []
        titles = group_titles(self.report, self.ranking, self.sort)
        columns = [column.column for column in self.columns]
        for line in self.lines:
            if not found or found[-1].name != line.group:
                found.append(Group(line.group, titles[line.group], []))
            # Asking the columns themselves: the library's own way through each cell takes longer
            # than everything else on the page together.
            name, *cells = [column.render(line) for column in columns]
            found[-1].rows.append((name, Cells(cells)))
        return found

    def headings(self) -> Headings:
        unsorted = self.address.without("sort")

        def heading(name: str, label: object, definition: object) -> Heading:
            url = f"{unsorted}&sort={next_sort(name, self.sort)}"
            return Heading(name, str(label), str(definition), url, direction(name, self.sort))

        found = Headings([heading("label", DIMENSIONS[self.report.query.group_by], "")])
        for name, column in self.figures.items():
            found.append(heading(name, column.metric.label, column.metric.help))
            if name == "leads":
                found.append(Heading("trend", str(self.trend.verbose_name), "", "", ""))
        return found

    # The rows that are no table data: printed by the template under every page.

    def unattributed(self) -> Cells:
        row = self.report.unattributed
        grey = charts.bar(row.leads, self.highest, "cp-bar cp-bar-grey")
        behind = self._behind(self.links.unattributed)
        return self._cells(row.values, behind, beside_leads=grey, row=row)

    def total(self) -> Cells:
        total = self.report.total
        return self._cells(total.values, self._behind(""), row=total)

    def unmatched_spend(self) -> Cells:
        """Only what was spent: leads have nothing to do with it."""
        values = self.report.unmatched_spend.values
        spent = {name: values[name] for name in ("spend", *shown_lines(list(self.figures)))}
        return self._cells(spent, self._behind(self.links.unattributed))

    def reasons(self) -> list[tuple[str, Cells]]:
        """Each reason with its counts, which lead to its leads."""
        found = []
        for reason in self.report.reasons:
            counts = {"leads": reason.leads, "booked": reason.booked, "completed": reason.completed}
            behind = self._behind(self.links.reason(reason.code))
            found.append((reason.label, self._cells(counts, behind)))
        return found

    def excluded(self) -> list[tuple[str, Cells]]:
        """Each kind of lead that is kept but not counted."""
        return [
            (kind.label, self._excluded(kind.leads, kind.kind)) for kind in self.report.excluded
        ]

    def all_excluded(self) -> Cells:
        kinds = "&kind=".join(kind.kind for kind in self.report.excluded)
        return self._excluded(self.report.proof.excluded, kinds)

    def unmatched_names(self) -> list[tuple[str, Cells]]:
        """The largest amounts of spend whose campaign is unknown, by the name in the file."""
        digits = get_currency_precision(self.report.query.company.currency)
        found = []
        for name in self.report.unmatched_names[:MOST_NAMES]:
            minor = name.amount_minor
            amount = None if minor is None else Decimal(minor).scaleb(-digits)
            behind = self._behind(f"{self.links.unattributed}&q={quote(name.name, safe='')}")
            cells = self._cells({"spend": amount}, behind)
            found.append((name.name or gettext("(no name)"), cells))
        return found

    def _excluded(self, leads: Number, kinds: str) -> Cells:
        return self._cells({"leads": leads}, lambda _metric: self.links.leads(f"&kind={kinds}"))

    def _behind(self, extra: str) -> Callable[[str], str]:
        return lambda metric: self.links.behind(metric, extra)

    def _cells(
        self,
        values: Values,
        address_of: Callable[[str], str],
        beside_leads: str = "",
        row: Row | None = None,  # whose changes are shown, where that is asked for
    ) -> Cells:
        """One cell for each column after the name; those without a figure are empty."""
        cells = Cells()
        for name, column in self.figures.items():
            shown = column.figure(values[name], escape(address_of(name))) if name in values else ""
            shown += beside_leads if name == "leads" else ""
            cells.append(_safe(shown + (column.below(row) if row else "")))
            if name == "leads":
                cells.append(SafeString())  # no trend
        return cells


def ranked_lines(report: Report, sort: str) -> Iterator[Line]:
    """Every row with its group, in the order of the page."""
    ranking = report.ranking(sort)
    for group in GROUPS:
        for row in getattr(ranking, group):
            yield Line(row, group)


def lines(ranking: Ranking[Row], start: int, stop: int, links: Links) -> Iterator[Line]:
    """The rows of one page, from the `start`-th to before the `stop`-th of all."""
    for group in GROUPS:
        rows = getattr(ranking, group)
        for row in rows[max(start, 0) : max(stop, 0)]:
            yield Line(row, group, escape(links.row(row.key)))
        start, stop = start - len(rows), stop - len(rows)


def clean_rows(asked: str) -> int:
    """How many rows a page has: one of ours, else the usual number."""
    return next((rows for rows in ROWS_A_PAGE if str(rows) == asked), USUAL_ROWS)


def clean_sort(asked: str, report: Report) -> str:
    """The sort asked for when it is one of ours and has values, else the default."""
    name = asked.removeprefix("-")
    if name == "label" or (name in METRICS and (report.shows_spend or name not in COST_COLUMNS)):
        return asked
    return DEFAULT_SORT


def choosable_columns(report: Report) -> list[str]:
    """Columns that have something to say: without any spend, none about cost."""
    return [name for name in METRICS if report.shows_spend or name not in COST_COLUMNS]


def shown_lines(columns: Sequence[str]) -> list[str]:
    """Those of these columns that are the spend of one line."""
    return [name for name in columns if name in LINE_COLUMNS]


def default_columns(report: Report) -> list[str]:
    choosable = choosable_columns(report)
    if not report.shows_spend:
        quality = [name for name in choosable if name.endswith("_rate")]
        earned = ["revenue"] if report.total.values["revenue"] != 0 else []
        return ["leads", "booked", "completed", *quality, *earned]
    return [name for name in DEFAULT_COLUMNS if name in choosable]


def clean_columns(asked: Sequence[str], report: Report) -> list[str]:
    """The columns asked for, in the order of the registry; the default when none is ours."""
    wanted = {name for text in asked for name in text.split(",")}
    chosen = [name for name in choosable_columns(report) if name in wanted]
    return chosen or default_columns(report)


def _safe(markup: str) -> SafeString:
    # Everything that comes from data has been escaped where it was written.
    return SafeString(markup)
