"""“As closed” as it is asked for in an address."""

from dataclasses import replace

from django.utils.translation import gettext as _

from reports.choices import Choice, Option
from reports.closing.covering import AS_CLOSED, AS_KNOWN, closed_months, why_not
from reports.closing.in_period import InPeriod
from reports.query import ReportQuery


def as_closed(query: ReportQuery, ignored: list[str]) -> ReportQuery:
    """The question about closed figures; where there are none, the same question, and why.

    Days to compare with are left out unless they are whole closed months too.
    """
    alone = query.alone()
    closings = closed_months(query)
    if reason := why_not(alone, closings):
        ignored.append(_("%(why)s The figures of today are shown.") % {"why": reason})
        return query
    with_comparison = query.compared is not None and not why_not(query, closings)
    return replace(query if with_comparison else alone, as_closed=True)


def choices(found: InPeriod | None) -> list[Choice]:
    """The switch between both, where there are both."""
    if found is None or not (found.as_closed or not found.why_not):
        return []
    offered = {AS_KNOWN: _("As known today"), AS_CLOSED: _("As closed")}
    chosen = AS_CLOSED if found.as_closed else AS_KNOWN
    options = [Option(value, text, value == chosen) for value, text in offered.items()]
    return [Choice("as", _("Closed months"), options)]
