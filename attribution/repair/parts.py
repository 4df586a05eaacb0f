"""Long lists of ids in parts: a statement takes only so many."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

MOST_IDS = 10_000
T = TypeVar("T")


def parts(values: Iterable[T], most: int = MOST_IDS) -> Iterator[list[T]]:
    rest = iter(values)
    while part := list(islice(rest, most)):
        yield part
