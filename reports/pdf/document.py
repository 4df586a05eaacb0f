"""What stands in the PDF: the parts of the view as text, and the chart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.template.loader import render_to_string
from django.utils.translation import gettext

from reports import cards, exports, page
from reports.answer import Row
from reports.charts import Chart
from reports.pdf import chart
from reports.plainly import Group, Line, Told, line_of, told

MOST_ROWS = 400
WIDE_FROM = 8  # columns: from here on the pages lie on their side


@dataclass(frozen=True)
class Document:
    """The HTML of the document, and what it is to be called."""

    html: str
    name: str


def of_view(view: page.View, title: str = "") -> Document:
    """The whole view: the first rows of a very long one, the sums of all."""
    content = told(view, title or gettext("Campaign performance"))
    left = sum(len(group.lines) for group in content.groups) - MOST_ROWS
    content = replace(content, groups=_first(content.groups, MOST_ROWS))
    drawing = chart.chart_of(view)
    return _document(view, content, content.cards, drawing, "", max(left, 0))


def of_campaign(view: page.View, row: Row) -> Document:
    """One row of a view by campaign: its figures, its chart, and the sums that it is part of."""
    currency = view.asked.query.company.currency
    names = cards.WITH_SPEND if view.report.shows_spend else cards.WITHOUT_SPEND
    figures = cards.key_figures(names, row, currency, lambda _metric: "")
    content = told(view, row.label)
    content = replace(content, groups=[Group("", [line_of(view, row)])], ranked_by="")
    only = gettext("Only %(campaign)s; the sums below are of the whole report it is taken from.")
    drawing = chart.chart_of(view, row)
    return _document(view, content, figures, drawing, only % {"campaign": row.label}, 0)


def _first(groups: Sequence[Group], most: int) -> list[Group]:
    kept: list[Group] = []
    for group in groups:
        lines: list[Line] = group.lines[: max(most, 0)]
        most -= len(group.lines)
        if lines:
            kept.append(Group(group.title, lines))
    return kept


def _document(
    view: page.View,
    content: Told,
    figures: Sequence[cards.Card],
    drawing: Chart,
    only: str,
    left: int,
) -> Document:
    query = view.asked.query
    context = {
        "told": content,
        "cards": figures,
        "chart": chart.drawn(drawing),
        "chart_title": drawing.title,
        "legend": chart.legend(drawing),
        "unusual": chart.unusual_days(drawing),
        "only": only,
        "left": left,
        "is_wide": len(content.columns) >= WIDE_FROM,
        "definitions": list(exports.definition_rows(view)),
        "basis": dict(content.facts).get(gettext("Date that counts"), ""),
    }
    html = render_to_string("reports/pdf/document.html", context)
    return Document(html, f"campaigns-{query.company.slug}-{query.start}-{query.end}.pdf")
