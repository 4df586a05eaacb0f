"""A digest is tried out: shown, or sent at once to the person who asks."""

import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from reports.plainly import Told
from reports.saved import keeping
from reports.saved.models import SavedView
from reports.sending import digests, mail
from reports.sending.delivering import Stop
from reports.sending.models import Addressed, Subscription
from reports.sending.transport import NotReady, Refused
from reports.snapshot import TookTooLong

logger = logging.getLogger(__name__)


class NotSent(Exception):  # noqa: N818 - reads as what is the matter
    """Why nothing was sent, in words for the person."""


def preview(user: Any, subscription: Subscription) -> str:
    """The plain text of the digest as this person would see it now. Raises Stop."""
    view, content = _content(user, subscription)
    return mail.as_text(content, digests.link(view))


def goes_to(user: Any, subscription: Subscription) -> str:
    """Where a try goes: to the person, or to the channel of Slack; empty without an address."""
    by_slack = subscription.channel == Addressed.Channel.SLACK
    return _("the Slack channel") if by_slack else user.email


def send_now(user: Any, subscription: Subscription) -> str:
    """Send it to the person who asks. Returns what was done; raises NotSent."""
    where = goes_to(user, subscription)
    if not where:
        raise NotSent(_("Your account has no e-mail address. Ask whoever runs the site to add it."))
    try:
        view, content = _content(user, subscription)
        address = digests.slack_address(subscription)
        to = [] if address else [user.email]
        way = digests.way_of(content, view, to, address, digests.named())
        way.open()
        try:
            way.hand_over()
        finally:
            way.close()
    except (Stop, NotReady, Refused) as why:
        raise NotSent(_("Not sent. %(why)s") % {"why": why}) from why
    except ValidationError as error:
        raise NotSent(" ".join(error.messages)) from error
    except OSError as error:
        logger.exception("A try of digest %s broke off", subscription.pk)
        raise NotSent(_("It broke off while it was sent: it may have arrived.")) from error
    return _("Sent to %(where)s.") % {"where": where}


def _content(user: Any, subscription: Subscription) -> tuple[SavedView, Told]:
    view = keeping.find(user, subscription.view_id) if subscription.view_id else None
    if view is None or view.company_id != subscription.company_id:
        raise Stop(_("You do not see the view of this digest. Choose another one."))
    try:
        return view, digests.content_of(view, user)
    except TookTooLong as error:
        raise Stop(_("The report takes too long to count. Choose a simpler view.")) from error
