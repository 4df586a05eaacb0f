"""Entries that a file has under another name of their campaign: the platform's id says so.

Who renames a campaign on a platform gets the new name for its past days too. That is no spend that
went and other spend that came: nothing is doubled, and a restatement is what the amount differs by.
Of an id that has several names on one day nobody can say which became which; there the names count.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from attribution.imports.outcome import Change
from attribution.imports.staging import Staging
from attribution.money import shown
from spend.importing.entries import KEY, RECORDED

FROM = """FROM import_renamed r JOIN spend_spendentry e ON e.id = r.entry_id"""
_ALIKE = [name for name in KEY if name != "campaign_key"]
_FOUND = f"""CREATE TEMPORARY TABLE import_renamed AS
  SELECT entry_id, first_row, campaign_name, minor, currency, amount_minor
    FROM (SELECT e.id AS entry_id, n.first_row, n.campaign_name, n.minor, n.currency,
                 n.amount_minor,
                 count(*) OVER (PARTITION BY {", ".join(f"e.{name}" for name in _ALIKE)}) AS times
            FROM import_gone g
            JOIN spend_spendentry e ON e.id = g.entry_id AND e.platform_id <> ''
            JOIN import_entries n ON n.entry_id IS NULL AND n.minor IS NOT NULL
                 AND {" AND ".join(f"n.{name} = e.{name}" for name in _ALIKE)}) AS pairs
   WHERE times = 1"""


class Renamed:
    """Finds them among the entries of `import_gone`. Writes nothing."""

    def __init__(self, stage: Staging) -> None:
        self._stage = stage

    def drop(self) -> None:
        self._stage.execute("DROP TABLE IF EXISTS import_renamed")

    def find(self) -> None:
        self._stage.execute(_FOUND)
        self._stage.sample("import_renamed")

    def count(self) -> int:
        return self._stage.number("SELECT count(*) FROM import_renamed")

    def in_words(self, listed: int) -> list[Change]:
        """The first of them: the two names, and the amounts where these differ."""
        changes = []
        rows = self._stage.rows(
            f"""SELECT r.first_row, e.day, e.campaign_name, r.campaign_name,
                       {RECORDED}, e.currency, r.minor, r.currency {FROM}
                 ORDER BY r.first_row, e.day LIMIT {listed}"""
        )
        for line, day, was, name, minor, currency, new, new_currency in rows:
            what = f"{name or 'no campaign'}, {day}"
            changes.append(Change(line, f"{what}, campaign", was or "–", name or "–"))
            if (minor, currency) != (new, new_currency):
                old = "–" if minor is None else shown(minor, currency)
                changes.append(Change(line, f"{what}, amount", old, shown(new, new_currency)))
        return changes
