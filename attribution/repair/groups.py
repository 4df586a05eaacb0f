"""The repair queue: leads alike in what they lack, as groups that a person decides about."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Concat

from attribution.days import day_range
from attribution.models import Company, Lead, Reading
from attribution.repair.intents import DISCOVERED, GroupKey
from attribution.repair.offers import Offer, offers
from attribution.repair.parts import among
from attribution.repair.waiting import group_of, waiting
from attribution.utm import Reason, page_of

# Groups for which a suggestion is looked for: those of most leads.
MOST_OFFERS = 1000
# Of an ambiguous lead it is not known which of its two names was meant; a broken tag names nothing.
MEANT_AS_NAMES = (DISCOVERED, Reason.FLOOD.value)
NAMING = (*MEANT_AS_NAMES, Reason.AMBIGUOUS.value, Reason.BROKEN_TAG.value)
SAMPLES = 2


class Discovered(NamedTuple):
    """The campaign that leads of this name have made."""

    id: int
    name: str


class Part(NamedTuple):
    """The leads of one reading in a group."""

    reading: int
    source: str
    medium: str
    campaign: int | None
    name: str | None  # of the campaign
    leads: int
    booked: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Group:
    """Leads that wait for one and the same decision. Numbers are of counted leads."""

    key: GroupKey
    parts: Sequence[Part]
    leads: int
    booked: int
    last: date
    offer: Offer | None = None

    @property
    def first(self) -> date:
        return min(part.first for part in self.parts)

    @property
    def days(self) -> str:
        """The first and the last, in words."""
        return day_range(self.first, self.last)

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Source and medium, those of most leads first."""
        leads: Counter[tuple[str, str]] = Counter()
        for part in self.parts:
            leads[part.source, part.medium] += part.leads
        return tuple(sorted(leads, key=lambda pair: (-leads[pair], pair)))

    @property
    def latest(self) -> tuple[int, ...]:
        """The readings that its latest leads belong to."""
        newest = sorted(self.parts, key=lambda part: (part.last, part.reading), reverse=True)
        return tuple(part.reading for part in newest[:SAMPLES])

    @property
    def campaign(self) -> Discovered | None:
        """The campaign that leads of this name have made."""
        part = self.parts[0]
        return None if part.campaign is None else Discovered(part.campaign, part.name or "")

    @property
    def tier(self) -> int:
        """What a repair would gain: 1 a suggestion, 2 it names something, 3 nothing to go by."""
        if self.offer:
            return 1
        names = self.key.why in NAMING or self.key.source or self.key.medium
        return 2 if names else 3


ORDERS: dict[str, Callable[[Group], tuple[Any, ...]]] = {
    "gain": lambda group: (group.tier, -group.leads, -group.booked, group.key),
    "leads": lambda group: (-group.leads, -group.booked, group.key),
    "booked": lambda group: (-group.booked, -group.leads, group.key),
    "last": lambda group: (-group.last.toordinal(), -group.leads, group.key),
}


def groups(company: Company, why: str = "", sort: str = "gain") -> list[Group]:
    """The queue; `why` narrows it to one kind, `sort` is one of ORDERS."""
    found_parts = _parts(company)
    leads = {key: sum(one.leads for one in of_group) for key, of_group in found_parts.items()}
    offered = _offered(company, sorted(leads, key=lambda key: -leads[key]))
    found = [
        _group(key, of_group, offered.get(key))
        for key, of_group in found_parts.items()
        if why in ("", key.why)
    ]
    return sorted(found, key=ORDERS[sort])


def _parts(company: Company) -> dict[GroupKey, list[Part]]:
    columns = ("pk", "why", "campaign_key", "source_key", "medium_key", "campaign_id")
    rows = list(waiting(company).order_by("pk").values_list(*columns, "campaign__name"))
    counts = _counts([row[0] for row in rows])
    found: dict[GroupKey, list[Part]] = defaultdict(list)
    for pk, why, key, source, medium, campaign, name in rows:
        if pk in counts:
            part = Part(pk, source, medium, campaign, name, *counts[pk])
            found[group_of(why, key, source, medium)].append(part)
    return found


