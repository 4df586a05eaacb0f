"""What new rates would change: the rates themselves, and the amounts that they restate."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from attribution.models.company import Company
from attribution.models.rate import ExchangeRate
from attribution.rates import bookings
from attribution.rates.amounts import Change
from attribution.rates.book import LOOK_BACK, PIVOT, RateKey, Rates
from attribution.rates.reach import reach_of
from attribution.signals import rates_asked

Parts = Iterable[list[Change]]


@dataclass
class Moved:
    """Amounts that are worth something else: how many, and what they were and will be worth.

    In the company's currency. `found`: how many were unknown before, which is no restatement.
    """

    entries: int = 0
    before: int = 0
    after: int = 0
    lost: int = 0  # of the entries, those that nothing is known of any more
    found: int = 0
    found_minor: int = 0

    def add(self, change: Change) -> None:
        old, new = change.amount.worth, change.new
        if old is None:
            self.found += 1
            self.found_minor += new or 0
            return
        self.entries += 1
        self.before += old
        self.after += new or 0
        self.lost += new is None

    def __iadd__(self, other: "Moved") -> "Moved":
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)
        return self


class ChangedRate(NamedTuple):
    """A rate that is there and would be another one; `moved` by what the amounts are called."""

    key: RateKey
    old: Decimal
    new: Decimal
    was_typed: bool
    moved: Mapping[str, Moved]

    @property
    def entries(self) -> int:
        return sum(one.entries for one in self.moved.values())


ByDay = dict[tuple[str, date], Moved]


@dataclass
class Plan:
    """`moved`: all amounts, by what they are called; an amount that two rates convert is one."""

    new: dict[RateKey, Decimal] = field(default_factory=dict)
    changed: list[ChangedRate] = field(default_factory=list)
    same: int = 0
    moved: dict[str, Moved] = field(default_factory=dict)

    @property
    def wanted(self) -> dict[RateKey, Decimal]:
        """The rates to save."""
        return self.new | {one.key: one.new for one in self.changed}

    @property
    def used(self) -> list[ChangedRate]:
        """The changed rates by which amounts were converted."""
        return [one for one in self.changed if one.entries]


def plan(company: Company, rates: Mapping[RateKey, Decimal]) -> Plan:
    """Compare rates with those that are saved. Changes nothing."""
    saved = _saved(company, rates)
    found = Plan(new={key: rate for key, rate in rates.items() if key not in saved})
    others = [key for key in sorted(rates) if key in saved and saved[key][0] != rates[key]]
    found.same = len(rates) - len(found.new) - len(others)
    wanted = found.new | {key: rates[key] for key in others}
    by_day: dict[str, ByDay] = {name: _added_up(parts) for name, parts in asked(company, wanted)}
    of_days = {name: _by_day_alone(moved) for name, moved in by_day.items()}
    for name, moved in by_day.items():
        found.moved[name] = _together(moved.values())
    holds = _Holding(company, [*saved, *rates])
    for key in others:
        old, typed = saved[key]
        its = {name: holds.moved(key, by_day[name], of_days[name]) for name in by_day}
        found.changed.append(ChangedRate(key, old, rates[key], typed, its))
    return found


def asked(company: Company, rates: Mapping[RateKey, Decimal | None]) -> Iterator[tuple[str, Parts]]:
    """What all amounts in other currencies would be: what they are called, and their changes."""
    reach, book = reach_of(company, rates), Rates(company, instead=rates)
    yield "bookings", bookings.changed_values(book, reach)
    for answer in rates_asked.send(sender=Plan, rates=book, reach=reach):
        found: Any = answer[1]
        yield found


def _saved(company: Company, rates: Iterable[RateKey]) -> dict[RateKey, tuple[Decimal, bool]]:
    """Of the same currencies and days, or a week around them; whether typed."""
    keys = list(rates)
    if not keys:
        return {}
    days = [key.day for key in keys]
    rows = ExchangeRate.objects.filter(
        company=company,
        base__in={key.base for key in keys},
        quote__in={key.quote for key in keys},
        day__range=(min(days) - LOOK_BACK, max(days) + LOOK_BACK),
    )
    typed = ExchangeRate.Source.TYPED
    return {
        RateKey(day, base, quote): (rate, source == typed)
        for day, base, quote, rate, source in rows.values_list(
            "day", "base", "quote", "rate", "source"
        )
    }


def _added_up(parts: Parts) -> ByDay:
    """By currency and day."""
    found: ByDay = {}
    for part in parts:
        for change in part:
            found.setdefault((change.amount.currency, change.amount.day), Moved()).add(change)
    return found


def _by_day_alone(found: ByDay) -> dict[date, Moved]:
    days: dict[date, Moved] = {}
    for (__, day), moved in found.items():
        days.setdefault(day, Moved())
        days[day] += moved
    return days


def _together(found: Iterable[Moved]) -> Moved:
    whole = Moved()
    for moved in found:
        whole += moved
    return whole


class _Holding:
    """For how long each rate holds: until the next one of its pair, at most a week after it."""

    def __init__(self, company: Company, keys: Iterable[RateKey]) -> None:
        self._own = company.currency
        self._days: dict[tuple[str, str], list[date]] = {}
        for key in sorted(set(keys)):
            self._days.setdefault((key.base, key.quote), []).append(key.day)

    def moved(self, key: RateKey, by_day: ByDay, of_days: Mapping[date, Moved]) -> Moved:
        """The amounts that this rate helps to convert."""
        days = self._days[key.base, key.quote]
        place = bisect_right(days, key.day)
        end = key.day + LOOK_BACK + timedelta(days=1)
        if place < len(days):
            end = min(end, days[place])
        currencies = {key.base, key.quote} - {self._own, PIVOT}
        found = Moved()
        for number in range((end - key.day).days):
            day = key.day + timedelta(days=number)
            if not currencies:  # the way of every currency
                found += of_days.get(day, Moved())
            for currency in currencies:
                found += by_day.get((currency, day), Moved())
        return found
