"""A message is sent once, also when the sender dies at any moment.

No mail server can be asked whether it took a message, so between handing over and its answer nobody
can know. What is done about it: a delivery is claimed (`preparing`), everything is made ready and
the server is connected to; only then, and only if the claim still stands, the row says `sending`,
and the message goes. Whoever died before `sending` has sent nothing: after a while it is the turn
of somebody else. Whoever died in `sending` may have sent it: it is never sent again by itself, but
shown as "may have been sent", with a button. The Message-ID stays the same at every try.
"""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from reports.sending.models import Delivery
from reports.sending.transport import NotReady, Refused, Way

# A sender is given up after this. It is longer than a report and the connecting may take.
LEASE = timedelta(minutes=10)
TRY_FOR = timedelta(hours=24)  # after it was due
State = Delivery.State
WAITING = (State.DUE, State.PREPARING)
Make = Callable[[Delivery], Way]
logger = logging.getLogger(__name__)


class Stop(Exception):  # noqa: N818 - reads as what is to be done
    """It must not be sent at all; the text says why."""


def deliver(delivery: Delivery, make: Make) -> bool:
    """Send what is due, if it is our turn. Returns whether it was sent.

    `make` makes the message ready; it raises `Stop` when it must not be sent. The row is read anew.
    """
    claim = _claim(delivery)
    if not claim:
        return False
    try:
        way = make(delivery)
    except Stop as why:
        _finish(delivery, claim, State.SKIPPED, str(why))
        return False
    except Exception as error:
        _later(delivery, claim, type(error).__name__)
        raise
    try:
        way.open()
    except NotReady as why:
        _later(delivery, claim, str(why))
        raise
    try:
        return _hand_over(delivery, claim, way)
    finally:
        way.close()


def _claim(delivery: Delivery) -> str:
    """A token when it is our turn, else nothing: only one of many gets it."""
    now, token = timezone.now(), secrets.token_hex(16)
    free = Q(state=State.DUE) & (Q(claimed_at=None) | Q(claimed_at__lte=now))
    left = Q(state=State.PREPARING, claimed_at__lte=now - LEASE)
    rows = Delivery.objects.filter(free | left, pk=delivery.pk)
    if not rows.update(state=State.PREPARING, claim=token, claimed_at=now, error=""):
        return ""
    delivery.refresh_from_db()
    return token if delivery.claim == token else ""


def _hand_over(delivery: Delivery, claim: str, way: Way) -> bool:
    mine = Delivery.objects.filter(pk=delivery.pk, state=State.PREPARING, claim=claim)
    if not mine.update(state=State.SENDING, addressed=delivery.addressed):
        return False  # it took so long that somebody else has it now
    try:
        way.hand_over()
    except Refused as why:
        if why.again:
            _later(delivery, claim, str(why))
        else:
            _finish(delivery, claim, State.FAILED, str(why))
        return False
    except Exception as error:
        logger.exception("Delivery %s may have been sent", delivery.pk)
        _finish(delivery, claim, State.UNSURE, _broke_off(type(error).__name__))
        return False
    _finish(delivery, claim, State.SENT, "")
    return True


def _mine(delivery: Delivery, claim: str) -> "QuerySet[Delivery]":
    return Delivery.objects.filter(pk=delivery.pk, claim=claim)


def _finish(delivery: Delivery, claim: str, state: str, error: str) -> None:
    _mine(delivery, claim).update(state=state, error=error[:300], done_at=timezone.now())
    delivery.refresh_from_db()


def _later(delivery: Delivery, claim: str, why: str) -> None:
    """Try again after 1, 2, 4 … minutes, an hour at most; for a day."""
    if timezone.now() > delivery.due_at + TRY_FOR:
        _finish(delivery, claim, State.FAILED, why)
        return
    wait = timedelta(minutes=min(2 ** min(delivery.attempts, 6), 60))
    _mine(delivery, claim).update(
        state=State.DUE,
        claimed_at=timezone.now() + wait,
        attempts=F("attempts") + 1,
        error=why[:300],
    )
    delivery.refresh_from_db()


def mark_unsure(company_id: int, now: datetime) -> int:
    """Deliveries whose sender died while it handed them over."""
    died = Delivery.objects.filter(
        company=company_id, state=State.SENDING, claimed_at__lte=now - LEASE
    )
    return died.update(state=State.UNSURE, error=_broke_off(""), done_at=now)


def send_again(delivery: Delivery) -> bool:
    """A person decided that it is to be sent once more; under the same Message-ID."""
    ended = Delivery.objects.filter(pk=delivery.pk, state__in=(State.UNSURE, State.FAILED))
    return bool(
        ended.update(
            state=State.DUE, claimed_at=None, attempts=0, done_at=None, due_at=timezone.now()
        )
    )


def new_message_id(domain: str) -> str:
    """A name for the message that stays at every try."""
    return f"<{secrets.token_hex(16)}@{domain}>"


def _broke_off(what: str) -> str:
    said = gettext("It broke off while the message was handed over")
    return f"{said} ({what})." if what else f"{said}."
