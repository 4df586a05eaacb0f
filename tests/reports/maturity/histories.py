"""Histories with a known lag, cut at noon of a day, and what came of their young rows."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from reports.maturity.curve import Curve
from reports.maturity.expected import Cell, both
from reports.maturity.kept import Lags
from reports.maturity.table import Waited, life_table

TODAY = date(2026, 6, 1)
NOON = 0.5
DAYS = 456


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How leads book: exponentially, as the demo companies do; appointments follow."""

    rate: float = 0.25
    lag: float = 5.0  # mean days
    cancelled: float = 0.0
    shown: float = 0.8  # of the bookings that are not cancelled
    ahead: tuple[int, int] = (2, 14)
    a_day: int = 20


@dataclass
class Fate:
    """One lead: when it came, booked and was due, in days from the start of today."""

    came: float
    booked: float | None = None
    due: float = 0.0
    status: str = ""

    @property
    def age(self):
        return -math.floor(self.came)

    def is_booked(self, now=math.inf):
        settled = self.due <= now
        return (
            self.booked is not None
            and self.booked <= now
            and not (settled and self.status == "cancelled")
        )

    def is_completed(self, now=math.inf):
        return self.booked is not None and self.due <= now and self.status == "completed"


def fate(rng, pace, came, rate):
    one = Fate(came)
    if rng.random() < rate:
        one.booked = came + rng.expovariate(1 / pace.lag)
        one.due = one.booked + rng.uniform(*pace.ahead)
        one.status = rng.choices(
            ("cancelled", "completed", "no_show"),
            (
                pace.cancelled,
                (1 - pace.cancelled) * pace.shown,
                (1 - pace.cancelled) * (1 - pace.shown),
            ),
        )[0]
    return one


def came(rng, age):
    """An instant of the day so long ago; of today's only those before noon."""
    return rng.random() * (1 if age else NOON) - age


def company(rng, old, new, since):
    """What is known at noon of a company whose pace was `old` until `since` days ago."""
    leads, had, ages = Counter(), {"booked": [], "completed": []}, {}
    for age in range(DAYS, -1, -1):
        pace = new if age < since else old
        day = TODAY - timedelta(days=age)
        for _ in range(pace.a_day):
            one = fate(rng, pace, came(rng, age), pace.rate)
            leads[day] += 1
            if one.booked is None or one.booked > NOON:
                continue
            seen = ages.setdefault(age, [0, 0])
            seen[0] += 1
            seen[1] += not one.is_booked(NOON)
            if one.is_booked(NOON):
                had["booked"].append((day, math.floor(one.booked) + age))
            if one.is_completed(NOON):
                had["completed"].append((day, math.floor(one.due) + age))
    first, last = TODAY - timedelta(days=91), TODAY - timedelta(days=1)
    curves = {
        name: Curve("", name, tuple(life_table(leads.items(), found, first, last)))
        for name, found in had.items()
    }
    return Lags(
        0,
        {"": curves["booked"]},
        {"": curves["completed"]},
        tuple(Waited(age, *seen) for age, seen in sorted(ages.items())),
    )


def row(rng, lags, pace, leads, spread, within):
    """A row of young leads: by rate what was expected at noon, and what came."""
    rate = min(max(rng.gauss(pace.rate, spread), 0.01), 0.95)
    fates = [fate(rng, pace, came(rng, rng.randrange(within)), rate) for _ in range(leads)]
    ages = Counter(), Counter(), Counter()
    for one in fates:
        for counter, counts in zip(
            ages, (True, one.is_booked(NOON), one.is_completed(NOON)), strict=True
        ):
            counter[one.age] += counts
    cells = [Cell("", age, *(one[age] for one in ages)) for age in sorted(ages[0])]
    counts = [sum(one.values()) for one in ages]
    told = both(*counts, cells, lags)
    came_in_the_end = {
        "booked_rate": sum(one.is_booked() for one in fates) / leads,
        "completed_rate": sum(one.is_completed() for one in fates) / leads,
    }
    return [(name, told[name], final) for name, final in came_in_the_end.items()]


def backtest(seed, old, new=None, *, since=60, leads=60, spread=0.0, within=7, companies=8):
    """By rate: the share of ranges that hold what came, and the mean error of the rate."""
    rng, new = Random(seed), new or old
    held, errors = {}, {}
    for _ in range(companies):
        lags = company(rng, old, new, since)
        for _ in range(40):
            for name, told, final in row(rng, lags, new, leads, spread, within):
                held.setdefault(name, []).append(float(told.low) <= final <= float(told.high))
                errors.setdefault(name, []).append(float(told.rate) - final)
    return {
        name: (sum(held[name]) / len(held[name]), sum(errors[name]) / len(errors[name]))
        for name in held
    }
