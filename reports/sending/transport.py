"""The two ways out, each in two steps: what may fail before anything leaves, and the handing over.

`Refused` is a clear no of the other side: nothing was delivered. After any other error in the
second step nobody knows whether the message arrived.
"""

import http.client
import json
import logging
import smtplib
import ssl
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.translation import gettext

SECONDS = 20  # that the other side may take for each answer
LONGEST_ANSWER = 300
logger = logging.getLogger(__name__)


class NotReady(Exception):  # noqa: N818 - reads as what is the matter
    """Nothing has left, and it may be tried again."""


class Refused(Exception):  # noqa: N818
    """The other side said no: nothing was delivered. `again` says whether to try later."""

    def __init__(self, why: str, *, again: bool) -> None:
        super().__init__(why)
        self.again = again


class Way(Protocol):
    """A connection to whoever delivers the message."""

    def open(self) -> None:
        """Connect and sign in. Raises NotReady."""

    def hand_over(self) -> None:
        """Let the message go. Raises Refused; anything else may have happened on the way back."""

    def close(self) -> None:
        """End the connection; errors do not matter any more."""


def mail_is_set_up() -> bool:
    """Whether there is a server that mails can be given to."""
    by_smtp = settings.EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend"
    return bool(settings.EMAIL_HOST) or not by_smtp


class ByMail:
    """One message to all its recipients, in one conversation with the mail server."""

    def __init__(self, message: EmailMultiAlternatives) -> None:
        self.message = message
        self.connection = get_connection(fail_silently=False, timeout=SECONDS)

    def open(self) -> None:
        if not mail_is_set_up():
            raise NotReady(gettext("Mail is not set up on this server (EMAIL_HOST)."))
        try:
            self.connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise NotReady(_short(error)) from error

    def hand_over(self) -> None:
        try:
            self.connection.send_messages([self.message])
        except (
            smtplib.SMTPRecipientsRefused,
            smtplib.SMTPSenderRefused,
            smtplib.SMTPDataError,
        ) as error:
            raise Refused(_short(error), again=_passing(error)) from error

    def close(self) -> None:
        try:
            self.connection.close()
        except (OSError, smtplib.SMTPException):
            logger.info("The mail server hung up by itself.")


def _passing(error: smtplib.SMTPException) -> bool:
    """Whether the server said that it may work later: codes from 400 to 499."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(400 <= code < 500 for code, _text in error.recipients.values())
    code = getattr(error, "smtp_code", 0)
    return 400 <= code < 500


def check_slack_address(url: str) -> str:
    """The address of an incoming webhook, cleaned. Raises ValidationError in words for a person.

    Only https and only hosts that are named in the settings: the server cannot be sent elsewhere.
    """
    try:
        parts = urlsplit(url.strip())
        plain = parts.port is None and not parts.username and not parts.password
    except ValueError:
        plain = False
    hosts = settings.SLACK_HOSTS
    if not plain or parts.scheme != "https" or parts.hostname not in hosts:
        raise ValidationError(
            gettext("Paste the address of an incoming webhook: https://%(host)s/services/…")
            % {"host": hosts[0] if hosts else "hooks.slack.com"}
        )
    if not parts.path.strip("/") or parts.query or parts.fragment or not url.strip().isascii():
        raise ValidationError(gettext("The address of the webhook is not whole. Copy it again."))
    return f"https://{parts.hostname}{parts.path}"


class BySlack:
    """One message to an incoming webhook. Redirects are not followed."""

    def __init__(self, url: str, payload: dict[str, Any]) -> None:
        parts = urlsplit(check_slack_address(url))
        self.path = parts.path
        self.body = json.dumps(payload).encode()
        self.connection = http.client.HTTPSConnection(
            parts.hostname or "", timeout=SECONDS, context=ssl.create_default_context()
        )

    def open(self) -> None:
        try:
            self.connection.connect()
        except (OSError, http.client.HTTPException) as error:
            raise NotReady(_short(error)) from error

    def hand_over(self) -> None:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        self.connection.request("POST", self.path, self.body, headers)
        answer = self.connection.getresponse()
        said = answer.read(LONGEST_ANSWER).decode("utf-8", "replace")
        if answer.status == 429:
            raise Refused(gettext("Slack takes no more messages just now."), again=True)
        if 300 <= answer.status < 500:
            raise Refused(
                gettext("Slack refused it: %(code)s %(text)s")
                % {"code": answer.status, "text": said},
                again=False,
            )
        if answer.status != 200:
            raise OSError(f"Slack answered {answer.status}")

    def close(self) -> None:
        self.connection.close()


def _short(error: Exception) -> str:
    """What went wrong, without addresses of people or secrets of ours."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({code for code, _text in error.recipients.values()})
        return gettext("The mail server refused the recipients (%(codes)s).") % {
            "codes": ", ".join(map(str, codes))
        }
    code = getattr(error, "smtp_code", None)
    if code is not None:
        return gettext("The mail server said no (%(code)s).") % {"code": code}
    return gettext("No connection (%(what)s).") % {"what": type(error).__name__}
