"""The order of rows: what may be ranked first, then what may not, whatever the sort."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any, Generic, Protocol, TypeVar

from reports.cautious import rank_value, ranked_by_end
from reports.dimensions import IN_TIME
from reports.metrics import METRICS, Values

DEFAULT_SORT = "-leads"
GROUPS = ("ranked", "unranked", "maturing", "thin")  # of a ranking, in the order of the page


class Rankable(Protocol):
    @property
    def order(self) -> str: ...  # of the name
    @property
    def dimension(self) -> str: ...
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

    def grouped(self) -> list[tuple[str, R]]:
        """All rows in their order, each with its group."""
        return [(group, row) for group in GROUPS for row in getattr(self, group)]


def rank(rows: Iterable[R], sort: str) -> Ranking[R]:
    """Sort by a metric of the registry or by "label"; "-" in front means descending.

    What chance gives a range is ranked by its cautious end (`reports.cautious`). Raises ValueError
    for any other name. Equal values keep the order they came in.
    """
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    if name != "label" and name not in METRICS:
        names = ", ".join(("label", *METRICS))
        raise ValueError(f"A report cannot be sorted by {name}, but by {names}.")
    by_end = ranked_by_end(name)
    ripens = name in METRICS and METRICS[name].ripens
    groups: dict[str, list[tuple[Any, R]]] = {
        "ranked": [],
        "unranked": [],
        "maturing": [],
        "thin": [],
    }
    for row in rows:
        value: Any = row.order
        if name != "label":
            value = (
                rank_value(row.values, name, descending=descending) if by_end else row.values[name]
            )
        if row.thin:
            group = "thin"
        elif ripens and row.maturing:
            group = "maturing"
        else:
            group = "unranked" if value is None else "ranked"
        groups[group].append((value, row))
    return Ranking(**{group: _ordered(found, descending) for group, found in groups.items()})


def default_sort(dimension: str) -> str:
    """Most leads first; months, weekdays and hours as they follow one another."""
    return "label" if dimension in IN_TIME else DEFAULT_SORT


def parts_in_order(rows: Sequence[R], sort: str) -> list[tuple[str, R]]:
    """What a row is split into, each with its group: as `rank` says, or as they follow one another
    in time. That is no ranking, so there those with few leads stand where they belong."""
    if not goes_by_time(rows, sort):
        return rank(rows, sort).grouped()
    ordered = sorted(rows, key=attrgetter("order"), reverse=sort.startswith("-"))
    return [("thin" if row.thin else "ranked", row) for row in ordered]


def goes_by_time(rows: Sequence[R], sort: str) -> bool:
    """Whether these rows are months or the like, and in their own order."""
    return bool(rows) and rows[0].dimension in IN_TIME and sort.removeprefix("-") == "label"


def _ordered(rows: list[tuple[Any, R]], descending: bool) -> list[R]:
    """By value, rows without one last in either direction."""
    known = sorted(
        (pair for pair in rows if pair[0] is not None), key=itemgetter(0), reverse=descending
    )
    return [row for _, row in known] + [row for value, row in rows if value is None]
