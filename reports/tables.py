"""The campaign table: its columns come from the registry, its groups from the ranking."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import quote

import django_tables2 as tables
from babel.numbers import get_currency_precision
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from attribution.models import Campaign
from reports import charts, formatting
from reports.answer import Report, Row
from reports.filters import Address
from reports.links import Links
from reports.metrics import COST_COLUMNS, DEFAULT_COLUMNS, METRICS, Better, Metric, Value
from reports.query import DIMENSIONS

LONG_PAGE = 30
PER_PAGE = 50
DEFAULT_SORT = "-leads"
MOST_NAMES = 20  # names of unmatched spend listed on the page; exports hold them all


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table and the group it stands in."""

    row: Row
    group: str  # ranked, unranked, maturing, thin


class Cells(list[SafeString | str]):
    """The cells of a row after its name."""

    def html(self) -> SafeString:
        """All of them at once: a template's own loop takes longer than everything in it."""
        return format_html_join("", "<td>{}</td>", ((cell,) for cell in self))


class MetricColumn(tables.Column):
    """A column for one metric: heading, hint, format and thin mark come from the registry."""

    def __init__(self, metric: Metric, links: Links, currency: str, highest: int) -> None:
        super().__init__(verbose_name=metric.label, orderable=False, empty_values=())
        self.metric, self.links = metric, links
        self.currency, self.highest = currency, highest

    def render(self, record: Line) -> SafeString | str:
        row = record.row
        extra = self.links.row(row.key)
        shown = figure_link(self.metric, row.values[self.metric.name], self.links, extra)
        if self.metric.name == "leads":
            return format_html("{}{}", shown, charts.bar(row.leads, self.highest))
        ends = row.intervals.get(self.metric.name)
        if row.thin and ends is not None:
            return format_html(
                '{}<span class="cp-range">{}</span>', shown, formatting.interval(ends)
            )
        return shown

    def value(self, record: Line) -> Value:
        return record.row.values[self.metric.name]  # an exported cell holds the number


class NameColumn(tables.Column):
    """The name of a row, what state its campaign is in, and why it is not ranked."""

    def __init__(self, heading: Any, links: Links) -> None:
        super().__init__(verbose_name=heading, orderable=False, empty_values=())
        self.links = links

    def render(self, record: Line) -> SafeString:
        row = record.row
        if row.campaign is None:
            url = self.links.leads(self.links.row(row.key))
        else:
            url = reverse("admin:attribution_campaign_change", args=[row.campaign.id])
        return format_html('<a href="{}">{}</a>{}', url, row.label, chips(row))


class TrendColumn(tables.Column):
    """The course of a row's leads, drawn small; filled in once the page is known."""

    def __init__(self) -> None:
        super().__init__(verbose_name=gettext("Trend"), orderable=False, empty_values=())
        self.curves: Mapping[str, Sequence[int]] = {}

    def render(self, record: Line) -> SafeString:
        label = gettext("Leads over the period")
        return charts.sparkline(self.curves.get(record.row.key, ()), label)


