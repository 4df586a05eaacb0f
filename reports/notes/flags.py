"""Notes in a chart: numbered flags above their days, and their words in the table.

How wide a chart is, only the browser knows. So the flags are set twice, for narrow charts and for
wide ones, and the style sheet shows what has room: notes whose flags would touch share one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape

from django.utils.translation import gettext

# In pixels the narrowest chart that each setting is for. campaign.css changes over at the second.
NARROWEST = {"narrow": 260, "wide": 640}
FINGER = 24  # pixels: what a tap hits is no narrower
ROOF = 9  # pixels from the top: joins the days of notes that share a flag


@dataclass(frozen=True)
class Mark:
    """One note in a chart: its number there, its first day, and what it says."""

    number: int
    first: date
    text: str


@dataclass(frozen=True)
class Flag:
    """One for the notes of a place, or of several places beside each other."""

    notes: list[Mark]  # in the order of their days, as they are numbered
    left: float  # per cent of the chart's width: its first note
    right: float

    @property
    def words(self) -> str:
        first, last = self.notes[0].number, self.notes[-1].number
        return str(first) if first == last else f"{first}–{last}"

    @property
    def half(self) -> int:
        """Pixels: half of its width."""
        return 5 + 3 * len(self.words)

    @property
    def room(self) -> int:
        """Pixels: half of what it needs."""
        return max(self.half + 1, FINGER // 2)

    def middle(self, width: int) -> float:
        """Per cent: between its notes, and inside a chart of so many pixels."""
        edge = 100 * self.half / width
        return min(max((self.left + self.right) / 2, edge), 100 - edge)

    def touches(self, other: "Flag", width: int) -> bool:
        apart = abs(self.middle(width) - other.middle(width)) * width / 100
        return apart < self.room + other.room


def by_place(marks: Iterable[Mark], start: date, days: int) -> dict[int, list[Mark]]:
    """By the point of the chart, of which each stands for so many days; what began before the
    chart does stands at its first point.
    """
    found: dict[int, list[Mark]] = {}
    for one in marks:
        found.setdefault(max((one.first - start).days, 0) // days, []).append(one)
    return found


def apart(alone: Iterable[Flag], width: int) -> list[Flag]:
    """Flags of which no two touch in a chart of so many pixels; `alone` go from left to right."""
    found: list[Flag] = []
    for flag in alone:
        while found and flag.touches(found[-1], width):
            before = found.pop()
            flag = Flag([*before.notes, *flag.notes], before.left, flag.right)
        found.append(flag)
    return found


def flags(placed: Mapping[int, list[Mark]], x_of: Callable[[int], float], bottom: int) -> str:
    """Lines down from the days of notes, and flags above them that lead to the notes in words.

    `x_of`: per cent of the width.
    """
    alone = [Flag(placed[place], x_of(place), x_of(place)) for place in sorted(placed)]
    return _lines(alone, bottom) + "".join(
        f'<g class="cp-flags cp-flags-{name}">'
        f"{''.join(_flag(one, width) for one in apart(alone, width))}</g>"
        for name, width in NARROWEST.items()
        if alone
    )


def _lines(alone: Iterable[Flag], bottom: int) -> str:
    return "".join(
        f'<line class="cp-flag-line" x1="{one.left:.2f}%" x2="{one.left:.2f}%" '
        f'y1="{ROOF}" y2="{bottom}"/>'
        for one in alone
    )


def _flag(flag: Flag, width: int) -> str:
    half, room = flag.half, flag.room
    said = escape("; ".join(f"{gettext('Note')} {one.number}: {one.text}" for one in flag.notes))
    return (
        f'<a class="cp-flag" href="#note-{flag.notes[0].number}" aria-label="{said}">'
        f"<title>{said}</title>"
        f'<line class="cp-flag-line" x1="{flag.left:.2f}%" x2="{flag.right:.2f}%" '
        f'y1="{ROOF}" y2="{ROOF}"/>'
        f'<svg x="{flag.middle(width):.2f}%" y="0">'
        f'<rect class="cp-hit" x="-{room}" y="-4" width="{2 * room}" height="{FINGER}"/>'
        f'<path d="M-{half} 0h{2 * half}v12l-{half} 6l-{half} -6z"/>'
        f'<text y="11" text-anchor="middle">{flag.words}</text></svg></a>'
    )


def in_the_table(placed: Mapping[int, list[Mark]]) -> dict[int, str]:
    """What stands below the days of a row, by the place of the row."""
    return {
        place: "".join(
            f'<span class="cp-hint">{one.number}: {escape(one.text)}</span>' for one in here
        )
        for place, here in placed.items()
    }
