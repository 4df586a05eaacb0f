"""In an event loop, too: what arrives at the same time is stored in one turn."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from attribution.ingest import turns as module
from attribution.ingest.turns import Turns
from tests.attribution.ingest.desk import Desk, Shared


class LoopDesk(Desk):
    """Those who come are tasks of one loop."""

    def __init__(self):
        super().__init__()
        self.threads = ThreadPoolExecutor(4)
        self.line = Turns(self.threads, (Shared,))

    async def send(self, item, line="a"):
        try:
            return await self.line.take(line, item, self.work)
        except Exception as failure:
            return type(failure)

    async def first_and_others(self, *items):
        """What becomes of one at work, and of these, who come meanwhile."""
        first = asyncio.create_task(self.send("first"))
        while not self.turns:
            await asyncio.sleep(0)
        others = [asyncio.create_task(self.send(item)) for item in items]
        while len(self.line._lines["a"]) < len(items):
            await asyncio.sleep(0)
        self.go.set()
        return await asyncio.gather(first, *others)


def run(scenario):
    desk = LoopDesk()
    found = asyncio.run(scenario(desk))
    assert desk.line._lines == {}
    assert not desk.line._at_work
    return desk.turns, found


def test_who_waits_goes_together():
    turns, found = run(lambda desk: desk.first_and_others("x", "y", "z"))
    assert turns == [["first"], ["x", "y", "z"]]
    assert found == ["FIRST", "X", "Y", "Z"]


def test_one_that_fails_keeps_no_other_out():
    turns, found = run(lambda desk: desk.first_and_others("x", "bad", "z"))
    assert turns == [["first"], ["x", "bad", "z"], ["x"], ["bad"], ["z"]]
    assert found == ["FIRST", "X", ValueError, "Z"]


def test_a_failure_that_all_share_is_not_tried_again():
    turns, found = run(lambda desk: desk.first_and_others("x", "away"))
    assert turns == [["first"], ["x", "away"]]
    assert found == ["FIRST", Shared, Shared]


def test_a_turn_has_a_bound(monkeypatch):
    monkeypatch.setattr(module, "MOST", 2)
    turns, found = run(lambda desk: desk.first_and_others("v", "w", "x", "y", "z"))
    assert turns == [["first"], ["v", "w"], ["x", "y"], ["z"]]
    assert found == ["FIRST", "V", "W", "X", "Y", "Z"]


def test_lines_do_not_wait_for_each_other():
    async def scenario(desk):
        sent = [asyncio.create_task(desk.send(item, item)) for item in "xy"]
        while len(desk.turns) < 2:
            await asyncio.sleep(0)
        desk.go.set()
        return await asyncio.gather(*sent)

    turns, found = run(scenario)
    assert sorted(turns) == [["x"], ["y"]]
    assert found == ["X", "Y"]


def test_who_has_gone_is_stored_all_the_same():
    async def scenario(desk):
        gone = asyncio.create_task(desk.send("gone"))
        while not desk.turns:
            await asyncio.sleep(0)
        gone.cancel()
        other = asyncio.create_task(desk.send("other"))
        await asyncio.sleep(0)
        desk.go.set()
        return await other

    assert run(scenario) == ([["gone"], ["other"]], "OTHER")


@pytest.mark.parametrize(("soon", "together"), [(60, [["p", "q"]]), (0, [["p"], ["q"]])])
def test_soon_after_a_turn_of_several_the_next_waits_for_the_others(monkeypatch, soon, together):
    monkeypatch.setattr(module, "SOON", soon)
    monkeypatch.setattr(module, "GATHERING", 0.01)

    async def scenario(desk):
        await desk.first_and_others("x", "y")
        del desk.turns[:]
        one = asyncio.create_task(desk.send("p"))
        while not desk.line._lines:
            await asyncio.sleep(0)
        while not soon and not desk.turns:  # it does not wait
            await asyncio.sleep(0)
        return await asyncio.gather(one, desk.send("q"))

    assert run(scenario) == (together, ["P", "Q"])


def test_when_the_server_ends_nobody_waits_for_ever():
    async def scenario(desk):
        desk.threads.shutdown()
        return await desk.send("late")

    assert run(scenario) == ([], RuntimeError)
