"""The curves of waiting, drawn: which share of those who ever book has booked by each day."""

from collections.abc import Iterator, Sequence
from html import escape

from django.utils.safestring import SafeString

from reports import formatting
from reports.maturity.curve import Curve

HEIGHT, TOP, BOTTOM = 220, 14, 194  # as the chart of leads
SHARES = (0.25, 0.5, 0.8, 1.0)
STEPS = (1, 2, 5, 10, 15, 30, 60, 90)  # days between two labels
LABELS = 8
CLASSES = {"booked": "cp-line-leads", "completed": "cp-line-booked"}


def draw(curves: Sequence[Curve], last: int, title: str) -> SafeString:
    """The curves from day 0 to `last`; the numbers stand in a table beside the drawing."""
    lines = "".join(
        f'<polyline class="cp-line {CLASSES[curve.outcome]}" points="{_points(curve, last)}"/>'
        for curve in curves
    )
    return SafeString(
        f'<svg class="cp-chart" width="100%" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(title)}">{"".join(_grid())}'
        f'<svg width="100%" height="{HEIGHT}" viewBox="0 0 100 {HEIGHT}" '
        f'preserveAspectRatio="none" aria-hidden="true">{lines}</svg>'
        f"{''.join(_labels(last))}</svg>"
    )


def _y(share: float) -> float:
    return BOTTOM - share * (BOTTOM - TOP)


def _points(curve: Curve, last: int) -> str:
    return " ".join(
        f"{day * 100 / max(last, 1):.2f},{_y(curve.share(day)):.1f}" for day in range(last + 1)
    )


def _grid() -> Iterator[str]:
    for share in (0.0, *SHARES):
        y = _y(share)
        yield f'<line class="cp-grid" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
        if share:
            yield f'<text class="cp-tick" x="0" y="{y - 3:.1f}">{_per_cent(share)}</text>'


def _per_cent(share: float) -> str:
    return f"{escape(formatting.count(round(share * 100)))} %"


def _labels(last: int) -> Iterator[str]:
    step = next((step for step in STEPS if last <= step * LABELS), STEPS[-1] * 2)
    for day in range(0, last + 1, step):
        anchor = "middle" if 0 < day < last else "end" if day else "start"
        yield (
            f'<text class="cp-tick" x="{day * 100 / max(last, 1):.2f}%" y="{HEIGHT - 8}" '
            f'text-anchor="{anchor}">{formatting.count(day)}</text>'
        )
