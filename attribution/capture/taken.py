"""What became of one item that was sent."""

from typing import NamedTuple

from attribution.capture.values import Refused

STORED, REPEATED, REFUSED = "stored", "repeated", "refused"
CHANGED, SAME, WAITING = "changed", "same", "waiting"  # of bookings


class Taken(NamedTuple):
    """`status`: stored, repeated, changed, same, waiting or refused."""

    status: str
    id: str
    kind: str = ""  # of a lead
    reason: str = ""  # why it is of that kind
    differs: bool = False  # a repeated lead that was captured with other values
    notes: tuple[str, ...] = ()
    error: Refused | None = None
