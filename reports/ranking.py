"""The order of rows: what may be ranked first, then what may not, whatever the sort."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from reports.metrics import METRICS, Values


class Rankable(Protocol):
    @property
    def label(self) -> str: ...
    @property
    def values(self) -> Values: ...
    @property
    def thin(self) -> bool: ...
    @property
    def maturing(self) -> bool: ...


R = TypeVar("R", bound=Rankable)


@dataclass(frozen=True, slots=True)
class Ranking(Generic[R]):
    """Rows in groups that follow one another: only the first is a ranking."""

    ranked: list[R]
    unranked: list[R]  # the metric is unknown for them
    maturing: list[R]  # too young for a rate that still rises
    thin: list[R]  # too few leads

    def __iter__(self) -> Iterator[R]:
        return iter([*self.ranked, *self.unranked, *self.maturing, *self.thin])


def rank(rows: Iterable[R], sort: str) -> Ranking[R]:
    """Sort by a metric of the registry or by "label"; "-" in front means descending.

    Raises ValueError for any other name. Equal values keep the order they came in.
    """
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    if name != "label" and name not in METRICS:
        names = ", ".join(("label", *METRICS))
        raise ValueError(f"A report cannot be sorted by {name}, but by {names}.")
    ripens = name in METRICS and METRICS[name].ripens
    groups: dict[str, list[R]] = {"ranked": [], "unranked": [], "maturing": [], "thin": []}
    for row in rows:
        groups[_group(row, name, ripens)].append(row)
    ordered = {group: _ordered(found, name, descending) for group, found in groups.items()}
    return Ranking(**ordered)


def _group(row: Rankable, name: str, ripens: bool) -> str:
    if row.thin:
        return "thin"
    if ripens and row.maturing:
        return "maturing"
    return "ranked" if name == "label" or row.values[name] is not None else "unranked"


def _ordered(rows: list[R], name: str, descending: bool) -> list[R]:
    """By value, rows without one last in either direction."""
    if name == "label":
        return sorted(rows, key=lambda row: row.label.casefold(), reverse=descending)
    known = [row for row in rows if row.values[name] is not None]
    unknown = [row for row in rows if row.values[name] is None]
    known.sort(key=lambda row: row.values[name] or 0, reverse=descending)
    return known + unknown
