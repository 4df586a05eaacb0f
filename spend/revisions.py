"""Keeps what entries said before they are changed or removed.

An amount of a day that was over and becomes another one is a restatement: the report says so.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from attribution import calendar
from attribution.models import Company
from spend.models import SpendEntry, SpendRevision
from spend.models.revision import KEPT

_ENTRIES = SpendEntry._meta.db_table
_REVISIONS = SpendRevision._meta.db_table
_KEPT = ", ".join(f'"{name}"' for name in KEPT)


def keep(
    company: Company,
    which: str,
    *,
    how: str,
    new_amount: str | None,
    author: int | None,
    run: int | None = None,
    params: Mapping[str, Any] | None = None,
) -> int:
    """Keep entries as they are now; to be called before they are changed. Returns how many.

    `which` is our own SQL, `FROM … JOIN spend_spendentry e … WHERE …`; `new_amount` what the
    amount becomes, in SQL too, and None where the entry is removed.
    """
    becomes = new_amount or "CAST(NULL AS bigint)"
    differs = f"e.amount_minor IS DISTINCT FROM {becomes}"
    if connection.vendor == "sqlite":
        differs = f"e.amount_minor IS NOT {becomes}"
    kept = ", ".join(f'e."{name}"' for name in KEPT)
    values = {
        **(params or {}),
        "rev_company": company.pk,
        "rev_how": how,
        "rev_run": run,
        "rev_author": author,
        "rev_now": connection.ops.adapt_datetimefield_value(datetime.now(UTC)),
        "rev_today": calendar.today(company.zone).isoformat(),
        "rev_removed": new_amount is None,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {_REVISIONS} (company_id, entry_id, how, run_id, changed_at, author_id,
                       is_removal, is_restatement, new_amount_minor, {_KEPT},
                       import_run_id, entry_author_id)
                SELECT %(rev_company)s, e.id, %(rev_how)s, %(rev_run)s, %(rev_now)s,
                       %(rev_author)s, %(rev_removed)s, e.day < %(rev_today)s AND {differs},
                       {becomes}, {kept}, e.import_run_id, e.author_id
                  {which}""",
            values,
        )
        return int(cursor.rowcount)


def keep_one(entry: SpendEntry, *, how: str, author: int | None, removed: bool = False) -> None:
    """Keep what is stored of an entry that is about to be saved, or removed."""
    keep(
        entry.company,
        f"FROM {_ENTRIES} e WHERE e.id = %(entry)s",
        how=how,
        new_amount=None if removed else "CAST(%(amount)s AS bigint)",
        author=author,
        params={"entry": entry.pk, "amount": entry.amount_minor},
    )
