"""What was sent, item by item: read, stored, or set aside with its reason."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DataError, IntegrityError, transaction

from attribution.capture import bookings, refusals, store
from attribution.capture.doors import Door
from attribution.capture.items import read_booking, read_lead
from attribution.capture.taken import REFUSED, REPEATED, SAME, Taken
from attribution.capture.values import Refused
from attribution.ingest import body
from attribution.models import Company, DeliveryCount, Refusal

logger = logging.getLogger(__name__)
Why = Refusal.Why


@dataclass(frozen=True, slots=True)
class Kind:
    """What may be sent to one address."""

    what: str
    read: Callable[[Any], Any]
    take: Callable[[Company, Door, Sequence[Any]], list[Taken]]


LEADS = Kind(Refusal.What.LEAD.value, read_lead, store.take_leads)
BOOKINGS = Kind(Refusal.What.BOOKING.value, read_booking, bookings.take_bookings)


def take_all(
    company: Company, door: Door, kind: Kind, sent: Sequence[Any], *, may_be_large: bool = False
) -> list[Taken]:
    """What became of each, in their order; what is refused keeps only itself out.

    What is stored is stored before what is refused is set aside: whoever gets no answer sends all
    of it again.
    """
    items: list[Any] = []
    refused: dict[int, Refused] = {}
    for place, data in enumerate(sent):
        try:
            if may_be_large:
                _check_size(data)
            items.append(kind.read(data))
        except Refused as found:
            refused[place] = found
    done = iter(stored(company, door, kind, items))
    taken = [
        Taken(REFUSED, "", error=refused[place]) if place in refused else next(done)
        for place in range(len(sent))
    ]
    wrong = [place for place, one in enumerate(taken) if one.error is not None]
    if wrong:
        with transaction.atomic():
            for place in wrong:
                taken[place] = _kept(company, door, kind, sent[place], taken[place])
    return taken


def stored(company: Company, door: Door, kind: Kind, items: Sequence[Any]) -> list[Taken]:
    """What became of each. One that the database cannot hold keeps none of the others out."""
    if not items:
        return []
    try:
        taken = kind.take(company, door, items)
    except (DataError, IntegrityError) as fault:
        # Without the fault's own words, which name values of persons.
        logger.error("%d items were not stored: %s", len(items), type(fault).__name__)
        if len(items) > 1:
            return [stored(company, door, kind, [item])[0] for item in items]
        return [Taken(REFUSED, items[0].id, error=Refused(Why.FAILED.value, "", _FAILED))]
    if again := sum(one.status in (REPEATED, SAME) for one in taken):
        refusals.count(company, door, DeliveryCount.What.REPEATED.value, again)
    return taken


_FAILED = "The database cannot hold it as it is. It is kept for whoever looks after the program."


def _kept(company: Company, door: Door, kind: Kind, data: Any, taken: Taken) -> Taken:
    """Set aside, with its reason and as it was sent."""
    refused = taken.error or Refused(Why.FAILED.value, "", _FAILED)
    if body.is_deep(data):
        data, refused = {}, Refused(Why.INVALID.value, "", str(body.too_deep()))
    sent_id = data.get("id") if isinstance(data, dict) else None
    own = sent_id if isinstance(sent_id, str) else ""
    payload = "" if refused.why == Why.TOO_LARGE else as_json(data)
    refusals.keep(company, door, kind.what, payload, refused, own)
    return Taken(REFUSED, own[:220], error=refused)


def as_json(data: Any) -> str:
    """As a person reads it, and as it can be sent in again."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)


def _check_size(data: Any) -> None:
    """The size that an item has without blanks, in UTF-8."""
    try:
        text = as_json(data)
    except RecursionError:
        raise Refused(Why.INVALID.value, "", str(body.too_deep())) from None
    if len(text) * 4 > body.ITEM_BYTES:
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > body.ITEM_BYTES:
            text = f"It has {size:,} bytes; an item may have {body.ITEM_BYTES:,}."
            raise Refused(Why.TOO_LARGE.value, "", text)
