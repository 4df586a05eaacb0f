"""Digests: which are due, and what is in them."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from attribution.models import Company
from attribution.webhooks.sealing import unseal
from reports.plainly import Told, told, view_for
from reports.saved.menu import url_of
from reports.saved.models import SavedView
from reports.sending import delivering, mail, people, schedule, slack
from reports.sending.delivering import Stop, new_message_id
from reports.sending.models import Addressed, Delivery, Subscription
from reports.sending.transport import ByMail, BySlack, Way


def plan(company: Company, now: datetime) -> int:
    """A delivery for each digest that is due: of all that were missed the last one alone."""
    active = Subscription.objects.filter(company=company, active=True)
    due = {one: schedule.latest(one, company.zone, now) for one in active}
    due = {one: found for one, found in due.items() if found[1] >= one.since}
    if not due:
        return 0
    keys = {day.isoformat() for day, _instant in due.values()}
    rows = Delivery.objects.filter(company=company, subscription__in=due, key__in=keys)
    known = set(rows.values_list("subscription_id", "key"))
    planned = 0
    for one, (day, instant) in due.items():
        if (one.pk, day.isoformat()) not in known:
            planned += _plan(one, day.isoformat(), instant)
    return planned


def _plan(subscription: Subscription, key: str, due_at: datetime) -> int:
    """Another process may have planned it a moment ago: the database allows one."""
    mine = {"company": subscription.company, "due_at": due_at, "message_id": named()}
    _row, made = Delivery.objects.get_or_create(subscription=subscription, key=key, defaults=mine)
    if made:
        older = Delivery.objects.filter(
            subscription=subscription, state=delivering.State.DUE, due_at__lt=due_at
        )
        older.update(
            state=delivering.State.SKIPPED,
            error=gettext("The next one was due before it could be sent."),
        )
    return int(made)


def ready(delivery: Delivery) -> Way:
    """The digest as it is to be sent. Raises Stop; then the subscription is paused."""
    subscription = delivery.subscription
    if subscription is None or not subscription.active:
        raise Stop(gettext("The digest is paused."))
    if delivery.due_at < subscription.since:
        raise Stop(gettext("It was due before the digest was switched on or changed."))
    try:
        view = people.allowed_view(subscription)
        to = people.check_addressed(subscription)
        address = slack_address(subscription)
    except Stop as why:
        subscription.pause(str(why))
        raise
    content = content_of(view, subscription.owner)
    delivery.addressed = len(to) or 1
    return way_of(content, view, to, address, delivery.message_id)


def content_of(view: SavedView, user: object) -> Told:
    """What the view shows this person now."""
    return told(view_for(user, view.company, view.state), view.name)


def way_of(content: Told, view: SavedView, to: list[str], address: str, message_id: str) -> Way:
    """By mail to these addresses; without any, to Slack."""
    url = link(view)
    if not to:
        return BySlack(address, slack.payload(content, url))
    text, html = mail.as_text(content, url), mail.as_html(content, url)
    return ByMail(mail.message(mail.subject(content), text, html, to, message_id))


def slack_address(sent: Addressed) -> str:
    """The webhook's address; empty for mail. Raises Stop when it cannot be read any more."""
    if sent.channel != Addressed.Channel.SLACK:
        return ""
    address = unseal(sent.sealed_address)
    if not address:
        raise Stop(gettext("The address of the webhook is missing. Enter it again."))
    return address


def link(view: SavedView) -> str:
    """The view on the page, where the program knows its own address."""
    return f"{settings.SITE_URL}{url_of(view, view.company)}" if settings.SITE_URL else ""


def named() -> str:
    """A new Message-ID."""
    return new_message_id(settings.SITE_URL.rpartition("/")[2].partition(":")[0] or "localhost")


def next_due(subscription: Subscription) -> datetime:
    return schedule.following(subscription, subscription.company.zone, timezone.now())
