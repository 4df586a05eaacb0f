"""How many leads a day brings: season, weekday, growth, unusual days, and chance."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from reports.demo.plans import DAYS, CompanyPlan, Flow

SEED = 2026
UNUSUAL = 0.08  # of a usual day, on the day of the dip
PEAK_FROM = 14  # days ago, at the latest
# Weights of the hours of a day, midnight to eleven in the evening.
HOURS = (2, 1, 1, 1, 1, 2, 5, 10, 17, 21, 22, 20, 18, 17, 16, 16, 17, 18, 20, 22, 21, 16, 9, 4)


def chance(plan: CompanyPlan, subject: str) -> Random:
    """The company's own stream of chance for one subject: the same on every machine."""
    return Random(f"{SEED}:{plan.slug}:{subject}")  # noqa: S311 - nothing secret hangs on it


def days(today: date) -> Iterator[tuple[int, date]]:
    """(days ago, day), from fifteen months ago up to today."""
    for ago in range(DAYS, -1, -1):
        yield ago, today - timedelta(days=ago)


def usual(plan: CompanyPlan, ago: int, day: date) -> float:
    """How strong a day is for the whole company; 1 is an average day of fifteen months ago."""
    grown = 1 + (plan.growth - 1) * (DAYS - ago) / DAYS
    return plan.seasons[day.month - 1] * plan.weekdays[day.weekday()] * grown


def peak_day(today: date) -> date:
    """The Monday two to three weeks ago: Mondays have enough leads to tell what is unusual."""
    return today - timedelta(days=PEAK_FROM + today.weekday())


def runs(flow: Flow, ago: int) -> bool:
    return flow.started >= ago >= flow.ended


def leads_per_weight(plan: CompanyPlan, today: date) -> float:
    """How many leads one unit of weight is, so that all flows bring `plan.leads` together."""
    weight = sum(
        flow.weight * usual(plan, ago, day)
        for ago, day in days(today)
        for flow in plan.flows
        if runs(flow, ago)
    )
    return plan.leads / weight


def poisson(rng: Random, mean: float) -> int:
    """How many came when `mean` were to be expected."""
    limit, product, number = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        number += 1
    return number
