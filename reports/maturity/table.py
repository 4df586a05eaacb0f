"""The life table of leads: how many had waited so many days, and how many booked on that day.

Leads of yesterday say nothing about day 30, so each day of waiting counts only the leads that were
watched through the whole of it (E. L. Kaplan, P. Meier, "Nonparametric estimation from incomplete
observations", Journal of the American Statistical Association 53 (1958), 457-481). It is a table
of a period, as those of populations are: only days of waiting that fall into the latest days of
the calendar count, so that a change of pace is not lost among old leads.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

LONGEST = 364  # days that a lead is watched for its outcome
WATCHED = 50  # leads at risk, below which a day of waiting says too little


class Waited(NamedTuple):
    """One line of a life table, in leads."""

    days: int  # since the lead was received; 0 is the same day
    at_risk: int  # watched through that day, and without the outcome before it
    events: int  # of them, those that had it on that day


def life_table(
    leads: Iterable[tuple[date, int]],
    outcomes: Iterable[tuple[date, int]],
    first: date,
    last: date,
) -> Iterator[Waited]:
    """Of leads by day, and of leads with an outcome by the day of the lead and days waited.

    Both days of the period belong to it. Days of waiting without an outcome are left out, except
    for the last one, and the last one that enough leads were watched through.
    """
    change: dict[int, int] = defaultdict(int)  # of those at risk, from one day of waiting on
    for day, number in leads:
        reach = watched(day, first, last)
        if reach is not None:
            change[reach[0]] += number
            change[reach[1] + 1] -= number
    events: Counter[int] = Counter()
    for day, waited in outcomes:
        reach = watched(day, first, last)
        if reach is None or waited > reach[1]:
            continue
        events[waited] += waited >= reach[0]
        change[max(waited + 1, reach[0])] -= 1
        change[reach[1] + 1] += 1
    at_risk, lines = 0, []
    for days in range(max(change, default=0)):
        at_risk += change[days]
        lines.append(Waited(days, at_risk, events[days]))
    kept = {
        max([one.days for one in lines if one.at_risk >= least], default=-1)
        for least in (1, WATCHED)
    }
    yield from (one for one in lines if one.events or one.days in kept)


def watched(day: date, first: date, last: date) -> tuple[int, int] | None:
    """The days of waiting of that day's leads that fall into the period whole; None without any."""
    low, high = max(0, (first - day).days), min((last - day).days, LONGEST)
    return (low, high) if low <= high else None


def leads_from(first: date) -> date:
    """The first day whose leads are watched in a period that begins on `first`."""
    return first - timedelta(days=LONGEST)
