"""Compares everything that is kept with the facts, and says where they differ.

Month by month, each in one snapshot. What is marked is not compared with the sums by day, which
do not know it yet; the ledger is compared with its marks added.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, F, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from attribution import scope
from attribution.models import Booking, Campaign, Company, Lead
from reports.models import NO_CAMPAIGN, RollupLedger, RollupMark, RollupState
from reports.rollup.books import DIFFERENCES, DayTotals, added, totals_of
from reports.rollup.buckets import ALL_CAMPAIGNS
from reports.rollup.build import Days
from reports.rollup.condition import EVERYTHING, Condition
from reports.rollup.locking import refreshing
from reports.rollup.rebuild import fact_totals, first_month, kept_years
from reports.rollup.sql import as_day, compiled, execute, fetch, names
from reports.rollup.sums import BOOKS, LEADS, Book, Sums
from reports.rollup.tiers import Tier, month_end, next_month, year_range
from reports.rollup.totals import month_totals, weekday_totals, year_totals
from reports.snapshot import snapshot

SPANS = {
    Tier.DAY: "by day",
    Tier.MONTH: "of the month so far",
    Tier.YEAR: "of the year so far",
    Tier.WEEKDAY: "of such weekdays of the month",
}
RUNNING = (Tier.MONTH, Tier.YEAR)  # a fault in one is in all that follow
SAYS = {
    Tier.DAY: "the facts say",
    Tier.MONTH: "its days say",
    Tier.YEAR: "its months say",
    Tier.WEEKDAY: "its days say",
}
TOLD = 1_000  # differences of one month and kind that are named; the others are counted

logger = logging.getLogger(__name__)


class Figure(NamedTuple):
    """A number that is not the same in both books."""

    name: str
    kept: int
    facts: int
    say: str = "the facts say"

    def __str__(self) -> str:
        return f"{self.name}: {self.kept:,} is kept, {self.say} {self.facts:,}"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that differs."""

    company: str
    day: date  # of a running total: until when
    place: str
    figures: tuple[Figure, ...]

    def __str__(self) -> str:
        return f"{self.company}, {self.day}, {self.place}: {'; '.join(map(str, self.figures))}"


@dataclass(slots=True)
class Checked:
    """What a check of one company found."""

    company: Company
    compared: int = 0  # sums by day, running totals, and days of the ledger
    leads: int = 0  # whose outcome was compared with their bookings
    wrong: int = 0
    differences: list[Difference] = field(default_factory=list)  # of which these are named
    _keys: dict[int, str] = field(default_factory=dict)

    def add(self, day: date, place: str, figures: Iterable[Figure]) -> None:
        self.differences.append(Difference(self.company.slug, day, place, tuple(figures)))
        self.wrong += 1

    def campaign(self, campaign_id: int) -> str:
        """As a reader knows it."""
        if campaign_id == NO_CAMPAIGN:
            return "unattributed"
        if campaign_id not in self._keys:
            found = Campaign.objects.filter(pk=campaign_id).values_list("key", flat=True).first()
            self._keys[campaign_id] = f"campaign “{found or campaign_id}”"
        return self._keys[campaign_id]


def check(company_id: int) -> list[Difference]:
    """Where the company's sums differ from its facts."""
    return examine(company_id).differences


def examine(company_id: int) -> Checked:
    """Compare everything, and note what was found: with differences, reports read the facts."""
    scope.require(company_id)
    checked = Checked(Company.objects.get(pk=company_id))
    built_at = _built_at(company_id)
    month = first_month(company_id)
    while month is not None:
        with snapshot():
            _no_limits()
            _compare_month(checked, Days(company_id, month, month_end(month)))
            month = first_month(company_id, next_month(month))
    with snapshot():
        _no_limits()
        _years_with_months(checked)
    if checked.wrong:
        logger.error(
            "The kept sums of company %s differ from the facts in %d places. Reports are counted"
            " from the facts until manage.py rollup --rebuild --company %s",
            *(company_id, checked.wrong, checked.company.slug),
        )
    _note(checked, built_at)
    return checked


def _note(checked: Checked, built_at: datetime | None) -> None:
    """Unless the sums were built anew meanwhile: then the check was of others."""
    company_id = checked.company.pk
    with refreshing(company_id):
        if _built_at(company_id) != built_at:
            return
        noted = {"checked_at": timezone.now(), "drift": checked.wrong}
        RollupState.objects.update_or_create(company_id=company_id, defaults=noted)
        if checked.differences:
            # A rebuild that was stopped must not go on behind these.
            first = min(one.day for one in checked.differences)
            behind = RollupState.objects.filter(company_id=company_id, next_month__gt=first)
            behind.update(next_month=None)


def _built_at(company_id: int) -> datetime | None:
    built = RollupState.objects.filter(company_id=company_id).values_list("built_at", flat=True)
    return built.first()


