"""What notes among the rows say of all amounts: "All amounts in USD", below a table."""

from typing import TYPE_CHECKING, Any, NamedTuple

from attribution.files.xlsx_reading import as_shown
from spend.formats.headings import currency_in
from spend.formats.notes_on_money import noted_currency
from spend.formats.preamble import IN_THOUSANDS
from spend.formats.rows import FOOTER, Skip

if TYPE_CHECKING:
    from spend.importing.importer import SpendImporter

WAY_OUT = "Delete this note, or correct what else the file says, or your answer."


class Note(NamedTuple):
    """A row that names a currency, and no spend."""

    line: int
    text: str
    currency: str


class Heard:
    """The notes of one file."""

    def __init__(self, importer: "SpendImporter") -> None:
        self._importer = importer
        self.notes: list[Note] = []
        self.totals: list[Note] = []

    def hear(self, line: int, cells: list[str], skip: Skip) -> None:
        """Keep a row that is no spend in mind if it names a currency. A total may have been
        converted, so that it contradicts nothing.
        """
        texts = [as_shown(cell).strip() for cell in cells if cell.strip()]
        if skip is FOOTER and self._importer.is_table:
            self._refuse_thousands(line, " ".join(texts))
        if skip is FOOTER and (code := noted_currency(cells)):
            self.notes.append(Note(line, " ".join(texts), code))
        elif skip.is_total and (code := currency_in(texts[0])[1]):
            self.totals.append(Note(line, texts[0], code))

    def _refuse_thousands(self, line: int, text: str) -> None:
        if found := IN_THOUSANDS.search(text):
            problem = f'This says that amounts are "{found[0]}", and only whole amounts are read.'
            way_out = "Write 1200 for 1.2 thousand, and delete this note."
            self._importer.error(line, "", text, problem, way_out)

    def anew(self) -> dict[str, Any]:
        """The options by which to read the file again: nothing else names its currency."""
        found = self.notes or self.totals
        if not found or "currency" in self._importer.placement.columns:
            return {}
        if not self.notes and len({note.currency for note in found}) > 1:
            return {}
        return {"currency": found[0].currency}

    def refuse_others(self) -> None:
        """Rows and notes in different currencies contradict each other: a person knows better."""
        if not self.notes:
            return
        stage = self._importer.stage
        read = {code for (code,) in stage.rows("SELECT DISTINCT currency FROM import_stage")}
        for note in self.notes:
            if read and note.currency not in read:
                of_rows = ", ".join(sorted(read))
                problem = f"This says {note.currency}, and the amounts above are in {of_rows}."
                self._importer.error(note.line, "", note.text, problem, WAY_OUT)

    def say(self) -> None:
        """By whose word the amounts were read."""
        named = [*self.notes, *self.totals]
        own = self._importer.one_currency() if named else None
        if found := [note for note in named if note.currency == own]:
            line, text, code = found[0]
            said = f'Row {line} says "{text}": the amounts are in {code}.'
            self._importer.outcome.note(said)
