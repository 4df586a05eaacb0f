"""What a report says of the closed months that its period touches."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attribution import scope
from attribution.models import Company
from reports import formatting
from reports.caveat_notes import signed_money
from reports.closing.covering import why_not
from reports.models import ClosedMonth
from reports.query import ReportQuery

CHANGE = Coalesce(F("restatedfigure__new"), Value(0)) - Coalesce(F("restatedfigure__old"), Value(0))
OWN = Q(restatedfigure__is_part=False)


@dataclass(frozen=True, slots=True)
class InPeriod:
    """The closed months of a period, and what was restated of them since."""

    as_closed: bool
    why_not: str  # why there are no figures as closed; empty: there are
    months: int
    restated: int  # so many of them
    leads: int  # how many more there are now, of all campaigns and whatever the filters
    spend_minor: int
    text: str


def in_period(query: ReportQuery) -> InPeriod | None:
    """None where the period touches no closed month. One query."""
    rows = _closed_months(query.company.pk, scope.current())
    closings = list(rows.filter(month__lte=query.end, last_day__gte=query.start))
    if not closings:
        return None
    found = InPeriod(
        as_closed=query.as_closed,
        why_not=why_not(query.alone(), closings),
        months=len(closings),
        restated=sum(bool(one.times) for one in closings),
        leads=sum(int(one.leads) for one in closings),
        spend_minor=sum(int(one.spend) for one in closings),
        text="",
    )
    return replace(found, text=_text(found, closings, query.company))


@lru_cache(maxsize=1024)
def _closed_months(company: int, seen: scope.Scope) -> QuerySet[Any]:
    """Asked by each page of the report; to put it together takes longer than to ask."""
    return (
        ClosedMonth.objects.filter(company=company, reopened_at__isnull=True)
        .select_related("closed_by")
        .annotate(
            times=Count("restatedfigure__restatement", distinct=True),
            leads=Coalesce(Sum(CHANGE, filter=OWN & Q(restatedfigure__measure="leads")), 0),
            spend=Coalesce(Sum(CHANGE, filter=OWN & Q(restatedfigure__measure="spend")), 0),
        )
        .order_by("month")
    )


def _text(found: InPeriod, closings: list[ClosedMonth], company: Company) -> str:
    said = [_closed(found, closings, company), _restated(found, company)]
    if any(one.touched > max(one.looked, 1) for one in closings):
        said.append(_("The latest changes are not in these differences yet."))
    if found.why_not:
        said.append(found.why_not)
    return " ".join(one for one in said if one)


def _closed(found: InPeriod, closings: list[ClosedMonth], company: Company) -> str:
    if not found.as_closed:
        words = ngettext(
            "%(n)s closed month in this period.",
            "%(n)s closed months in this period.",
            found.months,
        )
        return words % {"n": formatting.count(found.months)}
    each = ", ".join(_one(one, company) for one in closings)
    return _("As closed: %(months)s.") % {"months": each}


def _one(closing: ClosedMonth, company: Company) -> str:
    values = {
        "month": date_format(closing.month, "M Y"),
        "day": date_format(closing.closed_at.astimezone(company.zone), "j M Y"),
        "author": closing.closed_by.username if closing.closed_by else "",
    }
    if values["author"]:
        return _("%(month)s (closed on %(day)s by %(author)s)") % values
    return _("%(month)s (closed on %(day)s)") % values


def _restated(found: InPeriod, company: Company) -> str:
    if not found.restated:
        return _("Nothing was restated since.")
    words = ngettext(
        "%(n)s was restated since (of all campaigns: %(leads)s, %(spend)s spend).",
        "%(n)s were restated since (of all campaigns: %(leads)s, %(spend)s spend).",
        found.restated,
    )
    leads = ngettext("%(n)s lead", "%(n)s leads", abs(found.leads))
    return words % {
        "n": formatting.count(found.restated),
        "leads": leads % {"n": signed_count(found.leads)},
        "spend": signed_money(found.spend_minor, company.currency),
    }


def signed_count(value: int) -> str:
    """With its sign."""
    return ("+" if value > 0 else "") + formatting.count(value)
