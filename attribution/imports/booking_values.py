"""What bookings of a file are worth: recorded in any currency, converted at their lead's day.

Staged are `currency` and, in the company's own, `value_minor`; in another one `original_minor`,
and its `value_minor` once leads and rates are known. All three are empty where the row names no
value: a booking that is there keeps what it has.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from attribution.files.cells import CellError, parse_amount
from attribution.imports.importer import Importer, Parser
from attribution.models.company import validate_currency
from attribution.rates import Rates
from attribution.rates.amounts import Amount, changes, write
from attribution.repair.parts import parts

COLUMNS = {"value_minor": "bigint", "original_minor": "bigint", "currency": "text"}
NOTHING = (None, None, None)
SEEN = 1_000  # values remembered
PART = 5_000


class BookingValues:
    """Reads the columns `value` and `currency` of one file, and converts what is staged."""

    def __init__(self, importer: Importer) -> None:
        self._importer = importer
        self._own = importer.company.currency
        column = importer.placement.columns.get("currency")
        self._each_row = column is not None and column.index is not None
        self._said = self._own  # for all rows
        if column is not None and column.index is None and _is_currency(column.constant):
            self._said = _code(column.constant)
        self._seen: dict[tuple[str, str], tuple[int | None, int | None, str | None]] = {}
        self.foreign = False  # whether a row is in another currency

    def parsers(self) -> dict[str, Parser]:
        """Where each row has its currency, its value is read only together with it."""
        return {
            "currency": _currency,
            "value": str if self._each_row else lambda text: self._minor(text, self._said),
        }

    def staged(
        self, line: int, value: Any, currency: str | None
    ) -> tuple[int | None, int | None, str | None]:
        """`value_minor`, `original_minor` and `currency` of a row."""
        if value is None:
            return NOTHING
        if not self._each_row:
            return self._kept(value, self._said)
        key = value, currency or self._own
        if key not in self._seen:
            if len(self._seen) > SEEN:
                self._seen.clear()
            try:
                self._seen[key] = self._kept(self._minor(*key), key[1])
            except CellError as error:
                self._importer.error(line, "value", value, error.problem, error.way_out)
                return NOTHING
        return self._seen[key]

    def convert(self, rows: list[tuple[Any, ...]]) -> None:
        """Fill in what staged values in other currencies are worth: the file's row, currency,
        lead's day and value of each.
        """
        rates = Rates(self._importer.company)
        found = (Amount(row, code, _day(day), minor, None) for row, code, day, minor in rows)
        for part in parts(changes(found, rates), PART):
            write("import_stage", "value_minor", part, key="file_row")

    def note_missing(self, sql: str) -> None:
        """Say of which currencies and days there is no rate. The query gives currency, lead's day
        and rows.
        """
        if not self.foreign:
            return
        rates = Rates(self._importer.company)
        found: dict[str, tuple[list[date], int]] = {}
        for code, text, rows in self._importer.stage.rows(sql, company=self._importer.company.pk):
            day = _day(text)
            if rates.factor(code, day) is None:
                days, count = found.get(code, ([], 0))
                found[code] = [*days, day], count + rows
        for code, (days, count) in sorted(found.items()):
            first, last = min(days), max(days)
            span = str(first) if first == last else f"{first} to {last}"
            self._importer.outcome.note(
                f"No rate of exchange for {code} ({span}). Values that stay unknown until there is "
                f"one, under Data, Exchange rates: {count:,}."
            )

    def _minor(self, text: str, currency: str) -> int:
        minor = parse_amount(text, currency, self._importer.job.options.sign).minor
        if minor < 0:
            raise CellError("A value is never negative.", "Write 0 or more.")
        return minor

    def _kept(self, minor: int, currency: str) -> tuple[int | None, int | None, str]:
        if currency == self._own:
            return minor, None, currency
        self.foreign = True
        return None, minor, currency


def _code(text: str) -> str:
    return text.strip().upper()


def _is_currency(text: str) -> bool:
    try:
        validate_currency(_code(text))
    except ValidationError:
        return False
    return True


def _currency(text: str) -> str:
    if not _is_currency(text):
        raise CellError("This is no currency.", "Write its ISO 4217 code, such as EUR or SEK.")
    return _code(text)


def _day(day: Any) -> date:
    return date.fromisoformat(str(day))  # SQLite: text
