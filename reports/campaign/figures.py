"""The key figures of a campaign: against the days compared with, its targets and its channel."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median

from django.utils.translation import gettext

from reports import formatting
from reports.answer import Report, Row
from reports.cards import Card, key_figures
from reports.links import Links
from reports.metrics import METRICS, Metric, Unit, Value
from reports.targets.words import Said

WITH_SPEND = (
    *("leads", "booked", "completed", "booked_rate", "revenue"),
    *("spend", "cost_per_lead", "cost_per_booked", "roas"),
)
WITHOUT_SPEND = (
    *("leads", "booked", "completed", "revenue"),
    *("booked_rate", "completed_rate", "show_rate"),
)
FEWEST = 3  # campaigns for a median


@dataclass(frozen=True)
class KeyFigure:
    """A card, and what it is held against besides the days compared with."""

    card: Card
    target: Said | None
    median: str
    of: str  # how many campaigns, or why there is no median


def figures(report: Report, row: Row, targets: Sequence[Said]) -> list[KeyFigure]:
    """Of one row of the company's report. `targets`: those of the period, the latest first."""
    names = WITH_SPEND if report.shows_spend else WITHOUT_SPEND
    links, narrowed = Links(report.query), f"&campaign={row.key}"
    currency = report.query.company.currency
    cards = key_figures(names, row, currency, lambda name: links.behind(name, narrowed))
    if row.thin:  # of few, chance alone speaks
        cards = [replace(card, change="", verdict="neutral") for card in cards]
    peers = peers_of(report, row)
    return [
        KeyFigure(
            card,
            next((one for one in targets if one.target.metric == card.name), None),
            *_median(METRICS[card.name], peers, currency),
        )
        for card in cards
    ]


def peers_of(report: Report, row: Row) -> list[Row]:
    """The campaigns of its channel that may be ranked, itself among them: with enough leads, and
    most of them old enough.
    """
    channel = row.campaign.channel if row.campaign else ""
    return [
        one
        for one in report.rows
        if one.campaign and one.campaign.channel == channel and not (one.thin or one.maturing)
    ]


def channel_median(name: str, peers: Sequence[Row]) -> tuple[Value, int]:
    """The median of a metric, and of how many campaigns; unknown of fewer than three."""
    known = [Decimal(value) for one in peers if (value := one.values[name]) is not None]
    return (median(known) if len(known) >= FEWEST else None), len(known)


def _median(metric: Metric, peers: Sequence[Row], currency: str) -> tuple[str, str]:
    value, number = channel_median(metric.name, peers)
    if value is None:
        return formatting.DASH, gettext("fewer than %(n)s campaigns") % {"n": FEWEST}
    written = (
        formatting.middle(value)
        if metric.unit is Unit.COUNT
        else formatting.kpi(value, metric.unit, currency)
    )
    return written, gettext("of %(n)s campaigns") % {"n": number}
