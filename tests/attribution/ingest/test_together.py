"""Items that arrive at the same time are stored in one turn, and each gets its own outcome."""

import threading
from time import monotonic
from types import SimpleNamespace

import pytest

from attribution.ingest import together as module
from attribution.ingest.together import NotStored, Together
from tests.attribution.ingest.desk import Desk, Shared


class ThreadDesk(Desk):
    """Those who come are threads, in whatever order."""

    noted = staticmethod(sorted)

    def __init__(self):
        super().__init__()
        self.together = Together(shared=(Shared,))
        self.outcomes = {}

    def send(self, item, line="a"):
        def run():
            try:
                self.outcomes[item] = self.together.take(line, item, self.work)
            except Exception as failure:
                self.outcomes[item] = type(failure)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def one_at_work_and_others(self, *items):
        first = [self.send("first")]
        assert self.at_work.wait(10)
        others = [self.send(item) for item in items]
        while len(self.together._lines["a"]) < len(items):
            pass
        self.go.set()
        for thread in first + others:
            thread.join(10)
        return self


def test_who_waits_goes_together():
    desk = ThreadDesk().one_at_work_and_others("x", "y", "z")
    assert desk.turns == [["first"], ["x", "y", "z"]]
    assert desk.outcomes == {"first": "FIRST", "x": "X", "y": "Y", "z": "Z"}
    assert desk.together._lines == {}


def test_one_that_fails_keeps_no_other_out():
    desk = ThreadDesk().one_at_work_and_others("x", "bad", "z")
    assert desk.turns[1:] == [["bad", "x", "z"], *([one] for one in desk_order(desk))]
    assert desk.outcomes == {"first": "FIRST", "x": "X", "bad": ValueError, "z": "Z"}
    assert desk.together._lines == {}


def desk_order(desk):
    """The three alone, in the order in which they stood in the line."""
    alone = [turn[0] for turn in desk.turns[2:]]
    assert sorted(alone) == ["bad", "x", "z"]
    return alone


def test_a_failure_that_all_share_is_not_tried_again():
    desk = ThreadDesk().one_at_work_and_others("x", "away")
    assert desk.turns == [["first"], ["away", "x"]]
    assert desk.outcomes == {"first": "FIRST", "x": Shared, "away": Shared}


def test_lines_do_not_wait_for_each_other():
    desk = ThreadDesk()
    one, two = desk.send("x", "a"), None
    assert desk.at_work.wait(10)
    two = desk.send("y", "b")
    while len(desk.turns) < 2:
        pass
    desk.go.set()
    one.join(10)
    two.join(10)
    assert desk.outcomes == {"x": "X", "y": "Y"}


def test_a_turn_has_a_bound(monkeypatch):
    monkeypatch.setattr("attribution.ingest.together.MOST", 2)
    desk = ThreadDesk().one_at_work_and_others("v", "w", "x", "y", "z")
    assert [len(turn) for turn in desk.turns] == [1, 2, 2, 1]
    assert len(desk.outcomes) == 6


def test_alone_there_is_no_line():
    desk = ThreadDesk()
    desk.go.set()
    assert desk.together.take("a", "x", desk.work) == "X"
    with pytest.raises(ValueError, match="bad"):
        desk.together.take("a", "bad", desk.work)
    assert desk.turns == [["x"], ["bad"]]


def test_who_has_gone_is_not_asked_to_lead(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    desk = ThreadDesk()
    first = desk.send("first")
    assert desk.at_work.wait(10)
    desk.send("gone").join(10)
    assert desk.outcomes["gone"] is NotStored
    desk.go.set()
    first.join(10)
    assert desk.together._lines == {}
    assert desk.together.take("a", "next", desk.work) == "NEXT"
    assert desk.turns == [["first"], ["next"]]


def test_who_comes_soon_after_a_turn_of_several_waits_for_the_others(monkeypatch):
    desk = ThreadDesk().one_at_work_and_others("x", "y")
    monkeypatch.setattr(module, "SOON", 60)

    def until_another_comes(_seconds):
        while not desk.together._lines["a"]:
            pass

    monkeypatch.setattr(
        module, "time", SimpleNamespace(monotonic=monotonic, sleep=until_another_comes)
    )
    threads = [desk.send("p"), desk.send("q")]
    for thread in threads:
        thread.join(10)
    assert desk.turns == [["first"], ["x", "y"], ["p", "q"]]


def test_who_comes_later_waits_for_nobody(monkeypatch):
    monkeypatch.setattr(module, "SOON", 0)
    desk = ThreadDesk().one_at_work_and_others("x", "y")
    monkeypatch.setattr(module, "GATHERING", 60)
    desk.send("p").join(10)
    assert desk.turns[-1] == ["p"]
