"""The figures of campaigns in a month, and which of them differ between two moments."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from attribution.models import Lead
from reports.closing.today import Key, Numbers, Sums
from reports.rollup.sums import BOOKS, LEADS, SPEND, SPEND_COUNTS, Book

# What a restatement may tell, in its order. Money is in minor units.
MEASURES = {
    "leads": _("Leads"),
    "booked": _("Booked"),
    "completed": _("Completed"),
    "revenue": _("Revenue"),
    "spend": _("Spend"),
    **{kind: label for kind, label in Lead.Kind.choices if kind != Lead.Kind.PRIMARY},
    "entries": _("Entries of spend"),
    "priced": _("Entries with an amount"),
    "impressions": _("Impressions"),
    "clicks": _("Clicks"),
    "sends": _("Sends"),
    "opens": _("Opens"),
}
MONEY = frozenset(("revenue", "spend"))
OF_SPEND = frozenset(("spend", "entries", "priced", *SPEND_COUNTS))
MAIN = ("leads", "booked", "completed", "revenue", "spend")
NAMES = {"primary": "leads", "revenue_minor": "revenue", "amount_minor": "spend"}
Value = int | None  # None: unknown, since nobody told it
Values = dict[str, Value]


class Difference(NamedTuple):
    """One figure of a campaign (0: of none), or of a part of it, at both moments."""

    campaign_id: int
    part: tuple[tuple[str, str], ...]  # columns and values; empty: the campaign's own figure
    measure: str
    old: Value
    new: Value


def by_campaign(sums: Mapping[str, Sums]) -> dict[int, Values]:
    """All measures of each campaign that has any."""
    found: dict[int, Values] = {}
    for book in BOOKS:
        for (campaign, *_rest), values in _grouped(book, sums[book.fact], lambda key: key[:1]):
            found.setdefault(int(campaign), {}).update(values)
    return {pk: nothing() | values for pk, values in found.items()}


def nothing() -> Values:
    """The measures where there is neither a lead nor an entry of spend."""
    empty = _values(LEADS, (0,) * len(LEADS.measures))
    return empty | _values(SPEND, (0,) * len(SPEND.measures))


def whole(sums: Mapping[str, Sums]) -> Values:
    """The measures of the month itself."""
    found = nothing()
    for book in BOOKS:
        for _key, values in _grouped(book, sums[book.fact], lambda _key: ()):
            found |= values
    return found


def differences(old: Mapping[str, Sums], new: Mapping[str, Sums]) -> list[Difference]:
    """By campaign; where its own figure is the same and those of its parts are not, by part.

    In the order of campaigns and measures.
    """
    found = [one for book in BOOKS for one in _of_book(book, old[book.fact], new[book.fact])]
    place = {name: n for n, name in enumerate(MEASURES)}
    return sorted(found, key=lambda one: (one.campaign_id, place[one.measure]))


def _of_book(book: Book, old: Sums, new: Sums) -> Iterator[Difference]:
    changed = {int(key[0]) for key in {*old, *new} if old.get(key) != new.get(key)}

    def grouped(sums: Sums, by: Callable[[Key], Key]) -> dict[Key, Values]:
        own = {key: numbers for key, numbers in sums.items() if key[0] in changed}
        return dict(_grouped(book, own, by))

    empty = _values(book, (0,) * len(book.measures))
    campaigns = [grouped(sums, lambda key: key[:1]) for sums in (old, new)]
    parts = [grouped(sums, lambda key: key) for sums in (old, new)]
    keys: dict[int, list[Key]] = {}
    for key in sorted({*parts[0], *parts[1]}):
        keys.setdefault(int(key[0]), []).append(key)
    for campaign in sorted(changed):
        own = [one.get((campaign,), empty) for one in campaigns]
        for measure in empty:
            if own[0][measure] != own[1][measure]:
                yield Difference(campaign, (), measure, own[0][measure], own[1][measure])
                continue
            for key in keys[campaign]:
                before, after = (one.get(key, empty)[measure] for one in parts)
                if before != after:
                    yield Difference(campaign, _part(book, key), measure, before, after)


def _part(book: Book, key: Key) -> tuple[tuple[str, str], ...]:
    pairs = zip(book.key[1:], key[1:], strict=True)
    return tuple((column, str(value)) for column, value in pairs)


def _grouped(book: Book, sums: Sums, by: Callable[[Key], Key]) -> Iterable[tuple[Key, Values]]:
    found: dict[Key, Numbers] = {}
    for key, numbers in sums.items():
        group = by(key)
        before = found.get(group, (0,) * len(numbers))
        found[group] = tuple(map(sum, zip(before, numbers, strict=True)))
    return ((group, _values(book, numbers)) for group, numbers in found.items())


def _values(book: Book, numbers: Numbers) -> Values:
    """By the names of `MEASURES`; unknown where no entry told it."""
    of = dict(zip(book.measures, numbers, strict=True))
    values: Values = {NAMES.get(name, name): value for name, value in of.items()}
    if book is SPEND:
        for name in SPEND_COUNTS:
            told = values.pop(f"told_{name}")
            values[name] = values[name] if told else None
        values["spend"] = values["spend"] if of["priced"] else None
    return values
