"""Amounts in minor units as numbers and as texts."""

from decimal import Decimal

from django.utils.translation import get_language

from attribution.files.amounts import minor_digits
from attribution.numerals import DASH, amounts


def decimal_of(minor: int, currency: str) -> Decimal:
    """1234 cents are 12.34; yen have no minor unit."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def shown(minor: int | None, currency: str) -> str:
    """The amount with its currency, as the reader's language writes it; a dash when unknown."""
    if minor is None:
        return DASH
    return amounts(currency, get_language() or "en", whole=False)(decimal_of(minor, currency))
