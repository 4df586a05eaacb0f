"""Every number of the product, defined once: name, definition, unit, good direction, arithmetic.

Column, card, chart axis, export, command and docs take theirs from here. A ratio over several rows
is the ratio of the sums; `None` means unknown, and nought is nought.
"""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.chance import wilson
from reports.metric_kinds import (
    Better,
    Interval,
    LineMeasure,
    Measure,
    Metric,
    Ratio,
    Unit,
    Value,
    Values,
)
from reports.metrics_of_plans import BUDGET_COLUMNS, PLANS
from spend.models import SpendEntry

__all__ = [
    "BUDGET_COLUMNS",
    "COST_COLUMNS",
    "COUNT_COLUMNS",
    "DEFAULT_COLUMNS",
    "LINE_COLUMNS",
    "MEASURES",
    "METRICS",
    "RATIOS",
    "Better",
    "Figures",
    "Interval",
    "LineMeasure",
    "Measure",
    "Metric",
    "Ratio",
    "Unit",
    "Value",
    "Values",
    "interval",
    "intervals",
    "wilson",
]

ROUNDED = Decimal("0.00001")


def _spend_on(line: SpendEntry.Line, label: str | Promise, help: str | Promise) -> LineMeasure:
    return LineMeasure(
        name=f"spend_{line.value}",
        line=line.value,
        label=label,
        help=help,
        unit=Unit.MONEY,
        better=Better.NEITHER,
        needs_spend=True,
        empty=None,
    )


_METRICS: tuple[Metric, ...] = (
    Measure(
        name="leads",
        label=_("Leads"),
        help=_("Leads that count: kind primary. Excluded kinds are listed apart."),
        unit=Unit.COUNT,
    ),
    Measure(
        name="booked",
        label=_("Booked"),
        help=_("Leads with at least one booking that was not cancelled."),
        unit=Unit.COUNT,
    ),
    Measure(
        name="completed",
        label=_("Completed"),
        help=_("Leads with at least one completed booking."),
        unit=Unit.COUNT,
    ),
    Ratio(
        name="booked_rate",
        label=_("Booked rate"),
        help=_("Booked ÷ leads. Unknown without leads."),
        unit=Unit.RATE,
        top="booked",
        bottom="leads",
    ),
    Ratio(
        name="completed_rate",
        label=_("Completed rate"),
        help=_("Completed ÷ leads. Unknown without leads."),
        unit=Unit.RATE,
        top="completed",
        bottom="leads",
    ),
    Ratio(
        name="show_rate",
        label=_("Show rate"),
        help=_("Completed ÷ booked. Unknown without bookings."),
        unit=Unit.RATE,
        top="completed",
        bottom="booked",
    ),
    Measure(
        name="revenue",
        label=_("Revenue"),
        help=_(
            "Sum of the value of completed bookings. Unknown while a rate of exchange is missing."
        ),
        unit=Unit.MONEY,
    ),
    Measure(
        name="spend",
        label=_("Spend"),
        help=_(
            "Sum of the spend entries of the period. Unknown without any amount, and while a rate "
            "of exchange is missing."
        ),
        unit=Unit.MONEY,
        better=Better.NEITHER,
        needs_spend=True,
        empty=None,
    ),
    _spend_on(
        SpendEntry.Line.MEDIA,
        _("Spend: media"),
        _("The part of the spend that was paid for media. Unknown without any entry of it."),
    ),
    _spend_on(
        SpendEntry.Line.AGENCY,
        _("Spend: agency"),
        _("The part that was paid to agencies. Unknown without any entry of it."),
    ),
    _spend_on(
        SpendEntry.Line.CREATIVE,
        _("Spend: creative"),
        _("The part that was paid for texts, pictures and films. Unknown without any entry of it."),
    ),
    _spend_on(
        SpendEntry.Line.TOOLS,
        _("Spend: tools"),
        _("The part that was paid for software and services. Unknown without any entry of it."),
    ),
    _spend_on(
        SpendEntry.Line.PEOPLE,
        _("Spend: people"),
        _("The part that was paid for work of one's own. Unknown without any entry of it."),
    ),
    _spend_on(
        SpendEntry.Line.OTHER,
        _("Spend: other"),
        _("All other spend. Unknown without any entry of it."),
    ),
    Ratio(
        name="cost_per_lead",
        label=_("Cost per lead"),
        help=_("Spend ÷ leads. Unknown without spend or leads."),
        unit=Unit.MONEY,
        better=Better.LOWER,
        needs_spend=True,
        top="spend",
        bottom="leads",
    ),
    Ratio(
        name="cost_per_booked",
        label=_("Cost per booked"),
        help=_("Spend ÷ booked. Unknown without spend or bookings."),
        unit=Unit.MONEY,
        better=Better.LOWER,
        needs_spend=True,
        top="spend",
        bottom="booked",
    ),
    Ratio(
        name="cost_per_completed",
        label=_("Cost per completed"),
        help=_("Spend ÷ completed. Unknown without spend or completed bookings."),
        unit=Unit.MONEY,
        better=Better.LOWER,
        needs_spend=True,
        top="spend",
        bottom="completed",
    ),
    Ratio(
        name="roas",
        label=_("ROAS"),
        help=_("Revenue ÷ spend. Unknown without spend."),
        unit=Unit.MULTIPLE,
        needs_spend=True,
        top="revenue",
        bottom="spend",
    ),
    Ratio(
        name="roi",
        label=_("ROI"),
        help=_("(Revenue − spend) ÷ spend. Unknown without spend."),
        unit=Unit.SIGNED_RATE,
        needs_spend=True,
        top="revenue",
        minus="spend",
        bottom="spend",
    ),
    Measure(
        name="impressions",
        label=_("Impressions"),
        help=_("As reported with the spend. Unknown where not reported."),
        unit=Unit.COUNT,
        needs_spend=True,
        empty=None,
    ),
    Measure(
        name="clicks",
        label=_("Clicks"),
        help=_("As reported with the spend. Unknown where not reported."),
        unit=Unit.COUNT,
        needs_spend=True,
        empty=None,
    ),
    Ratio(
        name="ctr",
        label=_("CTR"),
        help=_("Clicks ÷ impressions. Unknown where not reported."),
        unit=Unit.RATE,
        needs_spend=True,
        top="clicks",
        bottom="impressions",
    ),
    Ratio(
        name="cpc",
        label=_("Cost per click"),
        help=_("Spend ÷ clicks. Unknown where not reported."),
        unit=Unit.MONEY,
        better=Better.LOWER,
        needs_spend=True,
        top="spend",
        bottom="clicks",
    ),
    Ratio(
        name="cpm",
        label=_("Cost per 1,000 impressions"),
        help=_("1,000 × spend ÷ impressions. Unknown where not reported."),
        unit=Unit.MONEY,
        better=Better.LOWER,
        needs_spend=True,
        top="spend",
        bottom="impressions",
        per=1000,
    ),
    Measure(
        name="sends",
        label=_("Sends"),
        help=_("E-mails sent, as reported with the spend. Unknown where not reported."),
        unit=Unit.COUNT,
        needs_spend=True,
        empty=None,
    ),
    Measure(
        name="opens",
        label=_("Opens"),
        help=_("E-mails opened, as reported with the spend. Unknown where not reported."),
        unit=Unit.COUNT,
        needs_spend=True,
        empty=None,
    ),
    Ratio(
        name="open_rate",
        label=_("Open rate"),
        help=_("Opens ÷ sends. Unknown where not reported."),
        unit=Unit.RATE,
        needs_spend=True,
        top="opens",
        bottom="sends",
    ),
    *PLANS,
)
METRICS: dict[str, Metric] = {metric.name: metric for metric in _METRICS}
MEASURES = tuple(metric for metric in _METRICS if isinstance(metric, Measure))
RATIOS = tuple(metric for metric in _METRICS if isinstance(metric, Ratio))
# What the table shows until a person chooses other columns.
DEFAULT_COLUMNS = (
    "leads",
    "booked_rate",
    "completed_rate",
    "show_rate",
    "revenue",
    "spend",
    "cost_per_lead",
    "cost_per_booked",
    "cost_per_completed",
    "roas",
    "roi",
)
# What platforms report with the spend, and what is made of it: read only when it is asked for.
_REPORTED = {"impressions", "clicks", "sends", "opens"}
COUNT_COLUMNS = frozenset(
    metric.name
    for metric in _METRICS
    if metric.name in _REPORTED
    or (isinstance(metric, Ratio) and {metric.top, metric.bottom} & _REPORTED)
)
LINE_COLUMNS = frozenset(one.name for one in _METRICS if isinstance(one, LineMeasure))
COST_COLUMNS = tuple(metric.name for metric in _METRICS if metric.needs_spend)


