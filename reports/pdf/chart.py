"""The chart on paper: the curves of `reports.charts` with every colour and length written out.

A PDF knows no pointer, so nothing is said in tips; the numbers stand in the table below.
"""

from collections.abc import Sequence
from datetime import date
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from reports import formatting, page
from reports.answer import Row
from reports.attributing.shares import Number
from reports.charts import Chart, ChartRow, leads_chart, ticks, unusual_text
from reports.days import day_text
from reports.series import chart_days

WIDTH, HEIGHT = 720, 210
LEFT, RIGHT, TOP, BOTTOM = 44, 712, 12, 184
LEADS, BOOKED, BEFORE = "#1f6feb", "#0f8a5f", "#6b747e"
UNUSUAL = "#b35900"
GRID, QUIET, YOUNG = "#d5dce4", "#56626f", "#e3e8ee"
MOST_DAYS = 6


def chart_of(view: page.View, row: Row | None = None) -> Chart:
    """The days of the view as its page shows them; with the row of a campaign, its leads alone."""
    days = chart_days(view.report, row)
    young_since = view.report.young_since if view.asked.query.basis == "received" else None
    return leads_chart(days.now, days.before, _nowhere, young_since, unusual=days.unusual)


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
        *_rings(rows, xs, highest),
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
    found = [
        (
            _sign(
                f'<line x1="0" x2="26" y1="4" y2="4" stroke="{colour}" stroke-width="2" '
                f'stroke-dasharray="{dashes}"/>'
            ),
            words,
        )
        for colour, dashes, words in lines
    ]
    if chart.unusual:
        found.append((_sign(_ring(13, 4, 3)), chart.unusual_means))
    return found


def unusual_days(chart: Chart) -> str:
    """The days with a ring in words; empty without any."""
    return "; ".join(
        f"{row.bucket.label}: {formatting.count(row.bucket.leads)}, {unusual_text(row.expected)}"
        for row in chart.unusual
        if row.expected
    )


def _sign(drawing: str) -> SafeString:
    return SafeString(
        '<svg xmlns="http://www.w3.org/2000/svg" width="26" height="8" aria-hidden="true">'
        f"{drawing}</svg>"
    )


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


def _rings(rows: Sequence[ChartRow], xs: Sequence[float], highest: int) -> list[str]:
    return [
        _ring(x, _y(row.bucket.leads, highest), 5)
        for row, x in zip(rows, xs, strict=True)
        if row.expected
    ]


def _ring(x: float, y: float, radius: int) -> str:
    """The mark of an unusual day."""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="none" stroke="{UNUSUAL}" '
        'stroke-width="1.8"/>'
    )


def _days(rows: Sequence[ChartRow], xs: Sequence[float]) -> list[str]:
    """The first day, the last and some between."""
    step = max(1, -(-len(rows) // MOST_DAYS))
    return [
        f'<text x="{xs[index]:.1f}" y="{HEIGHT - 8}" text-anchor="'
        f'{"start" if index == 0 else "end" if index > len(rows) - 2 else "middle"}" '
        f'font-size="10" fill="{QUIET}">{escape(day_text(rows[index].bucket.start))}</text>'
        for index in range(0, len(rows), step)
    ]
