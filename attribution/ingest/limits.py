"""The limits of each key, and the count of answers that say "too many"."""

import threading
import time

from django.conf import settings

from attribution.capture import refusals
from attribution.capture.doors import Door
from attribution.ingest import throttling
from attribution.ingest.answers import Problem
from attribution.models.ingest import DeliveryCount, IngestKey

COUNTED_EVERY = 5.0  # seconds: a flood of refused requests must not become one of writes


def per_minute(key: IngestKey) -> int:
    """Events a minute; 0: no limit."""
    return settings.INGEST_PER_MINUTE if key.per_minute is None else key.per_minute


def check(key: IngestKey, door: Door) -> None:
    """429 when the key has used up its minute."""
    try:
        throttling.check(key.pk, per_minute(key))
    except Problem:
        OVER.note(key, door)
        raise
    OVER.settle(key, door)


def take(key: IngestKey, events: int) -> None:
    throttling.take(key.pk, per_minute(key), events)


def check_visitor(key: IngestKey, door: Door) -> None:
    """429 when one address sends too much with a browser's key, which anybody can copy; the
    others go on sending."""
    if not door.ip:
        return
    name, most = (key.pk, door.ip), settings.INGEST_VISITOR_PER_MINUTE
    try:
        throttling.check(name, most)
    except Problem:
        OVER.note(key, door)
        raise
    throttling.take(name, most, 1)


class Over:
    """How often each key was answered with 429, written every few seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: dict[int, int] = {}
        self._written: dict[int, float] = {}

    def note(self, key: IngestKey, door: Door) -> None:
        with self._lock:
            self._counted[key.pk] = self._counted.get(key.pk, 0) + 1
        self.settle(key, door)

    def settle(self, key: IngestKey, door: Door) -> None:
        """Write what was counted and is not written yet, when it is due."""
        if key.pk not in self._counted:
            return
        now = time.monotonic()
        with self._lock:
            if now < self._written.get(key.pk, float("-inf")) + COUNTED_EVERY:
                return
            number = self._counted.pop(key.pk, 0)
            self._written[key.pk] = now
        if number:
            what = DeliveryCount.What.OVER_RATE.value
            refusals.count(key.company, door, what, number)

    def clear(self) -> None:
        with self._lock:
            self._counted.clear()
            self._written.clear()


OVER = Over()
