"""How the figures of a row changed against the days compared with."""

from decimal import Decimal
from html import escape

from django.utils.translation import gettext

from reports.answer import Row
from reports.cards import before, change_size, from_words, is_so_far, judge
from reports.formatting import Writer
from reports.metrics import METRICS, Metric
from reports.query import ReportQuery

PER_ROW = "rows"  # the value of the parameter `changes`


def beside(metric: Metric, row: Row, write: Writer) -> str:
    """Markup for below a figure: what `in_words` says of it."""
    words, verdict = in_words(metric, row, write)
    return f'<span class="cp-change cp-{verdict}">{escape(words)}</span>' if words else ""


def in_words(metric: Metric, row: Row, write: Writer) -> tuple[str, str]:
    """What a figure was and, where there is enough to judge by, its change; and the verdict.

    Of a rate the change is in points; none is told from nought or from what is unknown.
    """
    was = before(metric, row)
    if was is None:
        return "", "neutral"
    words, verdict = [from_words(metric, row) % {"value": write(was)}], "neutral"
    now = row.values[metric.name]
    if not row.thin and change_size(metric, now, was) is not None:  # of few, chance alone speaks
        change, verdict = judge(metric, now, was, so_far=is_so_far(metric, row))
        words.insert(0, change)
    return ", ".join(words), verdict


def sizes(row: Row) -> dict[str, Decimal | None]:
    """By metric, the change as a share of what it was; of rates, their distance."""
    return {
        name: change_size(metric, row.values[name], before(metric, row))
        for name, metric in METRICS.items()
    }


def lengths_note(query: ReportQuery) -> str:
    """Said where the days compared with are more or fewer than those of the period."""
    if query.compared is None or len(query.compared) == query.days:
        return ""
    return gettext(
        "The period has %(now)s days, and %(before)s days are compared with it: counts and sums "
        "differ by that alone."
    ) % {"now": query.days, "before": len(query.compared)}
