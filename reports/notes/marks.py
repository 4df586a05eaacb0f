"""Notes beside a chart: what it marks, and the list that says them in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from attribution.days import day_range
from reports.notes import keeping
from reports.notes.flags import Mark
from reports.notes.models import Note

MOST = 30  # of a chart; the page of notes has all


@dataclass(frozen=True)
class Line:
    """One note in the list beside the chart."""

    number: int
    days: str
    text: str
    about: str  # the campaign; empty for the whole company
    author: str
    url: str  # where it is changed, by who may


def marks_of(notes: Iterable[Note]) -> list[Mark]:
    """Numbered in the order of their days."""
    return [Mark(number, one.first_day, one.text) for number, one in enumerate(notes, start=1)]


def lines_of(notes: Sequence[Note], user: Any) -> list[Line]:
    return [
        Line(
            number=number,
            days=day_range(one.first_day, one.last_day or one.first_day),
            text=one.text,
            about=one.campaign.name if one.campaign is not None else "",
            author=one.author.get_username() if one.author is not None else "",
            url=reverse("reports:note", args=[one.pk]) if keeping.may_change(user, one) else "",
        )
        for number, one in enumerate(notes, start=1)
    ]
