"""The campaign table: its columns come from the registry, its groups from the ranking."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import quote

import django_tables2 as tables
from babel.numbers import get_currency_precision
from django.core.paginator import Page, Paginator
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from reports import small_charts
from reports.answer import Report, Row
from reports.attributing.shares import Number
from reports.campaign.asking import for_campaigns
from reports.cells import Cells, MetricColumn, NameColumn, TrendColumn, safe
from reports.dimensions import DIMENSIONS, LEADS_ALONE
from reports.filters import Address
from reports.headings import Heading, Headings, direction, group_titles, next_sort
from reports.links import Links
from reports.metrics import (
    COST_COLUMNS,
    DEFAULT_COLUMNS,
    LINE_COLUMNS,
    METRICS,
    Values,
)
from reports.nested import Line, inner_lines, lines, most_inner
from reports.ranking import default_sort
from reports.row_alone import RowAlone
from reports.series import has_curves

LONG_PAGE = 30
ROWS_A_PAGE = (25, 50, 100, 200)
USUAL_ROWS = 50
MOST_NAMES = 20  # names of unmatched spend listed on the page; exports hold them all


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one page that stand together under a heading of their own (none for the ranked)."""

    name: str
    title: str
    rows: list[SafeString]

    def html(self) -> SafeString:
        """All its rows at once, for the same reason as their cells."""
        return safe("\n".join(self.rows))


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
        self.links = Links(report.query, for_campaigns(address))
        self.trend, self.has_trend = TrendColumn(), has_curves(report.query)
        self.ranking = report.ranking(sort)
        self.page = page_of(report, page, rows)
        first = (self.page.number - 1) * rows
        self.lines = list(lines(self.ranking, first, first + rows, self.links))
        self.most_inner = most_inner(len(self.lines), len(report.query.levels))
        highest = max([row.leads for row in report.rows] + [report.unattributed.leads, 1])
        self.highest = highest
        currency = report.query.company.currency
        self.figures = {
            name: MetricColumn(METRICS[name], self.links, currency, highest, changes)
            for name in columns
        }
        extra: list[tuple[str, tables.Column]] = [
            (
                "label",
                NameColumn(
                    DIMENSIONS[report.query.group_by],
                    self.links,
                    RowAlone(report, address, sort).of,
                ),
            )
        ]
        for name, column in self.figures.items():
            extra.append((name, column))
            if name == "leads" and self.has_trend:
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
            found[-1].rows.append(self._with_inner(line, columns, self.sort))
        return found

    def _with_inner(self, line: Line, columns: Sequence[Any], sort: str) -> SafeString:
        """A row and what it is split into: in a body of the table of its own, which its row folds
        where it is the innermost."""
        row = self._line(line, columns)
        if not line.row.parts:
            return row
        below = self._below(line, columns, sort)
        line.row.forget_children()
        is_folded = line.depth + 2 == len(self.report.query.levels)
        body = "cp-parts" if is_folded else "cp-inner"
        return safe(f'</tbody><tbody>{row}</tbody><tbody class="{body}">{below}</tbody><tbody>')

    def _below(self, line: Line, columns: Sequence[Any], sort: str) -> SafeString:
        """What a row is split into."""
        sort = line.row.sort_below(sort)
        inner = inner_lines(line, sort, self.links, self.most_inner)
        return safe("\n".join(self._with_inner(one, columns, sort) for one in inner))

    def _line(self, line: Line, columns: Sequence[Any]) -> SafeString:
        # Asking the columns themselves: the library's own way through each cell takes longer than
        # everything else on the page together.
        name, *cells = [column.render(line) for column in columns]
        marks = [f"cp-depth-{line.depth}"] if line.depth else []
        marks += ["cp-thin"] if line.group == "thin" else []
        begin = f'<tr class="{" ".join(marks)}">' if marks else "<tr>"
        return safe(f'{begin}<th scope="row">{name}</th>{Cells(cells).html()}</tr>')

    def headings(self) -> Headings:
        unsorted = self.address.without("sort")

        def heading(name: str, label: object, definition: object) -> Heading:
            url = f"{unsorted}&sort={next_sort(name, self.sort)}"
            return Heading(name, str(label), str(definition), url, direction(name, self.sort))

        found = Headings([heading("label", DIMENSIONS[self.report.query.group_by], "")])
        for name, column in self.figures.items():
            found.append(heading(name, column.metric.label, column.metric.help))
            if name == "leads" and self.has_trend:
                found.append(Heading("trend", str(self.trend.verbose_name), "", "", ""))
        return found

    # The rows that are no table data: printed by the template under every page.

    def unattributed(self) -> Cells:
        row = self.report.unattributed
        grey = small_charts.bar(row.leads, self.highest, "cp-bar cp-bar-grey")
        behind = self._behind(self.links.unattributed)
        return self._cells(row.values, behind, beside_leads=grey, row=row)

    def unattributed_inner(self) -> SafeString:
        """What the unattributed row is split into."""
        line = Line(self.report.unattributed, "ranked", self.links.unattributed)
        return self._below(line, [column.column for column in self.columns], self.sort)

    def total(self) -> Cells:
        total = self.report.total
        return self._cells(total.values, self._behind(""), row=total)

    def unmatched_spend(self) -> Cells:
        """Only what was spent: leads have nothing to do with it."""
        values = self.report.unmatched_spend.values
        spent = {name: values[name] for name in ("spend", *shown_lines(list(self.figures)))}
        tells = self.report.query.group_by not in LEADS_ALONE
        return self._cells(spent, self._behind(self.links.unattributed if tells else ""))

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
            behind = self._behind(f"{self.links.unattributed}&name={quote(name.name, safe='')}")
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
            cells.append(safe(shown + (column.below(row) if row else "")))
            if name == "leads" and self.has_trend:
                cells.append(SafeString())
        return cells


def page_of(report: Report, page: str | None, rows: int) -> Page[int]:
    """So many rows from all; a number that does not exist gives the nearest page that does."""
    return Paginator(range(len(report.rows)), rows).get_page(page)


def rows_on_page(report: Report, sort: str, page: str | None, rows: int) -> list[Row]:
    """The rows of one page in their order."""
    numbers = page_of(report, page, rows)
    ordered = list(report.ranking(sort))
    return [ordered[number] for number in numbers]


def clean_rows(asked: str) -> int:
    """How many rows a page has: one of ours, else the usual number."""
    return next((rows for rows in ROWS_A_PAGE if str(rows) == asked), USUAL_ROWS)


def clean_sort(asked: str, report: Report) -> str:
    """The sort asked for when it is one of ours and has values, else the default."""
    name = asked.removeprefix("-")
    if name == "label" or (name in METRICS and (report.shows_spend or name not in COST_COLUMNS)):
        return asked
    return default_sort(report.query.group_by)


def choosable_columns(report: Report) -> list[str]:
    """Columns that have something to say: without any spend, none about cost."""
    return [name for name in METRICS if report.shows_spend or name not in COST_COLUMNS]


def splits_spend_not(report: Report) -> bool:
    """Whether there is spend, and rows of which no entry of it says to which it belongs."""
    return report.shows_spend and report.query.group_by in LEADS_ALONE


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
