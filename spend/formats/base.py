"""What a format is: the names of its headings, and by what one sees that a file is one of its."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, TypedDict

from attribution.imports.columns import Field
from attribution.imports.options import DayOrder
from spend.formats.evidence import DayEvidence
from spend.formats.headings import Heading
from spend.formats.rows import RowRules
from spend.formats.words import WORDS

if TYPE_CHECKING:
    from spend.formats.reading import Facts

# Columns that fill our field "day", and what a row then covers.
GRAINS = {
    "day": "day",
    "week": "week",
    "fortnight": "fortnight",
    "month": "month",
    "start": "day",
    "quarter": "quarter",
    "year": "year",
}
# Beside such a column a year is only a part of the days that a row is of.
FINER = re.compile(
    r"month|monat|mois|\bmes\b|mese|maand|quarter|quartal|trimestre|kwartaal"
    r"|week|woche|\bkw\b|semaine|semana|settimana|\bda(y|te)\b|\btag\b"
)
# Of the settings and days of whole campaigns, which say nothing of those of a row.
OF_CAMPAIGNS = re.compile(r"campaign|budget|ad group|ad set")


@dataclass(frozen=True)
class Head:
    """The top of a file: the line taken for its headings, and the lines above it."""

    line: int
    headings: tuple[Heading, ...]
    preamble: tuple[list[str], ...] = ()

    @property
    def preamble_text(self) -> str:
        """All that stands above the headings."""
        return "\n".join(" ".join(cells) for cells in self.preamble)

    def find(self, *names: str) -> list[Heading]:
        """The headings of these names; of the first name that is there at all."""
        for name in names:
            found = [h for h in self.headings if _has_name(h, name)]
            if found:
                return found
        return []

    def has(self, *names: str) -> bool:
        """Is a heading of any of these names there?"""
        return bool(self.find(*names))


@dataclass
class Placed:
    """The columns of our fields. More than one only where they differ in their currency."""

    columns: dict[str, list[Heading]] = field(default_factory=dict)
    grain: str = "day"

    def first(self, name: str) -> Heading | None:
        """The column of a field."""
        found = self.columns.get(name)
        return found[0] if found else None


class Format:
    """One way of writing files. Names are folded; a name that begins with ~ is a pattern."""

    name: ClassVar[str]
    label: ClassVar[str]
    platform: ClassVar[str] = ""
    columns: ClassVar[Mapping[str, tuple[str, ...]]]  # our field, start, week, month → names
    constants: ClassVar[Mapping[str, str]] = {}
    day_order: ClassVar[DayOrder | None] = None  # where the platform writes one only
    asks_currency: ClassVar[bool] = True
    micros: ClassVar[tuple[str, ...]] = ()  # names of amounts in millionths
    # The format for the same table with its amounts in millionths, where they may be so unsaid.
    in_micros: ClassVar[str] = ""
    dated_by: ClassVar[tuple[str, ...]] = ()  # labels on top, of lines with the report's days
    ranged_by: ClassVar[tuple[tuple[str, ...], ...]] = ()  # columns of its first and its last day

    def recognises(self, head: Head) -> bool:
        """Is this line the headings of such a file?"""
        raise NotImplementedError

    def place(self, head: Head, fields: Sequence[Field]) -> Placed:
        """Which columns are which of our fields."""
        return placed_by_names(head, self.columns)

    def order(self, head: Head, days: DayEvidence) -> DayOrder | None:
        """The order of days where the program writes one only.

        Where days have dots, no language puts the month first (Unicode CLDR, all locales).
        """
        return "dmy" if days.dotted else self.day_order

    def grain(self, head: Head, placed: Placed) -> str:
        """What one row covers when the file does not give its last day."""
        return placed.grain

    def is_part(self, head: Head) -> bool:
        """Whether there is more of these days than the file says: it is of one campaign."""
        return False

    def rules(self, head: Head, placed: Placed, facts: "Facts") -> RowRules:
        """Which rows are no spend."""
        return RowRules(**places(placed), others=others(placed, facts.apart))

    def has(self, head: Head, *fields: str) -> bool:
        """Are there columns for all of these fields?"""
        return all(head.has(*self.columns[name]) for name in fields)


class Places(TypedDict):
    """The columns that row rules look at, by index."""

    campaign: int | None
    platform_id: int | None
    day: int | None
    amount: int | None


def places(placed: Placed) -> Places:
    """Where these columns are."""

    def index(name: str) -> int | None:
        heading = placed.first(name)
        return heading.index if heading else None

    return Places(
        campaign=index("campaign"),
        platform_id=index("platform_id"),
        day=index("day"),
        amount=index("amount"),
    )


def others(
    placed: Placed, apart: Sequence[Heading], about: Collection[Heading] = ()
) -> tuple[int, ...]:
    """Columns beside the campaign that say what a row is about; not those `about` the report."""
    days = [placed.first(name) for name in ("platform_id", "day")]
    return tuple(
        heading.index for heading in (*apart, *days) if heading is not None and heading not in about
    )


def placed_by_names(
    head: Head, columns: Mapping[str, Iterable[str]], taken: Placed | None = None
) -> Placed:
    """Give every field that has none the heading of the first name that is there."""
    placed = taken or Placed()
    for name, names in columns.items():
        if name in GRAINS or name in placed.columns:
            continue
        used = {id(heading) for found in placed.columns.values() for heading in found}
        found = [heading for heading in head.find(*names) if id(heading) not in used]
        if found:
            placed.columns[name] = found if name == "amount" else found[:1]
    if "day" not in placed.columns:
        for name, grain in GRAINS.items():
            found = head.find(*columns.get(name, ()))
            if found:
                if grain in ("quarter", "year") and _has_finer(head, found[0]):
                    break
                placed.columns["day"], placed.grain = found[:1], grain
                if name != "start":  # beside a day of its own, an end is the campaign's
                    placed.columns.pop("last_day", None)
                break
    return placed


def _has_finer(head: Head, day: Heading) -> bool:
    others = (heading.name for heading in head.headings if heading is not day)
    return any(FINER.search(name) and not OF_CAMPAIGNS.search(name) for name in others)


def grain_of(heading: Heading) -> str:
    """What a row covers whose day stands in this column."""
    for grain in ("week", "fortnight", "month", "quarter", "year"):
        if heading.bare in WORDS[grain]:
            return grain
    return "day"


def is_called(heading: Heading, names: Iterable[str]) -> bool:
    """Whether it has one of these names."""
    return any(_has_name(heading, name) for name in names)


def _has_name(heading: Heading, name: str) -> bool:
    if name[0] == "~":
        return bool(_pattern(name[1:]).fullmatch(heading.bare))
    return name in (heading.bare, heading.name)


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
