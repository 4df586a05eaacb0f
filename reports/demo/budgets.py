"""Demo budgets: of this month and the one before, some of them spent too fast or too slowly."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Sum

from attribution.models import Company
from spend.models import Budget, SpendEntry

DAYS = 28  # whose spend says what a month costs
# The campaigns with most spend, and how their budgets are to what they will spend: one is spent
# much too fast, one much too slowly.
SHARES = (1.05, 0.55, 1.9, 1.0, 1.1)
ROUND_TO = 50  # whole units of the currency


def make_budgets(company: Company, today: date, minor_units: int) -> None:
    """One for each of the campaigns with most spend, for each of the two months."""
    recent = SpendEntry.objects.filter(
        company=company, campaign__isnull=False, day__gte=today - timedelta(days=DAYS)
    )
    by_campaign = recent.values_list("campaign").annotate(minor=Sum("amount_minor"))
    largest = by_campaign.order_by("-minor", "campaign")[: len(SHARES)]
    for (campaign, minor), share in zip(largest, SHARES, strict=False):
        for first, last in _months(today - timedelta(days=1)):
            amount = minor * share * ((last - first).days + 1) / DAYS
            step = ROUND_TO * minor_units
            Budget.objects.create(
                company=company,
                campaign_id=campaign,
                first_day=first,
                last_day=last,
                amount_minor=max(step, round(amount / step) * step),
            )


def _months(day: date) -> Iterator[tuple[date, date]]:
    """The month of a day, and the one before."""
    for one in (day.replace(day=1) - timedelta(days=1), day):
        yield one.replace(day=1), one.replace(day=monthrange(one.year, one.month)[1])
