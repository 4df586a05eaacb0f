"""Takes back what one import of spend did: what it made goes, what it changed or removed returns.

Afterwards the report is what it was before the import, to the byte. What others have changed since
is not overwritten: that has to be taken back first, or the import stays.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attribution import roles, scope
from attribution.models import Campaign, ImportRun
from attribution.money import shown
from attribution.repair import law, locking
from attribution.signals import facts_changed
from spend import converting, matching
from spend.importing.entries import KEY, others
from spend.models import PlatformId, SpendEntry, SpendRevision
from spend.models.revision import KEPT

State = ImportRun.State
_OURS = "r.run_id = %(run)s AND r.how = 'import'"
_REMOVED = f"FROM spend_spendrevision r WHERE {_OURS} AND r.is_removal"
_MADE = f"""FROM spend_spendentry e WHERE e.company_id = %(company)s AND e.import_run_id = %(run)s
  AND NOT EXISTS (SELECT 1 FROM spend_spendrevision r WHERE {_OURS} AND r.entry_id = e.id)"""
_TOUCHED = f"""FROM spend_spendentry e LEFT JOIN attribution_campaign c ON c.id = e.campaign_id
  WHERE e.company_id = %(company)s AND (e.import_run_id = %(run)s
     OR e.id IN (SELECT r.entry_id FROM spend_spendrevision r WHERE {_OURS}))"""


class NotUndone(Exception):  # noqa: N818 - reads as what is the matter
    """Why an import stays; its text is for people."""


@dataclass(frozen=True)
class Undone:
    """What undoing an import did to entries of spend."""

    removed: int
    changed_back: int
    brought_back: int


def undo(run: ImportRun, author: Any) -> Undone:
    """Take the import back. Raises NotUndone, and changes nothing then."""
    scope.require(run.company_id)
    with transaction.atomic():
        _alone(run.company_id)
        run.refresh_from_db()
        _refuse(run, author)
        undone = Undone(_remove(run), _change_back(run), _bring_back(run))
        _settle(run)
        run.state = State.UNDONE
        run.undone_at, run.undone_by = datetime.now(UTC), author
        run.save(update_fields=["state", "undone_at", "undone_by"])
        facts_changed.send(sender=ImportRun, company_id=run.company_id)
    return undone


@dataclass(frozen=True)
class Effect:
    """What undoing would do: entries, and their money by currency in words."""

    removed: int
    removed_money: str
    back: int
    back_money: str


def effect(run: ImportRun) -> Effect:
    """Found out now; nothing is written."""
    recorded = "CAST(SUM(COALESCE({0}.original_minor, {0}.amount_minor)) AS bigint)"
    sums = f"SELECT currency, count(*), {recorded}"
    made = _rows(f"{sums.format('e')} {_MADE} GROUP BY currency ORDER BY currency", run)
    back = f"FROM spend_spendrevision r WHERE {_OURS} GROUP BY currency ORDER BY currency"
    was = _rows(f"{sums.format('r')} {back}", run)
    return Effect(*_added_up(made), *_added_up(was))


def _added_up(rows: list[tuple[Any, ...]]) -> tuple[int, str]:
    words = " + ".join(shown(minor or 0, currency) for currency, _count, minor in rows)
    return sum(count for _, count, _minor in rows), words


def _alone(company_id: int) -> None:
    """Until the end of the transaction no import, form or repair of the company is saved."""
    try:
        locking.repairing(company_id)
    except locking.Busy as busy:
        raise NotUndone(str(busy)) from busy


def problem(run: ImportRun, author: Any) -> str:
    """Why the import could not be undone now; empty: it can."""
    try:
        _refuse(run, author)
    except NotUndone as found:
        return str(found)
    return ""


def _refuse(run: ImportRun, author: Any) -> None:
    if run.kind != ImportRun.Kind.SPEND:
        raise NotUndone(_("Only imports of spend can be undone."))
    if run.state == State.UNDONE:
        raise NotUndone(_("This import was undone already."))
    if run.state != State.DONE:
        raise NotUndone(_("This import has saved nothing."))
    if author is not None and _of_others(run, author):
        raise NotUndone(_("It holds spend of campaigns of other owners. Ask a company admin."))
    later = _later_runs(run)
    if later:
        raise NotUndone(
            _("What it brought was changed by later imports: %(files)s. Undo these first.")
            % {"files": ", ".join(later)}
        )
    by_hand = _changed_by_hand(run)
    if by_hand:
        raise NotUndone(
            ngettext(
                "%(count)s entry of it was changed by hand since, and undoing would lose that.",
                "%(count)s entries of it were changed by hand since, and undoing would lose that.",
                by_hand,
            )
            % {"count": by_hand}
        )


def _of_others(run: ImportRun, author: Any) -> int:
    owners = Campaign.objects.filter(company=run.company_id).values_list("owner", flat=True)
    kept = {o for o in owners.distinct() if roles.keeps(author, run.company_id, o)}
    theirs = f"{_TOUCHED} AND e.campaign_id IS NOT NULL AND {others(kept, 'c')}"
    return int(_rows(f"SELECT count(*) {theirs}", run)[0][0])


def _later_runs(run: ImportRun) -> list[str]:
    """Imports that have changed or removed what this one brought, or brought back what it removed,
    and that stand."""
    same = " AND ".join(f"e.{name} = r.{name}" for name in KEY)
    rows = _rows(
        f"""SELECT DISTINCT i.id, i.file_name FROM attribution_importrun i
             WHERE i.state = 'done' AND i.id <> %(run)s AND (
                   EXISTS (SELECT 1 FROM spend_spendrevision r WHERE r.import_run_id = %(run)s
                              AND r.how = 'import' AND r.run_id = i.id)
                OR EXISTS (SELECT 1 FROM spend_spendrevision r JOIN spend_spendentry e
                               ON e.company_id = %(company)s AND {same}
                            WHERE {_OURS} AND r.is_removal AND e.import_run_id = i.id))
             ORDER BY i.id""",
        run,
    )
    return [f"“{name}” ({number})" for number, name in rows]


def _changed_by_hand(run: ImportRun) -> int:
    by_hand = SpendRevision.objects.filter(
        company=run.company_id, import_run_id=run.pk, how=SpendRevision.How.FORM
    )
    return by_hand.values("entry_id").distinct().count()


def _remove(run: ImportRun) -> int:
    return _write(f"DELETE FROM spend_spendentry WHERE id IN (SELECT e.id {_MADE})", run)


def _change_back(run: ImportRun) -> int:
    kept = ", ".join(f'"{name}" = r."{name}"' for name in KEPT)
    return _write(
        f"""UPDATE spend_spendentry AS e
               SET {kept}, import_run_id = r.import_run_id, author_id = r.entry_author_id,
                   version = e.version + 1, updated_at = %(now)s
              FROM spend_spendrevision r
             WHERE e.id = r.entry_id AND {_OURS} AND NOT r.is_removal""",
        run,
    )


def _bring_back(run: ImportRun) -> int:
    """Under their old numbers."""
    kept = ", ".join(f'"{name}"' for name in KEPT)
    return _write(
        f"""INSERT INTO spend_spendentry
                   (id, company_id, {kept}, import_run_id, author_id, version, updated_at)
            SELECT r.entry_id, r.company_id, {", ".join(f'r."{name}"' for name in KEPT)},
                   r.import_run_id, r.entry_author_id, 1, %(now)s {_REMOVED}""",
        run,
    )


def _settle(run: ImportRun) -> None:
    """Ids learned from the file are forgotten, rules and rates of today hold for what is back, and
    nothing of it is a restatement any more."""
    PlatformId.objects.filter(company=run.company_id, import_run=run).delete()
    company = run.company
    book = law.book(company)
    matching.move(company, matching.moves(company, book))
    # Nor is what a rate did to its amounts since; what it does to those that are back, is.
    about = Q(run_id=run.pk) | Q(import_run_id=run.pk)
    SpendRevision.objects.filter(about, company=company).update(is_restatement=False)
    converting.convert_anew(company, _back(run))


def _back(run: ImportRun) -> Any:
    """Entries in other currencies that are as they were."""
    ids = SpendRevision.objects.filter(company=run.company_id, run_id=run.pk)
    return SpendEntry.objects.filter(
        company=run.company_id, original_minor__isnull=False, pk__in=ids.values("entry_id")
    )


def _rows(sql: str, run: ImportRun) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, _params(run))
        return list(cursor.fetchall())


def _write(sql: str, run: ImportRun) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, _params(run))
        return int(cursor.rowcount)


def _params(run: ImportRun) -> dict[str, Any]:
    now = connection.ops.adapt_datetimefield_value(datetime.now(UTC))
    return {"run": run.pk, "company": run.company_id, "now": now}
