"""What a file says, and what became of it: counts, errors, changes and notes in words."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision, get_currency_symbol

from attribution.models import ImportRun

SHOWN = 100  # errors, changes and names kept for a person to read
SHOWN_CHARACTERS = 80


def money(minor: int, currency: str) -> str:
    """1234500 → "12,345.00 €"."""
    digits = get_currency_precision(currency)
    amount = Decimal(minor).scaleb(-digits)
    return f"{amount:,.{digits}f} {get_currency_symbol(currency, locale='en')}"


def moment(instant: datetime) -> str:
    """An instant for a sentence, to the minute, in UTC."""
    return f"{instant:%d %b %Y %H:%M} UTC"


def shortened(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def named(names: list[str], total: int) -> str:
    """The first names of many: "a, b, c and 7 more"."""
    rest = f" and {total - len(names):,} more" if total > len(names) else ""
    return ", ".join(shortened(name) for name in names) + rest


@dataclass(frozen=True)
class RowError:
    """What is wrong with one cell. Line 0: with the file as a whole."""

    line: int
    column: str
    value: str
    problem: str
    way_out: str

    @property
    def text(self) -> str:
        place = [f"row {self.line}"] if self.line else []
        place += [f"column {self.column}"] if self.column else []
        place += [f'"{shortened(self.value)}"'] if self.value else []
        problem = f"{self.problem} {self.way_out}".strip()
        return f"{', '.join(place)}: {problem}" if place else problem


@dataclass(frozen=True)
class Change:
    """A value that was there and is another one in the file."""

    line: int
    what: str
    old: str
    new: str

    @property
    def text(self) -> str:
        return f"row {self.line}: {self.what}: {self.old or '–'} → {self.new or '–'}"


@dataclass(frozen=True)
class NamedAmount:
    """One name's money, in minor units and in words."""

    name: str
    minor: int
    amount: str
    rows: int


@dataclass(frozen=True)
class Totals:
    """The money of a spend file; the lists hold the largest names first."""

    currency: str
    amount: str
    minor: int
    matched: str
    matched_names: int
    unmatched: str
    unmatched_names: int
    by_campaign: list[NamedAmount]
    by_unmatched_name: list[NamedAmount]


@dataclass(kw_only=True)
class Outcome:
    """What a file holds; with `run`, and no errors, what was saved of it."""

    kind: str
    name: str
    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    error_count: int = 0
    errors: list[RowError] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    totals: Totals | None = None
    headers: list[str] = field(default_factory=list)
    placed: dict[str, str] = field(default_factory=dict)  # heading → our field
    unused: list[str] = field(default_factory=list)
    already: ImportRun | None = None  # this file was taken in before
    run: ImportRun | None = None
    kept_errors: int = SHOWN

    def add_error(self, error: RowError) -> None:
        self.error_count += 1
        if len(self.errors) < self.kept_errors:
            self.errors.append(error)

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)

    def summary(self) -> str:
        """One sentence: what the file brought."""
        if self.error_count:
            word = "error" if self.error_count == 1 else "errors"
            return f"{self.name}: {self.error_count:,} {word}; nothing was saved."
        return (
            f"{self.name}: {self.rows:,} {'row' if self.rows == 1 else 'rows'}: "
            f"{self.new:,} new, {self.changed:,} changed, {self.same:,} unchanged."
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "file": self.name,
            "rows": self.rows,
            "new": self.new,
            "changed": self.changed,
            "same": self.same,
            "error_count": self.error_count,
            "errors": [asdict(error) | {"text": error.text} for error in self.errors],
            "changes": [asdict(change) | {"text": change.text} for change in self.changes],
            "notes": self.notes,
            "totals": asdict(self.totals) if self.totals else None,
            "already": self.already.pk if self.already else None,
            "run": self.run.pk if self.run else None,
        }
