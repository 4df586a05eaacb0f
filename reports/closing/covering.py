"""Which closed months a question looks at, and whether they are all that it looks at."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from attribution.days import day_range
from reports.models import ClosedMonth
from reports.periods import ONE_DAY, Days
from reports.query import ReportQuery

AS_CLOSED, AS_KNOWN = "closed", ""  # values of the parameter `as`


class NotAsClosed(ValueError):  # noqa: N818 - reads as what is the matter
    """The figures of a question are not to be had as closed; the text says why."""


def closed_months(query: ReportQuery) -> list[ClosedMonth]:
    """Those in force that the question touches, in their order, with who closed them."""
    rows = ClosedMonth.objects.filter(
        company=query.company,
        reopened_at__isnull=True,
        month__lte=query.end,
        last_day__gte=query.first,
    )
    return list(rows.select_related("closed_by").order_by("month"))


def why_not(query: ReportQuery, closings: Sequence[ClosedMonth]) -> str:
    """Why the question cannot be answered as closed; empty when it can."""
    if query.attribution.reads_touches:
        return _("The figures as closed are kept for leads as they were captured, not by visits.")
    if query.reads_facts:
        return _(
            "The figures as closed are kept by campaign, source and medium, of primary leads by the"
            " day they were received: not by country, landing page, visit or the day they booked,"
            " and not of other kinds."
        )
    if "weekday" in query.levels:
        return _("The figures as closed are kept by month: they tell no weekdays apart.")
    for days in query.read_days:
        if open_days := uncovered(days, closings):
            return _(
                "The figures as closed are there for whole closed months; %(days)s is not closed."
            ) % {"days": in_words(open_days)}
        if cut := cut_months(days, closings):
            return _(
                "The figures as closed are there for whole months; of %(days)s only a part is"
                " looked at."
            ) % {"days": in_words(cut)}
    return ""


def uncovered(days: Days, closings: Iterable[ClosedMonth]) -> list[Days]:
    """The days that belong to no closed month."""
    found: list[Days] = []
    start = days.start
    for one in closings:
        if one.last_day < start or one.month > days.end:
            continue
        if one.month > start:
            found.append(Days(start, one.month - ONE_DAY))
        start = one.last_day + ONE_DAY
    if start <= days.end:
        found.append(Days(start, days.end))
    return found


def cut_months(days: Days, closings: Iterable[ClosedMonth]) -> list[Days]:
    """The closed months that begin before these days, or end after them."""
    return [
        Days(one.month, one.last_day)
        for one in closings
        if one.month <= days.end
        and one.last_day >= days.start
        and (one.month < days.start or one.last_day > days.end)
    ]


def in_words(ranges: Sequence[Days], most: int = 3) -> str:
    """The first of them, and how many more there are."""
    text = ", ".join(day_range(*days) for days in ranges[:most])
    return f"{text} …" if len(ranges) > most else text
