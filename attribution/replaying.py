"""Refused events are sent in again: as they came, or corrected by a person.

Each goes the way of the door by which it came, with the time at which it came. A webhook's payload
is read by the mapping that the source has now.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from attribution.capture.doors import WEBHOOK, Door
from attribution.capture.items import Refused
from attribution.ingest import body
from attribution.ingest.answers import Problem
from attribution.masking import HIDDEN
from attribution.models import Refusal, WebhookSource
from attribution.webhooks import reading, taking
from attribution.webhooks.reading import Found
from attribution.webhooks.trying import Shown

State = Refusal.State
OPEN = (State.WAITING, State.DISMISSED)


class Outcome(NamedTuple):
    """What became of one that was sent in again, in words; `stored`: it is done with."""

    stored: bool
    text: str


def preview(refusal: Refusal, payload: str) -> list[Shown]:
    """What the payload would make now. Stores nothing."""
    try:
        found = _found(refusal, payload)
    except Refused as refused:
        return [Shown([], [], problem=refused.text, field=refused.field)]
    return [_shown(one) for one in found]


def send(refusal: Refusal, payload: str, user: Any) -> Outcome:
    """Stores what it makes, all of it or nothing. Of two at once one does it."""
    try:
        with transaction.atomic():
            return _sent(refusal, payload, user)
    except Refused as refused:
        where = f"{refused.field}: " if refused.field else ""
        return Outcome(False, f"{where}{refused.text}")
    except DatabaseError:
        return Outcome(False, _("The database would not store it. Nothing was changed."))


def dismiss(refusals: Any, user: Any) -> int:
    """Nothing more is to be done with these. Returns how many."""
    waiting = refusals.filter(state=State.WAITING)
    found: int = waiting.update(
        state=State.DISMISSED, settled_at=timezone.now(), settled_by=user.pk
    )
    return found


def masked(payload: str) -> str:
    """The payload without its texts, for those who may not see who somebody is."""
    try:
        data = body.parse(payload.encode("utf-8", "surrogatepass"))
    except Problem:
        return HIDDEN
    return json.dumps(_masked(data), ensure_ascii=False, indent=1)


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _masked(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_masked(one) for one in value]
    return value if value is None or isinstance(value, bool) else HIDDEN


def _sent(refusal: Refusal, payload: str, user: Any) -> Outcome:
    rows = Refusal.objects.select_for_update(of=("self",)).filter(pk=refusal.pk, state__in=OPEN)
    locked = rows.select_related("company").first()
    if locked is None:
        return Outcome(False, _("Somebody has settled it meanwhile."))
    found = _found(locked, payload)
    for one in found:
        if one.refused is not None:
            raise one.refused
    result = taking.Result()
    door = Door(locked.came_by, locked.arrived_at, locked.key)
    taking.take_found(locked.company, door, found, result, _raise)
    locked.state = State.STORED
    locked.settled_at, locked.settled_by = timezone.now(), user
    locked.payload = ""  # it stands in the lead now, as far as the company keeps it
    locked.save()
    return Outcome(True, _in_words(result))


def _raise(what: str, sent: str, refused: Refused, id: str) -> None:
    raise refused


def _found(refusal: Refusal, payload: str) -> list[Found]:
    """Raises Refused."""
    if not payload.strip():
        raise Refused(refusal.why, "", _("What was sent is not kept, so there is nothing to send."))
    if refusal.came_by.startswith(WEBHOOK):
        found = taking.events_of(_source(refusal), payload)
        if not found:
            text = _("It is about something that this webhook does not take: dismiss it.")
            raise Refused(Refusal.Why.NOT_MAPPED.value, "", text)
        return found
    try:
        data = body.parse(payload.encode("utf-8", "surrogatepass"))
    except Problem as problem:
        raise Refused(Refusal.Why.INVALID.value, "", problem.body["error"]["message"]) from None
    is_booking = refusal.what == Refusal.What.BOOKING
    made = Found(payload, booking=data) if is_booking else Found(payload, lead=data)
    made.items()
    return [made]


def _source(refusal: Refusal) -> WebhookSource:
    name = refusal.came_by.removeprefix(WEBHOOK)
    source = WebhookSource.objects.filter(company=refusal.company_id, name=name).first()
    if source is None:
        text = _("There is no webhook “%(name)s” any more.") % {"name": name}
        raise Refused(Refusal.Why.NOT_MAPPED.value, "", text)
    return source


def _shown(one: Found) -> Shown:
    lead, booking = reading.fields_of(one.lead), reading.fields_of(one.booking)
    if one.refused is not None:
        return Shown(lead, booking, problem=one.refused.text, field=one.refused.field)
    return Shown(lead, booking, one.after)


def _in_words(result: taking.Result) -> str:
    if result.waiting:
        return _("It is stored, and waits for its lead.")
    if result.repeated and not result.stored:
        return _("It was here already: nothing was added.")
    return _("It is stored.")
