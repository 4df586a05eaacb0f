"""Work that a test lets go when it wants, and that remembers its turns."""

import threading


class Shared(Exception):  # noqa: N818
    """What keeps a whole turn from being stored."""


class Desk:
    """What is brought to it is done in capitals, but for `bad` and `away`."""

    noted = list  # of a turn

    def __init__(self):
        self.turns = []
        self.go = threading.Event()
        self.at_work = threading.Event()

    def work(self, items):
        self.turns.append(self.noted(items))
        self.at_work.set()
        self.go.wait(10)
        if "bad" in items:
            raise ValueError("bad")
        if "away" in items:
            raise Shared
        return [item.upper() for item in items]
