"""Parts of leads added up without loss, and told with six decimals that add up as well."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm

DIGITS = 6
MILLION = 10**DIGITS
Number = int | Decimal


def common_parts(shares: Sequence[Fraction]) -> int:
    """Into how many equal parts a lead is cut, so that each of these shares is some of them."""
    return lcm(1, *(share.denominator for share in shares))


def number(parts: int, of: int) -> Number:
    """So many parts as a number of wholes: whole where it is, else with 28 digits."""
    whole, rest = divmod(parts, of)
    return Decimal(parts) / of if rest else whole


def rounded(parts: int, of: int) -> int:
    """In millionths, half up; for what is never negative."""
    return (2 * MILLION * parts + of) // (2 * of)


def apportioned(exact: Sequence[int], of: int, whole: int | None = None) -> list[int]:
    """These parts in millionths, whose sum is that of all, rounded once (or `whole`).

    Each is rounded down; what is missing then goes to those that lost most, the first of them
    first (the method of the largest remainder).
    """
    if whole is None:
        whole = rounded(sum(exact), of)
    found = [MILLION * parts // of for parts in exact]
    lost = [(found[nth] * of - MILLION * parts, nth) for nth, parts in enumerate(exact)]
    for _, nth in sorted(lost)[: whole - sum(found)]:
        found[nth] += 1
    return found


def told(millionths: int) -> Decimal:
    return Decimal(millionths).scaleb(-DIGITS)
