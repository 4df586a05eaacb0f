"""Signals that a lead may be none. They mark it; it still counts, and its reasons are named."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from attribution.capture.judging import normal
from attribution.capture.judging.given import Given

TOO_FAST = 2.0  # seconds from opening the page to sending the form
SWITCHES = 5  # from small to capital letters within one word: `EWdjQxKpZrTyBn`
# Mailboxes for a few minutes: a short list of the best known; a company's rules add others.
LIST = Path(__file__).with_name("disposable_domains.txt")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{9}", re.IGNORECASE)
_SAME_DIGIT = re.compile(r"(\d)\1{6}")
_LINK = re.compile(r"://|\bwww\.", re.IGNORECASE)


def signals(given: Given) -> Iterator[str]:
    """The names of those that this lead gives, in a fixed order."""
    if given.email and _is_disposable(given.email):
        yield "disposable_email"
    if given.name and _is_gibberish(given.name):
        yield "gibberish_name"
    if given.name and _LINK.search(given.name):
        yield "link_in_name"
    if given.phone and _is_made_up(normal.digits(given.phone)):
        yield "repeated_digits"
    if given.seconds is not None and given.seconds < TOO_FAST:
        yield "too_fast"


@cache
def _disposable() -> frozenset[str]:
    return frozenset(LIST.read_text(encoding="utf-8").split())


def _is_disposable(email: str) -> bool:
    known = _disposable()
    return any(name in known for name in normal.with_parents(normal.domain(email)))


def _is_gibberish(name: str) -> bool:
    """Capital letters strewn over a word, or more consonants in a row than names have."""
    if _CONSONANTS.search(name):
        return True
    if name.istitle() or name.islower() or name.isupper():
        return False
    return any(_switches(word) >= SWITCHES for word in name.split())


def _switches(word: str) -> int:
    return sum(a.islower() and b.isupper() for a, b in pairwise(word))


def _is_made_up(digits: str) -> bool:
    """Seven times the same digit in a row, or nothing but counting."""
    if _SAME_DIGIT.search(digits):
        return True
    return len(digits) >= 7 and digits in "012345678901234567890"
