"""Closes a month, so that its figures stay as they are now, and opens it again."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from attribution import calendar, scope
from attribution.models import Company
from reports.caveat_notes import missing_rates
from reports.caveats import read_caveats
from reports.closing import causes
from reports.closing.today import TABLES, MonthSums, read_month
from reports.maturity.kept import lags, young_since
from reports.models import ClosedCampaign, ClosedMonth, Restatement
from reports.query import ReportQuery
from reports.rollup.books import UNCONVERTED, SumsUnusable
from reports.rollup.reader import SumsDisagree
from reports.rollup.sums import BOOKS
from reports.rollup.tiers import month_end, next_month
from reports.snapshot import snapshot
from reports.sources import campaigns


class NotClosed(ValueError):  # noqa: N818 - reads as what is the matter
    """The month cannot be closed, or not be opened again; its text says why, and what to do."""


def month_name(month: date) -> str:
    """ "March 2026"."""
    return date_format(month, "F Y")


def close(company: Company, month: date, author: Any) -> ClosedMonth:
    """Keep the figures of this month (its first day) as the report says them now.

    Raises NotClosed.
    """
    scope.require(company.pk)
    name, now = month_name(month), timezone.now()
    today = calendar.today(company.zone)
    if month.day != 1 or month.year < 2000:
        raise NotClosed(_("%(day)s is no month that can be closed.") % {"day": month})
    if month_end(month) >= today:
        raise NotClosed(
            _("%(month)s is not over: it can be closed from %(day)s on.")
            % {"month": name, "day": date_format(next_month(month), "j M Y")}
        )
    closing = ClosedMonth(
        company=company,
        month=month,
        last_day=month_end(month),
        closed_at=now,
        closed_by=author,
        looked_at=now,
    )
    try:
        with snapshot():
            _refuse_unconverted(company, month)
            found = read_month(company, month)
            closing.young = young_leads(company, found, today)
            closing.recent = causes.recent(closing, now)
    except (SumsUnusable, SumsDisagree) as error:
        raise NotClosed(
            _(
                "The sums of %(company)s are being made anew, so that %(month)s cannot be closed"
                " now. Try again in some minutes; if it stays so, the log says what is wrong."
            )
            % {"company": company.name, "month": name}
        ) from error
    try:
        with transaction.atomic():
            _keep(closing, found)
    except IntegrityError as error:
        raise NotClosed(_("%(month)s is closed already.") % {"month": name}) from error
    return closing


def young_leads(company: Company, found: MonthSums, today: date) -> int:
    """Counted leads that are younger than 80 % of bookings take."""
    since = young_since(lags(company), today)
    return sum(one.counted for day, one in found.by_day.items() if day >= since)


def _refuse_unconverted(company: Company, month: date) -> None:
    """A figure that is unknown for want of a rate cannot be kept."""
    query = ReportQuery(company=company, start=month, end=month_end(month), facets=False)
    found = read_caveats(query, campaigns(company), {UNCONVERTED})
    if found.unconverted:
        raise NotClosed(
            _("%(month)s cannot be closed yet. %(why)s Add the rates first.")
            % {"month": month_name(month), "why": " ".join(missing_rates(found.unconverted))}
        )


def _keep(closing: ClosedMonth, found: MonthSums) -> None:
    for name, value in found.totals._asdict().items():
        setattr(closing, name, value)
    closing.save()
    for book in BOOKS:
        store(closing, book.fact, found.sums[book.fact].items())
    ClosedCampaign.objects.bulk_create(
        ClosedCampaign(
            company_id=closing.company_id,
            closing=closing,
            campaign_id=one.id,
            key=one.key,
            name=one.name,
            facts={
                name: value
                for name, value in one._asdict().items()
                if name not in ("id", "key", "name", "groups")
            },
        )
        for one in found.campaigns
    )


def store(
    closing: ClosedMonth,
    fact: str,
    sums: Iterable[tuple[Any, Any]],
    restatement: Restatement | None = None,
) -> None:
    """Rows of sums of a closed month, or of what a restatement adds to them."""
    (book,) = [one for one in BOOKS if one.fact == fact]
    table: Any = TABLES[fact]
    table.objects.bulk_create(
        (
            table(
                company_id=closing.company_id,
                closing=closing,
                restatement=restatement,
                day=closing.last_day,
                **dict(zip(book.key, key, strict=True)),
                **dict(zip(book.measures, numbers, strict=True)),
            )
            for key, numbers in sums
        ),
        batch_size=500,
    )


def reopen(closing: ClosedMonth, author: Any, reason: str) -> None:
    """From now on the month is an open one. What was closed and restated stays as history.

    Raises NotClosed.
    """
    scope.require(closing.company_id)
    reason = " ".join(reason.split())
    if not reason:
        raise NotClosed(
            _("Say why %(month)s is opened again: it stays in its history.")
            % {"month": month_name(closing.month)}
        )
    limit = ClosedMonth._meta.get_field("reopen_reason").max_length or 0
    if len(reason) > limit:
        raise NotClosed(
            _("The reason has %(n)s characters; at most %(limit)s are kept.")
            % {"n": len(reason), "limit": limit}
        )
    closed = ClosedMonth.objects.filter(pk=closing.pk, reopened_at__isnull=True)
    if not closed.update(reopened_at=timezone.now(), reopened_by=author, reopen_reason=reason):
        raise NotClosed(_("%(month)s is open already.") % {"month": month_name(closing.month)})
