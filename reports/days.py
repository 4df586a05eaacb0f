"""Days in words."""

from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language


def day_range(start: date, end: date) -> str:
    """ "22 Aug – 20 Nov 2026", with both years when they differ."""
    if start == end:
        return date_format(start, "j M Y")
    first = date_format(start, "j M Y" if start.year != end.year else "j M")
    return f"{first} – {date_format(end, 'j M Y')}"


def day_text(day: date, pattern: str = "j M") -> str:
    """A day as a person writes it: "5 Mar", "Thu 5 Mar"."""
    return day_text_in(day, pattern, get_language() or "")


@lru_cache(maxsize=10_000)
def day_text_in(day: date, pattern: str, language: str) -> str:
    """The same in the language that is in force: looking that up takes longest of all."""
    return date_format(day, pattern)  # slow, and the same days come again with every page
