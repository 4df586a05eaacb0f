"""What a database of an earlier version becomes: what its sums did not tell apart is made anew."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from reports.facts import FactReader
from reports.models import RollupSpendDay, RollupState
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup.check import check
from reports.rollup.reader import RollupReader
from reports.serialize import as_json
from tests.factories import make_lead
from tests.rollup_ops.kept import kept

pytestmark = pytest.mark.on_postgresql  # the tests on SQLite have no migrations
FIRST, LAST = ("reports", "0001_initial"), ("reports", "0010_new_leads")


def migrate(target):
    MigrationExecutor(connection).migrate([target])


@pytest.fixture
def upgraded(acme):
    """A company as an upgrade over all versions of the sums leaves it, and its sums before."""
    wanted = kept(acme)
    RollupState.objects.update_or_create(company=acme, defaults={"next_month": "2026-04-01"})
    try:
        migrate(FIRST)
    finally:
        migrate(LAST)
    return acme, wanted


def test_reports_read_the_facts_until_the_tick_has_built_the_sums(upgraded):
    acme, wanted = upgraded
    assert not RollupSpendDay.objects.exists()
    found = kept(acme)
    for table in ("RollupDay", "RollupMonth", "RollupYear", "RollupWeekday"):
        assert found[table] == wanted[table]
    query = ReportQuery(company=acme, start=date(2026, 3, 1), end=date(2026, 3, 31))
    before = run_report(query)
    assert isinstance(before.reader, FactReader)
    make_lead(acme, "spring")  # work goes on meanwhile
    call_command("tick")
    after = run_report(query)
    assert isinstance(after.reader, RollupReader)
    assert after.total.leads == before.total.leads + 1
    assert after.total.values["spend"] == before.total.values["spend"]
    for table in ("RollupSpendYear", "RollupSpendWeekday"):
        assert kept(acme)[table] == wanted[table]
    assert check(acme.pk) == []
    call_command("tick")
    assert as_json(run_report(query)) == as_json(after)
