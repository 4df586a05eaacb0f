"""The last part of a short link's address."""

import secrets

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

LONGEST = 40
# No letters that look like digits, and no vowels, so that no word comes about. 43 random bits.
LETTERS = "bcdfghjkmnpqrstvwxyz23456789"

validate_slug = RegexValidator(
    r"^[a-z0-9-]{3,40}\Z", _("Write 3 to 40 small letters (a to z), digits and hyphens.")
)


def new_slug() -> str:
    """Readable from a poster, and not to be guessed: `k3x-9w2-pmr`."""
    return "-".join("".join(secrets.choice(LETTERS) for __ in range(3)) for __ in range(3))
