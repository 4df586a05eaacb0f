"""Notes in a chart: a numbered flag above their first day, and their words in the table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape

from django.utils.translation import gettext

MOST_NUMBERS = 3  # on one flag


@dataclass(frozen=True)
class Mark:
    """One note in a chart: its number there, its first day, and what it says."""

    number: int
    first: date
    text: str


def by_place(marks: Iterable[Mark], start: date, days: int) -> dict[int, list[Mark]]:
    """By the point of the chart, of which each stands for so many days; what began before the
    chart does stands at its first point.
    """
    found: dict[int, list[Mark]] = {}
    for one in marks:
        found.setdefault(max((one.first - start).days, 0) // days, []).append(one)
    return found


def flags(
    placed: Mapping[int, list[Mark]], x_of: Callable[[int], float], top: int, bottom: int
) -> str:
    """Several notes of one point share a flag. `x_of`: per cent of the width."""
    return "".join(_flag(here, x_of(place), top, bottom) for place, here in placed.items())


def _flag(here: list[Mark], x: float, top: int, bottom: int) -> str:
    numbers = ", ".join(str(one.number) for one in here[:MOST_NUMBERS])
    numbers += "…" if len(here) > MOST_NUMBERS else ""
    said = "; ".join(f"{gettext('Note')} {one.number}: {one.text}" for one in here)
    half = 5 + 3 * len(numbers)
    return (
        f'<g class="cp-flag" role="img" aria-label="{escape(said)}">'
        f'<line x1="{x:.2f}%" x2="{x:.2f}%" y1="{top}" y2="{bottom}"/>'
        f'<svg x="{x:.2f}%" y="0"><path d="M-{half} 0h{2 * half}v12l-{half} 6l-{half} -6z"/>'
        f'<text y="11" text-anchor="middle">{numbers}</text></svg></g>'
    )


def in_the_table(placed: Mapping[int, list[Mark]]) -> dict[int, str]:
    """What stands below the days of a row, by the place of the row."""
    return {
        place: "".join(
            f'<span class="cp-hint">{one.number}: {escape(one.text)}</span>' for one in here
        )
        for place, here in placed.items()
    }
