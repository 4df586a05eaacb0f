"""What a tick does for a company: plans what is due, looks at alerts, sends what waits."""

import logging
from datetime import datetime

from django.db import DatabaseError
from django.utils import timezone

from attribution import scope
from attribution.models import Company
from reports.sending import alerts, delivering, digests
from reports.sending.models import Delivery
from reports.sending.transport import NotReady, Way

OPEN = (*delivering.WAITING, delivering.State.SENDING)
logger = logging.getLogger(__name__)


def send_due(company: Company) -> int:
    """Send the company's digests and alerts that are due. Returns how many were sent.

    Where one fails the others have their turn; where a server is away, the next tick tries again.
    """
    with scope.company_scope([company.pk]):
        now = timezone.now()
        digests.plan(company, now)
        _look(company, now)
        rows = Delivery.objects.filter(company=company, state__in=OPEN)
        waiting = list(
            rows.select_related("subscription__company", "alert__company").order_by("due_at", "pk")
        )
        if any(one.state == delivering.State.SENDING for one in waiting):
            delivering.mark_unsure(company.pk, now)
        return sum(_send(waiting))


def _send(waiting: list[Delivery]) -> list[bool]:
    away: set[str] = set()
    sent = []
    for delivery in waiting:
        what = delivery.subscription or delivery.alert
        if what is None or what.channel in away or delivery.state not in delivering.WAITING:
            continue
        try:
            sent.append(delivering.deliver(delivery, ready))
        except NotReady as why:
            logger.warning("Delivery %s waits: %s", delivery.pk, why)
            away.add(what.channel)
        except DatabaseError:
            raise
        except Exception:
            logger.exception("Delivery %s could not be made ready", delivery.pk)
    return sent


def ready(delivery: Delivery) -> Way:
    """The message of a digest or of an alert. Raises Stop."""
    return alerts.ready(delivery) if delivery.alert_id else digests.ready(delivery)


def _look(company: Company, now: datetime) -> None:
    try:
        alerts.check(company, now)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("Alerts of company %s could not be looked at", company.pk)
