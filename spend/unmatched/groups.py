"""The queue of unmatched spend: money alike in what names its campaign, as a person decides."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.functions import Coalesce

from attribution.days import day_range
from attribution.models import Company
from attribution.utm import channel_of, tidy
from spend.matching import platform_of
from spend.models import PlatformId, SpendEntry

_PLATFORM_LENGTH = PlatformId._meta.get_field("platform").max_length or 0
_COLUMNS = ("campaign_key", "platform_id", "source", "currency", "utm_source", "utm_medium")


class GroupKey(NamedTuple):
    """What one decision is about: a platform's id, or a tidy name. Without both there is nothing
    to go by."""

    platform: str = ""
    external_id: str = ""
    name: str = ""

    @property
    def has_id(self) -> bool:
        return bool(self.external_id)


class Wanted(NamedTuple):
    """What narrows the queue; without a bound, all days."""

    first: date | None = None
    last: date | None = None
    source: str = ""  # where it came from
    search: str = ""


@dataclass(slots=True)
class Group:
    """Entries that wait for one and the same decision."""

    key: GroupKey
    entries: int = 0
    first: date = date.max
    last: date = date.min
    amount_minor: int = 0  # in the company's currency, of the entries whose amount is known
    unknown: int = 0  # entries whose amount lacks a rate
    recorded: Counter[str] = field(default_factory=Counter)  # minor units by currency
    sources: Counter[str] = field(default_factory=Counter)  # where from: entries
    names: Counter[str] = field(default_factory=Counter)  # tidy names: entries
    tags: Counter[tuple[str, str]] = field(default_factory=Counter)  # utm source and medium
    written: tuple[str, ...] = ()  # names as they were written

    @property
    def name(self) -> str:
        """The one name that all of its entries have; empty: none, or several."""
        named = [name for name in self.names if name and name != self.key.external_id]
        return named[0] if len(named) == 1 else ""

    @property
    def money(self) -> list[tuple[str, int]]:
        """As recorded, each currency for itself."""
        return sorted(self.recorded.items())

    @property
    def days(self) -> str:
        """The first and the last, in words."""
        return day_range(self.first, self.last)

    @property
    def where_from(self) -> list[str]:
        """Most entries first."""
        return sorted(self.sources, key=lambda one: (-self.sources[one], one))

    @property
    def channel(self) -> str:
        """What a campaign of it would be, as its links say."""
        source, medium = min(self.tags, key=lambda one: (-self.tags[one], one))
        return channel_of(source, medium)


def group_of(key: str, platform_id: str, came_from: str) -> GroupKey:
    """The group that unmatched spend belongs to. A platform's id goes before the name."""
    platform = platform_of(came_from)
    if platform_id and len(platform) <= _PLATFORM_LENGTH:
        return GroupKey(platform, platform_id)
    return GroupKey(name=key)


def groups(company: Company, wanted: Wanted = Wanted()) -> list[Group]:  # noqa: B008 - a constant
    """Those of most money first; what has no known amount comes last."""
    found: dict[GroupKey, Group] = {}
    for row in _rows(company, wanted):
        key = group_of(row["campaign_key"], row["platform_id"], row["source"])
        _add(found.setdefault(key, Group(key)), row)
    words = wanted.search.casefold().strip()
    kept = [group for group in found.values() if not words or _has(group, words)]
    return sorted(kept, key=lambda group: (-group.amount_minor, -group.entries, group.key))


def _rows(company: Company, wanted: Wanted) -> Iterable[dict[str, Any]]:
    entries = SpendEntry.objects.filter(company=company, campaign=None)
    if wanted.first is not None:
        entries = entries.filter(day__gte=wanted.first)
    if wanted.last is not None:
        entries = entries.filter(day__lte=wanted.last)
    if wanted.source:
        entries = entries.filter(source=wanted.source)
    return (
        entries.order_by()
        .values(*_COLUMNS)
        .annotate(
            entries=Count("pk"),
            first=Min("day"),
            last=Max("day"),
            known=Sum("amount_minor"),
            recorded=Sum(Coalesce("original_minor", "amount_minor")),
            unknown=Count("pk", filter=Q(amount_minor=None, original_minor__isnull=False)),
        )
    )


def _add(group: Group, row: dict[str, Any]) -> None:
    entries = row["entries"]
    group.entries += entries
    group.first, group.last = min(group.first, row["first"]), max(group.last, row["last"])
    group.amount_minor += int(row["known"] or 0)
    group.unknown += row["unknown"]
    if row["recorded"] is not None:
        group.recorded[row["currency"]] += int(row["recorded"])
    group.sources[row["source"]] += entries
    group.names[row["campaign_key"]] += entries
    group.tags[row["utm_source"], row["utm_medium"]] += entries


def _has(group: Group, words: str) -> bool:
    texts = (group.key.external_id, group.key.platform, *group.names)
    return any(words in text.casefold() for text in texts)


def write_names(company: Company, shown: Collection[Group]) -> None:
    """Fill in how the names of these groups were written: of those that are the same, one."""
    if not shown:
        return
    of_key = {group.key: group for group in shown}
    ids = {key.external_id for key in of_key if key.has_id}
    names = {key.name for key in of_key if not key.has_id}
    rows = SpendEntry.objects.filter(
        Q(platform_id__in=ids) | Q(campaign_key__in=names), company=company, campaign=None
    ).order_by()
    columns = ("campaign_key", "platform_id", "source", "campaign_name")
    written: dict[GroupKey, set[str]] = {}
    for *parts, name in rows.values_list(*columns).distinct():
        written.setdefault(group_of(*parts), set()).add(name.strip())
    for key, group in of_key.items():
        apart = {tidy(name): name for name in sorted(written.get(key, set()), reverse=True)}
        group.written = tuple(sorted(name for name in apart.values() if name))


def sources(company: Company) -> Sequence[str]:
    """Where unmatched spend came from."""
    rows = SpendEntry.objects.filter(company=company, campaign=None).order_by()
    return sorted(rows.values_list("source", flat=True).distinct())
