"""The cells of the campaign table, written by plain functions.

What a column's cells share is looked up and escaped once a column, and what a row's cells share
once a row. A template takes ten times as long for them.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from attribution.models import Campaign
from reports import formatting, small_charts
from reports.answer import Row
from reports.attributing.shares import Number
from reports.changes import beside
from reports.dimensions import DIMENSIONS
from reports.links import Links
from reports.maturity.words import why
from reports.metrics import Metric, Value, interval
from reports.nested import REST, Line


def safe(markup: str) -> SafeString:
    """Everything in it that comes from data has been escaped where it was written."""
    return SafeString(markup)


class Cells(list[SafeString]):
    """The cells of a row after its name."""

    def html(self) -> SafeString:
        """All of them at once: a template's own loop takes longer than everything in it."""
        return safe(f"<td>{'</td><td>'.join(self)}</td>" if self else "")


class MetricColumn(tables.Column):
    """A column for one metric: heading, hint, format and thin mark come from the registry."""

    def __init__(
        self, metric: Metric, links: Links, currency: str, highest: int, changes: bool
    ) -> None:
        super().__init__(verbose_name=metric.label, orderable=False, empty_values=())
        self.metric, self.highest, self.changes = metric, highest, changes
        self.write = formatting.writer(metric.unit, currency)
        # By how many rows a row stands below.
        self.addresses = [
            escape(links.up_to_row(metric.name, depth)) for depth in range(len(links.query.levels))
        ]

    def render(self, record: Line) -> SafeString:
        row, name = record.row, self.metric.name
        before = self.addresses[record.depth] if record.group != REST else ""
        address = before and before + escape(record.parameter)
        shown = self.figure(row.values[name], address)
        if name == "leads":
            shown += small_charts.bar(row.leads, self.highest) if not record.depth else ""
        elif row.thin and (ends := interval(row.values, name)) and not row.note_of(name):
            # The range of a rate that still rises would mislead.
            shown += f'<span class="cp-range">{escape(formatting.interval(ends))}</span>'
        return safe(shown + self.below(row))

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

    def __init__(
        self, heading: Any, links: Links, report_of: Callable[[Sequence[Row]], str]
    ) -> None:
        """`report_of`: the address of the report of one row, below others, alone."""
        super().__init__(verbose_name=heading, orderable=False, empty_values=())
        self.links, self.report_of = links, report_of
        self.compare = gettext("Compare")
        self.thin = _chip(gettext("too few leads"), "cp-chip cp-chip-thin")
        self.maturing = _chip(gettext("maturing"), "cp-chip cp-chip-info")
        self.discovered = _chip(gettext("discovered"))
        self.statuses = {one.value: _chip(str(one.label)) for one in Campaign.Status}
        self.statuses[Campaign.Status.ACTIVE.value] = ""  # as one expects

    def render(self, record: Line) -> SafeString:
        row, links = record.row, self.links
        if record.group == REST:
            return safe(f"{escape(row.label)}{self.chips(row)}{self.all(record.above)}")
        one = row.campaign
        url = links.of_row(record.parameter) if one is None else links.campaign(one.id)
        name = f'<a href="{escape(url)}">{escape(row.label)}</a>' if url else escape(row.label)
        tick = "" if record.depth else self.tick(row)
        return safe(f"{tick}{name}{self.chips(row)}{self.fold(record)}")

    def fold(self, line: Line) -> str:
        """What opens the lines below a row, where these are the innermost."""
        row, levels = line.row, len(self.links.query.levels)
        if row.splits is None or not row.parts or line.depth + 2 < levels:
            return ""
        return fold(row, row.splits.dimension)

    def all(self, above: Sequence[Row]) -> str:
        """Leads from the line of those that are not shown to where all are, if there is such."""
        if not (url := self.report_of(above)):
            return ""
        words = gettext("Show all %(number)s") % {"number": above[-1].parts}
        label = gettext("%(row)s: %(words)s") % {"row": above[-1].label, "words": words}
        return (
            f' <a class="cp-all" href="{escape(url)}" aria-label="{escape(label)}">'
            f"{escape(words)}</a>"
        )

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


def fold(row: Row, dimension: str) -> str:
    """Opens and closes what stands below a row; it needs no script."""
    words = gettext("%(number)s × %(dimension)s") % {
        "number": row.parts,
        "dimension": str(DIMENSIONS[dimension]).lower(),
    }
    label = gettext("%(row)s: %(words)s") % {"row": row.label, "words": words}
    return (
        f'<details class="cp-fold" open><summary aria-label="{escape(label)}">{escape(words)}'
        "</summary></details>"
    )


def _chip(text: str, css_class: str = "cp-chip") -> str:
    return f' <span class="{css_class}">{escape(text)}</span>'


class TrendColumn(tables.Column):
    """The course of a row's leads, drawn small; filled in once the rows are known."""

    def __init__(self) -> None:
        super().__init__(verbose_name=gettext("Trend"), orderable=False, empty_values=())
        self.curves: Mapping[str, Sequence[Number]] = {}
        self.label = gettext("Leads over the period")

    def render(self, record: Line) -> SafeString:
        curve = () if record.depth else self.curves.get(record.row.key, ())
        return small_charts.sparkline(curve, self.label) if curve else SafeString()
