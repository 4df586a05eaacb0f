"""Bars along the time: counted, excluded and refused, one above the other. The numbers stand in a
table beside them, so the drawing itself is one picture with a name."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString

from reports import formatting
from reports.capture.reading import At
from reports.charts import ticks

HEIGHT, TOP, BOTTOM = 180, 14, 152
SCALE = 44  # pixels left of the bars, as .cp-beside-scale has it: room for 100,000
LABELS = 5
GAP = 0.2  # of a bar's place


class Bar(NamedTuple):
    label: str  # in the table
    short: str  # below the bar; where all bars have one, below some of them
    at: At


def bars(rows: Sequence[Bar], title: str) -> SafeString:
    """The drawing; `title` says what is drawn and what it comes to."""
    scale = ticks(max((row.at.received for row in rows), default=0))
    parts = [_line(tick, scale[-1]) for tick in scale]
    width = 100 / max(len(rows), 1)
    for number, row in enumerate(rows):
        parts += _bar(row.at, number * width, width, scale[-1])
    parts += [_tick(tick, scale[-1]) for tick in scale if tick]
    parts += [_label(rows[n].short, n, len(rows)) for n in _places(rows)]
    return SafeString(
        f'<svg class="cp-chart cp-beside-scale" width="100%" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


def _y(value: int, highest: int) -> float:
    return BOTTOM - value / highest * (BOTTOM - TOP)


def _line(tick: int, highest: int) -> str:
    y = _y(tick, highest)
    return f'<line class="cp-grid" x1="-{SCALE}" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'


def _tick(tick: int, highest: int) -> str:
    number = escape(formatting.count(tick))
    return f'<text class="cp-tick" x="-{SCALE}" y="{_y(tick, highest) - 3:.1f}">{number}</text>'


def _bar(at: At, x: float, width: float, highest: int) -> list[str]:
    found, below = [], 0
    for name, number in (
        ("counted", at.counted),
        ("excluded", at.excluded),
        ("refused", at.refused),
    ):
        if number:
            top, foot = _y(below + number, highest), _y(below, highest)
            found.append(
                f'<rect class="cp-arrived-{name}" x="{x + width * GAP / 2:.2f}%" y="{top:.1f}" '
                f'width="{width * (1 - GAP):.2f}%" height="{foot - top:.1f}"/>'
            )
            below += number
    return found


def _places(rows: Sequence[Bar]) -> list[int]:
    """Below which bars something is written: those that have a word, or a few of all."""
    named, count = [n for n, row in enumerate(rows) if row.short], len(rows)
    if len(named) < count or count <= LABELS:
        return named
    return sorted({round(step * (count - 1) / (LABELS - 1)) for step in range(LABELS)})


def _label(text: str, number: int, count: int) -> str:
    place = (number + 0.5) * 100 / count
    anchor, x = "middle", f"{place:.2f}%"
    if count > 1 and number == 0:
        anchor, x = "start", "0"
    elif count > 1 and number == count - 1:
        anchor, x = "end", "100%"
    return (
        f'<text class="cp-tick" x="{x}" y="{HEIGHT - 8}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )
