"""Days in words, as every page, list and file writes them."""

from datetime import date

from django.utils.formats import date_format


def day_range(start: date, end: date) -> str:
    """ "22 Aug – 20 Nov 2026", with both years when they differ."""
    if start == end:
        return date_format(start)
    first = date_format(start) if start.year != end.year else date_format(start, "j M")
    return f"{first} – {date_format(end)}"