@dataclass(frozen=True, slots=True)
class Heading:
    """What the head of a column shows, and where a click on it leads."""

    name: str
    label: str
    help: str
    url: str
    direction: str  # ascending, descending, or empty when the table is not sorted by it


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one page that stand together under a heading of their own (none for the ranked)."""

    name: str
    title: str
    rows: list[tuple[SafeString | str, Cells]]  # the name, then the other cells


class CampaignTable(tables.Table):
    """All rows of a report in their order, 50 to a page; sums are printed by the template."""

    def __init__(self, report: Report, sort: str, columns: Sequence[str], address: Address) -> None:
        self.report, self.sort, self.address = report, sort, address
        self.links = Links(report.query)
        self.metrics = [METRICS[name] for name in columns]
        self.trend = TrendColumn()
        self.lines = list(ranked_lines(report, sort))
        currency = report.query.company.currency
        highest = max([row.leads for row in report.rows] + [report.unattributed.leads, 1])
        self.highest = highest
        extra: list[tuple[str, tables.Column]] = [
            ("label", NameColumn(DIMENSIONS[report.query.group_by], self.links))
        ]
        for metric in self.metrics:
            extra.append((metric.name, MetricColumn(metric, self.links, currency, highest)))
            if metric.name == "leads":
                extra.append(("trend", self.trend))
        super().__init__(self.lines, extra_columns=extra, order_by=())

    def turn_to(self, page: str | None) -> None:
        """Choose the page; a number that does not exist gives the nearest that does."""
        self.paginator = Paginator(self.lines, PER_PAGE)
        self.page = self.paginator.get_page(page)

    @property
    def is_long(self) -> bool:
        """Whether the head would be out of sight before the page's last row."""
        return len(self.page.object_list) > LONG_PAGE

    def keys_on_page(self) -> list[str]:
        return [line.row.key for line in self.page.object_list]

    def groups(self) -> list[Group]:
        """The rows of this page under the headings of their groups."""
        found: list[Group] = []
        titles = group_titles(self.report, self.sort)
        columns = [column.column for column in self.columns]
        for line in self.page.object_list:
            if not found or found[-1].name != line.group:
                found.append(Group(line.group, titles[line.group], []))
            # Asking the columns themselves: the library's own way through each cell takes longer
            # than everything else on the page together.
            name, *cells = [column.render(line) for column in columns]
            found[-1].rows.append((name, Cells(cells)))
        return found

    def headings(self) -> list[Heading]:
        dimension = str(DIMENSIONS[self.report.query.group_by])
        found = [self._heading("label", dimension, "")]
        for metric in self.metrics:
            found.append(self._heading(metric.name, str(metric.label), str(metric.help)))
            if metric.name == "leads":
                found.append(Heading("trend", str(self.trend.verbose_name), "", "", ""))
        return found

    @cached_property
    def _names(self) -> list[str]:
        return [heading.name for heading in self.headings()[1:]]

    def _heading(self, name: str, label: str, definition: str) -> Heading:
        url = str(self.address.replace(sort=next_sort(name, self.sort)))
        return Heading(name, label, definition, url, direction(name, self.sort))

    # The rows that are no table data: printed by the template under every page.

    def unattributed(self) -> Cells:
        row = self.report.unattributed
        return self._cells(row, self.links.unattributed, bar_class="cp-bar cp-bar-grey")

    def total(self) -> Cells:
        return self._cells(self.report.total, "")

    def unmatched_spend(self) -> Cells:
        """Only what was spent: leads have nothing to do with it."""
        amount = self.report.unmatched_spend
        metric = METRICS["spend"]
        shown = figure_link(metric, amount.values["spend"], self.links, self.links.unattributed)
        return self._sparse({"spend": shown})

    def reasons(self) -> list[tuple[str, Cells]]:
        """Each reason with its counts, which lead to its leads."""
        found = []
        for reason in self.report.reasons:
            extra = self.links.reason(reason.code)
            counts = {"leads": reason.leads, "booked": reason.booked, "completed": reason.completed}
            cells = {
                name: figure_link(METRICS[name], value, self.links, extra)
                for name, value in counts.items()
            }
            found.append((reason.label, self._sparse(cells)))
        return found

    def excluded(self) -> list[tuple[str, Cells]]:
        """Each kind of lead that is kept but not counted."""
        return [
            (kind.label, self._sparse({"leads": self._excluded_link(kind.leads, kind.kind)}))
            for kind in self.report.excluded
        ]

    def all_excluded(self) -> Cells:
        kinds = "&kind=".join(kind.kind for kind in self.report.excluded)
        return self._sparse({"leads": self._excluded_link(self.report.proof.excluded, kinds)})

    def unmatched_names(self) -> list[tuple[str, Cells]]:
        """The largest amounts of spend whose campaign is unknown, by the name in the file."""
        digits = get_currency_precision(self.report.query.company.currency)
        found = []
        for name in self.report.unmatched_names[:MOST_NAMES]:
            amount = Decimal(name.amount_minor).scaleb(-digits)
            extra = f"{self.links.unattributed}&q={quote(name.name, safe='')}"
            shown = figure_link(METRICS["spend"], amount, self.links, extra)
            found.append((name.name or gettext("(no name)"), self._sparse({"spend": shown})))
        return found

    def _excluded_link(self, leads: int, kinds: str) -> SafeString:
        url = self.links.leads(f"&kind={kinds}")
        return format_html('<a href="{}">{}</a>', url, formatting.count(leads))

    def _cells(self, row: Row, extra: str, bar_class: str = "") -> Cells:
        cells: dict[str, SafeString | str] = {
            metric.name: figure_link(metric, row.values[metric.name], self.links, extra)
            for metric in self.metrics
        }
        if bar_class and "leads" in cells:
            grey = charts.bar(row.leads, self.highest, bar_class)
            cells["leads"] = format_html("{}{}", cells["leads"], grey)
        return self._sparse(cells)

    def _sparse(self, cells: Mapping[str, SafeString | str]) -> Cells:
        """One cell for each column after the name; those without a figure are empty."""
        return Cells(cells.get(name, "") for name in self._names)


