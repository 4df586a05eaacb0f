"""Keeps what entries said before they are changed or removed.

An amount of a day that was over and becomes another one is a restatement: the report says so.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

from attribution import calendar, scope
from attribution.models import Company
from attribution.repair.parts import parts
from spend.models import SpendEntry, SpendRevision
from spend.models.revision import KEPT

_ENTRIES = SpendEntry._meta.db_table
_REVISIONS = SpendRevision._meta.db_table
_KEPT = ", ".join(f'"{name}"' for name in KEPT)
PART = 5_000


def keep(
    company: Company,
    which: str,
    *,
    how: str,
    new_amount: str | None,
    removed: bool = False,
    author: int | None,
    run: int | None = None,
    params: Mapping[str, Any] | None = None,
) -> int:
    """Keep entries as they are now; to be called before they are changed. Returns how many.

    `which` is our own SQL, `FROM … JOIN spend_spendentry e … WHERE …`; `new_amount` what the
    amount becomes, in SQL too, and None where the entry is removed. `removed`: an entry of another
    name has its amount from now on.
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
        "rev_removed": removed or new_amount is None,
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


class Worth(NamedTuple):
    """What an entry is to say from now on, in minor units; as its columns of these names."""

    id: int
    amount: int | None = None
    original: int | None = None


def table_of(rows: Sequence[Worth]) -> tuple[str, dict[str, Any]]:
    """These as a table `new` in a statement, and its parameters: however many, in one."""
    if connection.vendor == "postgresql":
        columns = ", ".join(f"%(new_{name})s::bigint[]" for name in Worth._fields)
        lists = {
            f"new_{name}": list(values)
            for name, values in zip(Worth._fields, zip(*rows, strict=True), strict=True)
        }
        return f"unnest({columns}) AS new({', '.join(Worth._fields)})", lists
    columns = ", ".join(
        f"json_extract(value, '$[{n}]') AS {name}" for n, name in enumerate(Worth._fields)
    )
    return f"(SELECT {columns} FROM json_each(%(new)s)) AS new", {"new": json.dumps(rows)}


def keep_each(company: Company, rows: Sequence[Worth], *, how: str, author: int | None) -> None:
    """Keep these entries, whose amounts are about to become others."""
    new, params = table_of(rows)
    which = f"FROM {new} JOIN {_ENTRIES} e ON e.id = new.id"
    keep(company, which, how=how, new_amount="new.amount", author=author, params=params)


def remove(company_id: int, ids: Sequence[int], *, how: str, author: int | None) -> int:
    """Remove entries of one company, by few statements; what they said is kept. How many went."""
    scope.require(company_id)
    company, count = Company.objects.get(pk=company_id), 0
    for some in parts(ids, PART):
        new, params = table_of([Worth(pk) for pk in some])
        which = f"FROM {new} JOIN {_ENTRIES} e ON e.id = new.id"
        keep(company, which, how=how, new_amount=None, author=author, params=params)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {_ENTRIES} WHERE id IN (SELECT new.id FROM {new})", params)
            count += int(cursor.rowcount)
    return count
