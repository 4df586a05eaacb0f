"""What a file says, and what became of it: counts, errors, changes and notes in words."""

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from attribution.files.xlsx_reading import as_shown
from attribution.models import ImportRun

SHOWN = 100  # errors, changes and names kept for a person to read
SHOWN_CHARACTERS = 80


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
    """A value that was there and is another one in the file; line 0: is no longer in it."""

    line: int
    what: str
    old: str
    new: str

    @property
    def text(self) -> str:
        place = f"row {self.line}: " if self.line else ""
        return f"{place}{self.what}: {self.old or '–'} → {self.new or '–'}"


@dataclass(frozen=True)
class Question:
    """What only a person can say about a file: it is asked, never guessed."""

    about: str  # "dates", "decimal", "currency" or "format"
    text: str
    choices: tuple[str, ...]  # () = any, as with a currency
    option: str  # of the command line


@dataclass(frozen=True)
class Skipped:
    """A row that is none of those that the file is about, such as a total."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class NamedAmount:
    """One name's money, in minor units and in words."""

    name: str
    minor: int
    amount: str
    rows: int


@dataclass(frozen=True)
class Totals:
    """The money of a spend file in one currency; the lists hold the largest names first."""

    currency: str
    amount: str
    minor: int
    matched: str
    matched_names: int
    unmatched: str
    unmatched_names: int
    by_campaign: list[NamedAmount]
    by_unmatched_name: list[NamedAmount]
    own_total: str = ""  # what the file itself says that its rows add up to
    own_total_minor: int | None = None
    difference: str = ""  # of the rows to that
    unconverted: int = 0  # entries for which there is no rate of exchange


@dataclass(kw_only=True)
class Outcome:
    """What a file holds; with `run`, and no errors, what was saved of it."""

    kind: str
    name: str
    program: str = ""  # that wrote the file, as far as it was recognised
    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0  # was there of the same days and source, and the file no longer has it
    gone_amount: str = ""
    questions: list[Question] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)  # why → rows
    skipped_rows: list[Skipped] = field(default_factory=list)  # the first of them
    error_count: int = 0
    errors: list[RowError] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    totals: Totals | None = None
    more_totals: list[Totals] = field(default_factory=list)  # of further currencies
    overtaken: bool = False  # somebody was at what it would change since it was confirmed
    basis: str = ""  # what it would change, as it is now: another one means that somebody was there
    headers: list[str] = field(default_factory=list)
    placed: dict[str, str] = field(default_factory=dict)  # heading → our field
    unused: list[str] = field(default_factory=list)
    already: ImportRun | None = None  # this file was taken in before
    run: ImportRun | None = None
    # What is left to do when the rows are saved, for whoever does it; it is kept with the run.
    left: dict[str, Any] = field(default_factory=dict)
    listed: int = SHOWN  # of each list: errors, changes, names, rows left out

    def add_error(self, error: RowError) -> None:
        self.error_count += 1
        if len(self.errors) < self.listed:
            self.errors.append(replace(error, value=as_shown(error.value)))

    def begin_anew(self) -> None:
        """Forget what was said of rows."""
        self.rows, self.skipped, self.skipped_rows = 0, {}, []
        self.error_count, self.errors = 0, []

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)

    def skip(self, skipped: Skipped) -> None:
        self.skipped[skipped.reason] = self.skipped.get(skipped.reason, 0) + 1
        if len(self.skipped_rows) < self.listed:
            self.skipped_rows.append(skipped)

    def summary(self) -> str:
        """One sentence: what the file brought."""
        if self.error_count:
            word = "error" if self.error_count == 1 else "errors"
            return f"{self.name}: {self.error_count:,} {word}; nothing was saved."
        if self.questions:
            return f"{self.name}: there is something to answer; nothing was saved."
        gone = f", {self.gone:,} gone" if self.gone else ""
        return (
            f"{self.name}: {self.rows:,} {'row' if self.rows == 1 else 'rows'}: "
            f"{self.new:,} new, {self.changed:,} changed, {self.same:,} unchanged{gone}."
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "file": self.name,
            "program": self.program,
            "rows": self.rows,
            "new": self.new,
            "changed": self.changed,
            "same": self.same,
            "gone": self.gone,
            "gone_amount": self.gone_amount,
            "questions": [asdict(question) for question in self.questions],
            "skipped": self.skipped,
            "skipped_rows": [asdict(row) for row in self.skipped_rows],
            "error_count": self.error_count,
            "errors": [asdict(error) | {"text": error.text} for error in self.errors],
            "changes": [asdict(change) | {"text": change.text} for change in self.changes],
            "notes": self.notes,
            "totals": asdict(self.totals) if self.totals else None,
            "more_totals": [asdict(totals) for totals in self.more_totals],
            "headers": self.headers,
            "placed": self.placed,
            "unused": self.unused,
            "basis": self.basis,
            "overtaken": self.overtaken,
            "already": self.already.pk if self.already else None,
            "run": self.run.pk if self.run else None,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any], kind: str, name: str) -> "Outcome":
        """What a check has found before; runs are by their number, and not looked up."""
        plain = ("program", "rows", "new", "changed", "same", "gone", "gone_amount", "error_count")
        kept = ("notes", "headers", "placed", "unused", "basis", "skipped", "overtaken")
        totals = [_totals(one) for one in [stored.get("totals"), *stored.get("more_totals", [])]]
        return cls(
            kind=kind,
            name=name,
            **{name: stored[name] for name in (*plain, *kept) if name in stored},
            questions=[Question(**one) for one in stored.get("questions", [])],
            skipped_rows=[Skipped(**one) for one in stored.get("skipped_rows", [])],
            errors=[RowError(**_without_text(one)) for one in stored.get("errors", [])],
            changes=[Change(**_without_text(one)) for one in stored.get("changes", [])],
            totals=totals[0],
            more_totals=[one for one in totals[1:] if one],
        )


def _without_text(stored: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stored.items() if name != "text"}


def _totals(stored: dict[str, Any] | None) -> Totals | None:
    if stored is None:
        return None
    lists = {
        name: [NamedAmount(**one) for one in stored[name]]
        for name in ("by_campaign", "by_unmatched_name")
    }
    return Totals(**(stored | lists))
