"""The addresses of webhooks: each a random name that is shown once and stored as a keyed digest."""

import secrets

from django.conf import settings
from django.utils.crypto import salted_hmac

from attribution import scope
from attribution.models import WebhookSource

SALT = "attribution.webhooks.address"
RANDOM_BYTES = 24  # 192 bits
SHOWN = 6  # letters by which a person tells addresses apart


def new_token(source: WebhookSource) -> str:
    """A new address for the source, which is not saved here. The old one leads nowhere then."""
    token = secrets.token_urlsafe(RANDOM_BYTES)
    source.prefix, source.digest = token[:SHOWN], _digest(token, settings.SECRET_KEY)
    return token


def find(token: str) -> WebhookSource | None:
    """The source of this address, if it is on. Whoever asks has no company: the address says it."""
    keys = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    digests = [_digest(token, key) for key in keys]
    with scope.all_companies():
        sources = WebhookSource.objects.select_related("company")
        return sources.filter(digest__in=digests, is_on=True).first()


def _digest(token: str, key: str) -> str:
    return salted_hmac(SALT, token, secret=key, algorithm="sha256").hexdigest()
