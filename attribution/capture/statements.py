"""Statements about bookings, in any order: of each field the latest one holds.

A field that a sender leaves out says nothing. Where two statements are of the same moment, the
one that goes further holds, so every order of arrival ends the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from attribution.models import Booking

RANK = {status: n for n, status in enumerate(("cancelled", "booked", "no_show", "completed"))}
FIELDS = ("lead", "status", "booked_at", "completed_at", "value")


def moment(instant: datetime) -> str:
    """A text that sorts as the moments do."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(slots=True)
class Known:
    """What is known of one booking, and of which moment each value is."""

    lead: str = ""
    status: str = ""
    booked_at: datetime | None = None
    completed_at: datetime | None = None
    value: tuple[int, str] | None = None  # minor units, currency
    stated: dict[str, str] = field(default_factory=dict)

    def hear(self, said: Mapping[str, Any], as_of: datetime) -> bool:
        """Takes over what is later than what is known; returns whether anything changed."""
        at, changed = moment(as_of), False
        for name, value in said.items():
            if value is None or value == "":
                continue
            known_at, known = self.stated.get(name, ""), getattr(self, name)
            if at > known_at or (at == known_at and _goes_further(name, value, known)):
                changed |= value != known or at != known_at
                setattr(self, name, value)
                self.stated[name] = at
        first = self.stated.get("first", at)
        if at <= first:
            changed |= "first" not in self.stated or ("booked_at" not in self.stated and at < first)
            self.stated["first"] = at
        return changed

    def settled(self) -> tuple[str, datetime, datetime | None]:
        """Status, when booked and when completed, with what follows where nothing was said."""
        status = self.status or Booking.Status.BOOKED.value
        booked_at = self.booked_at or _instant(self.stated["first"])
        completed_at = self.completed_at
        if completed_at is None and status == Booking.Status.COMPLETED.value:
            at = self.stated.get("status")
            completed_at = _instant(at) if at else booked_at
        return status, booked_at, completed_at


def decided(when: datetime) -> dict[str, str]:
    """Every value is of this moment: a person or a file has said all that there is to say."""
    return dict.fromkeys((*FIELDS, "first"), moment(when))


def _goes_further(name: str, value: Any, known: Any) -> bool:
    if name == "status":
        return RANK[value] > RANK.get(known, -1)
    return known is None or value > known


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
