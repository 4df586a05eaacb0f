"""Charts drawn on the server as SVG: plain functions from numbers to markup.

Positions along the width are percentages and heights are pixels, so that one drawing is sharp at
every screen width without a script, a style attribute or text that shrinks.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Protocol

from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from reports import formatting

HEIGHT = 220
TOP = 14  # room above the highest tick for its number
BOTTOM = 194  # the base line; the days are written below it
EDGE = 1  # per cent kept free left and right, so that end points are not cut
MAX_DAILY_POINTS = 200  # a longer period is drawn in weeks
WEEKLY_BELOW = 5  # leads a day: under this a daily line is noise
X_LABELS = 5
BAR_WIDTH = 48  # of the longest bar in a cell, in pixels
TIP_WIDTH, TIP_HEIGHT = 158, 66


def day_text(day: date, pattern: str = "j M") -> str:
    """A day as a person writes it: "5 Mar", "Thu 5 Mar"."""
    return _day_text(day, pattern, get_language() or "")


@lru_cache(maxsize=10_000)
def _day_text(day: date, pattern: str, language: str) -> str:
    return date_format(day, pattern)  # slow, and the same days come again with every page


class Counted(Protocol):
    """One day of the report, as `reports.report.daily_series` gives it."""

    @property
    def day(self) -> date: ...
    @property
    def leads(self) -> int: ...
    @property
    def booked(self) -> int: ...


@dataclass(frozen=True)
class Bucket:
    """Leads and booked leads of one day, or of one week that begins on `start`."""

    start: date
    days: int
    leads: int
    booked: int

    @property
    def end(self) -> date:
        return self.start + timedelta(days=self.days - 1)

    @cached_property
    def label(self) -> str:
        if self.days == 1:
            return day_text(self.start, "D j M")
        return f"{day_text(self.start)} – {day_text(self.end)}"


@dataclass(frozen=True)
class ChartRow:
    """One line of the table of numbers beside the chart."""

    bucket: Bucket
    previous: Bucket | None
    url: str


@dataclass(frozen=True)
class Chart:
    svg: SafeString
    numbers: SafeString  # the same as rows of a table
    rows: list[ChartRow]
    weekly: bool
    has_previous: bool
    title: str
    partial_days: int  # days in a shorter last week; 0 when every week is whole


def bucket_days(series: Sequence[Counted]) -> int:
    """1 for a line by day, 7 for a line by week: by the length and the mean of the period."""
    if not series or len(series) < 14:
        return 1
    mean = sum(point.leads for point in series) / len(series)
    return 7 if len(series) > MAX_DAILY_POINTS or mean < WEEKLY_BELOW else 1


def buckets(series: Sequence[Counted], days: int) -> list[Bucket]:
    """The days of a series added up in groups of `days`, counted from its first day."""
    groups = [series[index : index + days] for index in range(0, len(series), days)]
    return [
        Bucket(
            start=group[0].day,
            days=len(group),
            leads=sum(point.leads for point in group),
            booked=sum(point.booked for point in group),
        )
        for group in groups
    ]


def ticks(highest: int, count: int = 3) -> list[int]:
    """Round whole numbers from 0 to at least `highest`, about `count` steps apart."""
    rough = max(highest, 1) / count
    magnitude = 10 ** math.floor(math.log10(rough)) if rough >= 1 else 1
    step = next(m * magnitude for m in (1, 2, 5, 10) if m * magnitude >= rough)
    return list(range(0, math.ceil(max(highest, 1) / step) * step + 1, step))


def leads_chart(
    series: Sequence[Counted],
    previous: Sequence[Counted],
    url_of: Callable[[date, date], str],
) -> Chart:
    """Leads and booked leads of a period, with the leads of the period before as a dashed line."""
    days = bucket_days(series)
    now, before = buckets(series, days), buckets(previous, days)
    rows = [
        ChartRow(
            bucket=bucket,
            previous=before[index] if index < len(before) else None,
            url=url_of(bucket.start, bucket.end),
        )
        for index, bucket in enumerate(now)
    ]
    title = gettext("Leads per week") if days == 7 else gettext("Leads per day")
    last_days = now[-1].days if now else days
    return Chart(
        svg=_draw(rows, title),
        numbers=_numbers(rows, has_previous=bool(before)),
        rows=rows,
        weekly=days == 7,
        has_previous=bool(before),
        title=title,
        partial_days=0 if last_days == days else last_days,
    )


def sparkline(values: Sequence[int], label: str) -> SafeString:
    """The course of a row in 60 by 20 pixels; the numbers are its spoken name."""
    width, height = 60, 20
    highest = max(values, default=0) or 1
    step = (width - 4) / max(len(values) - 1, 1)
    points = [
        (2 + index * step, height - 2 - value / highest * (height - 4))
        for index, value in enumerate(values)
    ]
    spoken = escape(f"{label}: {', '.join(str(value) for value in values)}")
    end = f'<circle cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="2"/>' if points else ""
    return _svg(
        f'<svg class="cp-spark" width="{width}" height="{height}" role="img" aria-label="{spoken}">'
        f'<polyline points="{_points(points)}"/>{end}</svg>'
    )


def bar(value: int, highest: int, css_class: str = "cp-bar") -> SafeString:
    """A bar as wide as `value` is of `highest`. The number stands beside it, so it is not read."""
    width = 0.0 if highest <= 0 else max(0.0, min(1.0, value / highest)) * BAR_WIDTH
    return _svg(
        f'<svg class="{escape(css_class)}" width="{BAR_WIDTH}" height="6" aria-hidden="true">'
        f'<rect class="cp-bar-track" width="{BAR_WIDTH}" height="6" rx="3"/>'
        f'<rect class="cp-bar-fill" width="{width:.1f}" height="6" rx="3"/></svg>'
    )


def _draw(rows: Sequence[ChartRow], title: str) -> SafeString:
    counts = [row.bucket.leads for row in rows]
    counts += [row.previous.leads for row in rows if row.previous]
    scale = ticks(max(counts, default=0))
    parts = [_grid_line(tick, scale[-1]) for tick in scale]
    parts.append(_lines(rows, scale[-1]))
    parts += [
        _day_label(rows[index].bucket.start, index, len(rows))
        for index in _label_positions(len(rows))
    ]
    parts += [_point(row, index, len(rows), scale[-1]) for index, row in enumerate(rows)]
    return _svg(
        f'<svg class="cp-chart" width="100%" height="{HEIGHT}" role="group" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _numbers(rows: Sequence[ChartRow], *, has_previous: bool) -> SafeString:
    """The rows of the table beside the chart."""
    return _svg("".join(_number_row(row, has_previous=has_previous) for row in rows))


def _number_row(row: ChartRow, *, has_previous: bool) -> str:
    before = row.previous.leads if row.previous else None
    return (
        f'<tr><th scope="row">{escape(row.bucket.label)}</th>'
        f'<td><a href="{escape(row.url)}">{formatting.count(row.bucket.leads)}</a></td>'
        f"<td>{formatting.count(row.bucket.booked)}</td>"
        + (f"<td>{formatting.count(before)}</td></tr>\n" if has_previous else "</tr>\n")
    )


def _x(index: int, count: int) -> float:
    """Per cent of the width."""
    return 50.0 if count < 2 else EDGE + (100 - 2 * EDGE) * index / (count - 1)


def _y(value: int, highest: int) -> float:
    """Pixels from the top."""
    return BOTTOM - value / highest * (BOTTOM - TOP)


def _grid_line(tick: int, highest: int) -> str:
    y = _y(tick, highest)
    number = escape(formatting.count(tick)) if tick else ""
    return (
        f'<line class="cp-grid" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="cp-tick" x="0" y="{y - 3:.1f}">{number}</text>'
    )


def _lines(rows: Sequence[ChartRow], highest: int) -> str:
    """The curves, in a box of their own whose width stretches and whose strokes do not."""
    xs = [_x(index, len(rows)) for index in range(len(rows))]
    leads = [(x, _y(row.bucket.leads, highest)) for x, row in zip(xs, rows, strict=True)]
    booked = [(x, _y(row.bucket.booked, highest)) for x, row in zip(xs, rows, strict=True)]
    before = [
        (x, _y(row.previous.leads, highest))
        for x, row in zip(xs, rows, strict=True)
        if row.previous
    ]
    area = [(xs[0], float(BOTTOM)), *leads, (xs[-1], float(BOTTOM))] if rows else []
    curves = "".join(
        f'<polyline class="cp-line cp-line-{name}" points="{_points(points)}"/>'
        for name, points in (("previous", before), ("booked", booked), ("leads", leads))
        if points
    )
    return (
        f'<svg width="100%" height="{HEIGHT}" viewBox="0 0 100 {HEIGHT}" '
        'preserveAspectRatio="none" aria-hidden="true">'
        f'<polygon class="cp-area" points="{_points(area)}"/>{curves}</svg>'
    )


def _label_positions(count: int) -> list[int]:
    if count <= X_LABELS:
        return list(range(count))
    return sorted({round(step * (count - 1) / (X_LABELS - 1)) for step in range(X_LABELS)})


def _day_label(day: date, index: int, count: int) -> str:
    anchor = "middle"
    if count > 1 and index in (0, count - 1):
        anchor = "end" if index else "start"
    return (
        f'<text class="cp-tick" x="{_x(index, count):.2f}%" y="{HEIGHT - 8}" '
        f'text-anchor="{anchor}">{escape(day_text(day))}</text>'
    )


def _point(row: ChartRow, index: int, count: int, highest: int) -> str:
    """One day as a link to its leads. Arrow keys go from point to point; only one is a tab stop."""
    lines = [escape(line) for line in point_lines(row)]
    half = (100 - 2 * EDGE) / max(count - 1, 1) / 2
    x, y = _x(index, count), _y(row.bucket.leads, highest)
    tab_stop = 0 if index == count - 1 else -1
    return (
        f'<a class="cp-point" href="{escape(row.url)}" tabindex="{tab_stop}" '
        f'aria-label="{", ".join(lines)}">'
        f'<rect class="cp-hit" x="{x - half:.2f}%" y="0" width="{2 * half:.2f}%" '
        f'height="{BOTTOM}"/><circle cx="{x:.2f}%" cy="{y:.1f}" r="4"/>'
        f"{_tip(lines, x, to_the_left=index * 2 >= count)}</a>"
    )


def _tip(lines: Sequence[str], x: float, *, to_the_left: bool) -> str:
    """The words of a point, shown by the style sheet while the point is hovered or focused."""
    left = -TIP_WIDTH - 8 if to_the_left else 8
    texts = "".join(
        f'<text x="{left + 9}" y="{18 + number * 15}">{line}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'<svg class="cp-tip" x="{x:.2f}%" y="2"><rect x="{left}" width="{TIP_WIDTH}" '
        f'height="{TIP_HEIGHT}" rx="4"/>{texts}</svg>'
    )


def point_lines(row: ChartRow) -> list[str]:
    """What a point says when it is hovered or focused."""
    leads = row.bucket.leads
    lines = [
        row.bucket.label,
        ngettext("%(n)s lead", "%(n)s leads", leads) % {"n": formatting.count(leads)},
        gettext("%(n)s booked") % {"n": formatting.count(row.bucket.booked)},
    ]
    if row.previous:
        lines.append(
            gettext("before: %(n)s (%(day)s)")
            % {
                "n": formatting.count(row.previous.leads),
                "day": day_text(row.previous.start),
            }
        )
    return lines


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f},{y:.1f}" for x, y in points)


def _svg(markup: str) -> SafeString:
    # Everything that comes from data has been escaped where it was written.
    return mark_safe(markup)  # noqa: S308
