"""Any other tool: JSON, or a plain form, with a mapping of one's own."""

from collections.abc import Iterator, Mapping
from typing import Any

from attribution.capture.items import Refused
from attribution.models import Refusal
from attribution.webhooks import signatures
from attribution.webhooks.shapes.base import MOST_EVENTS, Event, Shape


class Custom(Shape):
    """Paths lead through the payload as it is. A list is as many events."""

    name = "custom"
    label = "Another tool"
    verify = signatures.own
    secret_is = "What your program signs with, as X-Signature-256."  # noqa: S105
    gives_up = False

    @classmethod
    def events(cls, payload: Any) -> Iterator[Event]:
        found = payload if isinstance(payload, list) else [payload]
        if len(found) > MOST_EVENTS:
            text = f"It holds {len(found):,} events; send at most {MOST_EVENTS} at a time."
            raise Refused(Refusal.Why.TOO_LARGE.value, "", text)
        for one in found:
            if not isinstance(one, Mapping):
                text = "Send a JSON object with fields, or a list of such."
                raise Refused(Refusal.Why.NOT_MAPPED.value, "", text)
            yield Event(one, one)
