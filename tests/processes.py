"""Processes of their own, for tests that kill them or let them race.

They are forked from one that has loaded the program and has asked no database yet: to load it takes
longer than most of what they do.
"""

import multiprocessing
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.loaded"])
pipe = _context.Pipe


def start(database: str, work: Callable[..., None], *arguments: Any) -> BaseProcess:
    """`work` on a database of the engine under test: its name on PostgreSQL, its file on SQLite."""
    process = _context.Process(target=_on, args=(database, work, *arguments))
    process.start()
    return process


def ended(process: BaseProcess) -> int | None:
    """0, 1 after an exception, or less: the signal that killed it."""
    process.join()
    return process.exitcode


def _on(database: str, work: Callable[..., None], *arguments: Any) -> None:
    from django.db import connection

    assert connection.connection is None
    connection.settings_dict["NAME"] = database
    work(*arguments)
