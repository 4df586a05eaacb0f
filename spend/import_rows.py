"""Staged rows of spend, added up to entries, and merged with those that are there."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Iterable
from typing import Any

from attribution.imports.importer import Importer
from attribution.imports.outcome import SHOWN, Change, NamedAmount, Totals, money
from attribution.repair import law
from spend.matching import campaign_of
from spend.models import SpendEntry

COUNTS = ("impressions", "clicks", "sends", "opens")
KEY = ("day", "campaign_key", "utm_source", "utm_medium", "line", "source")

_KEY = ", ".join(KEY)
_SUMS = ", ".join(f"CAST(SUM({name}) AS bigint) AS {name}" for name in ("amount_minor", *COUNTS))
_SUMMED = ", ".join(f"added.{name}" for name in (*KEY, "amount_minor", *COUNTS))
# The name and the note are those of the first row that has the key.
_ENTRIES = f"""CREATE TEMPORARY TABLE import_entries AS
  SELECT added.first_row, {_SUMMED}, first.campaign_name, first.note, c.id AS campaign_id,
         c.name AS campaign, c.owner_id, e.id AS entry_id
    FROM (SELECT min(file_row) AS first_row, {_KEY}, {_SUMS}
            FROM import_stage GROUP BY {_KEY}) AS added
    JOIN import_stage AS first ON first.file_row = first_row
    LEFT JOIN attribution_campaign c ON c.company_id = %(company)s AND c.key = added.campaign_key
         AND NOT c.withdrawn
    LEFT JOIN spend_spendentry e ON e.company_id = %(company)s
         AND {" AND ".join(f"e.{name} = added.{name}" for name in KEY)}"""
_BOTH = "FROM import_entries n JOIN spend_spendentry e ON e.id = n.entry_id"
# An empty cell says nothing: what is there stays.
_DIFFERS = " OR ".join(
    [
        "n.amount_minor <> e.amount_minor",
        *(f"(n.{c} IS NOT NULL AND n.{c} IS DISTINCT FROM e.{c})" for c in COUNTS),
        "(n.note <> '' AND n.note <> e.note)",
    ]
)


class SpendRows:
    """SQL for the staged rows of one job."""

    def __init__(self, importer: Importer) -> None:
        self._job = importer.job
        self._stage = importer.stage
        self._company = importer.company

    def add_up(self) -> None:
        """One row in `import_entries` for each natural key; it lives as long as the job."""
        self._stage.execute("DROP TABLE IF EXISTS import_entries")
        self._stage.execute(_ENTRIES, company=self._company.pk)
        self._follow_repairs()
        if self._stage.on_postgresql:
            self._stage.execute("ANALYZE import_entries")

    def _follow_repairs(self) -> None:
        """Rules and merges may send a name elsewhere than to the campaign that has it."""
        book = law.book(self._company)
        if not (book.rules or book.merged):
            return
        names = self._stage.rows(
            "SELECT DISTINCT campaign_key, utm_source, utm_medium, campaign_id FROM import_entries"
        )
        moved = [
            (campaign, key, source, medium)
            for key, source, medium, found in names
            if (campaign := campaign_of(key, source, medium, book)) != found
        ]
        self._stage.execute_many(
            "UPDATE import_entries SET campaign_id = %s"
            " WHERE campaign_key = %s AND utm_source = %s AND utm_medium = %s",
            moved,
        )
        if moved:
            of_campaign = "FROM attribution_campaign c WHERE c.id = import_entries.campaign_id"
            self._stage.execute(
                f"""UPDATE import_entries SET campaign = (SELECT c.name {of_campaign}),
                                              owner_id = (SELECT c.owner_id {of_campaign})"""
            )

    def staged(self) -> int:
        return self._stage.number("SELECT count(*) FROM import_stage")

    def alike(self) -> int:
        return self._stage.number("SELECT count(*) - count(DISTINCT content) FROM import_stage")

    def entries(self) -> int:
        return self._stage.number("SELECT count(*) FROM import_entries")

    def new(self) -> int:
        return self._stage.number("SELECT count(*) FROM import_entries WHERE entry_id IS NULL")

    def changed(self) -> int:
        return self._stage.number(f"SELECT count(*) {_BOTH} WHERE {_DIFFERS}")

    def also_typed(self) -> int:
        """Entries of the file beside which the same one was typed in by hand."""
        same = " AND ".join(f"e.{name} = n.{name}" for name in KEY if name != "source")
        return self._stage.number(
            f"""SELECT count(*) FROM import_entries n JOIN spend_spendentry e
                  ON e.company_id = %(company)s AND {same}
                 AND n.source = '{SpendEntry.FILE}' AND e.source = '{SpendEntry.FORM}'""",
            company=self._company.pk,
        )

    def of_other_owners(
        self, kept: Iterable[int | None], limit: int
    ) -> tuple[int, list[tuple[Any, ...]]]:
        """How many rows are for campaigns outside these owners', and the first of them."""
        owners = set(kept)
        ids = ", ".join(str(owner) for owner in sorted(owners - {None}, key=str)) or "NULL"
        theirs = f"e.owner_id IN ({ids})" + (" OR e.owner_id IS NULL" if None in owners else "")
        same = " AND ".join(f"e.{name} = s.{name}" for name in KEY)
        rows = f"""FROM import_stage s JOIN import_entries e ON {same}
                  WHERE e.campaign_id IS NOT NULL AND ({theirs}) IS NOT TRUE"""
        count = self._stage.number(f"SELECT count(*) {rows}")
        if not count:
            return 0, []
        listed = f"SELECT s.file_row, s.campaign_name {rows} ORDER BY 1 LIMIT %(limit)s"
        return count, self._stage.rows(listed, limit=limit)

    def changes(self) -> list[Change]:
        """The first changes in words, one for each value that differs."""
        pairs = ", ".join(f"e.{c}, n.{c}" for c in ("amount_minor", *COUNTS, "note"))
        rows = self._stage.rows(
            f"""SELECT n.first_row, n.campaign_name, n.day, {pairs}
                  {_BOTH} WHERE {_DIFFERS} ORDER BY n.first_row LIMIT {SHOWN}"""
        )
        return [change for row in rows for change in self._in_words(row)][:SHOWN]

    def _in_words(self, row: tuple[Any, ...]) -> list[Change]:
        line, campaign, day, old, new, *rest = row
        changes = []
        what = f"{campaign or 'no campaign'}, {day}"
        if old != new:
            currency = self._company.currency
            changes.append(
                Change(line, f"{what}, amount", money(old, currency), money(new, currency))
            )
        for n, name in enumerate((*COUNTS, "note")):
            old, new = rest[2 * n : 2 * n + 2]
            if new not in (None, "") and new != old:
                changes.append(Change(line, f"{what}, {name}", _text(old), _text(new)))
        return changes

    def totals(self) -> Totals:
        """The file's money, by campaign and by names that no campaign has."""
        currency = self._company.currency
        matched, unmatched = "campaign_id IS NOT NULL", "campaign_id IS NULL"
        matched_names, matched_minor = self._sum(matched)
        unmatched_names, unmatched_minor = self._sum(unmatched)
        return Totals(
            currency=currency,
            amount=money(matched_minor + unmatched_minor, currency),
            minor=matched_minor + unmatched_minor,
            matched=money(matched_minor, currency),
            matched_names=matched_names,
            unmatched=money(unmatched_minor, currency),
            unmatched_names=unmatched_names,
            by_campaign=self._largest(matched, "min(campaign)"),
            by_unmatched_name=self._largest(unmatched, "min(campaign_name)"),
        )

    def _sum(self, which: str) -> tuple[int, int]:
        names, minor = self._stage.row(
            f"""SELECT count(DISTINCT campaign_key), CAST(SUM(amount_minor) AS bigint)
                  FROM import_entries WHERE {which}"""
        )
        return names, minor or 0

    def _largest(self, which: str, name: str) -> list[NamedAmount]:
        rows = self._stage.rows(
            f"""SELECT {name}, CAST(SUM(amount_minor) AS bigint), count(*)
                  FROM import_entries WHERE {which} GROUP BY campaign_key
                 ORDER BY 2 DESC, campaign_key LIMIT {SHOWN}"""
        )
        currency = self._company.currency
        return [
            NamedAmount(name or "(no campaign)", minor, money(minor, currency), count)
            for name, minor, count in rows
        ]

    def save(self) -> tuple[int, int]:
        """How many entries were made, and how many changed."""
        kept = ", ".join(f"{c} = COALESCE(n.{c}, e.{c})" for c in COUNTS)
        changed = self.changed() and self._stage.execute(
            f"""UPDATE spend_spendentry AS e
                   SET amount_minor = n.amount_minor, {kept},
                       note = CASE WHEN n.note = '' THEN e.note ELSE n.note END,
                       author_id = %(author)s, import_run_id = %(run)s, updated_at = %(now)s
                  FROM import_entries n WHERE e.id = n.entry_id AND ({_DIFFERS})""",
            **self._by(),
        )
        copied = ", ".join((*KEY, "amount_minor", *COUNTS, "campaign_name", "note", "campaign_id"))
        made = self._stage.execute(
            f"""INSERT INTO spend_spendentry (company_id, {copied}, currency, platform_id,
                       author_id, import_run_id, updated_at)
                SELECT %(company)s, {copied}, %(currency)s, '',
                       %(author)s, %(run)s, %(now)s
                  FROM import_entries WHERE entry_id IS NULL ORDER BY first_row""",
            company=self._company.pk,
            currency=self._company.currency,
            **self._by(),
        )
        self._stage.execute("DROP TABLE import_entries")
        return made, changed

    def _by(self) -> dict[str, Any]:
        author = self._job.author
        return {
            "author": author.pk if author else None,
            "run": self._job.run_id,
            "now": self._job.started,
        }


def _text(value: Any) -> str:
    return "" if value is None else str(value) if isinstance(value, str) else f"{value:,}"
