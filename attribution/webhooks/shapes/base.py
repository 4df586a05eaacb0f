"""What every shape of payload has in common."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

from attribution.capture.items import Refused
from attribution.models import Refusal
from attribution.utm import CLICK_IDS
from attribution.webhooks.mapping import UTM, Mapped
from attribution.webhooks.signatures import Check

LEAD, BOOKING = "lead", "booking"
MOST_EVENTS = 500  # in one request


class Event(NamedTuple):
    """One thing that happened, as mappings read it."""

    data: Mapping[str, Any]  # what paths lead through
    sent: Any  # as it came: what is kept when it is refused, and can be sent in again
    parts: tuple[str, ...] = (LEAD, BOOKING)  # what it makes
    after: str = ""  # id of the booking that it takes the place of


class Shape(ABC):
    """One tool: how it signs, and what its payloads are made of.

    `events` puts what mappings need under short names that stay (`id`, `at`, `answers.…`), beside
    the whole payload under `payload`.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    verify: ClassVar[Check]
    secret_is: ClassVar[str]  # where the person finds what it signs with
    mapping: ClassVar[Mapped] = Mapped()
    # Senders that stop sending after some errors get 200 for what they cannot put right.
    gives_up: ClassVar[bool] = True
    asks_first: ClassVar[bool] = False  # by GET, whether the address is meant

    @classmethod
    @abstractmethod
    def events(cls, payload: Any) -> Iterator[Event]:
        """The events of a payload; none where it is about something else. Raises Refused."""


def not_this(shape: type[Shape], missing: str) -> Refused:
    """What was sent is not of this tool."""
    text = f"This is nothing that {shape.label} sends: it has no “{missing}”."
    return Refused(Refusal.Why.NOT_MAPPED.value, missing[:60], text)


def obj(value: Any) -> Mapping[str, Any]:
    """The value, if it is an object; else an empty one."""
    return value if isinstance(value, Mapping) else {}


def rows(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; empty where there is none."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else "" if value is None else str(value)


def carried(*places: str) -> dict[str, Any]:
    """UTM values, click ids and the rest of what a page knows, wherever a form may carry it."""
    names: dict[str, tuple[str, ...]] = {name: (name,) for name in UTM}
    names |= {f"click_ids.{name}": (name,) for name in sorted(CLICK_IDS)}
    names |= {
        "referrer": ("referrer",),
        "landing_page": ("landing_page", "page_url"),
        "touches": ("cp_touches",),
    }
    return {
        field: [f"{place}.{name}" for place in places for name in spellings]
        for field, spellings in names.items()
    }
