"""Leads that were stored without a reading, by doors that know of none, get theirs."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max, Min, OuterRef, Q, QuerySet, Subquery

from attribution.models import Company, Lead, Reading
from attribution.placing import columns_of
from attribution.repair import law, locking
from attribution.repair.parts import parts
from attribution.signals import facts_changed
from attribution.utm import KEY_LIMIT, VALUE_LIMIT, digest
from attribution.verdict import Rulebook, Tags

_ALIKE = ("source", "medium", "campaign_key", "unattributed_reason", "campaign_id")
PART = 500_000  # ids of one transaction: after an update there may be millions of leads to read


def adopt(company: Company) -> int:
    """Read them as what they count for: returns how many. They count where they did before, but
    where rules and merges say otherwise by now.

    Where that is not the campaign of their name, it is taken as given at entry.
    """
    unread = Lead.objects.filter(company=company, reading__isnull=True)
    if not unread.exists():
        return 0
    reach = unread.aggregate(first=Min("pk"), last=Max("pk"))
    number = 0
    for first in range(reach["first"], reach["last"] + 1, PART):
        with transaction.atomic():
            locking.capturing(company.pk)
            number += _adopt(company, unread.filter(pk__range=(first, first + PART - 1)), first)
    return number


def _adopt(company: Company, unread: "QuerySet[Lead]", first: int) -> int:
    keys = law.keys(company)
    book = law.book(company, keys)
    alike = unread.order_by().values_list(*_ALIKE).distinct()
    found = [(*row, _reading(company, row, keys, book)) for row in alike]
    number = _assign(company, found, first)
    if book.rules or book.merged:
        _follow(company, {row[-1] for row in found}, first)
    return number


def _reading(
    company: Company, row: tuple[Any, ...], keys: Mapping[str, int], book: Rulebook
) -> int:
    source, medium, key, reason, campaign = row
    given = campaign if campaign is not None and keys.get(key) != campaign else None
    tags = Tags(source[:VALUE_LIMIT], medium[:VALUE_LIMIT], key[:KEY_LIMIT], reason, given)
    reading, __ = Reading.objects.get_or_create(
        company=company,
        digest=digest(*tags[:3], given or 0),
        captured_reason=reason,
        is_open=True,
        defaults=columns_of(tags, book),
    )
    return reading.pk


def _follow(company: Company, readings: Collection[int], first: int) -> None:
    """Let these leads count where decisions that their door did not know of send them."""
    reading = Reading.objects.filter(pk=OuterRef("reading"))
    place = {name: Subquery(reading.values(name)[:1]) for name in ("campaign", "source", "medium")}
    place["unattributed_reason"] = Subquery(reading.values("reason")[:1])
    alike = Q(unattributed_reason=F("reading__reason"))
    alike &= Q(source=F("reading__source"), medium=F("reading__medium"))
    alike &= Q(campaign=F("reading__campaign")) | Q(
        campaign__isnull=True, reading__campaign__isnull=True
    )
    moved = 0
    for some in parts(readings):
        leads = Lead.objects.filter(company=company, pk__range=(first, first + PART - 1))
        moved += leads.filter(reading__in=some, corrected=False).exclude(alike).update(**place)
    if moved:
        facts_changed.send(sender=Lead, company_id=company.pk)


def _assign(company: Company, found: list[tuple[Any, ...]], first: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS unread")
        cursor.execute(
            "CREATE TEMPORARY TABLE unread (source text, medium text, campaign_key text,"
            " unattributed_reason text, campaign_id bigint, reading_id bigint)"
        )
        cursor.executemany(
            "INSERT INTO unread VALUES (%s, %s, %s, %s, %s, %s)",
            [(*row[:4], row[4] or 0, row[5]) for row in found],
        )
        alike = " AND ".join(f"l.{column} = u.{column}" for column in _ALIKE[:4])
        # Equal and never unknown, so that the two can be hashed instead of compared pair by pair.
        cursor.execute(
            f"""UPDATE attribution_lead AS l SET reading_id = u.reading_id FROM unread u
                 WHERE l.company_id = %s AND l.reading_id IS NULL AND l.id BETWEEN %s AND %s
                   AND {alike} AND COALESCE(l.campaign_id, 0) = u.campaign_id""",
            [company.pk, first, first + PART - 1],
        )
        number = int(cursor.rowcount)
        cursor.execute("DROP TABLE unread")
    return number
