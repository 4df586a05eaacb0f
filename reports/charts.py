"""Charts drawn on the server as SVG: plain functions from numbers to markup.

Positions along the width are percentages and heights are pixels, so that one drawing is sharp at
every screen width without a script, a style attribute or text that shrinks.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from html import escape  # Django's own makes each text safe at ten times the price
from typing import NamedTuple, Protocol

from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from reports import formatting
from reports.attributing.shares import Number
from reports.days import day_text, day_text_in
from reports.metrics import Unit
from reports.notes.flags import Mark, by_place, flags, in_the_table
from reports.unusual import Expected

HEIGHT = 220
TOP = 14  # room above the highest tick for its number
BOTTOM = 194  # the base line; the days are written below it
EDGE = 1  # per cent kept free left and right, so that end points are not cut
MAX_DAILY_POINTS = 200  # a longer period is drawn in weeks
WEEKLY_BELOW = 5  # leads a day: under this a daily line is noise
SHORT = 14  # days: a shorter period is drawn by day in any case
X_LABELS = 5
TIP_WIDTH, TIP_LINE = 158, 15


@lru_cache(maxsize=10_000)
def _leads_text(leads: Number, written: str, language: str) -> str:
    number = leads if isinstance(leads, int) else 2  # parts of leads are many
    return ngettext("%(n)s lead", "%(n)s leads", number) % {"n": written}


class Counted(Protocol):
    """One day of the report, as `reports.report.daily_series` gives it."""

    @property
    def day(self) -> date: ...
    @property
    def leads(self) -> Number: ...
    @property
    def booked(self) -> Number: ...


@dataclass(frozen=True)
class Bucket:
    """Leads and booked leads of one day, or of one week that begins on `start`."""

    start: date
    days: int
    leads: Number
    booked: Number

    @property
    def end(self) -> date:
        return self.start + timedelta(days=self.days - 1)

    @property
    def label(self) -> str:
        return self.label_in(get_language() or "")

    def label_in(self, language: str) -> str:
        """Its days in the language that is in force; looking that up takes longest of all."""
        if self.days == 1:
            return day_text_in(self.start, "D j M", language)
        return (
            f"{day_text_in(self.start, 'j M', language)} – {day_text_in(self.end, 'j M', language)}"
        )


@dataclass(frozen=True)
class ChartRow:
    """One line of the table of numbers beside the chart."""

    bucket: Bucket
    previous: Bucket | None
    url: str
    young: bool = False  # most of its days are: bookings are still to come
    expected: Expected | None = None  # of an unusual day, what would have been usual


@dataclass(frozen=True)
class Chart:
    svg: SafeString
    numbers: SafeString  # the same as rows of a table
    rows: list[ChartRow]
    weekly: bool
    has_previous: bool
    title: str
    partial_days: int  # days in a shorter last week; 0 when every week is whole
    has_young: bool = False

    @property
    def unusual(self) -> list[ChartRow]:
        """The days that are marked."""
        return [row for row in self.rows if row.expected]

    @property
    def unusual_means(self) -> str:
        """What the mark means; empty where nothing is marked."""
        if not self.unusual:
            return ""
        return gettext("Unusual: outside what the same weekdays of eight weeks before let expect")


def bucket_days(days: int, leads: Number) -> int:
    """1 for a line by day, 7 for a line by week: by the length of the period, and its mean."""
    if days < SHORT:
        return 1
    return 7 if days > MAX_DAILY_POINTS or leads < WEEKLY_BELOW * days else 1


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


def ticks(highest: Number, count: int = 3) -> list[int]:
    """Round whole numbers from 0 to at least `highest`, about `count` steps apart."""
    rough = max(highest, 1) / count
    magnitude = 10 ** math.floor(math.log10(rough)) if rough >= 1 else 1
    step = next(m * magnitude for m in (1, 2, 5, 10) if m * magnitude >= rough)
    return list(range(0, math.ceil(max(highest, 1) / step) * step + 1, step))


def leads_chart(
    series: Sequence[Counted],
    previous: Sequence[Counted],
    url_of: Callable[[date, date], str],
    young_since: date | None = None,
    marks: Sequence[Mark] = (),
    unusual: Mapping[date, Expected] | None = None,
) -> Chart:
    """Leads and booked leads of a period, with the leads of the period before as a dashed line.

    Days from `young_since` on are hatched: their bookings are still to come. `marks` are numbered
    above the days that they are about. `unusual` days have a ring, where each day has a point.
    """
    days = bucket_days(len(series), sum(point.leads for point in series))
    ringed = (unusual or {}) if days == 1 else {}
    now, before = buckets(series, days), buckets(previous, days)
    rows = [
        ChartRow(
            bucket=bucket,
            previous=before[index] if index < len(before) else None,
            url=url_of(bucket.start, bucket.end),
            young=young_since is not None
            and bucket.start + timedelta(days=bucket.days // 2) >= young_since,
            expected=ringed.get(bucket.start),
        )
        for index, bucket in enumerate(now)
    ]
    title = gettext("Leads per week") if days == 7 else gettext("Leads per day")
    last_days = now[-1].days if now else days
    words = in_words(rows)
    placed = by_place(marks, now[0].start, days) if now else {}
    return Chart(
        svg=_draw(rows, words, title, placed),
        numbers=_numbers(words, rows, in_the_table(placed), has_previous=bool(before)),
        rows=rows,
        weekly=days == 7,
        has_previous=bool(before),
        title=title,
        partial_days=0 if last_days == days else last_days,
        has_young=any(row.young for row in rows),
    )


class Words(NamedTuple):
    """A row of the chart in words, ready for markup: for its point and for the table."""

    url: str
    leads: str
    booked: str
    before: str
    said: list[str]  # what the point says when it is hovered or focused; first its days


def in_words(rows: Sequence[ChartRow]) -> list[Words]:
    """Each row in the reader's language, which is looked up once."""
    count, language = formatting.writer(Unit.COUNT), get_language() or ""
    still = gettext("%(n)s booked so far")
    n_booked, n_before = gettext("%(n)s booked"), gettext("before: %(n)s (%(day)s)")
    found = []
    for row in rows:
        bucket, previous = row.bucket, row.previous
        leads, booked = count(bucket.leads), count(bucket.booked)
        said = [
            bucket.label_in(language),
            _leads_text(bucket.leads, leads, language),
            (still if row.young else n_booked) % {"n": booked},
        ]
        before = count(previous.leads if previous else None)
        if previous:
            said.append(
                n_before % {"n": before, "day": day_text_in(previous.start, "j M", language)}
            )
        if row.expected:
            said += _unusual(row.expected)
        found.append(Words(escape(row.url), leads, booked, before, list(map(escape, said))))
    return found


