"""Whether it has been quiet for longer than usual. A tool that sends nothing makes no error."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Subquery

from attribution.capture.doors import SENT
from attribution.models import Company, Lead
from reports.capture.reading import HOUR, QUARTER, At, Health

LONG = timedelta(hours=24)  # no night is longer
TIMES = 15  # as long as usual: a weekend of a business that is closed then is no fault
FEWEST = 10  # leads; of fewer nothing is usual
LATEST = 2_000  # stored leads that the home page looks at
EARLIER = 50  # leads before the last one
WEEKS = 3
EXPECTED = 10  # leads that came in the same hours of the weeks before; none by chance: 1 in 20,000
WEEK = timedelta(days=7)


class Quiet(NamedTuple):
    """For how long nothing came, and how often something usually does."""

    silence: timedelta
    usual: timedelta


def of_health(health: Health) -> Quiet | None:
    """None: it is no quieter than usual."""
    if health.first is None or health.last is None:
        return None
    leads = sum(way.leads for way in health.ways)
    found = judge(health.now, health.last, health.first, leads - 1)
    if found is not None or leads < FEWEST:
        return found
    if _expected(health) < EXPECTED:
        return None
    return Quiet(health.now - health.last, (health.last - health.first) / (leads - 1))


def judge(now: datetime, last: datetime, first: datetime, between: int) -> Quiet | None:
    """By the usual time between two leads; `between`: so many of them lie there."""
    if between < FEWEST - 1:
        return None
    usual, silence = (last - first) / between, now - last
    return Quiet(silence, usual) if silence >= max(LONG, TIMES * usual) else None


def _expected(health: Health) -> float:
    """How many came in the same hours of the three weeks before, a week."""
    if health.last is None or health.last - health.since < WEEKS * WEEK:
        return 0.0
    hour = health.last.replace(minute=0, second=0, microsecond=0) + HOUR
    total = 0
    while hour + HOUR <= health.now and hour - health.last < WEEK:
        total += sum(_in_hour(health, hour - n * WEEK) for n in range(1, WEEKS + 1))
        hour += HOUR
    return total / WEEKS


def _in_hour(health: Health, hour: datetime) -> int:
    first = int(hour.timestamp()) // QUARTER
    found = (health.quarters.get(first + n, At()) for n in range(4))
    return sum(at.counted + at.excluded for at in found)


def last_and_earlier(company: Company) -> tuple[Subquery, Subquery]:
    """For the home page, as parts of a larger query: when the last lead was sent, and the one
    fifty before. Few rows are looked at: after a large import nothing is said for a while.
    """
    stored = Lead.objects.filter(company=company.pk).order_by("-created_at")
    latest = Lead.objects.filter(SENT, pk__in=stored.values("pk")[:LATEST])
    times = latest.order_by("-created_at").values("created_at")
    return Subquery(times[:1]), Subquery(times[EARLIER : EARLIER + 1])
