"""Finds the few among many rows that could be no spend, by the columns that the rules look at."""

from collections.abc import Callable

from attribution.imports.parts import Columns
from spend.formats.rows import (
    MAY_BE_TOTAL,
    NOTHING,
    TOTAL_LETTERS,
    RowRules,
    is_group_total,
    is_planned,
    says_nothing,
)

REMEMBERED = 10_000  # texts of each column


class Sieve:
    """For one file. Rows are of one width, and come as columns: a text of each row."""

    def __init__(self, rules: RowRules) -> None:
        self._rules = rules
        name = rules.campaign if rules.campaign is not None else rules.platform_id
        self._filled = [column for column in (rules.amount, name) if column is not None]
        # A total of all says nothing in any of its other columns, so one of them is enough.
        silent = {*rules.with_all, *rules.breakdowns, *(rules.others[:1] if name is None else ())}
        is_grouped = not rules.is_platform and rules.day is not None
        groups = [rules.campaign] if is_grouped and rules.campaign is not None else []
        self._watched: list[tuple[int, Callable[[str], bool], set[str]]] = [
            *((column, _may_be_label, set()) for column in rules.labels),
            *((column, says_nothing, set()) for column in sorted(silent)),
            *((column, is_planned, set()) for column in rules.planned),
            *((column, is_group_total, set()) for column in groups),
        ]

    def suspects(self, columns: Columns) -> list[int]:
        """Which rows `RowRules.skip` has to look at; of all others it says None."""
        if self._rules.amount is None:  # then a single text alone makes a row a footer
            return list(range(len(columns[0])))
        found: set[int] = set()
        for column in self._filled:
            texts = columns[column]
            if not NOTHING.isdisjoint(map(str.strip, texts)):
                found.update(n for n, text in enumerate(texts) if text.strip() in NOTHING)
        for column, is_suspect, names in self._watched:
            texts = columns[column]
            new = set(texts) - names
            if not new:
                continue
            suspects = {text for text in new if is_suspect(text)}
            if len(names) > REMEMBERED:
                names.clear()
            names |= new - suspects
            if suspects:
                found.update(n for n, text in enumerate(texts) if text in suspects)
        return sorted(found)


def _may_be_label(text: str) -> bool:
    return text[:1] in TOTAL_LETTERS and bool(MAY_BE_TOTAL.match(text))
