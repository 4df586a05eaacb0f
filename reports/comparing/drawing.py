"""Ranges drawn above one another on one scale, each with its figure as a dot."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from django.utils.safestring import SafeString

from reports.metric_kinds import Interval

HEIGHT = 24
EDGE = 2  # per cent of the width on either side, for dots at the ends
MIDDLE = HEIGHT // 2


def scale_of(ranges: Sequence[Interval | None]) -> Decimal:
    """What the right end stands for: the highest end of all."""
    return max((ends[1] for ends in ranges if ends is not None), default=Decimal(0)) or Decimal(1)


def drawn(value: Decimal, ends: Interval, highest: Decimal, said: str) -> SafeString:
    """One range; `said` is what somebody hears who does not see it."""
    low, high, at = (_x(one, highest) for one in (*ends, value))
    # Everything that comes from data is escaped here.
    return SafeString(
        f'<svg class="cp-span" width="100%" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(said)}">'
        f'<line class="cp-span-all" x1="{EDGE}%" x2="{100 - EDGE}%" y1="{MIDDLE}" y2="{MIDDLE}"/>'
        f'<line class="cp-span-range" x1="{low:.2f}%" x2="{high:.2f}%" y1="{MIDDLE}" '
        f'y2="{MIDDLE}"/><circle cx="{at:.2f}%" cy="{MIDDLE}" r="5"/></svg>'
    )


def _x(value: Decimal, highest: Decimal) -> float:
    """Per cent of the width."""
    return EDGE + (100 - 2 * EDGE) * float(value / highest)
