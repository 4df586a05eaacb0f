"""How a watched figure stands: off, as it should be, or not to be told. No message is sent here.

A figure of too few leads, one whose bookings are still to come, and one that is not known decide
nothing: what was so before stays.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext

from attribution import calendar
from attribution.models import Campaign
from reports import formatting, page, unusual
from reports.answer import Row
from reports.cards import is_early
from reports.metrics import METRICS, Metric, Ratio, Unit, Value
from reports.query import CampaignBrief
from reports.report import run_report
from reports.sending.models import Alert
from reports.series import daily_series, first_day
from reports.snapshot import snapshot

FALL_WITH_TIME = frozenset({"cost_per_booked", "cost_per_completed"})  # as bookings come in
PER_CENT = frozenset({Unit.RATE, Unit.SIGNED_RATE})


@dataclass(frozen=True)
class Finding:
    """`off` is None where nothing can be told; `said` is the figure and the reason in words."""

    off: bool | None
    said: str


def look(alert: Alert, view: page.View) -> Finding:
    """How the alert's figure stands in this view."""
    if alert.campaign is None:
        if alert.condition == Alert.Condition.UNUSUAL:
            return _unusual(view, None)
        return _compared(alert, view, view.report.total)
    campaign = _counted(alert.campaign, view)
    if campaign is None:
        return Finding(None, gettext("The campaign is not among those of the view."))
    if alert.condition == Alert.Condition.UNUSUAL:
        return _unusual(view, campaign)
    for row in view.report.rows:
        if row.campaign is not None and row.campaign.id == campaign.id:
            return _compared(alert, view, row)
    return _without_row(alert, view)


def _counted(campaign: Campaign, view: page.View) -> CampaignBrief | None:
    """The campaign, if leads are counted for it and the view's filters let it pass."""
    if campaign.merged_into_id is not None or campaign.withdrawn:
        return None
    found = next((one for one in view.report.campaigns if one.id == campaign.pk), None)
    return found if found and view.asked.query.takes_campaign(found) else None


def _without_row(alert: Alert, view: page.View) -> Finding:
    """A campaign with nothing at all in the period: its leads are nought, the rest is unknown."""
    metric = METRICS.get(alert.metric)
    if metric is None or metric.name != "leads" or alert.threshold is None:
        return Finding(None, gettext("The campaign has neither leads nor spend in the view."))
    return _against(alert, metric, 0, view.asked.query.company.currency)


# Above or below a value


def _compared(alert: Alert, view: page.View, row: Row) -> Finding:
    metric = METRICS.get(alert.metric)
    if metric is None or alert.threshold is None:
        return Finding(None, gettext("The figure is not among those of the report any more."))
    value, currency = row.values[metric.name], view.asked.query.company.currency
    if value is None:
        return Finding(None, gettext("%(figure)s is not known.") % {"figure": metric.label})
    written = _written(metric, value, currency)
    if guard := _guard(alert, metric, row, view.report.thin_below):
        return Finding(None, f"{written}: {guard}")
    return _against(alert, metric, value, currency)


def _against(alert: Alert, metric: Metric, value: Value, currency: str) -> Finding:
    """A value that is known, and decides."""
    threshold = alert.threshold or Decimal(0)
    written = _written(metric, value, currency)
    limit = _limit(metric, threshold)
    above = alert.condition == Alert.Condition.ABOVE
    off = Decimal(value or 0) > limit if above else Decimal(value or 0) < limit
    bound = limit_words(metric, threshold, currency)
    words = gettext("above %(value)s") if above else gettext("below %(value)s")
    not_words = gettext("not above %(value)s") if above else gettext("not below %(value)s")
    return Finding(off, f"{written}, {(words if off else not_words) % {'value': bound}}.")


def _written(metric: Metric, value: Value, currency: str) -> str:
    shown = formatting.metric(metric, value, currency)
    return gettext("%(figure)s is %(value)s") % {"figure": metric.label, "value": shown}


def _guard(alert: Alert, metric: Metric, row: Row, thin_below: int) -> str:
    """Why the figure decides nothing; empty where it does."""
    if isinstance(metric, Ratio) and row.leads < thin_below:
        return gettext("too few leads to tell.")
    if not is_early(metric, row):
        return ""
    undone_by_time = (
        Alert.Condition.ABOVE if metric.name in FALL_WITH_TIME else Alert.Condition.BELOW
    )
    if row.maturing or alert.condition == undone_by_time:
        return gettext("bookings are still to come, so nothing can be told.")
    return ""


def limit_words(metric: Metric, given: Decimal, currency: str) -> str:
    """The value that a figure is compared with, written like the figure."""
    limit = _limit(metric, given)
    is_whole = metric.unit is Unit.COUNT and limit == int(limit)
    return formatting.metric(metric, int(limit) if is_whole else limit, currency)


def _limit(metric: Metric, given: Decimal) -> Decimal:
    """Rates are given in per cent, as they are shown."""
    return given / 100 if metric.unit in PER_CENT else given


# Unusual for the weekday


def _unusual(view: page.View, campaign: CampaignBrief | None) -> Finding:
    """Of the last whole day; the view's period plays no part, its filters do."""
    query = view.asked.query
    day = calendar.today(query.company.zone) - timedelta(days=1)
    asked = replace(query.alone(), start=unusual.weeks_before(day), end=day, facets=False)
    with snapshot():  # the reader of a report is of one moment
        report = run_report(asked)
        if campaign is not None:
            asked = replace(asked, search=campaign.key)
            report = replace(report, campaigns=(campaign,))
        counts = {point.day: int(point.leads) for point in daily_series(report, asked)}
    leads, written = counts[day], date_format(day, "D j M")
    said = gettext("Leads on %(day)s: %(n)s") % {"n": formatting.count(leads), "day": written}
    range_ = unusual.expected(day, counts, first_day(query.company))
    if range_ is None:
        return Finding(None, f"{said}; {gettext('too little is known to say what is usual.')}")
    off = not range_.takes(leads)
    words = (
        gettext("%(said)s, expected %(low)s–%(high)s")
        if off
        else gettext("%(said)s, as expected (%(low)s–%(high)s)")
    )
    return Finding(off, words % {"said": said, "low": range_.low, "high": range_.high} + ".")
