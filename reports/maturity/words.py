"""What is said beside a rate that is still rising."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext

from reports import formatting
from reports.maturity.expected import Expected
from reports.metrics import Interval, Unit

RATES_OF = {"booked": "booked_rate", "completed": "completed_rate"}


def so_far(metric: str, leads: int, expected: Mapping[str, Expected]) -> str:
    """“so far; expected 24.1 % (20.3–28.4)”, of a rate or of its count; empty where unknown."""
    if one := expected.get(metric):
        ends: Interval = one.low, one.high
        return _words(formatting.rate(one.rate), formatting.interval(ends).rstrip("%\u00a0 "))
    if one := expected.get(RATES_OF.get(metric, "")):
        middle, low, high = (_leads(end, leads) for end in (one.rate, one.low, one.high))
        return _words(middle, f"{low}–{high}")
    return ""


def why() -> str:
    return gettext(
        "Most of these leads are so young that bookings are still to come. Expected is where the "
        "rate may end up; in brackets the range that holds it 19 times of 20."
    )


def _words(middle: str, ends: str) -> str:
    said = gettext("so far; expected %(figure)s (%(range)s)")
    return said % {"figure": middle, "range": ends}


def _leads(share: Decimal, leads: int) -> str:
    return formatting.writer(Unit.COUNT)(int(formatting.half_up(share * leads, 0)))
