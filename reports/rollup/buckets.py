"""Buckets: the days and campaigns whose sums are made anew, or read from the facts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import groupby
from operator import or_
from typing import TypeVar

from django.db.models import Q

from reports.models import NO_CAMPAIGN

T = TypeVar("T")
Bucket = tuple[date, int]
Campaigns = set[int] | None  # None: all
ALL_CAMPAIGNS = -1  # a mark of a whole day; its differences are those of entries with a campaign
MANY_BUCKETS = 5_000  # from here on whole days are made anew
AT_ONCE = 100  # boxes of one statement
DAYS_AT_ONCE = 366


@dataclass(frozen=True, slots=True)
class Box:
    """Some campaigns on some days; `campaigns` None means all of them."""

    days: tuple[date, ...]  # in their order, each once
    campaigns: tuple[int, ...] | None

    def _days(self) -> Q:
        first, last = self.days[0], self.days[-1]
        if len(self.days) == 1:
            return Q(day=first)
        # As a range, where it is one: the database then reads these days and nothing else.
        if (last - first).days + 1 == len(self.days):
            return Q(day__gte=first, day__lte=last)
        return Q(day__in=self.days)

    def facts(self, company_id: int) -> Q:
        """Of a fact table, where no campaign is NULL."""
        rows = Q(company_id=company_id) & self._days()
        if self.campaigns is None:
            return rows
        named = [campaign for campaign in self.campaigns if campaign != NO_CAMPAIGN]
        conditions = [Q(campaign_id__in=named)] if named else []
        if NO_CAMPAIGN in self.campaigns:
            conditions.append(Q(campaign_id__isnull=True))
        return reduce(or_, (rows & condition for condition in conditions))

    def kept(self, company_id: int) -> Q:
        """Of a table of sums by day."""
        rows = Q(company_id=company_id) & self._days()
        return rows if self.campaigns is None else rows & Q(campaign_id__in=self.campaigns)

    def months(self) -> set[date]:
        return {day.replace(day=1) for day in self.days}


@dataclass(frozen=True, slots=True)
class Buckets:
    """Boxes of one company that fit into one statement."""

    company_id: int
    boxes: tuple[Box, ...]

    @property
    def are_days(self) -> bool:
        """Whether all campaigns are meant."""
        return all(box.campaigns is None for box in self.boxes)

    def parts(self) -> Iterator["Buckets"]:
        """The same month by month, where whole days are meant: so many are added up in memory."""
        if not self.are_days:
            yield self
            return
        days = sorted(day for box in self.boxes for day in box.days)
        for _, some in groupby(days, key=lambda day: day.replace(day=1)):
            yield Buckets(self.company_id, (Box(tuple(some), None),))

    @property
    def facts(self) -> Q:
        return reduce(or_, (box.facts(self.company_id) for box in self.boxes))

    @property
    def kept(self) -> Q:
        return reduce(or_, (box.kept(self.company_id) for box in self.boxes))

    def by_month(self) -> dict[date, Campaigns]:
        """The campaigns whose totals of a month follow from these buckets."""
        found: dict[date, Campaigns] = {}
        for box in self.boxes:
            campaigns = None if box.campaigns is None else set(box.campaigns)
            for month in box.months():
                found[month] = together(found.get(month, set()), campaigns)
        return found


def together(one: Campaigns, other: Campaigns) -> Campaigns:
    """The campaigns of both."""
    return None if one is None or other is None else one | other


def boxed(company_id: int, buckets: Iterable[Bucket]) -> Iterator[Buckets]:
    """These buckets in as few boxes as they fill exactly, by day or by campaign. Each once, also
    where a day is marked as a whole besides.
    """
    marked = set(buckets)
    whole = {day for day, campaign in marked if campaign == ALL_CAMPAIGNS}
    yield from whole_days(company_id, whole)
    by_day, by_campaign = defaultdict(set), defaultdict(set)
    for day, campaign in marked:
        if day in whole:
            continue
        by_day[day].add(campaign)
        by_campaign[campaign].add(day)
    if len(by_day) <= len(by_campaign):
        boxes = [Box((day,), tuple(sorted(found))) for day, found in sorted(by_day.items())]
    else:
        boxes = [Box(tuple(sorted(days)), (one,)) for one, days in sorted(by_campaign.items())]
    for some in _chunks(boxes, AT_ONCE):
        yield Buckets(company_id, tuple(some))


def whole_days(company_id: int, days: Iterable[date]) -> Iterator[Buckets]:
    """Everything of these days: more than changed, but quicker than to tell so many apart."""
    for some in _chunks(sorted(days), DAYS_AT_ONCE):
        yield Buckets(company_id, (Box(tuple(some), None),))


def _chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
