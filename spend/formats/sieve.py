"""Finds the few among many rows that could be no spend, by the columns that the rules look at."""

from collections.abc import Sequence

from spend.formats.rows import MAY_BE_TOTAL, NOTHING, TOTAL_LETTERS, RowRules

REMEMBERED = 10_000  # texts of each column


class Sieve:
    """For one file. Rows are of one width."""

    def __init__(self, rules: RowRules) -> None:
        self._rules = rules
        self._labels: dict[int, set[str]] = {column: set() for column in rules.labels}
        name = rules.campaign if rules.campaign is not None else rules.platform_id
        self._filled = [rules.amount] if rules.amount is not None else []
        if rules.is_platform and name is not None:
            self._filled.append(name)

    def suspects(self, rows: Sequence[Sequence[str]]) -> list[int]:
        """Which rows `RowRules.skip` has to look at; of all others it says None."""
        if self._rules.amount is None:  # then a single text alone makes a row a footer
            return list(range(len(rows)))
        found: set[int] = set()
        for column in self._filled:
            texts = [cells[column].strip() for cells in rows]
            if not NOTHING.isdisjoint(texts):
                found.update(n for n, text in enumerate(texts) if text in NOTHING)
        for column, names in self._labels.items():
            texts = [cells[column] for cells in rows]
            new = set(texts) - names
            if not new:
                continue
            labels = {text for text in new if _may_be_label(text)}
            if len(names) > REMEMBERED:
                names.clear()
            names |= new - labels
            if labels:
                found.update(n for n, text in enumerate(texts) if text in labels)
        return sorted(found)


def _may_be_label(text: str) -> bool:
    return text[:1] in TOTAL_LETTERS and bool(MAY_BE_TOTAL.match(text))
