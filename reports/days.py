"""Days in words."""

from datetime import date

from django.utils.formats import date_format


def day_range(start: date, end: date) -> str:
    """ "22 Aug – 20 Nov 2026", with both years when they differ."""
    if start == end:
        return date_format(start, "j M Y")
    first = date_format(start, "j M Y" if start.year != end.year else "j M")
    return f"{first} – {date_format(end, 'j M Y')}"
