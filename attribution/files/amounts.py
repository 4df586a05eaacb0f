"""Reads amounts of money and counts. Nothing is rounded and nothing is changed silently."""

import re
from functools import lru_cache
from typing import NamedTuple

from babel import Locale
from babel.numbers import get_currency_precision

from attribution.files.problems import CellError

MAX_MINOR = 10**13
MAX_COUNT = 2**31 - 1
FINE_DIGITS = 4
FINE = 10**FINE_DIGITS  # parts of a minor unit

PLAIN = re.compile(r"(-?)([0-9]{1,11})(?:\.([0-9]{1,2}))?")
SPACES = "'’ \u00a0\u2007\u2009\u202f"  # and apostrophes, between thousands
NUMBER = {
    decimal_sign: re.compile(
        rf"([0-9]+|[0-9]{{1,3}}([{group_sign}{SPACES}])[0-9]{{3}}(?:\2[0-9]{{3}})*|)"
        rf"(?:[{decimal_sign}]([0-9]+))?"
    )
    for decimal_sign, group_sign in [(".", ","), (",", ".")]
}
# How a country writes its own money; several may write it alike.
OWN_MARKS = {
    "kr": "SEK NOK DKK ISK",
    "$": "CAD AUD NZD SGD HKD TWD MXN ARS CLP COP",
    "¥": "CNY",
    "￥": "JPY CNY",
    "円": "JPY",
    "元": "CNY",
    "원": "KRW",
    "zł": "PLN",
    "Kč": "CZK",
    "Ft": "HUF",
    "lei": "RON",
    "₺": "TRY",
    "TL": "TRY",
    "₴": "UAH",
    "₽": "RUB",
    "Fr": "CHF",
    "Rs": "INR",
    "R": "ZAR",
    "RM": "MYR",
    "Rp": "IDR",
    "฿": "THB",
}
# What stands before and after the digits: a sign, a currency.
AROUND = re.compile(r"([^0-9.,'’]*)([0-9.,'’](?:.*[0-9.,'’])?)([^0-9.,'’]*)", re.DOTALL)
ABBREVIATED = re.compile(r"(?<=[^\W\d_])\.")  # "kr. 12", "Rs.500"
MINUS = "-−"
MICROS = re.compile(r"(-?)([0-9]{1,19})(?:\.0+)?")

# Exports of 32-bit floats write 1.429999948 for 1.43: so many decimals, and so near a cent.
NOISE_DECIMALS = 6
NOISE = 2  # in 1/100,000 of the currency's unit


class Amount(NamedTuple):
    """Money in minor units. `noise`: the file held a float's approximation of it."""

    minor: int
    noise: bool


class FineAmount(NamedTuple):
    """Money in parts of the minor unit, `FINE` to one. `noise`: it is no whole minor unit."""

    fine: int
    noise: bool

    @property
    def minor(self) -> int:
        """Rounded half up, away from nought."""
        size = (2 * abs(self.fine) + FINE) // (2 * FINE)
        return size if self.fine >= 0 else -size


def parse_amount(text: str, currency: str, decimal_sign: str = ".") -> Amount:
    """1234.56, 1,234.56, -5.00, € 12, 12 EUR; with "," as decimal sign the mirror image."""
    digits = minor_digits(currency)
    if decimal_sign == "." and digits == 2 and (found := PLAIN.fullmatch(text)):
        sign, whole, fraction = found.groups()
        minor = int(whole) * 100 + int((fraction or "0").ljust(2, "0"))
        return Amount(-minor if sign else minor, False)
    negative, number = _without_marks(text, currency)
    whole, fraction = _parts(number, decimal_sign, "1234.56")
    _check_size(whole)
    size, noise = _minor(whole, fraction, digits, currency)
    if size >= MAX_MINOR:
        raise _too_large()
    return Amount(-size if negative else size, noise)


def parse_fine(text: str, currency: str, decimal_sign: str = ".", *, exact: bool) -> FineAmount:
    """The amount in parts of its minor unit. `exact`: all its decimals count, as a program wrote
    them; else there may be no more than the currency has.
    """
    if not exact:
        amount = parse_amount(text, currency, decimal_sign)
        return FineAmount(amount.minor * FINE, amount.noise)
    if decimal_sign == "." and (found := PLAIN.fullmatch(text)):
        sign, whole, fraction = found.groups()
        return _fine(whole, fraction or "", bool(sign), currency)
    negative, number = _without_marks(text, currency)
    whole, fraction = _parts(number, decimal_sign, "1234.56")
    _check_size(whole)
    return _fine(whole, fraction, negative, currency)


def parse_micros(text: str, currency: str) -> FineAmount:
    """Millionths of the currency's unit, as connectors keep them: 1500000 is 1.50."""
    found = MICROS.fullmatch(text.strip())
    if not found:
        raise CellError("This is no number of millionths.", "Write digits, such as 1500000.")
    digits = found[2].rjust(7, "0")
    _check_size(digits[:-6])
    return _fine(digits[:-6], digits[-6:], bool(found[1]), currency)


def _fine(whole: str, fraction: str, negative: bool, currency: str) -> FineAmount:
    """What is finer still is rounded half up."""
    places = minor_digits(currency) + FINE_DIGITS
    fine = int(whole + fraction[:places].ljust(places, "0")) + (fraction[places:] >= "5")
    if fine >= MAX_MINOR * FINE:
        raise _too_large()
    return FineAmount(-fine if negative else fine, bool(fine % FINE))


