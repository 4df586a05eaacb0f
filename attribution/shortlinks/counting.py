"""Visits of short links: a number for each link and day, and nothing about the visitor."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Sum

from attribution import calendar, scope
from attribution.models.shortlink import ShortLink, ShortLinkDay

# One statement, so that of two visits at once none is lost.
ADD = """
INSERT INTO attribution_shortlinkday (company_id, link_id, day, clicks, bots)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (company_id, link_id, day) DO UPDATE
SET clicks = attribution_shortlinkday.clicks + excluded.clicks,
    bots = attribution_shortlinkday.bots + excluded.bots
"""
PATIENCE = 1000  # milliseconds; an import may hold SQLite's one lock for longer


class Visits(NamedTuple):
    """Clicks of people, and visits by programs."""

    clicks: int = 0
    bots: int = 0


def count(link: ShortLink, *, is_click: bool) -> None:
    """Add one visit to the link's current day, in its company's zone."""
    scope.require(link.company_id)
    day = connection.ops.adapt_datefield_value(calendar.today(link.company.zone))
    values = [link.company_id, link.pk, day, int(is_click), int(not is_click)]
    with _short_wait(), connection.cursor() as cursor:
        cursor.execute(ADD, values)


@contextmanager
def _short_wait() -> Iterator[None]:
    """A visitor does not wait long for a number that only we want."""
    if connection.vendor != "sqlite":
        yield
        return
    usual = connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")


def recent(links: Iterable[ShortLink], days: int = 28) -> dict[int, Visits]:
    """Of each link that was visited, its visits of the last days, today included."""
    by_today: dict[date, list[ShortLink]] = defaultdict(list)
    for link in links:
        by_today[calendar.today(link.company.zone)].append(link)
    found: dict[int, Visits] = {}
    for today, group in by_today.items():  # at no moment are there more than three days on earth
        rows = ShortLinkDay.objects.filter(
            company__in={link.company_id for link in group},
            link__in=[link.pk for link in group],
            day__gt=today - timedelta(days=days),
            day__lte=today,
        )
        sums = rows.values_list("link").annotate(Sum("clicks"), Sum("bots"))
        found |= {link: Visits(clicks, bots) for link, clicks, bots in sums}
    return found
