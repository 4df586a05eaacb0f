"""Campaigns called "Total: Brand" beside totals called "Total: Search": their amounts tell which.

Only where a row has no day or id of its own, by which a campaign is known.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import combinations

from spend.formats.headings import fold
from spend.formats.rows import (
    MAY_BE_TOTAL,
    NOTHING,
    PART,
    TOTAL_LETTERS,
    RowRules,
    cell_at,
    total_in,
)

Rows = Callable[[], Iterable[list[str]]]

MOST = 10  # such rows; a report has a total of each network
HALF_A_CENT = Decimal("0.005")  # by which each row may have been rounded
NOT_OF_A_NUMBER = re.compile(r"[^0-9.,-]")
# Google's parts of an account.
PARTS = re.compile(
    r"search|display|shopping|video|performance max|\bapps?\b|smart|discovery|demand|hotel"
    r"|travel|local|network|experiment|youtube|partner"
    r"|rendimiento|aplicacion|inteligente|such|netzwerk|bildnetz|experimente?|recherche|reseau|achats|busqueda|\bred\b|compras"
    r"|pesquisa|rede\b|ricerca|rete\b|zoek|netwerk|検索|ディスプレイ|검색|디스플레이"
)


@dataclass
class Called:
    """A row whose campaign is called "Total: …"."""

    label: str
    amount: Decimal
    since: Decimal  # the sum of the rows between the last such row and this one
    is_set_up: bool  # whether it has what a campaign has: a status, a type
    of_part: Decimal = Decimal()  # the sum of the rows that name what it is of

    @property
    def of(self) -> str:
        """What it says it is the total of."""
        return fold(self.label).partition(":")[2].strip()


def tell_apart(rules: RowRules, rows: Rows, decimal_sign: str) -> RowRules:
    """The rules with which campaigns are told from totals. Reads the rows only where it must."""
    known_by = rules.day is not None or rules.platform_id is not None
    if known_by or rules.campaign is None or rules.amount is None:
        return rules
    if not any(_is_called(rules, cells) for cells in rows()):
        return rules
    called, rest, wholes, tolerance = _sums(rules, rows, decimal_sign)
    names, unclear = _decide(called, rest, wholes, tolerance)
    return replace(rules, names=frozenset(names), unclear=frozenset(unclear))


def _is_called(rules: RowRules, cells: list[str]) -> bool:
    label = cell_at(cells, rules.campaign)
    may_be = label[:1] in TOTAL_LETTERS and MAY_BE_TOTAL.match(label)
    return bool(may_be) and total_in(label) is PART


def _sums(
    rules: RowRules, rows: Rows, decimal_sign: str
) -> tuple[list[Called], Decimal, list[Decimal], Decimal]:
    """Rows called totals, what the campaigns add up to, what totals of all say, and how far these
    may be apart.
    """
    called: list[Called] = []
    wholes: list[Decimal] = []
    rest, since, count = Decimal(), Decimal(), 1
    for cells in rows():
        amount = _number(rules.text("amount", cell_at(cells, rules.amount)), decimal_sign)
        if _is_called(rules, cells):
            is_set_up = any(cell_at(cells, c).strip() not in NOTHING for c in rules.others)
            called.append(Called(cell_at(cells, rules.campaign), amount, since, is_set_up))
            since = Decimal()
        elif (skip := rules.skip(cells)) is None:
            rest, since, count = rest + amount, since + amount, count + 1
        elif skip.is_total:
            wholes.append(amount)
    for cells in rows():
        if rules.skip(cells) is None:
            amount = _number(rules.text("amount", cell_at(cells, rules.amount)), decimal_sign)
            texts = {fold(cell) for cell in cells}
            for row in called:
                row.of_part += amount if row.of in texts else 0
    return called, rest, wholes, HALF_A_CENT * count


def _decide(
    called: list[Called], rest: Decimal, wholes: list[Decimal], tolerance: Decimal
) -> tuple[list[str], list[str]]:
    """The labels that are names of campaigns, and those of which nobody can tell."""

    def same(one: Decimal, other: Decimal) -> bool:
        return abs(one - other) <= tolerance

    # Of many rows the rounding may add up to more than such a row has: first to the cent.
    for apart in (HALF_A_CENT, tolerance):
        fitting = [
            some
            for some in _subsets(called)
            if any(abs(rest + sum(row.amount for row in some) - w) <= apart for w in wholes)
        ]
        if len(fitting) == 1 or () in fitting:
            return [row.label for row in min(fitting, key=len)], []
    names: list[str] = []
    unclear: list[str] = []
    for row in called:
        adds_up = any(same(row.amount, of) for of in (rest, row.since, row.of_part) if of)
        signs = adds_up + bool(PARTS.search(row.of))  # of a total
        if not row.amount or signs > row.is_set_up:
            continue
        (names if row.is_set_up and not signs else unclear).append(row.label)
    return names, unclear


def _subsets(called: list[Called]) -> Iterator[tuple[Called, ...]]:
    spent = [row for row in called if row.amount][:MOST]
    for size in range(len(spent) + 1):
        yield from combinations(spent, size)


def _number(text: str, decimal_sign: str) -> Decimal:
    """Whatever its currency; nought where there is none."""
    digits = NOT_OF_A_NUMBER.sub("", text).replace("," if decimal_sign == "." else ".", "")
    try:
        return Decimal(digits.replace(",", "."))
    except InvalidOperation:
        return Decimal()
