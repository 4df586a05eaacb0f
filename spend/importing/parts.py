"""What of a staged entry follows from which columns, so that rows are read by the thousand."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from attribution.files.amounts import FINE, minor_digits
from attribution.files.cells import CellError
from attribution.imports.parts import Part, Values
from attribution.utm import KEY_LIMIT, tidy
from spend.importing.fields import COUNTS

if TYPE_CHECKING:
    from attribution.imports.rows import Plan
    from spend.importing.importer import SpendImporter

NAME_LENGTH = 100
_CENTS = r"-?(?:[0-9]{1,11}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,2})\.[0-9]{2}"
CENTS = re.compile(_CENTS)
MANY_CENTS = re.compile(rf"(?:{_CENTS}\n)*")
NO_POINTS = str.maketrans("", "", ".,")
Made = tuple[Values, bool]


def parts(importer: "SpendImporter", plan: "Plan") -> list[Part]:
    """The parts of all staged columns. Marked are rows whose amount is no whole minor unit."""

    def days(said: tuple[date, date], last_day: date | None) -> Made:
        first, last = said[0], last_day or said[1]
        if not importer.in_order(first, last):
            raise CellError("", "")  # it is put into words where the row is known
        return (first, last), False

    def name(campaign: str, platform_id: str) -> Made:
        named = importer.name(campaign, platform_id)
        return (named, tidy(named)[:KEY_LIMIT]), False

    def fine(currency: str | None, amount: str | None) -> Made:
        if amount is None:
            return (None,), False
        found = importer.parsed(amount, currency or own)
        return (found.fine,), found.noise

    own = importer.company.currency
    part, amounts = plan.part, plan.part(("fine",), ("currency", "amount"), fine)
    return [
        part(("first_day", "last_day"), ("day", "last_day"), days),
        part(("campaign_name", "campaign_key"), ("campaign", "platform_id"), name),
        part(("utm_source",), ("source",), lambda text: ((tidy(text)[:NAME_LENGTH],), False)),
        part(("utm_medium",), ("medium",), lambda text: ((tidy(text)[:NAME_LENGTH],), False)),
        part(("platform_id",), ("platform_id",), lambda text: ((text.strip(),), False)),
        part(("line",), ("line",), as_it_is),
        part(("source",), ("came_from", "account"), lambda *t: ((importer.source(*t),), False)),
        part(("currency",), ("currency",), lambda code: ((code or own,), False)),
        amounts_at_once(importer, plan, amounts, FINE),
        *(part((count,), (count,), as_it_is) for count in COUNTS),
        part(("note",), ("note",), as_it_is),
        Part(("apart",), tuple(importer.apart), lambda *texts: ((apart_of(texts),), False)),
    ]


def apart_of(texts: tuple[str, ...]) -> int:
    """The same number for rows that are alike in all that tells rows apart."""
    return hash(texts) if texts else 0


def as_it_is(value: Any) -> Made:
    """The value itself."""
    return (value,), False


def amounts_at_once(
    importer: "SpendImporter", plan: "Plan", amounts: Part, parts_of_a_cent: int
) -> Part:
    """The part of the amounts, quick where 1,234.56 can be nothing but 123,456 cents."""
    amount, currency = plan.steps.get("amount"), plan.steps.get("currency")
    own = plan.constant("currency") or importer.company.currency
    if (
        amount is None
        or amount.values
        or importer.job.options.sign != "."
        or importer.layout.micros
    ):
        return amounts

    def has_cents(code: str) -> bool:
        return minor_digits((currency.read(code) if currency else None) or own) == 2

    if currency is None and not has_cents(own):
        return amounts
    return quick(amounts, importer.stage.encode_numbers, parts_of_a_cent, has_cents)


def quick(
    part: Part,
    encode: Callable[[list[str]], list[Any]],
    parts_of_a_cent: int,
    has_cents: Callable[[str], bool],
) -> Part:
    """1,234.56 is 123456 cents: the point goes, and the parts of a cent are noughts.

    The amount is the last column of the part; before it may stand its currency.
    """
    noughts = str(parts_of_a_cent)[1:]

    def found(*texts: str) -> Made:
        *codes, text = texts
        if not CENTS.fullmatch(text) or not all(map(has_cents, codes)):
            return part.find(*texts)
        return (int(text.translate(NO_POINTS) + noughts),), False

    def whole(*columns: Sequence[str]) -> list[Any] | None:
        *currencies, texts = columns
        if not all(map(has_cents, set().union(*currencies))):
            return None
        lines = "\n".join((*texts, ""))
        if lines.count("\n") != len(texts) or not MANY_CENTS.fullmatch(lines):
            return None
        cents = lines.replace(".", "").replace(",", "")
        return encode(cents.replace("\n", noughts + "\n").splitlines())

    return part._replace(find=found, whole=whole)
