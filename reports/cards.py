"""Key figures on cards: a total, how it changed, and whether that is better or worse."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext

from reports import formatting
from reports.answer import Row
from reports.metric_kinds import OUTCOMES
from reports.metrics import METRICS, Better, Metric, Unit, Value

WITH_SPEND = (
    *("leads", "booked", "completed", "spend"),
    *("cost_per_lead", "cost_per_booked", "roi"),
)
WITHOUT_SPEND = (
    *("leads", "booked", "completed"),
    *("booked_rate", "completed_rate", "show_rate"),
)
NEUTRAL_WITHIN = Decimal("0.005")  # half a per cent, or half a point of a rate


@dataclass(frozen=True)
class Card:
    """One key figure in words; `verdict` is better, worse or neutral."""

    name: str
    label: str
    value: str
    change: str
    verdict: str
    before: str
    url: str
    note: str = ""  # where it may still end up


def key_figures(
    names: Sequence[str], row: Row, currency: str, url_of: Callable[[str], str]
) -> list[Card]:
    """A card for each named metric of a row; without days compared with, no change is shown."""
    cards = [_card(METRICS[name], row, currency, url_of(name)) for name in names]
    return [replace(card, note=row.note_of(card.name)) for card in cards]


def _card(metric: Metric, row: Row, currency: str, url: str) -> Card:
    value, earlier = row.values[metric.name], before(metric, row)
    change, verdict = "", "neutral"
    if row.previous is not None:
        change, verdict = judge(metric, value, earlier, so_far=is_so_far(metric, row))
    written = formatting.kpi(earlier, metric.unit, currency)
    return Card(
        name=metric.name,
        label=str(metric.label),
        value=formatting.kpi(value, metric.unit, currency),
        change=change,
        verdict=verdict,
        before="" if earlier is None else from_words(metric, row) % {"value": written},
        url=url if value else "",  # a dash and a nought lead nowhere
    )


def is_early(metric: Metric, row: Row) -> bool:
    """Whether the figure would be another one if its leads were as old as those before them."""
    return row.still_grows and (metric.ripens or metric.name in OUTCOMES)


def at_age(metric: Metric, row: Row) -> bool:
    """Whether the figure is compared with what had come of the leads before them at their age."""
    return row.at_age is not None and is_early(metric, row)


def is_so_far(metric: Metric, row: Row) -> bool:
    """Whether the figure is early, and nothing of the same age can be set beside it."""
    return is_early(metric, row) and row.at_age is None


def before(metric: Metric, row: Row) -> Value:
    """The figure that this one is compared with; None without any."""
    values = row.previous_at_age if at_age(metric, row) else row.previous
    return values[metric.name] if values else None


def from_words(metric: Metric, row: Row) -> str:
    """Of the figure before, with a place for it."""
    if at_age(metric, row):
        return gettext("from %(value)s at the same age")
    return gettext("from %(value)s")


def judge(metric: Metric, now: Value, before: Value, *, so_far: bool = False) -> tuple[str, str]:
    """The change in words with its arrow, and whether it is better, worse or neutral.

    Of a figure that still grows it is said how it stands so far, and nothing is judged.
    """
    size = change_size(metric, now, before)
    if size is None:
        return gettext("no figure to compare with"), "neutral"
    words = _size_words(metric, size)
    if abs(size) < NEUTRAL_WITHIN:
        return gettext("about the same"), "neutral"
    arrow = "▲" if size > 0 else "▼"
    if metric.better is Better.NEITHER:
        return f"{arrow} {words}", "neutral"
    if so_far:
        return gettext("%(change)s so far") % {"change": f"{arrow} {words}"}, "neutral"
    good = (size > 0) is (metric.better is Better.HIGHER)
    word = gettext("better") if good else gettext("worse")
    return f"{arrow} {words} {word}", "better" if good else "worse"


def change_size(metric: Metric, now: Value, before: Value) -> Decimal | None:
    """The change as a share of the value before; of rates, their distance."""
    if now is None or before is None:
        return None
    if metric.unit in (Unit.RATE, Unit.SIGNED_RATE):
        return Decimal(now) - Decimal(before)
    if not before:
        return None
    return (Decimal(now) - Decimal(before)) / abs(Decimal(before))


def _size_words(metric: Metric, size: Decimal) -> str:
    if metric.unit in (Unit.RATE, Unit.SIGNED_RATE):
        return gettext("%(points)s points") % {"points": formatting.points(size)}
    return formatting.rate(abs(size))