def ranked_lines(report: Report, sort: str) -> Iterator[Line]:
    """Every row with its group, in the order of the page."""
    ranking = report.ranking(sort)
    for name in ("ranked", "unranked", "maturing", "thin"):
        for row in getattr(ranking, name):
            yield Line(row, name)


def clean_sort(asked: str, report: Report) -> str:
    """The sort asked for when it is one of ours and has values, else the default."""
    name = asked.removeprefix("-")
    if name == "label" or (name in METRICS and (report.has_spend or name not in COST_COLUMNS)):
        return asked
    return DEFAULT_SORT


def choosable_columns(report: Report) -> list[str]:
    """Columns that have something to say: without any spend, none about cost."""
    return [name for name in METRICS if report.has_spend or name not in COST_COLUMNS]


def default_columns(report: Report) -> list[str]:
    choosable = choosable_columns(report)
    if not report.has_spend:
        quality = [name for name in choosable if name.endswith("_rate")]
        earned = ["revenue"] if report.total.values["revenue"] else []
        return ["leads", "booked", "completed", *quality, *earned]
    return [name for name in DEFAULT_COLUMNS if name in choosable]


def clean_columns(asked: Sequence[str], report: Report) -> list[str]:
    """The columns asked for, in the order of the registry; the default when none is ours."""
    wanted = {name for text in asked for name in text.split(",")}
    chosen = [name for name in choosable_columns(report) if name in wanted]
    return chosen or default_columns(report)


def next_sort(name: str, sort: str) -> str:
    """A first click puts the best on top, a second turns the order round."""
    if sort.removeprefix("-") == name:
        return name if sort.startswith("-") else f"-{name}"
    if name == "label" or METRICS[name].better is Better.LOWER:
        return name
    return f"-{name}"


def direction(name: str, sort: str) -> str:
    if sort.removeprefix("-") != name:
        return ""
    return "descending" if sort.startswith("-") else "ascending"


def group_titles(report: Report, sort: str) -> dict[str, str]:
    """The heading of each group of rows that may not be ranked, with what they are."""
    ranking = report.ranking(sort)
    name = sort.removeprefix("-")
    label = str(METRICS[name].label) if name in METRICS else ""
    return {
        "ranked": "",
        "unranked": gettext("%(metric)s unknown: %(n)s")
        % {"metric": label, "n": formatting.count(len(ranking.unranked))},
        "maturing": ngettext(
            "Not ranked yet: %(n)s row, most of whose leads are younger than %(days)s days",
            "Not ranked yet: %(n)s rows, most of whose leads are younger than %(days)s days",
            len(ranking.maturing),
        )
        % {"n": len(ranking.maturing), "days": report.young_days},
        "thin": ngettext(
            "Not ranked: %(n)s row with fewer than %(least)s leads",
            "Not ranked: %(n)s rows with fewer than %(least)s leads",
            len(ranking.thin),
        )
        % {"n": len(ranking.thin), "least": report.thin_below},
    }


def figure_link(metric: Metric, value: Value, links: Links, extra: str) -> SafeString | str:
    """A figure that leads to the rows behind it; a dash and a nought lead nowhere."""
    text = formatting.figure(value, metric.unit, links.query.company.currency)
    if not value:
        return text
    return format_html('<a href="{}">{}</a>', links.behind(metric.name, extra), text)


def chips(row: Row) -> SafeString:
    """The marks of a row, each in words."""
    marks = []
    if row.thin:
        marks.append(("cp-chip cp-chip-thin", gettext("too few leads")))
    if row.maturing:
        marks.append(("cp-chip cp-chip-info", gettext("maturing")))
    if row.campaign is not None:
        if row.campaign.status != Campaign.Status.ACTIVE:
            marks.append(("cp-chip", str(Campaign.Status(row.campaign.status).label)))
        if row.campaign.discovered:
            marks.append(("cp-chip", gettext("discovered")))
    out = SafeString()
    for css_class, text in marks:
        out += format_html(' <span class="{}">{}</span>', css_class, text)
    return out
