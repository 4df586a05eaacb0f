"""Spend in other currencies: worth what the rate of its day makes of it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Max, Min, QuerySet

from attribution.models import Company
from attribution.rates.amounts import PART, Amount, Change, changes, table_of, write
from attribution.rates.book import Rates
from attribution.rates.missing import Missing, by_currency
from attribution.rates.reach import Reach
from attribution.repair.parts import parts
from spend import revisions
from spend.models import SpendEntry, SpendRevision

NAME = "spend"
COLUMNS = ("pk", "currency", "day", "original_minor", "amount_minor")


def answer(rates: Rates, reach: Reach, **kwargs: Any) -> tuple[str, Iterator[list[Change]]]:
    """What these rates would make of spend."""
    return NAME, changed_amounts(rates, reach)


def follow(rates: Rates, reach: Reach, author: Any, **kwargs: Any) -> int:
    """Save it, and keep what people may have seen until now. Returns how many changed."""
    count = 0
    for found in changed_amounts(rates, reach):
        _keep(reach.company, [one for one in found if one.amount.worth is not None], author)
        write("spend_spendentry", "amount_minor", found)
        count += len(found)
    return count


def changed_amounts(rates: Rates, reach: Reach) -> Iterator[list[Change]]:
    """In parts; each is read whole before it is given, so that it may be written."""
    entries = SpendEntry.objects.filter(company=reach.company)
    days: dict[str, Any] = entries.aggregate(first=Min("day"), last=Max("day"))
    rows = reach.narrow(SpendEntry.objects)
    for first, last in reach.parts(**days):
        of_days = rows.filter(day__range=(first, last)).order_by("pk")
        found = [Amount(*row) for row in of_days.values_list(*COLUMNS)]
        yield from parts(changes(found, rates), PART)


def convert_anew(company: Company, entries: QuerySet[SpendEntry]) -> None:
    """Amounts that came back from an earlier time take the rates that are known now. Where these
    make others of them, that is kept, as it would have been had they been there all the time.
    """
    rows = [Amount(*row) for row in entries.order_by("pk").values_list(*COLUMNS)]
    for found in parts(changes(rows, Rates(company)), PART):
        _keep(company, [one for one in found if one.amount.worth is not None], None)
        write("spend_spendentry", "amount_minor", found)


def missing_spend(
    company: Company, first: date | None = None, last: date | None = None
) -> list[Missing]:
    """Entries of these days whose amount is unknown for want of a rate; by currency."""
    rows = SpendEntry.objects.filter(
        company=company, amount_minor__isnull=True, original_minor__isnull=False
    )
    return by_currency(rows, "day", first, last)


def answer_missing(
    company: Company, first: date | None, last: date | None, **kwargs: Any
) -> tuple[str, list[Missing]]:
    return NAME, missing_spend(company, first, last)


def answer_currencies(company: Company, **kwargs: Any) -> set[str]:
    """In which other currencies spend was recorded."""
    rows = SpendEntry.objects.filter(company=company, original_minor__isnull=False)
    return set(rows.order_by().values_list("currency", flat=True).distinct())


def _keep(company: Company, found: list[Change], author: Any) -> None:
    """What was not known before, nobody has seen."""
    if found:
        new, params = table_of(found)
        revisions.keep(
            company,
            f"FROM {new} JOIN spend_spendentry e ON e.id = new.id",
            how=SpendRevision.How.RATE.value,
            new_amount="new.amount",
            author=author.pk if author else None,
            params=params,
        )
