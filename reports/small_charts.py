"""Drawings in the cells of tables: a small curve, and a bar beside a number."""

from collections.abc import Sequence
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString

from reports.attributing.shares import Number

BAR_WIDTH = 48  # of the longest bar in a cell, in pixels
SPARK_WIDTH, SPARK_HEIGHT = 60, 20


def sparkline(values: Sequence[Number], label: str) -> SafeString:
    """The course of a row in 60 by 20 pixels; the numbers are its spoken name."""
    highest = max(values, default=0) or 1
    xs = _spark_xs(len(values))
    ys = [f"{SPARK_HEIGHT - 2 - value / highest * (SPARK_HEIGHT - 4):.1f}" for value in values]
    points = " ".join([f"{x},{y}" for (x, _short), y in zip(xs, ys, strict=True)])
    spoken = escape(f"{label}: {', '.join(map(str, values))}")
    end = f'<circle cx="{xs[-1][1]}" cy="{ys[-1]}" r="2"/>' if ys else ""
    return SafeString(
        f'<svg class="cp-spark" width="{SPARK_WIDTH}" height="{SPARK_HEIGHT}" role="img" '
        f'aria-label="{spoken}"><polyline points="{points}"/>{end}</svg>'
    )


@lru_cache(maxsize=64)
def _spark_xs(count: int) -> list[tuple[str, str]]:
    """Where the points of a small curve stand, as the line and as its last dot write it."""
    step = (SPARK_WIDTH - 4) / max(count - 1, 1)
    return [(f"{2 + index * step:.2f}", f"{2 + index * step:.1f}") for index in range(count)]


def bar(value: int, highest: int, css_class: str = "cp-bar") -> SafeString:
    """A bar as wide as `value` is of `highest`. The number stands beside it, so it is not read."""
    width = 0.0 if highest <= 0 else max(0.0, min(1.0, value / highest)) * BAR_WIDTH
    return SafeString(
        f'<svg class="{escape(css_class)}" width="{BAR_WIDTH}" height="6" aria-hidden="true">'
        f'<rect class="cp-bar-track" width="{BAR_WIDTH}" height="6" rx="3"/>'
        f'<rect class="cp-bar-fill" width="{width:.1f}" height="6" rx="3"/></svg>'
    )
