"""Amounts in millionths of their currency's unit, as Google's API has them: 12340000 for 12.34.

A price of a click in whole units beside them proves it. Where there is none, nothing does: then
amounts that no click costs are asked about.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from attribution.imports.outcome import Question
from spend.formats.words import words

CENTS = 10_000  # millionths in a hundredth: all amounts in cents are multiples of it
# More than any click costs, in units of most currencies, and of those that are worth little.
DEAREST = 10_000
DEAREST_OF_SMALL = 1_000_000
SMALL = words(
    "JPY KRW VND IDR CLP COP PYG HUF ISK NGN PKR KES TZS UGX RWF XAF XOF KZT UZS LAK KHR MMK IQD "
    "IRR LBP RSD CRC ARS"
)
MILLION = 1_000_000
WHOLE = re.compile(r"([0-9]{1,18})(?:\.0+)?")
PRICE = re.compile(r"[^0-9]*([0-9]+(?:[.,][0-9]{1,6})?)[^0-9]*")
EXAMPLES = 3


@dataclass
class MillionthsEvidence:
    """What amounts, clicks and prices of a click say of each other."""

    are_whole: bool = True  # amounts, so far
    are_cents: bool = True  # multiples of 10,000
    in_millionths: int = 0  # rows whose price of a click says so
    in_units: int = 0  # rows whose price of a click says otherwise, and is no whole number
    added: int = 0
    per_click: list[float] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    def add(self, amount: str, clicks: str, price: str) -> None:
        """Look at a row."""
        found = WHOLE.fullmatch(amount.strip())
        if not found:
            self.are_whole = self.are_whole and not amount.strip("0., -–—")
            return
        size = int(found[1])
        if not size:
            return
        self.added += size
        self.are_cents &= size % CENTS == 0
        if len(self.examples) < EXAMPLES and amount not in self.examples:
            self.examples.append(amount)
        number = WHOLE.fullmatch(clicks.strip().replace(",", ""))
        if number and int(number[1]):
            self._compare(size / int(number[1]), price.strip())

    def _compare(self, per_click: float, price: str) -> None:
        self.per_click.append(per_click)
        found = PRICE.fullmatch(price)
        if not found or not (unit := float(found[1].replace(",", "."))):
            return
        if MILLION / 2 < per_click / unit < 2 * MILLION:
            self.in_millionths += 1
        elif not found[1].isdigit():
            self.in_units += 1

    @property
    def is_proved(self) -> bool:
        """Whether they are millionths for certain."""
        return self.are_whole and self.in_millionths > 0 and not self.in_units

    def is_open(self, codes: Collection[str]) -> bool:
        """Whether they may be, in these currencies. Less than one unit in all is no spend."""
        may_be = self.are_whole and self.are_cents and not self.in_units and self.added >= MILLION
        dearest = DEAREST_OF_SMALL if SMALL.intersection(codes) else DEAREST
        dear = sum(price >= dearest for price in self.per_click)
        return may_be and not self.is_proved and 2 * dear > len(self.per_click)


def ask_for_millionths(
    found: MillionthsEvidence, header: str, choices: tuple[str, str]
) -> Question:
    """`choices`: the format that takes amounts as they stand, and that which takes millionths."""
    plain, millionths = choices
    text = (
        f'The amounts ("{header}") could be millionths, as Google\'s API has them (12340000 for '
        f"12.34): {', '.join(found.examples)}. {plain} takes them as they stand, {millionths} as "
        "millionths."
    )
    return Question("format", text, choices, "--format")
