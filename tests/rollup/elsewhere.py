"""Other connections for a test: each has its thread, and does one thing after another."""

import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

from django.db import connection, transaction

from attribution import scope
from reports.rollup import refresh as refreshing
from tests.rollup.comparing import fetch

PATIENCE = 60  # seconds until a test gives up; none of them waits for time to pass


class Elsewhere:
    """A connection of its own, used as `with Elsewhere() as writer:`."""

    def __enter__(self):
        self.thread = ThreadPoolExecutor(1)
        self.block = None
        self.backend = self.do(lambda: fetch("SELECT pg_backend_pid()")[0][0])
        return self

    def __exit__(self, *_):
        self.do(lambda: connection.close())  # the one of that thread
        self.thread.shutdown()

    def start(self, function, *args, **named):
        """Do it there, and go on here; returns a future."""

        def scoped():
            with scope.all_companies():
                return function(*args, **named)

        return self.thread.submit(scoped)

    def do(self, function, *args, **named):
        return self.start(function, *args, **named).result(PATIENCE)

    def begin(self):
        self.block = transaction.atomic()
        self.do(self.block.__enter__)

    def commit(self):
        self.do(self.block.__exit__, None, None, None)

    def until_it_waits(self):
        """Return when it waits for a lock that somebody else holds."""
        end = monotonic() + PATIENCE
        sql = "SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted"
        while not fetch(sql, self.backend):
            assert monotonic() < end, "it does not wait for anybody"
            sleep(0.01)


class Stop:
    """A refresh stops before this step, once, until it may go on."""

    def __init__(self, monkeypatch, step):
        real = getattr(refreshing, step)
        self.reached, self.go, self.used = threading.Event(), threading.Event(), False

        def stopping(*args):
            if not self.used:
                self.used = True
                self.reached.set()
                assert self.go.wait(PATIENCE)
            return real(*args)

        monkeypatch.setattr(refreshing, step, stopping)

    def wait(self):
        assert self.reached.wait(PATIENCE)
