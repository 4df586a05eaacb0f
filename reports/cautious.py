"""What rows are ranked by: the end of the range that chance leaves, on the cautious side.

The best first means the best for sure first: by the lower end. The lowest first, as of costs,
means by the upper end. So 1 of 1 does not come before 40 of 100. Numbers here are floats: they give
an order and are never shown.
"""

from math import sqrt

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.chance import Z_95
from reports.metrics import METRICS, Metric, Ratio, Values

Z = float(Z_95)
PER_HEAD = frozenset({"leads", "booked", "completed"})  # counts that spend is divided by


def ranked_by_end(name: str) -> bool:
    """Whether chance gives the metric a range, so that its end decides the rank."""
    metric = METRICS.get(name)
    return isinstance(metric, Ratio) and (metric.has_interval or _is_cost(metric))


def rank_value(values: Values, name: str, *, descending: bool) -> float | None:
    """What a row is ranked by under this metric; None where the metric is unknown."""
    value, metric = values[name], METRICS[name]
    if value is None or not ranked_by_end(name):
        return None if value is None else float(value)
    assert isinstance(metric, Ratio)  # noqa: S101 - by `ranked_by_end`
    top, bottom = float(values[metric.top] or 0), float(values[metric.bottom] or 0)
    if bottom <= 0:
        return float(value)
    if _is_cost(metric):
        fewest, most = count_range(bottom)
        return top / most if descending else top / fewest
    if not 0 <= top <= bottom:
        return float(value)
    return share_range(top, bottom)[0 if descending else 1]


def share_range(hits: float, total: float) -> tuple[float, float]:
    """The Wilson score interval at 95 %, as `reports.chance.wilson` has it."""
    share, z2 = hits / total, Z * Z
    middle = share + z2 / (2 * total)
    spread = Z * sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    scale = 1 + z2 / total
    return (middle - spread) / scale, (middle + spread) / scale


def count_range(count: float) -> tuple[float, float]:
    """The score interval at 95 % of a count of independent events, which is at least 1.

    Source: J. Byrne, P. Kabaila, "Comparison of Poisson confidence intervals", Communications in
    Statistics 34 (2005), 545-556: the values that a score test would not reject.
    """
    middle, spread = count + Z * Z / 2, Z * sqrt(count + Z * Z / 4)
    return middle - spread, middle + spread


def said(sort: str) -> str | Promise:
    """By which end a sort ranks, in words; empty where it is by the figure itself."""
    if not ranked_by_end(sort.removeprefix("-")):
        return ""
    if sort.startswith("-"):
        return _("Ranked by the lower end of the 95 % interval: what is high for sure comes first.")
    return _("Ranked by the upper end of the 95 % interval: what is low for sure comes first.")


def _is_cost(metric: Metric) -> bool:
    return isinstance(metric, Ratio) and metric.top == "spend" and metric.bottom in PER_HEAD