def _compare_month(checked: Checked, days: Days) -> None:
    for book in BOOKS:
        _days_with_facts(checked, book, days)
        _months_with_days(checked, book, days)
    _ledger_with_facts(checked, days)
    _outcomes_with_bookings(checked, days)


# Sums with what they are made of


def _days_with_facts(checked: Checked, book: Book, days: Days) -> None:
    """The sums by day; not those of marked buckets."""
    marks = RollupMark.objects.filter(days.rows, fact=book.fact).values_list("day", "campaign_id")
    marked, params = compiled(marks)
    whole, whole_params = compiled(
        marks.filter(campaign_id=ALL_CAMPAIGNS).values_list("day", flat=True)
    )
    unmarked = Condition(
        f'("day", campaign_id) NOT IN ({marked}) AND "day" NOT IN ({whole})',
        (*params, *whole_params),
    )
    facts = _condition(book.live(days.rows))
    _compare(checked, book, Tier.DAY, days, facts, unmarked)


def _months_with_days(checked: Checked, book: Book, days: Days) -> None:
    totals = month_totals(book, days.company_id, days.first)
    _compare(checked, book, Tier.MONTH, days, totals)
    totals = weekday_totals(book, days.company_id, days.first)
    _compare(checked, book, Tier.WEEKDAY, days, totals)


def _years_with_months(checked: Checked) -> None:
    company_id = checked.company.pk
    for year in kept_years(company_id):
        days = Days(company_id, *year_range(year))
        for book in BOOKS:
            _compare(checked, book, Tier.YEAR, days, year_totals(book, company_id, year))


def _compare(
    checked: Checked,
    book: Book,
    tier: Tier,
    days: Days,
    made_of: Condition,
    where: Condition = EVERYTHING,
) -> None:
    """Rows that only one side has, or that are not the same on both, in one pass.

    A running total that is wrong stays so until its period ends: it is named where it first is.
    """
    table = book.tables[tier]._default_manager.filter(days.rows).order_by()
    kept = _condition(table.values_list(*book.columns))
    columns, key = names(book.columns), names(("day", *book.key))
    checked.compared += fetch(
        f"SELECT COUNT(*) FROM ({kept.sql}) AS compared WHERE {where.sql}",
        [*kept.params, *where.params],
    )[0][0]
    sums = [f'SUM(CASE WHEN side = {n} THEN "{m}" END)' for m in book.measures for n in (1, -1)]
    differs = " OR ".join(f'SUM(side * "{name}") <> 0' for name in book.measures)
    place = names(book.key) if tier in RUNNING else key
    rows = fetch(
        "SELECT *, COUNT(*) OVER () FROM ("
        f'SELECT {key}, {", ".join(sums)}, ROW_NUMBER() OVER (PARTITION BY {place} ORDER BY "day")'
        " AS nth FROM ("
        f"SELECT {columns}, 1 AS side FROM ({kept.sql}) AS kept"
        f" UNION ALL SELECT made_of.*, -1 FROM ({made_of.sql}) AS made_of) AS both_sides"
        f" WHERE {where.sql} GROUP BY {key} HAVING SUM(side) <> 0 OR {differs}) AS wrong"
        f" WHERE nth = 1 ORDER BY {key} LIMIT {TOLD}",
        [*kept.params, *made_of.params, *where.params],
    )
    for row in rows:
        names_of, numbers = row[1 : 1 + len(book.key)], row[1 + len(book.key) : -2]
        place = _place(checked, book, tier, dict(zip(book.key, names_of, strict=True)))
        figures = _figures(book.measures, numbers[::2], numbers[1::2], SAYS[tier])
        checked.add(as_day(row[0]), place, figures)
    checked.wrong += rows[0][-1] - len(rows) if rows else 0


def _condition(rows: Sums) -> Condition:
    sql, params = compiled(rows)
    return Condition(sql, tuple(params))


def _place(checked: Checked, book: Book, tier: Tier, key: dict[str, Any]) -> str:
    """The bucket in words: its campaign, why it has none, source and medium, line of spend."""
    parts = [checked.campaign(key["campaign_id"]), key.get("reason", "")]
    if key["source"] or key["medium"]:
        parts.append(f"{key['source'] or '–'} / {key['medium'] or '–'}")
    parts.append(key.get("line", ""))
    what = "leads" if book is LEADS else "spend"
    return f"{what} {SPANS[tier]}, {', '.join(part for part in parts if part)}"


def _figures(
    names: Sequence[str], kept: Sequence[Any], facts: Sequence[Any], say: str = "the facts say"
) -> list[Figure]:
    """Those that differ; of a row that only one side has, that the other has none."""
    numbers = zip(names, map(_whole, kept), map(_whole, facts), strict=True)
    found = [Figure(*one, say) for one in numbers if one[1] != one[2]]
    return found or [Figure("rows", int(kept[0] is not None), int(facts[0] is not None), say)]


