"""Single items that arrive at the same time in one process are stored in one transaction.

A transaction costs more than a lead. Whoever comes first stores; who comes meanwhile waits for the
next turn and goes together with all others who wait. A request that comes alone waits for nobody,
but shortly after a turn of several it gives the others a moment to come back. Each is answered only
after its own transaction is committed.
"""

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

Work = Callable[[Sequence[Any]], Sequence[Any]]
MOST = 100  # items of one turn
# While there is a line anyway, a turn waits for others as long as more come: so many times so many
# seconds at most. A larger turn costs hardly more.
GATHERING, TIMES = 0.001, 6
SOON = 0.02  # seconds after a turn of several: those who were in it may come again
PATIENCE = 60.0  # seconds; the database's own limits end a turn long before


class NotStored(RuntimeError):  # noqa: N818 - reads as what happened
    """The turn that an item waited for did not end."""


class Outcome(NamedTuple):
    """What became of an item."""

    result: Any = None
    failure: BaseException | None = None


def outcomes(
    items: Sequence[Any], work: Work, shared: tuple[type[BaseException], ...] = ()
) -> list[Outcome]:
    """Of a turn, in its order.

    `shared`: what keeps a whole turn from being stored. After any other failure each of the turn is
    tried alone, so that one keeps no other out.
    """
    try:
        results = work(items)
        return [Outcome(result) for _, result in zip(items, results, strict=True)]
    except BaseException as failure:
        if len(items) > 1 and not isinstance(failure, shared):
            return [outcomes([item], work, shared)[0] for item in items]
        return [Outcome(failure=failure) for _ in items]


class _Place:
    """One who waits in the line."""

    __slots__ = ("done", "item", "outcome")

    def __init__(self, item: Any) -> None:
        self.item = item
        self.outcome: Outcome | None = None
        self.done = threading.Event()  # without an outcome: to lead the next turn


class Together:
    """Lines by name, such as those of each ingest key; `shared` as in `outcomes`."""

    def __init__(self, shared: tuple[type[BaseException], ...] = ()) -> None:
        self._shared = shared
        self._lock = threading.Lock()
        self._lines: dict[Hashable, list[_Place]] = {}  # there while somebody is at work
        self._crowded = float("-inf")  # when the last turn of several ended

    def take(self, name: Hashable, item: Any, work: Work) -> Any:
        """What `work` returns for this item, or raises."""
        place = _Place(item)
        with self._lock:
            line = self._lines.get(name)
            if line is not None:
                line.append(place)
            else:
                self._lines[name] = []
        if line is not None:
            self._wait(name, place)
            if place.outcome is not None:
                return _told(place.outcome)
        try:
            is_alone = line is None and time.monotonic() - self._crowded > SOON
            turn = [place] if is_alone else self._turn(name, place)
            found = outcomes([one.item for one in turn], work, self._shared)
            for one, outcome in zip(turn, found, strict=True):
                one.outcome = outcome
                one.done.set()
            if len(turn) > 1:
                self._crowded = time.monotonic()
        finally:
            self._pass_on(name)
        return _told(found[0])

    def _wait(self, name: Hashable, place: _Place) -> None:
        """Until it was stored, or is to lead. Raises NotStored, and then stands in no line: nobody
        passes the lead on to one who has gone.
        """
        if place.done.wait(PATIENCE):
            return
        with self._lock:
            line = self._lines.get(name, [])
            is_waiting = place in line
            if is_waiting:
                line.remove(place)
        # Else it has just been called, or is being stored.
        if is_waiting or not place.done.wait(PATIENCE):
            raise NotStored("The turn before did not end.")

    def _turn(self, name: Hashable, place: _Place) -> list[_Place]:
        """The one who leads, and who has come since."""
        line, known = self._lines[name], -1
        for _ in range(TIMES):
            if len(line) == known:
                break
            known = len(line)
            time.sleep(GATHERING)
        with self._lock:
            line = self._lines[name]
            rest, self._lines[name] = line[: MOST - 1], line[MOST - 1 :]
        return [place, *rest]

    def _pass_on(self, name: Hashable) -> None:
        """The first in the line leads the next turn."""
        with self._lock:
            line = self._lines[name]
            if not line:
                del self._lines[name]
                return
            following = line.pop(0)
        following.done.set()


def _told(outcome: Outcome) -> Any:
    if outcome.failure is not None:
        raise outcome.failure
    return outcome.result
