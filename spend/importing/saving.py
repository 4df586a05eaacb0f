"""Writes the entries of a file: what was there is kept as revisions, then changed or removed."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from typing import TYPE_CHECKING, Any

from spend import matching, revisions
from spend.importing.changes import BOTH, LOST
from spend.importing.entries import DIFFERS, KEY
from spend.importing.fields import COUNTS
from spend.importing.renamed import FROM as RENAMED
from spend.models import PlatformId, SpendRevision

if TYPE_CHECKING:
    from spend.importing.importer import SpendImporter

_COPIED = (
    *(*KEY, "amount_minor", "original_minor", "currency", *COUNTS, "spread_from", "spread_to"),
    *("campaign_name", "note", "campaign_id"),
)


class Saving:
    """Writes what `Changes` has found, for one job."""

    def __init__(self, importer: "SpendImporter") -> None:
        self._job = importer.job
        self._found = importer.outcome
        self._stage = importer.stage
        self._company = importer.company
        self._table = importer.entries.table

    def save(self) -> tuple[int, int, int]:
        """How many entries were made, changed and removed."""
        changed = self._change() if self._found.changed else 0
        renamed = self._keep_renamed() if self._found.changed else 0
        removed = self._remove() - renamed if self._found.gone or renamed else 0
        made = self._make() - renamed if self._found.new or renamed else 0
        return made, changed + renamed, removed

    def _change(self) -> int:
        self._keep(
            f"{BOTH} WHERE n.differs AND ({DIFFERS})", "COALESCE(n.amount_minor, e.amount_minor)"
        )
        known = "n.minor IS NOT NULL"
        money = ", ".join(
            f"{name} = CASE WHEN {known} THEN n.{name} ELSE e.{name} END"
            for name in ("amount_minor", "original_minor", "currency", "spread_from", "spread_to")
        )
        counts = ", ".join(f"{c} = COALESCE(n.{c}, e.{c})" for c in COUNTS)
        return self._stage.execute(
            f"""UPDATE spend_spendentry AS e
                   SET {money}, {counts}, version = e.version + 1,
                       note = CASE WHEN n.note = '' THEN e.note ELSE n.note END,
                       author_id = %(author)s, import_run_id = %(run)s, updated_at = %(now)s
                  FROM import_entries n WHERE e.id = n.entry_id AND n.differs AND ({DIFFERS})""",
            **self._by(),
        )

    def _keep_renamed(self) -> int:
        """Before they go with what is lost, for rows of their new name."""
        return self._keep(RENAMED, "r.amount_minor", removed=True)

    def _remove(self) -> int:
        self._keep(LOST, None)
        return self._stage.execute(
            "DELETE FROM spend_spendentry WHERE id IN (SELECT entry_id FROM import_gone)"
        )

    def _make(self) -> int:
        copied = ", ".join(_COPIED)
        return self._stage.execute(
            f"""INSERT INTO spend_spendentry
                       (company_id, {copied}, version, author_id, import_run_id, updated_at)
                SELECT %(company)s, {copied}, 1, %(author)s, %(run)s, %(now)s
                  FROM import_entries WHERE entry_id IS NULL""",
            company=self._company.pk,
            **self._by(),
        )

    def _keep(self, which: str, new_amount: str | None, *, removed: bool = False) -> int:
        return revisions.keep(
            self._company,
            which,
            how=SpendRevision.How.IMPORT,
            new_amount=new_amount,
            removed=removed,
            author=self._by()["author"],
            run=self._job.run_id,
        )

    def learn_ids(self, platform: str) -> int:
        """Ids that the file names beside a campaign that is known: next time the id is enough."""
        return self._stage.execute(
            f"""INSERT INTO spend_platformid
                      (company_id, platform, external_id, campaign_id, import_run_id, author_id,
                       created_at)
               SELECT %(company)s, %(platform)s, n.platform_id, min(n.campaign_id), %(run)s,
                      %(author)s, %(now)s
                 FROM {self._table} AS n
                WHERE n.platform_id <> '' AND n.campaign_id IS NOT NULL AND n.campaign_key <> ''
                  AND n.campaign_key <> n.platform_id
                  AND NOT EXISTS (SELECT 1 FROM spend_platformid p
                                   WHERE p.company_id = %(company)s AND p.platform = %(platform)s
                                     AND p.external_id = n.platform_id)
                GROUP BY n.platform_id HAVING count(DISTINCT n.campaign_id) = 1""",
            company=self._company.pk,
            platform=platform,
            **self._by(),
        )

    def settle_learned(self) -> None:
        """What other names, or earlier files, had put under these ids counts there as well."""
        learned = PlatformId.objects.filter(company=self._company, import_run=self._job.run_id)
        ids = set(learned.order_by().values_list("platform", "external_id"))
        matching.settle_ids(self._company, ids)

    def _by(self) -> dict[str, Any]:
        author = self._job.author
        return {
            "author": author.pk if author else None,
            "run": self._job.run_id,
            "now": self._job.started,
        }
