"""The order of rows: what may be ranked first, then what may not, whatever the sort."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Generic, Protocol, TypeVar

from reports.cautious import rank_value, ranked_by_end
from reports.metrics import METRICS, Values

DEFAULT_SORT = "-leads"


class Rankable(Protocol):
    @property
    def order(self) -> str: ...  # of the name
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


def _ordered(rows: list[tuple[Any, R]], descending: bool) -> list[R]:
    """By value, rows without one last in either direction."""
    known = sorted(
        (pair for pair in rows if pair[0] is not None), key=itemgetter(0), reverse=descending
    )
    return [row for _, row in known] + [row for value, row in rows if value is None]
