"""The chart on paper: the curves of `reports.charts` with every colour and length written out.

A PDF knows no pointer, so nothing is said in tips; the numbers stand in the table below.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from reports import formatting, page
from reports.attributing.shares import Number
from reports.charts import Chart, ChartRow, day_text, leads_chart, ticks
from reports.query import CampaignBrief
from reports.series import daily_series

WIDTH, HEIGHT = 720, 210
LEFT, RIGHT, TOP, BOTTOM = 44, 712, 12, 184
LEADS, BOOKED, BEFORE = "#1f6feb", "#0f8a5f", "#6b747e"
GRID, QUIET, YOUNG = "#d5dce4", "#56626f", "#e3e8ee"
MOST_DAYS = 6


def chart_of(view: page.View, campaign: CampaignBrief | None = None) -> Chart:
    """The days of the view as its page shows them; with a campaign those of its leads alone."""
    report, query = view.report, view.asked.query
    asked = replace(query.alone(), start=query.first)
    if campaign is not None:
        asked = replace(asked, search=campaign.key)
        report = replace(report, campaigns=(campaign,))
    days = daily_series(report, asked)
    return leads_chart(
        days[-query.days :],
        days[: len(query.compared)] if query.compared else [],
        _nowhere,
        report.young_since,
    )


def _nowhere(start: date, end: date) -> str:
    return ""


def drawn(chart: Chart) -> SafeString:
    """The chart as one drawing of fixed size, with its words as text."""
    rows = chart.rows
    counts: list[Number] = [row.bucket.leads for row in rows]
    counts += [row.previous.leads for row in rows if row.previous]
    scale = ticks(max(counts, default=0))
    highest = scale[-1]
    xs = [_x(index, len(rows)) for index in range(len(rows))]
    parts = [_young(rows, xs), *(_tick(value, highest) for value in scale)]
    before = [row.previous.leads for row in rows if row.previous]
    leads, booked = [row.bucket.leads for row in rows], [row.bucket.booked for row in rows]
    parts += [
        _line(xs, before, highest, f'stroke="{BEFORE}" stroke-dasharray="5 4" stroke-width="1.3"'),
        _line(xs, booked, highest, f'stroke="{BOOKED}" stroke-width="2"'),
        _line(xs, leads, highest, f'stroke="{LEADS}" stroke-width="2"'),
        *_days(rows, xs),
    ]
    # All text in it was escaped where it was written.
    return SafeString(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(chart.title)}">'
        f"{''.join(parts)}</svg>"
    )


def legend(chart: Chart) -> list[tuple[SafeString, str]]:
    """Each curve as a short piece of it, and what it is."""
    lines = [(LEADS, "", gettext("Leads")), (BOOKED, "", gettext("Booked"))]
    if chart.has_young:
        lines.append((YOUNG, "", gettext("Grey ground: bookings are still to come")))
    if chart.has_previous:
        lines.append((BEFORE, "5 4", gettext("Leads of the days compared with")))
    return [
        (
            SafeString(
                '<svg xmlns="http://www.w3.org/2000/svg" width="26" height="8" aria-hidden="true">'
                f'<line x1="0" x2="26" y1="4" y2="4" stroke="{colour}" stroke-width="2" '
                f'stroke-dasharray="{dashes}"/></svg>'
            ),
            words,
        )
        for colour, dashes, words in lines
    ]


def _x(index: int, count: int) -> float:
    return (LEFT + RIGHT) / 2 if count < 2 else LEFT + (RIGHT - LEFT) * index / (count - 1)


def _y(value: Number, highest: int) -> float:
    return BOTTOM - float(value / highest) * (BOTTOM - TOP)


def _young(rows: Sequence[ChartRow], xs: Sequence[float]) -> str:
    """A ground of its own for the last days, whose bookings are still to come."""
    first = next((x for row, x in zip(rows, xs, strict=True) if row.young), None)
    if first is None:
        return ""
    return (
        f'<rect x="{first:.1f}" y="{TOP}" width="{RIGHT - first:.1f}" height="{BOTTOM - TOP}" '
        f'fill="{YOUNG}"/>'
    )


def _tick(value: int, highest: int) -> str:
    y = _y(value, highest)
    number = escape(formatting.count(value))
    return (
        f'<line x1="{LEFT}" x2="{RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>'
        f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" font-size="10" '
        f'fill="{QUIET}">{number}</text>'
    )


def _line(xs: Sequence[float], values: Sequence[Number], highest: int, look: str) -> str:
    pairs = zip(xs, values, strict=False)
    points = " ".join(f"{x:.1f},{_y(value, highest):.1f}" for x, value in pairs)
    return f'<polyline points="{points}" fill="none" {look}/>' if points else ""


def _days(rows: Sequence[ChartRow], xs: Sequence[float]) -> list[str]:
    """The first day, the last and some between."""
    step = max(1, -(-len(rows) // MOST_DAYS))
    return [
        f'<text x="{xs[index]:.1f}" y="{HEIGHT - 8}" text-anchor="'
        f'{"start" if index == 0 else "end" if index > len(rows) - 2 else "middle"}" '
        f'font-size="10" fill="{QUIET}">{escape(day_text(rows[index].bucket.start))}</text>'
        for index in range(0, len(rows), step)
    ]
