"""Bookings in other currencies: worth what the rate of their lead's day makes of them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Max, Min

from attribution.models.booking import Booking
from attribution.models.lead import Lead
from attribution.rates.amounts import PART, Amount, Change, changes, write
from attribution.rates.book import Rates
from attribution.rates.reach import Reach
from attribution.repair.parts import parts

COLUMNS = ("pk", "currency", "lead__day", "original_minor", "value_minor")


def changed_values(rates: Rates, reach: Reach) -> Iterator[list[Change]]:
    """In parts; each is read whole before it is given, so that it may be written."""
    leads = Lead.objects.filter(company=reach.company)
    days: dict[str, Any] = leads.aggregate(first=Min("day"), last=Max("day"))
    rows = reach.narrow(Booking.objects)
    for first, last in reach.parts(**days):
        of_days = rows.filter(lead__company=reach.company, lead__day__range=(first, last))
        found = [Amount(*row) for row in of_days.order_by("pk").values_list(*COLUMNS)]
        yield from parts(changes(found, rates), PART)


def convert(rates: Rates, reach: Reach) -> int:
    """Saves what changed; the outcome of their leads follows by itself. Returns how many."""
    count = 0
    for found in changed_values(rates, reach):
        write("attribution_booking", "value_minor", found)
        count += len(found)
    return count
