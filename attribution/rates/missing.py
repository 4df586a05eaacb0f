"""Which rates are missing: amounts that stand in no sum until somebody says what they are worth."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, Min, QuerySet, Sum

from attribution.models.booking import Booking
from attribution.models.company import Company
from attribution.signals import missing_asked


@dataclass(frozen=True)
class Missing:
    """Amounts in one currency on days without a rate of it, in its own minor units."""

    currency: str
    first_day: date
    last_day: date
    entries: int
    recorded_minor: int


def missing(company: Company, first: date | None = None, last: date | None = None) -> list[Missing]:
    """Completed bookings of leads of these days, whose value is unknown; by currency."""
    rows = Booking.objects.filter(
        company=company,
        value_minor__isnull=True,
        original_minor__isnull=False,
        status=Booking.Status.COMPLETED,
    )
    return by_currency(rows.annotate(of_day=F("lead__day")), "of_day", first, last)


def by_currency(
    rows: QuerySet[Any], day: str, first: date | None, last: date | None
) -> list[Missing]:
    """Rows that lack a rate, added up by currency; without a bound, of every day."""
    if first is not None:
        rows = rows.filter(**{f"{day}__gte": first})
    if last is not None:
        rows = rows.filter(**{f"{day}__lte": last})
    found = rows.order_by("currency").values("currency")
    sums = found.annotate(
        first_day=Min(day),
        last_day=Max(day),
        entries=Count("pk"),
        recorded_minor=Sum("original_minor"),
    )
    return [Missing(**one) for one in sums]


def all_missing(company: Company) -> list[tuple[str, list[Missing]]]:
    """Of everything that the company keeps in other currencies: what it is called, and what lacks.

    The names are `bookings` and those of whoever answers, such as `spend`.
    """
    asked: dict[str, Any] = {"company": company, "first": None, "last": None}
    answers: list[Any] = [answer for __, answer in missing_asked.send(sender=Missing, **asked)]
    return [("bookings", missing(company)), *answers]
