"""What the entries of a file would change: new, changed, the same, and no longer there."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from attribution.imports.outcome import Change
from attribution.money import shown
from spend.importing.entries import RECORDED, others
from spend.importing.fields import COUNTS
from spend.importing.renamed import Renamed
from spend.models import SpendEntry

if TYPE_CHECKING:
    from spend.importing.importer import SpendImporter

BOTH = "FROM import_entries n JOIN spend_spendentry e ON e.id = n.entry_id"
# With those that the file has under another name; without them: `LOST`.
GONE = "FROM import_gone g JOIN spend_spendentry e ON e.id = g.entry_id"
LOST = f"{GONE} WHERE g.entry_id NOT IN (SELECT entry_id FROM import_renamed)"
# A form, and a shared cost, have no days of their own that a file could replace.
_NOT_FOUND = f"""CREATE TEMPORARY TABLE import_gone AS
  SELECT e.id AS entry_id FROM spend_spendentry e
    JOIN (SELECT DISTINCT source, day FROM import_entries) AS said
      ON said.source = e.source AND said.day = e.day
    LEFT JOIN import_entries n ON n.entry_id = e.id
   WHERE e.company_id = %(company)s AND n.entry_id IS NULL
     AND e.source <> '{SpendEntry.FORM}' AND e.cost_id IS NULL AND {{which}}"""
_ONLY_RENAMED = (
    "DELETE FROM import_gone WHERE entry_id NOT IN (SELECT entry_id FROM import_renamed)"
)


class Changes:
    """Compares the entries of one job with those that are there. Writes nothing."""

    def __init__(self, importer: "SpendImporter") -> None:
        self._stage = importer.stage
        self._company = importer.company
        self._entries = importer.entries
        self.renamed = Renamed(importer.stage)

    def drop(self) -> None:
        self._stage.execute("DROP TABLE IF EXISTS import_gone")
        self.renamed.drop()

    def find(self, whole_days: bool, by_id: bool) -> None:
        """`whole_days`: the file is all that its source has to say of its days. `by_id`: it names
        campaigns by their ids; what it has under another name it does name, and replaces."""
        self.drop()
        which = "e.platform_id <> ''" if by_id else "1 = 0"
        sql = _NOT_FOUND.format(which="1 = 1" if whole_days else which)
        self._stage.execute(sql, company=self._company.pk)
        self.renamed.find()
        if not whole_days:
            self._stage.execute(_ONLY_RENAMED)
        self._stage.sample("import_gone")

    def gone(self) -> tuple[int, str]:
        """How many entries the file no longer has, and their money in words."""
        sums = self._stage.rows(
            f"""SELECT e.currency, count(*), CAST(COALESCE(SUM({RECORDED}), 0) AS bigint)
                  {LOST} GROUP BY e.currency ORDER BY e.currency"""
        )
        words = " and ".join(shown(minor, currency) for currency, _, minor in sums)
        return sum(count for _, count, _ in sums), words

    def gone_of_other_owners(self, kept: Iterable[int | None]) -> int:
        return self._stage.number(
            f"""SELECT count(*) {GONE} JOIN attribution_campaign c ON c.id = e.campaign_id
                 WHERE {others(kept, "c")}"""
        )

    def of_costs(self, limit: int) -> list[tuple[Any, ...]]:
        """Rows that would change, or add, a part of a shared cost."""
        if not str(self._stage.constants.get("source", "cost-")).startswith("cost-"):
            return []
        return self._stage.rows(
            """SELECT n.first_row, n.source FROM import_entries n
                  LEFT JOIN spend_spendentry e ON e.id = n.entry_id
                 WHERE n.source LIKE 'cost-%%' AND (e.id IS NULL OR n.differs)
                 ORDER BY 1 LIMIT %(limit)s""",
            limit=limit,
        )

    def hold(self) -> None:
        """From now until the end of the transaction nobody else changes what is to be changed."""
        if self._stage.on_postgresql:
            if self._differing:
                self._stage.execute(
                    f"SELECT e.id {BOTH} WHERE n.differs ORDER BY e.id FOR NO KEY UPDATE OF e"
                )
            self._stage.execute(f"SELECT e.id {GONE} ORDER BY e.id FOR UPDATE OF e")

    def basis(self) -> str:
        """A short text that is another one when somebody else was at what would be changed."""
        differing = f"SELECT e.id, e.version {BOTH} WHERE n.differs UNION ALL "
        touched = self._stage.rows(
            f"{differing if self._differing else ''}SELECT e.id, -e.version {GONE} ORDER BY 1"
        )
        new = self._entries.counts.entries - self._entries.counts.known
        return basis_of(new, touched)

    def in_words(self, listed: int) -> list[Change]:
        """The first changes, one for each value that differs; then what is no longer there."""
        changed = [change for row in self._first(listed) for change in self._changed(row)]
        changed += self.renamed.in_words(listed)
        gone = self._stage.rows(
            f"""SELECT e.campaign_name, e.day, {RECORDED}, e.currency {LOST}
                 ORDER BY e.day, e.campaign_key, e.id LIMIT {listed}"""
        )
        removed = [
            Change(0, f"{name or 'no campaign'}, {day}", _money(minor, currency), "removed")
            for name, day, minor, currency in gone
        ]
        return [*changed[: max(listed - len(removed), listed // 2)], *removed][:listed]

    @property
    def _differing(self) -> int:
        """Where none differs, as in a file that is new, they need not be looked for again."""
        return self._entries.counts.differing

    def _first(self, listed: int) -> list[tuple[Any, ...]]:
        """The first entries that differ, and what the file says of them."""
        if not self._differing:
            return []
        pairs = ", ".join(f"e.{c}, n.{c}" for c in (*COUNTS, "note"))
        return self._stage.rows(
            f"""SELECT n.first_row, n.campaign_name, n.day, {RECORDED}, e.currency,
                       COALESCE(n.minor, {RECORDED}), n.currency, {pairs}
                  {BOTH} WHERE n.differs ORDER BY n.first_row, n.day LIMIT {listed}"""
        )

    def _changed(self, row: tuple[Any, ...]) -> list[Change]:
        line, campaign, day, old, old_currency, new, currency, *rest = row
        changes = []
        what = f"{campaign or 'no campaign'}, {day}"
        if (old, old_currency) != (new, currency):
            words = _money(old, old_currency), _money(new, currency)
            changes.append(Change(line, f"{what}, amount", *words))
        for n, name in enumerate((*COUNTS, "note")):
            was, becomes = rest[2 * n : 2 * n + 2]
            if becomes not in (None, "") and becomes != was:
                changes.append(Change(line, f"{what}, {name}", _text(was), _text(becomes)))
        return changes


def basis_of(new: int, touched: Iterable[tuple[Any, ...]]) -> str:
    """Of how many new entries, and of those that would be changed, each with its version."""
    text = ";".join(f"{entry}.{version}" for entry, version in touched)
    return hashlib.sha256(f"{new}|{text}".encode()).hexdigest()[:32]


def _money(minor: int | None, currency: str) -> str:
    return "–" if minor is None else shown(minor, currency)


def _text(value: Any) -> str:
    return "" if value is None else str(value) if isinstance(value, str) else f"{value:,}"