class Figures(Mapping[str, Value]):
    """All metrics of the registry, in its order: measures as given, ratios when they are asked for.

    A report has thousands of rows and a page shows fifty of them, so nothing is computed ahead.
    """

    __slots__ = ("_measures", "_told", "_untold")

    def __init__(
        self,
        measures: Values,
        told: Values | None = None,
        untold: Collection[str] = (),
    ) -> None:
        """`told`: measures that are shown otherwise than they are reckoned with; `untold`: ratios
        that are unknown whatever the measures are."""
        self._measures = measures
        self._told = told or {}
        self._untold = untold

    def __getitem__(self, name: str) -> Value:
        metric = METRICS[name]
        if isinstance(metric, Ratio):
            return None if name in self._untold else metric.compute(self._measures)
        return self._told[name] if name in self._told else self._measures[name]

    def __iter__(self) -> Iterator[str]:
        return iter(METRICS)

    def __len__(self) -> int:
        return len(METRICS)


def intervals(values: Values) -> dict[str, Interval]:
    """The 95 % interval of each share that is known, by metric name."""
    found = {metric.name: interval(values, metric.name) for metric in RATIOS}
    return {name: ends for name, ends in found.items() if ends is not None}


def interval(values: Values, name: str) -> Interval | None:
    """The 95 % interval of one metric, if it is a share and known."""
    metric = METRICS[name]
    if not isinstance(metric, Ratio) or not metric.has_interval or values[name] is None:
        return None
    top, bottom = values[metric.top] or 0, values[metric.bottom] or 0
    if bottom < top <= bottom + ROUNDED:  # shares of leads, each rounded by itself
        top = bottom
    return wilson(top, bottom) if 0 <= top <= bottom else None
