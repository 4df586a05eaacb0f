"""Charts drawn on the server as SVG: plain functions from numbers to markup.

Positions along the width are percentages and heights are pixels, so that one drawing is sharp at
every screen width without a script, a style attribute or text that shrinks.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol
from xml.etree import ElementTree

from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from reports import formatting

HEIGHT = 220
TOP = 14  # room above the highest tick for its number
BOTTOM = 194  # the base line; the days are written below it
EDGE = Decimal(1)  # per cent kept free left and right, so that end points are not cut
MAX_DAILY_POINTS = 200  # a longer period is drawn in weeks
WEEKLY_BELOW = 5  # leads a day: under this a daily line is noise
X_LABELS = 5
TIP_WIDTH, TIP_HEIGHT = 158, 66


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

    @property
    def label(self) -> str:
        if self.days == 1:
            return date_format(self.start, "D j M")
        return f"{date_format(self.start, 'j M')} – {date_format(self.end, 'j M')}"


@dataclass(frozen=True)
class ChartRow:
    """One line of the table of numbers beside the chart."""

    bucket: Bucket
    previous: Bucket | None
    url: str


@dataclass(frozen=True)
class Chart:
    svg: SafeString
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
        rows=rows,
        weekly=days == 7,
        has_previous=bool(before),
        title=title,
        partial_days=0 if last_days == days else last_days,
    )


def sparkline(values: Sequence[int], label: str) -> SafeString:
    """The course of a row in 80 by 20 pixels; the numbers are its spoken name."""
    width, height = 80, 20
    highest = max(values, default=0) or 1
    step = (width - 4) / max(len(values) - 1, 1)
    points = [
        (2 + index * step, height - 2 - value / highest * (height - 4))
        for index, value in enumerate(values)
    ]
    spoken = f"{label}: {', '.join(str(value) for value in values)}"
    svg = ElementTree.Element(
        "svg",
        {
            "class": "cp-spark",
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "role": "img",
            "aria-label": spoken,
        },
    )
    ElementTree.SubElement(svg, "polyline", {"points": _points(points)})
    if points:
        x, y = points[-1]
        ElementTree.SubElement(svg, "circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "2"})
    return _markup(svg)


def bar(value: int, highest: int, css_class: str = "cp-bar") -> SafeString:
    """A bar as wide as `value` is of `highest`. The number stands beside it, so it is not read."""
    width = 0.0 if highest <= 0 else max(0.0, min(1.0, value / highest)) * 64
    attributes = {"class": css_class, "width": "64", "height": "6", "aria-hidden": "true"}
    svg = ElementTree.Element("svg", attributes)
    ElementTree.SubElement(
        svg, "rect", {"class": "cp-bar-track", "width": "64", "height": "6", "rx": "3"}
    )
    ElementTree.SubElement(
        svg, "rect", {"class": "cp-bar-fill", "width": f"{width:.1f}", "height": "6", "rx": "3"}
    )
    return _markup(svg)


def _draw(rows: Sequence[ChartRow], title: str) -> SafeString:
    counts = [row.bucket.leads for row in rows]
    counts += [row.previous.leads for row in rows if row.previous]
    scale = ticks(max(counts, default=0))
    svg = ElementTree.Element(
        "svg",
        {"class": "cp-chart", "width": "100%", "height": str(HEIGHT), "role": "group"},
    )
    svg.set("aria-label", title)
    for tick in scale:
        _grid_line(svg, tick, scale[-1])
    _lines(svg, rows, scale[-1])
    for index in _label_positions(len(rows)):
        _day_label(svg, rows[index].bucket.start, index, len(rows))
    for index, row in enumerate(rows):
        _point(svg, row, index, len(rows), scale[-1])
    return _markup(svg)


def _x(index: int, count: int) -> Decimal:
    if count < 2:
        return Decimal(50)
    return (EDGE + (100 - 2 * EDGE) * index / (count - 1)).quantize(Decimal("0.01"))


def _y(value: int, highest: int) -> float:
    return BOTTOM - value / highest * (BOTTOM - TOP)


def _grid_line(svg: ElementTree.Element, tick: int, highest: int) -> None:
    y = f"{_y(tick, highest):.1f}"
    ElementTree.SubElement(
        svg, "line", {"class": "cp-grid", "x1": "0", "x2": "100%", "y1": y, "y2": y}
    )
    above = f"{_y(tick, highest) - 3:.1f}"
    text = ElementTree.SubElement(svg, "text", {"class": "cp-tick", "x": "0", "y": above})
    text.text = formatting.count(tick) if tick else ""


def _lines(svg: ElementTree.Element, rows: Sequence[ChartRow], highest: int) -> None:
    """The curves, in a box of their own whose width stretches and whose strokes do not."""
    box = ElementTree.SubElement(
        svg,
        "svg",
        {
            "width": "100%",
            "height": str(HEIGHT),
            "viewBox": f"0 0 100 {HEIGHT}",
            "preserveAspectRatio": "none",
            "aria-hidden": "true",
        },
    )
    count = len(rows)
    leads = [(float(_x(i, count)), _y(row.bucket.leads, highest)) for i, row in enumerate(rows)]
    booked = [(float(_x(i, count)), _y(row.bucket.booked, highest)) for i, row in enumerate(rows)]
    before = [
        (float(_x(i, count)), _y(row.previous.leads, highest))
        for i, row in enumerate(rows)
        if row.previous
    ]
    if leads:
        area = [(leads[0][0], float(BOTTOM)), *leads, (leads[-1][0], float(BOTTOM))]
        ElementTree.SubElement(box, "polygon", {"class": "cp-area", "points": _points(area)})
    for name, points in (("previous", before), ("booked", booked), ("leads", leads)):
        if points:
            ElementTree.SubElement(
                box, "polyline", {"class": f"cp-line cp-line-{name}", "points": _points(points)}
            )


def _label_positions(count: int) -> list[int]:
    if count <= X_LABELS:
        return list(range(count))
    return sorted({round(step * (count - 1) / (X_LABELS - 1)) for step in range(X_LABELS)})


def _day_label(svg: ElementTree.Element, day: date, index: int, count: int) -> None:
    anchor = "start" if index == 0 and count > 1 else "end" if index == count - 1 else "middle"
    anchor = "middle" if count == 1 else anchor
    text = ElementTree.SubElement(
        svg,
        "text",
        {
            "class": "cp-tick",
            "x": f"{_x(index, count)}%",
            "y": str(HEIGHT - 8),
            "text-anchor": anchor,
        },
    )
    text.text = date_format(day, "j M")


def _point(
    svg: ElementTree.Element, row: ChartRow, index: int, count: int, highest: int
) -> None:
    """One day as a link to its leads. Arrow keys go from point to point; only one is a tab stop."""
    lines = point_lines(row)
    link = ElementTree.SubElement(
        svg,
        "a",
        {
            "class": "cp-point",
            "href": row.url,
            "tabindex": "0" if index == count - 1 else "-1",
            "aria-label": ", ".join(lines),
        },
    )
    half = (100 - 2 * EDGE) / max(count - 1, 1) / 2
    ElementTree.SubElement(
        link,
        "rect",
        {
            "class": "cp-hit",
            "x": f"{_x(index, count) - half:.2f}%",
            "y": "0",
            "width": f"{2 * half:.2f}%",
            "height": str(BOTTOM),
        },
    )
    x, y = f"{_x(index, count)}%", f"{_y(row.bucket.leads, highest):.1f}"
    ElementTree.SubElement(link, "circle", {"cx": x, "cy": y, "r": "4"})
    _tip(link, lines, x, to_the_left=index * 2 >= count)


def _tip(link: ElementTree.Element, lines: list[str], x: str, *, to_the_left: bool) -> None:
    """The words of a point, shown by the style sheet while the point is hovered or focused."""
    tip = ElementTree.SubElement(link, "svg", {"class": "cp-tip", "x": x, "y": "2"})
    left = -TIP_WIDTH - 8 if to_the_left else 8
    ElementTree.SubElement(
        tip,
        "rect",
        {"x": str(left), "width": str(TIP_WIDTH), "height": str(TIP_HEIGHT), "rx": "4"},
    )
    for number, line in enumerate(lines):
        text = ElementTree.SubElement(
            tip, "text", {"x": str(left + 9), "y": str(18 + number * 15)}
        )
        text.text = line


def point_lines(row: ChartRow) -> list[str]:
    """What a point says when it is hovered or focused."""
    leads, booked = row.bucket.leads, row.bucket.booked
    lines = [
        row.bucket.label,
        ngettext("%(n)s lead", "%(n)s leads", leads) % {"n": formatting.count(leads)},
        gettext("%(n)s booked") % {"n": formatting.count(booked)},
    ]
    if row.previous:
        lines.append(
            gettext("before: %(n)s (%(day)s)")
            % {
                "n": formatting.count(row.previous.leads),
                "day": date_format(row.previous.start, "j M"),
            }
        )
    return lines


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f},{y:.1f}" for x, y in points)


def _markup(svg: ElementTree.Element) -> SafeString:
    # ElementTree has escaped every text and attribute.
    return mark_safe(ElementTree.tostring(svg, encoding="unicode"))  # noqa: S308
