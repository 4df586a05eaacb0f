"""Single items that arrive at the same time are stored in one transaction, without a thread each.

The same as `together`, for a server that waits for all of its requests in one event loop: while a
turn is stored in a thread, the next ones line up.
"""

import asyncio
from collections.abc import Hashable
from concurrent.futures import Executor
from typing import Any

from attribution.ingest.together import GATHERING, MOST, SOON, TIMES, Outcome, Work, outcomes

Waiting = tuple[Any, asyncio.Future[Any]]


class Turns:
    """Lines by name, such as those of each ingest key; all of one event loop."""

    def __init__(self, threads: Executor, shared: tuple[type[BaseException], ...] = ()) -> None:
        self._threads, self._shared = threads, shared
        self._lines: dict[Hashable, list[Waiting]] = {}  # there while somebody is at work
        self._crowded = float("-inf")  # when the last turn of several ended
        self._last = 0  # items of the last turn
        self._at_work: set[asyncio.Task[None]] = set()  # else nothing would hold them

    async def take(self, name: Hashable, item: Any, work: Work) -> Any:
        """What `work` returns for this item, or raises."""
        waiting = item, asyncio.get_running_loop().create_future()
        if name in self._lines:
            self._lines[name].append(waiting)
        else:
            self._lines[name] = [waiting]
            task = asyncio.create_task(self._serve(name, work))
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)
        return await waiting[1]

    async def _serve(self, name: Hashable, work: Work) -> None:
        """Turn by turn, until nobody waits."""
        loop = asyncio.get_running_loop()
        while self._lines[name]:
            if loop.time() - self._crowded < SOON:
                await self._gather(name)
            line = self._lines[name]
            turn, self._lines[name] = line[:MOST], line[MOST:]
            items = [item for item, _ in turn]
            try:
                stored = loop.run_in_executor(self._threads, outcomes, items, work, self._shared)
                found = await stored
            except RuntimeError as failure:  # the server ends, and takes no more
                found = [Outcome(failure=failure)] * len(turn)
            for (_, future), outcome in zip(turn, found, strict=True):
                _tell(future, outcome)
            self._last = len(turn)
            if len(turn) > 1:
                self._crowded = loop.time()
        del self._lines[name]

    async def _gather(self, name: Hashable) -> None:
        """As long as more come, or until as many are there as the last time."""
        known = 0
        for _ in range(TIMES):
            there = len(self._lines[name])
            if there == known or there >= self._last:
                return
            known = there
            await asyncio.sleep(GATHERING)


def _tell(future: asyncio.Future[Any], outcome: Outcome) -> None:
    if future.done():  # whoever sent it has gone
        return
    if outcome.failure is not None:
        future.set_exception(outcome.failure)
    else:
        future.set_result(outcome.result)
