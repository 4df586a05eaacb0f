"""Alerts: a figure is looked at, and one message is sent when it is off and one when it is well.

The state changes in the same transaction in which the message is put down to be sent: whoever dies
before has changed nothing, whoever dies after has left a message that waits.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext

from attribution.models import Company
from reports.plainly import moment, view_for
from reports.saved.models import SavedView
from reports.sending import digests, judging, mail, people, slack
from reports.sending.delivering import Stop
from reports.sending.judging import Finding
from reports.sending.models import Alert, Delivery
from reports.sending.transport import ByMail, BySlack, Way
from reports.snapshot import TookTooLong

EVERY = timedelta(minutes=15)
# A figure that goes up and down sends one message of each kind in this time, and no more.
QUIET = timedelta(hours=1)
logger = logging.getLogger(__name__)


def check(company: Company, now: datetime) -> int:
    """Look at the alerts whose time has come. Returns how many messages were put down."""
    due = Q(checked_at=None) | Q(checked_at__lte=now - EVERY)
    rows = Alert.objects.filter(due, company=company, active=True)
    return sum(_check(alert, now) for alert in rows.select_related("company", "view", "owner"))


def _check(alert: Alert, now: datetime) -> int:
    mine = Alert.objects.filter(pk=alert.pk, checked_at=alert.checked_at)
    if not mine.update(checked_at=now):
        return 0  # another process looks at it
    try:
        finding = found(alert)
    except Stop as why:
        alert.pause(str(why))
        return 0
    except TookTooLong:
        return _settle(alert, Finding(None, gettext("The report takes too long to count.")), now)
    return _settle(alert, finding, now)


def found(alert: Alert) -> Finding:
    """How the figure stands, as the person sees it on whose behalf it is watched. Raises Stop."""
    view = people.allowed_view(alert)
    people.check_addressed(alert)
    return judging.look(alert, view_for(alert.owner, alert.company, _state_of(alert, view)))


def _state_of(alert: Alert, view: SavedView) -> str:
    """A campaign has a row of its own only where rows are campaigns."""
    if alert.campaign_id is None:
        return view.state
    asked = QueryDict(view.state, mutable=True)
    for name in ("group", "then"):
        asked.pop(name, None)
    return asked.urlencode()


def _settle(alert: Alert, finding: Finding, now: datetime) -> int:
    """Change the state where the finding says so, and put the message down."""
    said, changed = finding.said[:300], _change(alert, finding, now)
    if not changed:
        Alert.objects.filter(pk=alert.pk).update(said=said)
        return 0
    fired = changed["state"] == Alert.State.FIRED
    tell = fired or alert.state == Alert.State.FIRED
    with transaction.atomic():
        rows = Alert.objects.filter(pk=alert.pk, state=alert.state, active=True)
        if not rows.update(said=said, **changed) or not tell:
            return 0
        Delivery.objects.create(
            company=alert.company,
            alert=alert,
            key=f"{changed['state']} {now:%Y-%m-%dT%H:%M:%S}",
            due_at=now,
            message_id=digests.named(),
            text={"fired": fired, "said": said, "at": moment(now, alert.company)},
        )
    return 1


def _change(alert: Alert, finding: Finding, now: datetime) -> dict[str, Any]:
    """The columns that change; none where nothing can be told, or it was told a moment ago."""
    if finding.off is None:
        return {}
    wanted = Alert.State.FIRED if finding.off else Alert.State.NORMAL
    if wanted == alert.state:
        return {}
    if wanted == Alert.State.FIRED:
        return {} if _lately(alert.fired_at, now) else {"state": wanted, "fired_at": now}
    if alert.state == Alert.State.UNKNOWN:
        return {"state": wanted}  # it was never off: there is nothing to tell
    return {} if _lately(alert.recovered_at, now) else {"state": wanted, "recovered_at": now}


def _lately(told: datetime | None, now: datetime) -> bool:
    return told is not None and now - told < QUIET


def ready(delivery: Delivery) -> Way:
    """The message as it is to be sent. Raises Stop; then the alert is paused."""
    alert = delivery.alert
    if alert is None or not alert.active:
        raise Stop(gettext("The alert is paused."))
    try:
        view = people.allowed_view(alert)
        to = people.check_addressed(alert)
        address = digests.slack_address(alert)
    except Stop as why:
        alert.pause(str(why))
        raise
    delivery.addressed = len(to) or 1
    title, lines, url = _title(alert, delivery, view), _lines(alert, delivery), digests.link(view)
    if not to:
        return BySlack(address, slack.words_payload(title, lines, url))
    text, html = mail.words_text(title, lines, url), mail.words_html(title, lines, url)
    return ByMail(mail.message(title, text, html, to, delivery.message_id))


def _title(alert: Alert, delivery: Delivery, view: SavedView) -> str:
    begins = gettext("Off: %(what)s") if delivery.text["fired"] else gettext("Well again: %(what)s")
    what = gettext("%(figure)s in “%(view)s”, %(company)s") % {
        "figure": alert.metric_label,
        "view": view.name,
        "company": alert.company.name,
    }
    return begins % {"what": what}


def _lines(alert: Alert, delivery: Delivery) -> list[str]:
    of = alert.campaign.name if alert.campaign else ""
    return [
        delivery.text["said"],
        *([gettext("Campaign: %(name)s") % {"name": of}] if of else []),
        gettext("As of %(moment)s.") % {"moment": delivery.text["at"]},
        gettext("Another message comes when this changes.")
        if delivery.text["fired"]
        else gettext("It was off before."),
    ]
