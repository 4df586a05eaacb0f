"""Turns the text of a cell into a value, or says what is wrong and the way out."""

import difflib
import re
from collections.abc import Iterable, Mapping

from attribution.files.amounts import Amount, parse_amount, parse_count
from attribution.files.days import Order, parse_day, parse_instant
from attribution.files.problems import CellError

__all__ = [
    "UNKNOWN_WORD",
    "Amount",
    "CellError",
    "Order",
    "parse_amount",
    "parse_choice",
    "parse_count",
    "parse_day",
    "parse_id",
    "parse_instant",
    "parse_text",
    "suggest",
]

UNKNOWN_WORD = "This is none of the known values."
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
ROUNDED = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
NOT_ROUNDED = "Import the file as it was exported, without opening and saving it before"
ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")


def parse_choice(text: str, choices: Mapping[str, str]) -> str:
    """The value of a word. Keys of `choices` are written in small letters."""
    word = text.strip().casefold()
    if word in choices:
        return choices[word]
    near = suggest(word, choices)
    raise CellError(
        UNKNOWN_WORD if word else "This cell is empty.",
        f"Did you mean {near}?" if near else f"Write one of: {', '.join(choices)}.",
    )


def parse_text(text: str, max_length: int, allow_zero_width: bool = True) -> str:
    """The text as it stands: nothing is trimmed, for raw values are kept as captured."""
    if len(text) > max_length:
        raise CellError(
            f"This text has {len(text):,} characters, and at most {max_length:,} are kept.",
            "Shorten it.",
        )
    if text.isprintable() and allow_zero_width:
        # Printable text has no control characters, marks of direction or zero-width ones.
        return text
    found = FORBIDDEN.search(text) or (None if allow_zero_width else ZERO_WIDTH.search(text))
    if found:
        raise CellError(
            f"Character {found.start() + 1} of this text cannot be seen (U+{ord(found[0]):04X}).",
            "Delete that character, or type the text anew.",
        )
    return text


def parse_id(text: str, max_length: int, way_out: str = f"{NOT_ROUNDED}.") -> str:
    """An id of another program: one that a spreadsheet has rounded (1.2E+17) is that of many."""
    if ROUNDED.fullmatch(text.strip()):
        raise CellError("A spreadsheet has rounded this id.", way_out)
    return parse_text(text, max_length)


def suggest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like this one: for "did you mean"."""
    by_folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.strip().casefold(), by_folded, n=1, cutoff=0.7)
    return by_folded[near[0]] if near else None
