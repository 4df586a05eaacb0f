"""Designs that look right and are wrong, planted to show that the tests find them."""

import re

from django.db import connection, transaction
from django.db.models import Q

from reports.models import RollupMark
from reports.rollup import refresh as refreshing
from reports.rollup.buckets import boxed
from reports.rollup.sums import BOOKS
from tests.rollup.comparing import fetch


def marks_deleted_after_the_recompute():
    """They take along marks whose facts the recompute did not see.

    On SQLite nobody writes while a transaction does; there it takes one for each half.
    """
    refreshing.refresh = _recompute_then_delete


def _recompute_then_delete(company_id, wait=True):
    with refreshing.refreshing(company_id, wait) as ours:
        if not ours:
            return 0
        _recompute(company_id)
        if connection.vendor == "postgresql":
            return _take(company_id)
    with refreshing.refreshing(company_id, wait):
        return _take(company_id)


def _recompute(company_id):
    for book in BOOKS:
        marks = RollupMark.objects.filter(company_id=company_id, fact=book.fact)
        for buckets in boxed(company_id, set(marks.values_list("day", "campaign_id"))):
            refreshing.build_days(book, buckets)
            refreshing.build_totals(book, buckets)


def _take(company_id):
    taken = refreshing._take_marks(company_id)
    if taken:
        refreshing._write_ledger(company_id)
    return taken


def one_mark_for_each_bucket():
    """A writer that finds a mark leaves none of its own."""
    _execute("CREATE UNIQUE INDEX one_mark ON rollup_mark (company_id, fact, day, campaign_id)")
    for name, sql in _mark_triggers():
        if connection.vendor == "sqlite":
            _execute(f"DROP TRIGGER {name}")
            sql = sql.replace("INSERT INTO", "INSERT OR IGNORE INTO")
        _execute(re.sub(r"(GROUP BY 1, 3, 4);", r"\1 ON CONFLICT DO NOTHING;", sql))


def _mark_triggers():
    if connection.vendor == "sqlite":
        return fetch("SELECT name, sql FROM sqlite_master WHERE name LIKE 'rollup_mark_%'")
    return fetch(
        "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'rollup_mark_%'"
    )


def leads_counted_before_their_mark_is_taken():
    """They are added once more when it is."""
    refreshing._known = lambda book, company_id: Q()


def no_mark_when_a_lead_is_updated():
    """A door that was forgotten."""
    table = " ON attribution_lead" if connection.vendor == "postgresql" else ""
    _execute(f"DROP TRIGGER rollup_mark_lead_update{table}")


def _execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


FAULTS = {
    fault.__name__: fault
    for fault in (
        marks_deleted_after_the_recompute,
        one_mark_for_each_bucket,
        no_mark_when_a_lead_is_updated,
        leads_counted_before_their_mark_is_taken,
    )
}


def plant(name):
    """In this process, and in the database that it has."""
    if name:
        with transaction.atomic():
            FAULTS[name]()
