"""What is kept of the person behind a lead: what the company wants kept, and keys that say nothing.

Two leads of one person are known as such by a keyed digest of the e-mail address or the phone
number, also where neither is kept.
"""

from typing import NamedTuple

from django.utils.crypto import salted_hmac

from attribution.capture.judging import normal
from attribution.models.company import Company

KEY_LENGTH = 32


class Person(NamedTuple):
    """The columns of a lead that are about its person."""

    name: str = ""
    email: str = ""
    phone: str = ""
    ip: str = ""
    person_email: str = ""
    person_phone: str = ""


def kept(company: Company, name: str, email: str, phone: str, ip: str = "") -> Person:
    """What is stored of a person who gave these; empty where nothing was given."""
    return Person(
        name=name if company.keeps_email else "",
        email=email if company.keeps_email else "",
        phone=phone if company.keeps_phone else "",
        ip=ip if company.keeps_ip else "",
        person_email=key_of(company.pk, normal.email(email)) if email else "",
        person_phone=key_of(company.pk, normal.phone(phone)) if phone else "",
    )


def key_of(company_id: int, value: str) -> str:
    """The keyed digest of an address or a number in its normal form; empty for an empty one."""
    if not value:
        return ""
    salt = f"attribution.person.{company_id}"
    return salted_hmac(salt, value, algorithm="sha256").hexdigest()[:KEY_LENGTH]
