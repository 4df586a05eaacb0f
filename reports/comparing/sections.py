"""What is compared, figure by figure: values, their ranges, and what may be said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from reports import formatting
from reports.answer import Row
from reports.chance import count_range
from reports.comparing.difference import Share, pairs
from reports.comparing.drawing import drawn, scale_of
from reports.metric_kinds import Interval
from reports.metrics import METRICS, RATIOS, Ratio, interval

SHARES = ("booked_rate", "completed_rate", "show_rate")
COSTS = ("cost_per_lead", "cost_per_booked", "cost_per_completed")


@dataclass(frozen=True)
class Line:
    """One campaign's figure."""

    label: str
    made_of: str
    value: str
    range: str
    drawing: SafeString | str
    young: bool


@dataclass(frozen=True)
class Section:
    """One figure of all campaigns."""

    label: str
    help: str
    lines: list[Line]
    sentences: list[str]


def sections(rows: Sequence[Row], currency: str, *, with_costs: bool) -> list[Section]:
    """Those figures that are known of at least one campaign."""
    names = {*SHARES, *(COSTS if with_costs else ())}
    return [
        _section(metric, rows, currency)
        for metric in RATIOS
        if metric.name in names and any(row.values[metric.name] is not None for row in rows)
    ]


def _section(metric: Ratio, rows: Sequence[Row], currency: str) -> Section:
    ranges = [range_of(metric, row) for row in rows]
    highest = scale_of(ranges)
    write = formatting.writer(metric.unit, currency)
    lines = []
    for row, ends in zip(rows, ranges, strict=True):
        value = row.values[metric.name]
        shown = f"{write(ends[0])} – {write(ends[1])}" if ends else ""
        said = gettext("%(value)s, between %(range)s") % {"value": write(value), "range": shown}
        lines.append(
            Line(
                label=row.label,
                made_of=_made_of(metric, row, currency),
                value=write(value),
                range=shown,
                drawing=drawn(Decimal(value), ends, highest, said)
                if ends is not None and value is not None
                else "",
                young=metric.ripens and row.maturing,
            )
        )
    sentences = _of_shares(metric, rows) if metric.has_interval else _of_costs(metric, rows, ranges)
    return Section(str(metric.label), str(metric.help), lines, sentences)


def range_of(metric: Ratio, row: Row) -> Interval | None:
    """Within which the figure may lie by chance, at 95 %; None where it is unknown.

    Of a cost the spend is certain and the number of leads or bookings is chance.
    """
    if metric.has_interval or row.values[metric.name] is None:
        return interval(row.values, metric.name)
    spend, count = row.values[metric.top], row.values[metric.bottom]
    fewest, most = (Decimal(end) for end in count_range(float(count or 0)))
    return Decimal(spend or 0) / most, Decimal(spend or 0) / fewest


def _made_of(metric: Ratio, row: Row, currency: str) -> str:
    """ "34 of 108 leads", or "€1,510.91 for 34 bookings"."""
    top, bottom = (
        formatting.metric(METRICS[name], row.values[name], currency)
        for name in (metric.top, metric.bottom)
    )
    words = gettext("%(top)s of %(n)s %(what)s")
    if not metric.has_interval:
        words = gettext("%(top)s for %(n)s %(what)s")
    return words % {"top": top, "n": bottom, "what": str(METRICS[metric.bottom].label).lower()}


def _of_shares(metric: Ratio, rows: Sequence[Row]) -> list[str]:
    differs = gettext(
        "“%(first)s” probably has the higher %(metric)s than “%(second)s”: by chance alone they "
        "would lie so far apart in %(times)s."
    )
    alike = gettext(
        "Between “%(first)s” and “%(second)s” no difference can be told: by chance alone they "
        "would lie so far apart in %(times)s."
    )
    return [
        (differs if pair.differs else alike)
        % {
            "first": rows[pair.higher].label,
            "second": rows[pair.lower].label,
            "metric": str(metric.label).lower(),
            "times": times(pair.chance),
        }
        for pair in pairs([_share(metric, row) for row in rows])
    ]


def _share(metric: Ratio, row: Row) -> Share | None:
    """None where it is unknown, or too young to be compared."""
    if row.values[metric.name] is None or row.maturing:
        return None
    return Share(int(row.values[metric.top] or 0), int(row.values[metric.bottom] or 0))


def times(chance: float) -> str:
    """How often, in words that need no knowledge of statistics."""
    if chance < 0.001:
        return gettext("fewer than 1 of 1,000 cases")
    if chance < 0.1:
        return gettext("about %(n)s of 1,000 cases") % {"n": max(1, round(chance * 1000))}
    if chance > 0.9:
        return gettext("nearly every case")
    return gettext("about %(n)s of 100 cases") % {"n": round(chance * 100)}


def _of_costs(metric: Ratio, rows: Sequence[Row], ranges: Sequence[Interval | None]) -> list[str]:
    """Only where the ranges do not meet: a test for costs would have to know more of them."""
    found = []
    for (one, ends), (other, others) in combinations(zip(rows, ranges, strict=True), 2):
        if ends is None or others is None or (metric.ripens and (one.maturing or other.maturing)):
            continue
        if ends[1] < others[0] or others[1] < ends[0]:
            cheap, dear = (one, other) if ends[1] < others[0] else (other, one)
            text = gettext(
                "“%(first)s” probably has the lower %(metric)s than “%(second)s”: their "
                "ranges do not meet."
            )
        else:
            cheap, dear = one, other
            text = gettext(
                "Between “%(first)s” and “%(second)s” no difference can be told: their "
                "ranges overlap."
            )
        words = {"first": cheap.label, "second": dear.label, "metric": str(metric.label).lower()}
        found.append(text % words)
    return found
