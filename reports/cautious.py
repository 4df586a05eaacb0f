"""What rows are ranked by: the end of the range that chance leaves, on the cautious side.

The best first means the best for sure first: by the lower end. The lowest first, as of costs,
means by the upper end. So 1 of 1 does not come before 40 of 100. Numbers here are floats: they give
an order and are never shown.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.chance import count_range, share_range
from reports.metrics import METRICS, Ratio, Values

PER_HEAD = frozenset({"leads", "booked", "completed"})  # counts that spend is divided by


def ranked_by_end(name: str) -> bool:
    """Whether chance gives the metric a range, so that its end decides the rank."""
    return _ranged(name) is not None


def _ranged(name: str) -> Ratio | None:
    """The metric, if it is a share or a cost per head."""
    metric = METRICS.get(name)
    if isinstance(metric, Ratio) and (metric.has_interval or _is_cost(metric)):
        return metric
    return None


def rank_value(values: Values, name: str, *, descending: bool) -> float | None:
    """What a row is ranked by under this metric; None where the metric is unknown."""
    value, metric = values[name], _ranged(name)
    if value is None or metric is None:
        return None if value is None else float(value)
    top, bottom = float(values[metric.top] or 0), float(values[metric.bottom] or 0)
    if bottom <= 0:
        return float(value)
    if _is_cost(metric):
        fewest, most = count_range(bottom)
        return top / most if descending else top / fewest
    if not 0 <= top <= bottom:
        return float(value)
    return share_range(top, bottom)[0 if descending else 1]


def said(sort: str) -> str | Promise:
    """By which end a sort ranks, in words; empty where it is by the figure itself."""
    if not ranked_by_end(sort.removeprefix("-")):
        return ""
    if sort.startswith("-"):
        return _("Ranked by the lower end of the 95 % interval: what is high for sure comes first.")
    return _("Ranked by the upper end of the 95 % interval: what is low for sure comes first.")


def _is_cost(metric: Ratio) -> bool:
    return metric.top == "spend" and metric.bottom in PER_HEAD