def parse_count(text: str, decimal_sign: str = ".") -> int:
    """A whole number from 0 on: 1234, 1,234 and also 12.0, as some programs write it."""
    if text.isdecimal() and text.isascii() and len(text) < 10:
        return int(text)
    body = text.strip()
    if body[:1] and body[0] in MINUS:
        raise CellError("A count cannot be less than 0.", "Write 0 or more.")
    whole, fraction = _parts(body, decimal_sign, "1234")
    if fraction.strip("0") or len(fraction) == 3:
        raise CellError("This is not a whole number.", "Write digits only, such as 1234.")
    _check_size(whole)
    if int(whole) > MAX_COUNT:
        raise CellError(f"This is more than {MAX_COUNT:,}.", "Check the number.")
    return int(whole)


@lru_cache(maxsize=256)
def minor_digits(currency: str) -> int:
    return get_currency_precision(currency)


def _without_marks(text: str, currency: str) -> tuple[bool, str]:
    """Is it negative, and the number alone. Its currency may stand before or after it."""
    body = ABBREVIATED.sub("", text.strip())
    if not body:
        raise CellError("This cell is empty.", "Write an amount, such as 1234.56.")
    found = AROUND.fullmatch(body)
    if not found:
        raise _not_a_number("1234.56")
    before, number, after = found.groups()
    mark = "".join(before.split())
    signs = [letter for letter in mark if letter in MINUS + "+"]
    mark = mark.strip(MINUS + "+")
    if len(signs) > 1:
        raise _not_a_number("1234.56")
    for word in (mark, after.strip()):
        if word and word.upper() not in marks_of(currency):
            raise _other_mark(word, currency)
    return bool(signs) and signs[0] in MINUS, number


def mark_beside(text: str) -> str:
    """The mark of a currency, such as "$", beside an amount; "" where there is none."""
    found = AROUND.fullmatch(ABBREVIATED.sub("", text.strip()))
    around = (found[1], found[3]) if found else ()
    marks = ("".join(text.split()).strip(MINUS + "+") for text in around)
    return next((mark for mark in marks if mark.upper() in _all_marks()), "")


def _parts(number: str, decimal_sign: str, example: str) -> tuple[str, str]:
    """The digits before and after the decimal sign."""
    if not number:
        raise CellError("This cell is empty.", f"Write a number, such as {example}.")
    found = NUMBER[decimal_sign].fullmatch(number)
    if not found or not (found[1] or found[3]):
        other = "," if decimal_sign == "." else "."
        if NUMBER[other].fullmatch(number) and any(sign in number for sign in ",."):
            raise CellError(
                f'This does not fit the decimal sign "{decimal_sign}".',
                f'Declare "{other}" as the decimal sign of this file, or write {example}.',
            )
        raise _not_a_number(example)
    return re.sub("[^0-9]", "", found[1]) or "0", found[3] or ""


def _minor(whole: str, fraction: str, digits: int, currency: str) -> tuple[int, bool]:
    kept, rest = fraction[:digits].ljust(digits, "0"), fraction[digits:]
    minor = int(whole + kept)
    if not rest.strip("0"):
        # 5.000 may be five thousand with the other sign; 5.0000 can only be five.
        if rest and len(fraction) == 3:
            raise _too_many_decimals(currency, digits)
        return minor, False
    if len(fraction) >= NOISE_DECIMALS:
        unit = 10 ** len(rest)  # of the last digit in the file, to a minor unit
        over = int(rest)
        tolerance = NOISE * 10 ** len(fraction) // 100_000
        if over <= tolerance:
            return minor, True
        if unit - over <= tolerance:
            return minor + 1, True
    raise _too_many_decimals(currency, digits)


def _check_size(whole: str) -> None:
    if len(whole.lstrip("0")) > 14:
        raise _too_large()


@lru_cache(maxsize=256)
def marks_of(currency: str) -> frozenset[str]:
    """How its amounts are marked, in capitals; other currencies may have the same marks."""
    symbol = Locale("en").currency_symbols.get(currency, currency)
    own = (mark.upper() for mark, codes in OWN_MARKS.items() if currency in codes.split())
    return frozenset({currency.upper(), symbol.upper(), *own})


@lru_cache(maxsize=1)
def _all_marks() -> frozenset[str]:
    locale = Locale("en")
    return frozenset(locale.currencies) | frozenset(
        mark.upper() for mark in (*locale.currency_symbols.values(), *OWN_MARKS)
    )


def _other_mark(word: str, currency: str) -> CellError:
    if word.upper() in _all_marks():
        return CellError(
            f"This amount is not in {currency}.",
            f"Say in which currency it is, or convert it to {currency}.",
        )
    return _not_a_number("1234.56")


def _not_a_number(example: str) -> CellError:
    return CellError("This is not a number.", f"Write digits from 0 to 9 only, such as {example}.")


def _too_large() -> CellError:
    return CellError("This number is too large.", "Check its decimal sign and its digits.")


def _too_many_decimals(currency: str, digits: int) -> CellError:
    return CellError(
        f"This has more decimals than {currency} has ({digits}).",
        f"Round it to {digits} decimals, or declare the other decimal sign for this file.",
    )