def _whole(number: Any) -> int:
    return int(number or 0)


# The ledger


def _ledger_with_facts(checked: Checked, days: Days) -> None:
    """The ledger and its marks; and the sums by day, which must make up all that was received."""
    sql, params = fact_totals(days.rows)
    facts = {as_day(day): DayTotals(*map(int, totals)) for _, day, *totals in fetch(sql, params)}
    ledger, marked = _ledger(days)
    checked.compared += len(ledger)
    checked.leads += sum(totals.received for totals in facts.values())
    for day in sorted({*facts, *ledger}):
        said, kept = facts.get(day, DayTotals()), ledger.get(day, DayTotals())
        if said != kept:
            checked.add(day, "ledger", _figures(DayTotals._fields, kept, said))
    for day, parts in sorted(_parts(days).items()):
        received = facts.get(day, DayTotals()).received
        if day not in marked and sum(parts) != received:
            named, unattributed, excluded = parts
            place = f"{named:,} named + {unattributed:,} unattributed + {excluded:,} excluded"
            checked.add(day, place, [Figure("received", sum(parts), received)])


def _ledger(days: Days) -> tuple[dict[date, DayTotals], set[date]]:
    """Each day's totals with its marks, and the days on which leads are marked."""
    found: dict[date, list[DayTotals]] = defaultdict(list)
    marked: set[date] = set()
    ledger = RollupLedger.objects.filter(days.rows)
    for day, *totals in ledger.values_list("day", *DayTotals._fields):
        found[day].append(DayTotals(*totals))
    marks = RollupMark.objects.filter(days.rows).values_list("fact", "day", "campaign_id")
    for fact, day, campaign_id, *sums in marks.annotate(
        **{f"sum_{n}": Sum(n) for n in DIFFERENCES}
    ):
        found[day].append(totals_of(fact, campaign_id, sums))
        if fact == LEADS.fact:
            marked.add(day)
    return {day: added(totals) for day, totals in found.items()}, marked


def _parts(days: Days) -> dict[date, tuple[int, int, int]]:
    """By day, of the leads in the sums: counted with a campaign, without one, not counted."""
    named = ~Q(campaign_id=NO_CAMPAIGN)
    excluded = [F(kind) for kind in Lead.Kind.values if kind != Lead.Kind.PRIMARY]
    rows = (
        LEADS.day._default_manager.filter(days.rows)
        .values("day")
        .annotate(
            named=Coalesce(Sum("primary", filter=named), Value(0)),
            unattributed=Coalesce(Sum("primary", filter=~named), Value(0)),
            excluded=Sum(reduce(add, excluded)),
        )
    )
    counted = rows.order_by().values_list("day", "named", "unattributed", "excluded")
    return {day: (named, without, excluded) for day, named, without, excluded in counted}


# What became of the leads


def _outcomes_with_bookings(checked: Checked, days: Days) -> None:
    """Each lead carries what its bookings say."""
    kept = ~Q(booking__status=Booking.Status.CANCELLED)
    done = Q(booking__status=Booking.Status.COMPLETED)
    leads = (
        Lead.objects.filter(days.rows)
        .values("pk", "day", "campaign_id", "booked", "completed", "revenue_minor")
        .annotate(
            n_booked=Count("booking", filter=kept),
            n_completed=Count("booking", filter=done),
            revenue=Coalesce(Sum("booking__value_minor", filter=done), Value(0)),
        )
        .filter(
            Q(booked=True, n_booked=0)
            | Q(booked=False, n_booked__gt=0)
            | Q(completed=True, n_completed=0)
            | Q(completed=False, n_completed__gt=0)
            | ~Q(revenue_minor=F("revenue"))
        )
        .order_by()
    )
    sql, params = compiled(
        leads.values_list(
            *("pk", "day", "campaign_id", "booked", "completed", "revenue_minor"),
            *("n_booked", "n_completed", "revenue"),
        )
    )
    rows = fetch(
        f"SELECT *, COUNT(*) OVER () FROM ({sql}) AS wrong ORDER BY 1 LIMIT {TOLD}", params
    )
    for pk, day, campaign_id, *numbers, _number in rows:
        place = f"outcome of lead {pk}, {checked.campaign(campaign_id or NO_CAMPAIGN)}"
        said = [bool(numbers[3]), bool(numbers[4]), numbers[5]]
        outcome = ("booked", "completed", "revenue_minor")
        figures = _figures(outcome, numbers[:3], said, "its bookings say")
        checked.add(as_day(day), place, figures)
    checked.wrong += rows[0][-1] - len(rows) if rows else 0


def _no_limits() -> None:
    """A check reads all facts, which takes longer than a page may."""
    if connection.vendor == "postgresql":
        execute("SET LOCAL statement_timeout = 0")
        execute("SET LOCAL work_mem = '64MB'")
