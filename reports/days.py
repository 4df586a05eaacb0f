"""Days in words."""

from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language


def day_text(day: date, pattern: str = "j M") -> str:
    """A day as a person writes it: "5 Mar", "Thu 5 Mar"."""
    return day_text_in(day, pattern, get_language() or "")


@lru_cache(maxsize=10_000)
def day_text_in(day: date, pattern: str, language: str) -> str:
    """The same in the language that is in force: looking that up takes longest of all."""
    return date_format(day, pattern)  # slow, and the same days come again with every page
