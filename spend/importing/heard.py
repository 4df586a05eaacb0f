"""What notes among the rows say of all amounts: "All amounts in USD", below a table."""

from typing import TYPE_CHECKING, Any, NamedTuple

from attribution.files.amounts import FINE
from attribution.files.xlsx_reading import as_shown
from spend.formats.headings import COMMON, currency_in
from spend.formats.notes_on_money import is_of_other_figures, noted_currency
from spend.formats.preamble import IN_THOUSANDS
from spend.formats.rows import FOOTER, Skip
from spend.importing.totals import amount_in

if TYPE_CHECKING:
    from spend.importing.importer import SpendImporter

WAY_OUT = "Delete this note, or correct what else the file says, or your answer."


class Note(NamedTuple):
    """A row that names a currency, and no spend."""

    line: int
    text: str
    currency: str
    cells: list[str]


class Heard:
    """The notes of one file."""

    def __init__(self, importer: "SpendImporter") -> None:
        self._importer = importer
        # The first of each currency, however many a file has.
        self.notes: dict[str, Note] = {}
        self.totals: dict[str, Note] = {}

    def hear(self, line: int, cells: list[str], skip: Skip) -> None:
        """Keep a row that is no spend in mind if it names a currency. A total is heard only where
        it is the sum as it stands: one that was converted says nothing, and contradicts nothing.
        """
        texts = [as_shown(cell).strip() for cell in cells if cell.strip()]
        if skip is FOOTER and self._importer.is_table:
            self._refuse_thousands(line, " ".join(texts))
        if skip is FOOTER and (code := noted_currency(cells)):
            self.notes.setdefault(code, Note(line, " ".join(texts), code, cells))
        elif skip.is_total and (code := currency_in(texts[0])[1]) in COMMON:
            self.totals.setdefault(code, Note(line, texts[0], code, cells))

    def _refuse_thousands(self, line: int, text: str) -> None:
        found = IN_THOUSANDS.search(text)
        if found and not is_of_other_figures(text[: found.end()]):
            problem = f'This says that amounts are "{found[0]}", and only whole amounts are read.'
            way_out = "Write 1200 for 1.2 thousand, and delete this note."
            self._importer.error(line, "", text, problem, way_out)

    @property
    def may_decide(self) -> bool:
        """Whether a note names another currency than the company's, and nothing else names one."""
        others = {*self.notes, *self.totals} - {self._importer.company.currency}
        return bool(others) and "currency" not in self._importer.placement.columns

    def anew(self) -> dict[str, Any]:
        """The options by which to read the file again: nothing else names its currency."""
        if self.may_decide and (self.notes or self._is_sum(*self.totals.values())):
            return {"currency": next(iter(self.notes or self.totals))}
        return {}

    def _is_sum(self, total: Note, *others: Note) -> bool:
        """Whether it is alone, and what the rows add up to as they stand."""
        added = self._importer.stage.number("SELECT SUM(fine) FROM import_stage")
        said = None if others else amount_in(self._importer, total.cells)
        return said is not None and abs(added - said * FINE) < FINE

    def refuse_others(self) -> None:
        """Rows and notes in different currencies contradict each other: a person knows better."""
        if not self.notes:
            return
        stage = self._importer.stage
        read = {code for (code,) in stage.rows("SELECT DISTINCT currency FROM import_stage")}
        for note in self.notes.values():
            if read and note.currency not in read:
                of_rows = ", ".join(sorted(read))
                problem = f"This says {note.currency}, and the amounts above are in {of_rows}."
                self._importer.error(note.line, "", note.text, problem, WAY_OUT)

    def say(self) -> bool:
        """By whose word the amounts were read, if by any."""
        named = self.totals | self.notes
        own = self._importer.one_currency() if named else None
        found = named.get(own or "")
        if found is not None:
            said = f'Row {found.line} says "{found.text}": the amounts are in {own}.'
            self._importer.outcome.note(said)
        return found is not None
