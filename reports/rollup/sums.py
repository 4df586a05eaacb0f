"""What the sums are: the one definition that pages, commands, builders and checks share.

Each fact table has one `Book`: its facts added up by day and key, and the tables in which these
sums are kept: by day, as running totals of months and years, and by the weekdays of a month.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, Model, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from attribution import scope
from attribution.models import Lead
from reports.models import (
    NO_CAMPAIGN,
    RollupDay,
    RollupMark,
    RollupMonth,
    RollupSpendDay,
    RollupSpendMonth,
    RollupSpendWeekday,
    RollupSpendYear,
    RollupWeekday,
    RollupYear,
)
from reports.rollup.sql import Total
from reports.rollup.tiers import Tier
from spend.models import SpendEntry

SPEND_COUNTS = ("impressions", "clicks", "sends", "opens")
PRIMARY = Q(kind=Lead.Kind.PRIMARY)
Sums = QuerySet[Any, tuple[Any, ...]]


def how_many(condition: Q) -> Count:
    """The number of facts for which it holds; counts a column that the report's index holds."""
    return Count("day", filter=condition)


def of_ids(ids: str) -> Q:
    """The facts with these ids, parted by commas. As one parameter: a driver takes longer over
    thousands than the database over all of it, which also learns how many they are.
    """
    if connection.vendor == "postgresql":
        return Q(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [f"{{{ids}}}"]))
    return Q(pk__in=RawSQL("SELECT value FROM json_each(%s)", [f"[{ids}]"]))


def lead_sums(leads: "QuerySet[Lead]") -> Sums:
    """These leads added up by `LEADS.key`: a row for each group, in the order of its columns."""
    return (
        leads.annotate(key_campaign=Coalesce("campaign_id", Value(NO_CAMPAIGN)))
        .values("company_id", "day", "key_campaign", "unattributed_reason", "source", "medium")
        .annotate(
            **{f"n_{kind}": how_many(Q(kind=kind)) for kind in Lead.Kind.values},
            n_booked=how_many(PRIMARY & Q(booked=True)),
            n_completed=how_many(PRIMARY & Q(completed=True)),
            sum_revenue=Coalesce(Total("revenue_minor", filter=PRIMARY), Value(0)),
        )
        .order_by()
        .values_list(
            *("company_id", "day", "key_campaign", "unattributed_reason", "source", "medium"),
            *(f"n_{kind}" for kind in Lead.Kind.values),
            *("n_booked", "n_completed", "sum_revenue"),
        )
    )


def spend_sums(entries: "QuerySet[SpendEntry]") -> Sums:
    """These entries added up by `SPEND.key`: a row for each group, in the order of its columns."""
    return (
        entries.annotate(key_campaign=Coalesce("campaign_id", Value(NO_CAMPAIGN)))
        .values("company_id", "day", "key_campaign", "utm_source", "utm_medium", "line")
        .annotate(
            n=Count("day"),
            n_priced=Count("amount_minor"),
            sum_amount=Coalesce(Total("amount_minor"), Value(0)),
            **{f"sum_{name}": Coalesce(Total(name), Value(0)) for name in SPEND_COUNTS},
            **{f"told_{name}": Count(name) for name in SPEND_COUNTS},
        )
        .order_by()
        .values_list(
            *("company_id", "day", "key_campaign", "utm_source", "utm_medium", "line"),
            *("n", "n_priced", "sum_amount"),
            *(f"sum_{name}" for name in SPEND_COUNTS),
            *(f"told_{name}" for name in SPEND_COUNTS),
        )
    )


def spend_one_by_one(entries: "QuerySet[SpendEntry]") -> Sums:
    """The same without adding up, which takes most of the time: of entries no two of which are of
    one group.
    """
    return (
        entries.annotate(
            key_campaign=Coalesce("campaign_id", Value(NO_CAMPAIGN)),
            n=Value(1),
            n_priced=_is_there("amount_minor"),
            sum_amount=Coalesce("amount_minor", Value(0)),
            **{f"sum_{name}": Coalesce(name, Value(0)) for name in SPEND_COUNTS},
            **{f"told_{name}": _is_there(name) for name in SPEND_COUNTS},
        )
        .order_by()
        .values_list(
            *("company_id", "day", "key_campaign", "utm_source", "utm_medium", "line"),
            *("n", "n_priced", "sum_amount"),
            *(f"sum_{name}" for name in SPEND_COUNTS),
            *(f"told_{name}" for name in SPEND_COUNTS),
        )
    )


def _is_there(name: str) -> Case:
    return Case(When(**{f"{name}__isnull": True}, then=Value(0)), default=Value(1))


@dataclass(frozen=True)
class Book:
    """One fact table, how it is added up, and where its sums are kept."""

    fact: str  # as a mark names it
    facts: type[Model]
    sums_of: Callable[[Any], Sums]
    day: type[Model]
    month: type[Model]
    year: type[Model]
    weekday: type[Model]
    key: tuple[str, ...]  # after company and day
    measures: tuple[str, ...]
    one_by_one: Callable[[Any], Sums] | None = None  # of facts of which nothing is added up

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of these tables, in the order of `sums_of`."""
        return ("company_id", "day", *self.key, *self.measures)

    @property
    def tables(self) -> dict[Tier, type[Model]]:
        """All in which sums are kept."""
        return {
            Tier.DAY: self.day,
            Tier.MONTH: self.month,
            Tier.YEAR: self.year,
            Tier.WEEKDAY: self.weekday,
        }

    def live(self, facts: Q) -> Sums:
        """What the facts themselves say now."""
        return _all_live(self, scope.current()).filter(facts)

    def taken_away(self, rows: Q) -> Sums:
        """Sums by day as they are kept, with the sign turned."""
        return _all_taken_away(self, scope.current()).filter(rows)


# To put these together takes longer than to narrow them, and each report asks for all four.


@lru_cache(maxsize=256)
def _all_live(book: Book, seen: scope.Scope) -> Sums:
    return book.sums_of(book.facts._default_manager.all())


@lru_cache(maxsize=256)
def _all_taken_away(book: Book, seen: scope.Scope) -> Sums:
    taken = {f"minus_{name}": -F(name) for name in book.measures}
    found = book.day._default_manager.order_by().annotate(**taken)
    return found.values_list("company_id", "day", *book.key, *taken)


LEADS = Book(
    fact=RollupMark.Fact.LEAD.value,
    facts=Lead,
    sums_of=lead_sums,
    day=RollupDay,
    month=RollupMonth,
    year=RollupYear,
    weekday=RollupWeekday,
    key=("campaign_id", "reason", "source", "medium"),
    measures=(*Lead.Kind.values, "booked", "completed", "revenue_minor"),
)
SPEND = Book(
    fact=RollupMark.Fact.SPEND.value,
    facts=SpendEntry,
    sums_of=spend_sums,
    day=RollupSpendDay,
    month=RollupSpendMonth,
    year=RollupSpendYear,
    weekday=RollupSpendWeekday,
    key=("campaign_id", "source", "medium", "line"),
    measures=(
        "entries",
        "priced",
        "amount_minor",
        *SPEND_COUNTS,
        *(f"told_{name}" for name in SPEND_COUNTS),
    ),
    one_by_one=spend_one_by_one,
)
BOOKS = (LEADS, SPEND)
