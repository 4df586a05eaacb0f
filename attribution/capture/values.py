"""Single values of what was sent: checked, cleaned of what nothing can store, and cut to nothing.

A value that is wrong refuses its item, and never is put right in silence.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from attribution.models import Refusal

# Control characters but tab and line ends, and halves of surrogate pairs.
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
FIRST_YEAR, LAST_YEAR = 1970, 2199
LONGEST_SHOWN = 60


class Refused(Exception):  # noqa: N818 - reads as what happened
    """An item is not stored: why, which field, and in words with the way out."""

    def __init__(self, why: str, field: str, text: str) -> None:
        super().__init__(text)
        self.why = why
        self.field = field
        self.text = text


def invalid(field: str, text: str) -> Refused:
    return Refused(Refusal.Why.INVALID.value, field, text)


class Values:
    """The fields of one item, each asked for once; `notes` says what was removed from them."""

    def __init__(self, data: Any, known: frozenset[str], where: str = "") -> None:
        if not isinstance(data, Mapping):
            raise invalid(where, f"Send an object with fields, not {_what(data)}.")
        self._data = data
        self._where = f"{where}." if where else ""
        self.notes: list[str] = []
        if not data.keys() <= known:
            field = next(name for name in data if name not in known)
            # A misspelt field would lose its value without a word.
            raise invalid(
                f"{self._where}{clean(str(field))[:LONGEST_SHOWN]}",
                "There is no such field. Correct its name, or leave it out.",
            )

    def text(self, name: str, longest: int) -> str:
        """A text, empty when it is not there."""
        value = self._data.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise invalid(self._where + name, f"Send a text, not {_what(value)}.")
        if not value.isascii() or not value.isprintable():
            value = self._stored(name, value)
        if len(value) > longest:
            raise Refused(
                Refusal.Why.TOO_LONG.value,
                self._where + name,
                f"It has {len(value):,} characters; {longest:,} can be stored.",
            )
        return value

    def _stored(self, name: str, value: str) -> str:
        cleaned = clean(value)
        if cleaned != value:
            self.notes.append(
                f"{self._where}{name}: characters that nothing can store were left out"
            )
        return cleaned

    def choice(self, name: str, choices: frozenset[str]) -> str:
        value = self.text(name, 200)
        if value and value not in choices:
            shown = value[:LONGEST_SHOWN]
            raise invalid(self._where + name, f"“{shown}” is none of {', '.join(sorted(choices))}.")
        return value

    def flag(self, name: str) -> bool:
        value = self._data.get(name)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise invalid(self._where + name, f"Send true or false, not {_what(value)}.")
        return value

    def instant(self, name: str) -> datetime | None:
        """A moment with its offset from UTC, as ISO 8601 writes it."""
        text = self.text(name, 40)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.utcoffset() is None:
            raise invalid(
                self._where + name,
                f"“{text}” is no moment. Send it as 2026-01-15T09:30:00+01:00 or with Z for UTC.",
            )
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:
            moment = None
        if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise invalid(
                self._where + name,
                f"“{text}” lies outside the years {FIRST_YEAR} to {LAST_YEAR}.",
            )
        return moment

    def amount(self, name: str) -> Decimal | None:
        """An amount as a text such as 250.00, or as a number; never less than nought."""
        value = self._data.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and re.fullmatch(r"\d{1,15}(\.\d{1,8})?", value, re.ASCII):
            return Decimal(value)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            number = Decimal(value)
            if number.is_finite() and 0 <= number < 10**15 and number.as_tuple().exponent >= -8:  # type: ignore[operator]
                return number
        raise invalid(
            self._where + name,
            f"{_what(value)} is no amount. Send it as 250.00, with a point and no separators.",
        )

    def items(self, name: str, most: int) -> list[Any]:
        value = self._data.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise invalid(self._where + name, f"Send a list, not {_what(value)}.")
        if len(value) > most:
            raise Refused(
                Refusal.Why.TOO_LONG.value,
                self._where + name,
                f"It has {len(value):,} entries; {most} can be stored.",
            )
        return value

    def inner(self, name: str) -> Any:
        """Whatever stands there, or None."""
        return self._data.get(name)


def clean(text: str) -> str:
    """Without the characters that no database of ours can store."""
    return UNSTORABLE.sub("", text)


def _what(value: Any) -> str:
    """A value in words, short enough to be shown."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"“{clean(value)[:LONGEST_SHOWN]}”"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, Mapping) else f"the number {str(value)[:LONGEST_SHOWN]}"
