"""Leads that were stored without a reading, by doors that know of none, get theirs."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from typing import Any

from django.db import connection, transaction

from attribution.models import Company, Lead, Reading
from attribution.placing import columns_of
from attribution.repair import law, locking
from attribution.repair.parts import parts
from attribution.utm import KEY_LIMIT, VALUE_LIMIT, digest
from attribution.verdict import Tags

_ALIKE = ("source", "medium", "campaign_key", "unattributed_reason", "campaign_id")
PART = 100_000


def adopt(company: Company) -> int:
    """Read them as what they count for: returns how many. They count where they did before.

    Where that is not the campaign of their name, it is taken as given at entry.
    """
    unread = Lead.objects.filter(company=company, reading__isnull=True)
    if not unread.exists():
        return 0
    with transaction.atomic():
        locking.capturing(company.pk)
        keys = law.keys(company)
        alike = unread.order_by().values_list(*_ALIKE).distinct()
        found = {row: _reading(company, row, keys) for row in alike}
        return sum(_assign(company, some) for some in parts(found.items(), 1_000))


def _reading(company: Company, row: tuple[Any, ...], keys: dict[str, int]) -> int:
    source, medium, key, reason, campaign = row
    given = campaign if campaign is not None and keys.get(key) != campaign else None
    tags = Tags(source[:VALUE_LIMIT], medium[:VALUE_LIMIT], key[:KEY_LIMIT], reason, given)
    reading, __ = Reading.objects.get_or_create(
        company=company,
        digest=digest(*tags[:3], given or 0),
        captured_reason=reason,
        is_open=True,
        defaults=columns_of(tags, law.book(company, keys)),
    )
    return reading.pk


def _assign(company: Company, found: list[tuple[tuple[Any, ...], int]]) -> int:
    same = "IS NOT DISTINCT FROM" if connection.vendor == "postgresql" else "IS"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS unread")
        cursor.execute(
            "CREATE TEMPORARY TABLE unread (source text, medium text, campaign_key text,"
            " unattributed_reason text, campaign_id bigint, reading_id bigint)"
        )
        cursor.executemany(
            "INSERT INTO unread VALUES (%s, %s, %s, %s, %s, %s)", [(*row, pk) for row, pk in found]
        )
        alike = " AND ".join(f"l.{column} {same} u.{column}" for column in _ALIKE)
        cursor.execute(
            f"""UPDATE attribution_lead AS l SET reading_id = u.reading_id FROM unread u
                 WHERE l.company_id = %s AND l.reading_id IS NULL AND {alike}""",
            [company.pk],
        )
        number = int(cursor.rowcount)
        cursor.execute("DROP TABLE unread")
    return number
