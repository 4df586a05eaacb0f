"""Python's collector of garbage, told to look less often."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 100_000  # new objects, instead of 700; as in the web processes


@contextmanager
def seldom_collected() -> Iterator[None]:
    """While rows are read they come by the thousand, are never in circles, and go as they came.
    Looking through them, and from time to time through the whole program, took two fifths of the
    time of reading a file.
    """
    usual = gc.get_threshold()
    if usual[0] >= MANY:
        yield
        return
    gc.set_threshold(MANY, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