def _counts(readings: Sequence[int]) -> dict[int, list[Any]]:
    """Counted leads, of them booked, first and last day; not of leads that persons corrected.

    Asked by their ids: the index then gives each reading's leads together.
    """
    rows = (
        _counted()
        .filter(among("attribution_lead.reading_id", readings))
        .values_list("reading_id")
        .annotate(
            leads=Count("reading"),
            won=Count("reading", filter=Q(booked=True)),
            since=Min("day"),
            until=Max("day"),
        )
    )
    return {pk: counts for pk, *counts in rows}


def _counted(**which: Any) -> "QuerySet[Lead]":
    """Counted leads that nobody has corrected, of readings of a company in scope.

    The scope is asked of the readings: a condition on the lead's company would send the database
    from the index to each lead.
    """
    uncorrected: QuerySet[Lead] = QuerySet(Lead).filter(corrected=False, kind=Lead.Kind.PRIMARY)
    return uncorrected.filter(**which).order_by()


def _offered(company: Company, keys: Sequence[GroupKey]) -> dict[GroupKey, Offer]:
    """Suggestions for those groups of most leads that name something a person may have meant."""
    named = [key for key in keys if key.why in MEANT_AS_NAMES and key.campaign][:MOST_OFFERS]
    if not named:
        return {}
    of_company = offers(company)
    found = ((key, of_company.of(key.campaign)) for key in named)
    return {key: offer for key, offer in found if offer}


def _group(key: GroupKey, of_group: Sequence[Part], offer: Offer | None) -> Group:
    return Group(
        key=key,
        parts=of_group,
        leads=sum(part.leads for part in of_group),
        booked=sum(part.booked for part in of_group),
        last=max(part.last for part in of_group),
        offer=offer,
    )


def numbers(companies: Iterable[Company]) -> dict[int, int]:
    """How many groups wait, by the company's id; one without any is left out."""
    each = [number(company) for company in companies]
    if not each:
        return {}
    found = each[0].union(*each[1:], all=True) if each[1:] else each[0]
    return {row["company_id"]: row["number"] for row in found}


def number(company: Company) -> "QuerySet[Any, Any]":
    """One row with the company's number of groups, as `group_of` tells them apart."""
    lead = _counted(reading=OuterRef("pk"))
    nameless = (When(campaign_key="", then=F(name)) for name in ("source_key", "medium_key"))
    source, medium = (Case(one, default=Value(""), output_field=CharField()) for one in nameless)
    between = Value("\x1f")
    group = Concat("why", between, "campaign_key", between, source, between, medium)
    return (
        waiting(company)
        .filter(Exists(lead))
        .order_by()
        .values("company_id")
        .annotate(number=Count(group, distinct=True))
    )


def samples(company: Company, wanted: Collection[Group]) -> dict[GroupKey, list[str]]:
    """The pages on which the latest leads of each group landed, without their parameters."""
    readings = {reading for group in wanted for reading in group.latest}
    lead = _counted(reading=OuterRef("pk")).order_by("-day", "-pk")
    rows = (
        Reading.objects.filter(company=company, pk__in=readings)
        .order_by()
        .annotate(
            **{
                f"page_{n}": Subquery(lead.values("landing_page")[n : n + 1])
                for n in range(SAMPLES)
            }
        )
        .values_list("pk", *(f"page_{n}" for n in range(SAMPLES)))
    )
    pages = {pk: [page_of(link) for link in links if link] for pk, *links in rows}
    return {
        group.key: list(
            dict.fromkeys(
                page for reading in group.latest for page in pages.get(reading, ()) if page
            )
        )[:SAMPLES]
        for group in wanted
    }
