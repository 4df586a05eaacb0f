"""What is kept of the person behind a lead: what the company wants kept, and keys that say nothing.

Two leads of one person are known as such by a keyed digest of the e-mail address or the phone
number, also where neither is kept.
"""

import hmac
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_plus

from django.conf import settings

from attribution.capture.judging import normal
from attribution.models.company import Company

KEY_LENGTH = 32
# Between these stand the parameters of a link.
_PARTS = re.compile(r"([?&#;])")


class Person(NamedTuple):
    """The columns of a lead that are about its person."""

    name: str = ""
    email: str = ""
    phone: str = ""
    ip: str = ""
    person_email: str = ""
    person_phone: str = ""


NOBODY = Person()


def kept(company: Company, name: str, email: str, phone: str, ip: str = "") -> Person:
    """What is stored of a person who gave these; empty where nothing was given."""
    if not (name or email or phone or ip):
        return NOBODY
    return Person(
        name=name if company.keeps_email else "",
        email=email if company.keeps_email else "",
        phone=phone if company.keeps_phone else "",
        ip=ip if company.keeps_ip else "",
        person_email=email_key(company.pk, email) if email else "",
        person_phone=phone_key(company.pk, phone) if phone else "",
    )


def email_key(company_id: int, email: str) -> str:
    """The keyed digest of an e-mail address in its normal form; empty for none."""
    return _digest(company_id, normal.email(email))


def phone_key(company_id: int, phone: str) -> str:
    """The keyed digest of a phone number in its normal form; empty for none."""
    return _digest(company_id, normal.phone(phone))


def kept_link(company: Company, link: str) -> str:
    """The link as it is stored: where no addresses are kept, parameters that hold one lose it.

    UTM values and the rest of the link stay as they were captured.
    """
    if company.keeps_email or ("@" not in link and "%40" not in link):
        return link
    return "".join(map(_without_address, _PARTS.split(link)))


def _without_address(part: str) -> str:
    name, sign, value = part.partition("=")
    if not sign or "@" not in unquote_plus(value) or name.casefold().startswith("utm_"):
        return part
    return name + sign


def _digest(company_id: int, value: str) -> str:
    if not value:
        return ""
    return hmac.digest(_key(company_id, settings.SECRET_KEY), value.encode(), "sha256").hex()[
        :KEY_LENGTH
    ]


@lru_cache(maxsize=4096)
def _key(company_id: int, secret: str) -> bytes:
    """One for each company: digests of two companies cannot be compared."""
    return hmac.digest(secret.encode(), f"attribution.person.{company_id}".encode(), "sha256")
