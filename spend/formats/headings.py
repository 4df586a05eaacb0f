"""Headings as they are compared: without case, accents and the currency named in them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from babel.numbers import list_currencies

from attribution.files.problems import FileProblem
from attribution.files.writing import unguard
from spend.formats.words import words

CURRENCIES = frozenset(list_currencies())
# Small letters at the end of a heading (spend_usd) are a currency only if they are no word.
COMMON = words(
    "EUR USD GBP CHF SEK NOK DKK PLN CZK HUF RON BGN JPY CNY INR AUD NZD CAD BRL MXN ARS CLP COP "
    "ZAR AED SAR ILS SGD HKD KRW THB IDR MYR PHP VND UAH ISK RUB EGP MAD QAR KWD TWD PKR NGN KES"
)
LONGEST = 200  # characters of a heading that are compared
# "$" and "¥" are of several countries.
SIGNS = {"€": "EUR", "£": "GBP"} | dict(
    mark.split()
    for mark in (
        *("US$ USD", "CA$ CAD", "C$ CAD", "AU$ AUD", "A$ AUD", "NZ$ NZD", "HK$ HKD", "S$ SGD"),
        *("NT$ TWD", "MX$ MXN", "R$ BRL", "₹ INR", "₩ KRW", "₫ VND", "₪ ILS", "₱ PHP"),
    )
)
SIGN = r"[A-Z]{1,2}\$|[€£₹₩₫₪₱$¥]"
BESIDE = re.compile(r"(?<![A-Za-z])(?:[A-Z]{3}|[A-Z]{1,2}\$|[€£₹₩₫₪₱])(?![A-Za-z$])")
BRACKET = re.compile(rf"\s*[(\[]\s*(?:in\s+)?([A-Za-z]{{3}}|{SIGN})\s*[)\]]")
BEHIND = re.compile(rf"[\s_,/–-]+(?:in[\s_]+)?([A-Za-z]{{3}}|{SIGN})$")
BEFORE = re.compile(rf"^([A-Z]{{3}}|{SIGN})[\s_]+")


@dataclass(frozen=True)
class Heading:
    """One heading: as in the file, as compared, and the currency it names."""

    index: int
    header: str
    name: str  # folded
    bare: str  # folded, without the currency
    currency: str


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Case, accents, hyphens, underscores and wide blanks make no difference."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[_\-–—‐‑]", " ", plain).replace("’", "'").split())


def currency_in(header: str) -> tuple[str, str]:
    """The heading without its currency, and the currency: "Cost (USD)" → "Cost", "USD"."""
    for place in (BRACKET, BEHIND, BEFORE):
        for found in place.finditer(header):
            mark = found[1]
            code = SIGNS.get(mark, mark if len(mark) == 3 else "")
            if len(mark) == 3 and mark not in SIGNS:
                # (ALL) is a currency; COST ALL and spend_all are not meant to be.
                plain = mark.isupper() and not header.isupper() and mark not in ("ALL", "TOP")
                if mark.upper() not in (CURRENCIES if place is BRACKET or plain else COMMON):
                    continue
                if not mark.isupper() and mark.upper() not in COMMON:
                    continue
                code = mark.upper()
            rest = (header[: found.start()] + " " + header[found.end() :]).strip(" _-,/")
            if rest:
                return rest, code
    return header, ""


def currency_named(text: str) -> str:
    """The code of a currency that stands in a cell of its own: "€" and "Euro" are EUR."""
    return "EUR" if fold(text) in ("euro", "euros") else SIGNS.get(text, text)


def currency_beside(amount: str) -> str:
    """The currency that stands in the cell of an amount, if any: "€ 12.50", "12,50 EUR"."""
    found = BESIDE.search(amount)
    code = SIGNS.get(found[0], found[0]) if found else ""
    return code if code in CURRENCIES else ""


def read_headings(cells: Sequence[str]) -> tuple[Heading, ...]:
    """The headings of a line; blank ones are numbered, and repeated ones told apart."""
    texts = [unguard(cell).strip() for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    headers: list[str] = []
    seen: Counter[str] = Counter()
    taken = {text.casefold() for text in texts}
    for number, text in enumerate(texts, start=1):
        header = text or f"column {number}"
        seen[header.casefold()] += 1
        count = seen[header.casefold()]
        if count > 1:
            while f"{header} ({count})".casefold() in taken:
                count += 1
            header = f"{header} ({count})"
        taken.add(header.casefold())
        headers.append(header)
    return tuple(
        _heading(index, *pair) for index, pair in enumerate(zip(headers, texts, strict=True))
    )


def _heading(index: int, header: str, text: str) -> Heading:
    text = text[:LONGEST]
    bare, currency = currency_in(text)
    return Heading(index, header, fold(text), fold(bare), currency)


def refuse_repeated(headings: Iterable[Heading], used: Heading, file_name: str) -> None:
    """A column that is used must be the only one of its name, or another one could be meant."""
    count = sum(other.name == used.name for other in headings)
    if count > 1:
        raise FileProblem(
            f'"{file_name}" has the heading "{used.header}" {count} times. '
            "Rename or delete all but one of these columns."
        )
