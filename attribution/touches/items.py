"""One touch as it was sent or read from a file, before it is stored."""

from datetime import datetime
from typing import NamedTuple

from attribution.utm import Captured


class TouchItem(NamedTuple):
    """A visit: when, and its raw values."""

    at: datetime
    captured: Captured
