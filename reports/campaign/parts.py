"""What a campaign's leads are made of: the way from impression to customer, and small tables."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar
from urllib.parse import quote

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from reports import formatting, small_charts
from reports.answer import Row
from reports.campaign.facts import DayFacts
from reports.links import BOOKED, Links
from reports.metrics import METRICS, Interval, Value, interval

MOST_PARTS = 8  # of a table; what is left stands in one row
MONDAY = date(2024, 1, 1)
# Each step, and the rate that leads to it; leads over clicks are in no registry.
STEPS = (
    ("impressions", "", ""),
    ("clicks", "ctr", gettext_lazy("of the impressions")),
    ("leads", "", gettext_lazy("of the clicks")),
    ("booked", "booked_rate", gettext_lazy("of the leads")),
    ("completed", "show_rate", gettext_lazy("of those who booked")),
)


@dataclass(frozen=True)
class Step:
    """One step of the way, and how many of the step before came as far."""

    label: str
    number: str
    rate: str
    of: str
    range: str
    bar: SafeString | str


def funnel(row: Row) -> list[Step]:
    """Unknown is a dash, and so is the rate of what is unknown or of nothing.

    Leads that were chosen by an outcome are not all that the clicks brought.
    """
    values = row.values
    is_whole = "cost_per_lead" not in row.tally.terms.untold
    found = []
    for name, rate, of in STEPS:
        share, ends = values[rate] if rate else None, interval(values, rate) if rate else None
        if name == "leads" and is_whole:
            share = _share(values["leads"], values["clicks"])
        found.append(
            Step(
                label=str(METRICS[name].label),
                number=formatting.count(values[name]),
                rate=formatting.rate(share) if of else "",
                of=str(of) if share is not None else "",
                range=_range(row, rate, ends),
                bar=_bar(row, name),
            )
        )
    return found


def _share(part: Value, whole: Value) -> Value:
    return None if part is None or not whole else Decimal(part) / Decimal(whole)


def _range(row: Row, rate: str, ends: Interval | None) -> str:
    """The range of chance, or where a rate that still rises may end up."""
    if said := row.note_of(rate):
        return said
    return formatting.interval(ends) if ends else ""


def _bar(row: Row, name: str) -> SafeString | str:
    """Of people only: impressions are so many that all else would vanish beside them."""
    if name not in ("leads", "booked", "completed"):
        return ""
    return small_charts.bar(int(row.values[name] or 0), row.leads)


@dataclass(frozen=True)
class Part:
    """The leads of one source, country or weekday."""

    label: str
    leads: int
    booked: int
    rate: str
    range: str
    thin: bool
    url: str = ""
    booked_url: str = ""


@dataclass(frozen=True)
class Table:
    """One way to part the leads, and whether the parts are all of them."""

    name: str
    title: str
    parts: list[Part]
    proof: str
    holds: bool


def tables(facts: Sequence[DayFacts], row: Row, links: Links, thin_below: int) -> list[Table]:
    """By source, by country, and by the weekday of the day that counts.

    None under a model that splits: shares of leads add up to the card only as exact fractions.
    """
    if links.query.attribution.splits:
        return []

    is_told = "booked_rate" not in row.tally.terms.untold

    def table(name: str, title: str, parts: list[Part]) -> Table:
        told = parts if is_told else [replace(one, rate=formatting.DASH, range="") for one in parts]
        return Table(name, title, told, *_proof(parts, row))

    def of(parameter: str) -> Callable[[str], str]:
        of_row = f"&campaign={row.key}&{parameter}="
        return lambda key: links.behind("leads", of_row + quote(key, safe=""))

    by_source = _added_up(facts, lambda one: one.source)
    by_country = _added_up(facts, lambda one: one.country)
    return [
        table("source", gettext("By source"), _most(by_source, of("source"), thin_below)),
        table("country", gettext("By country"), _most(by_country, of("country"), thin_below)),
        table("weekday", gettext("By weekday"), _weekdays(facts, of("weekday"), thin_below)),
    ]


Key = TypeVar("Key", str, int)
Sums = tuple[int, int]  # leads and, of them, booked


def _added_up(facts: Iterable[DayFacts], key_of: Callable[[DayFacts], Key]) -> dict[Key, Sums]:
    found: dict[Key, Sums] = defaultdict(lambda: (0, 0))
    for one in facts:
        leads, booked = found[key_of(one)]
        found[key_of(one)] = leads + int(one.leads), booked + int(one.booked)
    return found


def _most(sums: dict[str, Sums], url_of: Callable[[str], str], thin_below: int) -> list[Part]:
    """Those with most leads; the others in one row."""
    order = sorted(sums.items(), key=lambda one: (-one[1][0], one[0]))
    shown, rest = order[:MOST_PARTS], order[MOST_PARTS:]
    if len(rest) == 1:
        shown, rest = order, []
    parts = [
        _part(key or gettext("(none)"), *counts, thin_below, url_of(key)) for key, counts in shown
    ]
    if rest:
        leads, booked = (sum(numbers) for numbers in zip(*(one[1] for one in rest), strict=True))
        label = gettext("%(n)s others") % {"n": formatting.count(len(rest))}
        parts.append(_part(label, leads, booked, thin_below))
    return parts


def _weekdays(
    facts: Iterable[DayFacts], url_of: Callable[[str], str], thin_below: int
) -> list[Part]:
    """All seven, Monday first."""
    sums = _added_up(facts, lambda one: one.day.isoweekday())
    return [
        _part(
            date_format(MONDAY + timedelta(days=n - 1), "l"),
            *sums.get(n, (0, 0)),
            thin_below,
            url_of(str(n)),
        )
        for n in range(1, 8)
    ]


def _part(label: str, leads: int, booked: int, thin_below: int, url: str = "") -> Part:
    values = {"leads": leads, "booked": booked, "booked_rate": _share(booked, leads)}
    ends = interval(values, "booked_rate")
    return Part(
        label=label,
        leads=leads,
        booked=booked,
        rate=formatting.rate(values["booked_rate"]),
        range=formatting.interval(ends) if ends and leads < thin_below else "",
        thin=0 < leads < thin_below,
        url=url if leads else "",
        booked_url=url + BOOKED if url and booked else "",
    )


def _proof(parts: Iterable[Part], row: Row) -> tuple[str, bool]:
    """That the parts are the leads of the card, and their bookings."""
    leads = booked = 0
    for part in parts:
        leads, booked = leads + part.leads, booked + part.booked
    holds = (leads, booked) == (row.values["leads"], row.values["booked"])
    words = {
        "leads": formatting.count(leads),
        "booked": formatting.count(booked),
        "all": formatting.count(row.values["leads"]),
        "all_booked": formatting.count(row.values["booked"]),
    }
    if holds:
        return gettext("together %(leads)s leads, %(booked)s booked, as above ✓") % words, True
    return (
        gettext(
            "together %(leads)s leads, %(booked)s booked; above stand %(all)s and %(all_booked)s ✗"
        )
        % words,
        False,
    )