def unusual_text(expected: Expected) -> str:
    """What is said of an unusual day."""
    return ", ".join(_unusual(expected))


def _unusual(expected: Expected) -> list[str]:
    low, high = formatting.count(expected.low), formatting.count(expected.high)
    return [gettext("unusual"), gettext("expected %(low)s–%(high)s") % {"low": low, "high": high}]


def _draw(
    rows: Sequence[ChartRow],
    words: Sequence[Words],
    title: str,
    placed: Mapping[int, list[Mark]],
) -> SafeString:
    counts = [row.bucket.leads for row in rows]
    counts += [row.previous.leads for row in rows if row.previous]
    scale = ticks(max(counts, default=0))
    parts = [_grid_line(tick, scale[-1]) for tick in scale]
    parts.append(_hatched(rows))
    parts.append(_lines(rows, scale[-1]))
    parts += [
        _day_label(rows[index].bucket.start, index, len(rows))
        for index in _label_positions(len(rows))
    ]
    parts += _points(rows, words, scale[-1])
    parts.append(flags(placed, lambda place: _x(place, len(rows)), BOTTOM))
    return _svg(
        f'<svg class="cp-chart" width="100%" height="{HEIGHT}" role="group" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _hatched(rows: Sequence[ChartRow]) -> str:
    """The days whose bookings are still to come; they are the last ones."""
    first = next((index for index, row in enumerate(rows) if row.young), None)
    if first is None:
        return ""
    half = (100 - 2 * EDGE) / max(len(rows) - 1, 1) / 2
    x = max(_x(first, len(rows)) - half, 0) if len(rows) > 1 else 0
    return (
        '<defs><pattern id="cp-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line class="cp-hatch" y2="6"/></pattern></defs>'
        f'<rect class="cp-young" x="{x:.2f}%" y="{TOP}" width="{100 - x:.2f}%" '
        f'height="{BOTTOM - TOP}" fill="url(#cp-hatch)"/>'
    )


def _numbers(
    words: Sequence[Words],
    rows: Sequence[ChartRow],
    noted: Mapping[int, str],
    *,
    has_previous: bool,
) -> SafeString:
    """The rows of the table beside the chart, each with the notes about its days."""
    still = _beside(gettext("so far"))
    odd = [_beside(unusual_text(row.expected)) if row.expected else "" for row in rows]
    return _svg(
        "".join(
            [
                f'<tr><th scope="row">{one.said[0]}{noted.get(index, "")}</th>'
                f"<td>{_linked(one.leads, one.url)}{odd[index]}</td>"
                f"<td>{one.booked}{still if row.young else ''}</td>"
                + (f"<td>{one.before}</td></tr>\n" if has_previous else "</tr>\n")
                for index, (one, row) in enumerate(zip(words, rows, strict=True))
            ]
        )
    )


def _leads_to(url: str) -> str:
    return f'href="{url}"' if url else 'role="img"'


def _linked(words: str, url: str) -> str:
    return f'<a href="{url}">{words}</a>' if url else words


def _beside(words: str) -> str:
    """Words in small beside a number."""
    return f' <span class="cp-range">{escape(words)}</span>'


def _x(index: int, count: int) -> float:
    """Per cent of the width."""
    return 50.0 if count < 2 else EDGE + (100 - 2 * EDGE) * index / (count - 1)


def _y(value: Number, highest: int) -> float:
    """Pixels from the top."""
    return BOTTOM - float(value / highest) * (BOTTOM - TOP)


def _grid_line(tick: int, highest: int) -> str:
    y = _y(tick, highest)
    number = escape(formatting.count(tick)) if tick else ""
    return (
        f'<line class="cp-grid" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="cp-tick" x="0" y="{y - 3:.1f}">{number}</text>'
    )


def _lines(rows: Sequence[ChartRow], highest: int) -> str:
    """The curves, in a box of their own whose width stretches and whose strokes do not."""
    xs = [f"{_x(index, len(rows)):.2f}" for index in range(len(rows))]
    leads = _line(xs, [row.bucket.leads for row in rows], highest)
    booked = _line(xs, [row.bucket.booked for row in rows], highest)
    before = _line(xs, [row.previous.leads for row in rows if row.previous], highest)
    area = f"{xs[0]},{BOTTOM}.0 {leads} {xs[-1]},{BOTTOM}.0" if rows else ""
    curves = "".join(
        f'<polyline class="cp-line cp-line-{name}" points="{points}"/>'
        for name, points in (("previous", before), ("booked", booked), ("leads", leads))
        if points
    )
    return (
        f'<svg width="100%" height="{HEIGHT}" viewBox="0 0 100 {HEIGHT}" '
        'preserveAspectRatio="none" aria-hidden="true">'
        f'<polygon class="cp-area" points="{area}"/>{curves}</svg>'
    )


def _line(xs: Sequence[str], values: Sequence[Number], highest: int) -> str:
    """The points of a curve, as many as there are values."""
    pairs = zip(xs, values, strict=False)
    return " ".join([f"{x},{_y(value, highest):.1f}" for x, value in pairs])


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


def _points(rows: Sequence[ChartRow], words: Sequence[Words], highest: int) -> list[str]:
    """Each day as a link to its leads, where these can be listed. Arrow keys go from one to the
    next; only one is a tab stop.

    The words of a point stand in a tip, shown by the style sheet while it is hovered or focused.
    """
    count = len(rows)
    half = (100 - 2 * EDGE) / max(count - 1, 1) / 2
    found = []
    for index, (row, one) in enumerate(zip(rows, words, strict=True)):
        x, y = _x(index, count), _y(row.bucket.leads, highest)
        ring = f'<circle class="cp-unusual" cx="{x:.2f}%" cy="{y:.1f}" r="7"/>'
        left = -TIP_WIDTH - 8 if index * 2 >= count else 8
        lines = "".join(
            [
                f'<text x="{left + 9}" y="{3 + below * TIP_LINE}">{line}</text>'
                for below, line in enumerate(one.said, 1)
            ]
        )
        found.append(
            f'<a class="cp-point" tabindex="{0 if index == count - 1 else -1}" '
            f'{_leads_to(one.url)} aria-label="{", ".join(one.said)}">'
            f'<rect class="cp-hit" x="{x - half:.2f}%" y="0" width="{2 * half:.2f}%" '
            f'height="{BOTTOM}"/>{ring if row.expected else ""}'
            f'<circle class="cp-dot" cx="{x:.2f}%" cy="{y:.1f}" r="4"/>'
            f'<svg class="cp-tip" x="{x:.2f}%" y="2"><rect x="{left}" width="{TIP_WIDTH}" '
            f'height="{6 + TIP_LINE * len(one.said)}" rx="4"/>{lines}</svg></a>'
        )
    return found


def _svg(markup: str) -> SafeString:
    # Everything that comes from data has been escaped where it was written.
    return SafeString(markup)
