"""How many events a minute: a token bucket for each key, and for each visitor of a browser's key.

The buckets are in this process; each of the WEB_CONCURRENCY processes gives out its share of the
limit, so no request waits for another process or writes a row. A bucket holds a minute's share.
A batch is taken when anything is left, and may leave a debt that later requests wait for.
"""

import math
import threading
import time
from collections import OrderedDict

from django.conf import settings

from attribution.ingest.answers import Problem

MOST_BUCKETS = 20_000  # those that were not used for longest are forgotten: they are full again


class Buckets:
    """Tokens by name; safe among threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[object, tuple[float, float]] = OrderedDict()  # tokens, and when

    def wait(self, name: object, per_minute: float, now: float) -> float:
        """Seconds until something may be taken; 0 when it may now."""
        with self._lock:
            tokens = self._tokens(name, per_minute, now)
        return 0.0 if tokens >= 1 else (1 - tokens) * 60 / per_minute

    def take(self, name: object, per_minute: float, number: int, now: float) -> None:
        with self._lock:
            self._found[name] = (self._tokens(name, per_minute, now) - number, now)
            self._found.move_to_end(name)
            if len(self._found) > MOST_BUCKETS:
                self._found.popitem(last=False)

    def _tokens(self, name: object, per_minute: float, now: float) -> float:
        full = max(1.0, per_minute)
        tokens, then = self._found.get(name, (full, now))
        return min(full, tokens + max(0.0, now - then) * per_minute / 60)

    def clear(self) -> None:
        with self._lock:
            self._found.clear()


BUCKETS = Buckets()


def check(name: object, per_minute: int, share: bool = True) -> None:
    """429 when the bucket is empty; 0 a minute means no limit."""
    if seconds := seconds_to_wait(name, per_minute, share):
        raise Problem(
            429,
            "too_many",
            f"More than {per_minute:,} events a minute. Send the same again later.",
            headers={"Retry-After": str(math.ceil(seconds))},
        )


def seconds_to_wait(name: object, per_minute: int, share: bool = True) -> float:
    """Until the bucket holds something; 0 when it does, and where there is no limit."""
    rate = _rate(per_minute, share)
    return BUCKETS.wait(name, rate, time.monotonic()) if rate else 0.0


def take(name: object, per_minute: int, number: int, share: bool = True) -> None:
    if rate := _rate(per_minute, share):
        BUCKETS.take(name, rate, number, time.monotonic())


def _rate(per_minute: int, share: bool) -> float:
    return per_minute / (settings.INGEST_PROCESSES if share else 1)
