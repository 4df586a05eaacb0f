"""Rates change, and every amount that they convert with them, in one transaction.

Whoever changes rates has the company alone (`attribution.repair.locking`): no capture, import or
repair runs beside it, so that no amount is stored by a rate that is just being replaced.
"""

from collections.abc import Iterable
from typing import Any

from attribution.models.company import Company
from attribution.rates import bookings
from attribution.rates.book import RateKey, Rates
from attribution.rates.reach import Reach, reach_of
from attribution.signals import facts_changed, rates_changed


def follow(company: Company, keys: Iterable[RateKey], author: Any = None) -> int:
    """Convert anew what these rates reach; they are saved, or gone, by now. Returns how many."""
    return convert_anew(reach_of(company, keys), author)


def convert_anew(reach: Reach, author: Any = None) -> int:
    """Every amount within reach is what the saved rates say. Returns how many were not."""
    rates = Rates(reach.company)
    count = bookings.convert(rates, reach)
    asked = {"rates": rates, "reach": reach, "author": author}
    for answer in rates_changed.send(sender=Rates, **asked):
        number: Any = answer[1]
        count += number
    if count:
        facts_changed.send(sender=Rates, company_id=reach.company.pk)
    return count
