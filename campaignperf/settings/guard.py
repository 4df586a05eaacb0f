"""What production refuses to start with, each in a sentence that says the way out."""

from django.core.exceptions import ImproperlyConfigured

SAMPLES = ("sample-", "development-only-", "test-only-", "django-insecure-")
SHORTEST = 50
NEW_KEY = (
    "Make one with: python -c "
    '"from django.core.management.utils import get_random_secret_key as k; print(k())"'
)


def checked_key(key: str) -> str:
    """The secret key, when nobody else can know or guess it."""
    if not key:
        raise ImproperlyConfigured(f"SECRET_KEY is not set. {NEW_KEY}")
    if key.startswith(SAMPLES):
        raise ImproperlyConfigured(f"SECRET_KEY is a sample that everyone can read. {NEW_KEY}")
    if len(key) < SHORTEST or len(set(key)) < 5:
        raise ImproperlyConfigured(
            f"SECRET_KEY is too easy to guess: it needs {SHORTEST} characters or more. {NEW_KEY}"
        )
    return key


def checked_hosts(hosts: list[str]) -> list[str]:
    """The host names we answer to; "*" would let a link in a mail point anywhere."""
    if not hosts or "*" in hosts:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS must name the hosts of this server, for example "
            "ALLOWED_HOSTS=campaigns.example.com"
        )
    return hosts


def refuse_debug(debug: bool) -> None:
    if debug:
        raise ImproperlyConfigured(
            "DEBUG is on, which shows code and settings to visitors. Remove DEBUG from the "
            "environment, or use campaignperf.settings.development on your own machine."
        )
