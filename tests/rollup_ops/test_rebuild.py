"""Sums made anew from the facts: whatever stood there before, wherever it was stopped."""

import shutil
import signal
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from attribution import scope
from attribution.models import Lead
from reports.models import (
    RollupDay,
    RollupLedger,
    RollupMonth,
    RollupState,
    RollupWeekday,
    RollupYear,
)
from reports.rollup import rebuild as module
from reports.rollup.build import OnConnection
from reports.rollup.rebuild import BuiltElsewhere, rebuild
from reports.rollup.refresh import refresh
from reports.rollup.sums import BOOKS
from tests.factories import make_company, make_lead
from tests.processes import ended, start
from tests.rollup_ops.child import main
from tests.rollup_ops.kept import in_the_facts, in_the_ledger, kept, marks

MARCH, APRIL, MAY = (date(2026, month, 1) for month in (3, 4, 5))


class InPython:
    """A runner that gives the rows themselves, as one outside the database does."""

    def build(self, book, days):
        return iter(list(OnConnection().build(book, days)))


def state(company):
    return RollupState.objects.get(company=company)


@pytest.mark.parametrize("runner", [OnConnection(), InPython()])
def test_lost_sums_come_back_as_they_were(acme, runner):
    wanted = kept(acme)
    for table in (RollupDay, RollupMonth, RollupYear, RollupWeekday, RollupLedger):
        table.objects.all().delete()
    assert rebuild(acme.pk, runner) == 3
    assert kept(acme) == wanted
    assert in_the_ledger(acme) == in_the_facts(acme)
    assert state(acme).ready
    assert state(acme).built_at is not None


def test_it_says_how_far_it_is(acme):
    said = []
    rebuild(acme.pk, progress=lambda *months: said.append(months))
    assert said == [(MARCH, MAY), (APRIL, MAY), (MAY, MAY)]


def test_marks_of_what_it_counted_are_gone_and_count_once(acme):
    make_lead(acme, "summer")
    assert marks(acme)
    rebuild(acme.pk)
    assert marks(acme) == 0
    assert refresh(acme.pk) == 0
    assert in_the_ledger(acme) == in_the_facts(acme)


def test_what_changes_between_two_months_is_not_lost(acme):
    """A finished month and one that is to come, while the rebuild is under way."""

    def change(month, last):
        if month == APRIL:
            make_lead(acme, "summer")  # of March, which is done
            Lead.objects.filter(day__gte=MAY).update(kind="bot")

    rebuild(acme.pk, progress=change)
    assert marks(acme) == 1
    refresh(acme.pk)
    assert in_the_ledger(acme) == in_the_facts(acme)
    wanted = kept(acme)
    rebuild(acme.pk)
    assert kept(acme) == wanted


def test_sums_and_ledger_of_months_without_facts_are_cleared(acme):
    wanted = kept(acme)
    for table in (RollupDay, RollupMonth, RollupYear, RollupWeekday):
        stray = table.objects.filter(company=acme).first()
        stray.day = date(2031, 7, 1)
        stray.save(force_insert=True)
    RollupLedger.objects.create(company=acme, day=date(2019, 1, 5), received=3)
    rebuild(acme.pk)
    assert kept(acme) == wanted


def test_drift_ends_and_another_company_is_left_alone(acme):
    other = make_company()
    make_lead(other, "theirs")
    RollupState.objects.create(company=acme, ready=False, drift=4)
    rebuild(acme.pk)
    assert (state(acme).ready, state(acme).drift, state(acme).next_month) == (True, 0, None)
    assert marks(other) == 1
    assert not RollupState.objects.filter(company=other).exists()


def test_a_company_without_facts_is_whole_at_once(transactional_db):
    with scope.all_companies():
        empty = make_company()
        RollupState.objects.create(company=empty, ready=False)
        assert rebuild(empty.pk) == 0
        assert state(empty).ready


def test_a_stopped_rebuild_goes_on_where_it_left_off(acme, monkeypatch):
    wanted = kept(acme)
    RollupState.objects.create(company=acme, ready=False)
    RollupDay.objects.all().delete()

    def stop(month, last):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(acme.pk, progress=stop)
    assert state(acme).next_month == APRIL
    assert not state(acme).ready, "until the last month, reports read the facts"
    assert rebuild(acme.pk) == 2
    assert kept(acme) == wanted


def test_a_month_that_fails_leaves_the_month_as_it_was(acme, monkeypatch):
    wanted = kept(acme)
    make_lead(acme, "summer")

    def fail(days):
        raise OSError("disk full")

    monkeypatch.setattr(module, "_recount", fail)
    with pytest.raises(OSError, match="disk full"):
        rebuild(acme.pk)
    assert kept(acme) == wanted
    assert marks(acme) == 1
    assert state(acme).next_month == MARCH


def test_emptied_tables_in_the_middle_begin_it_anew(acme):
    def empty(month, last):
        if month == MARCH and not Lead.objects.filter(campaign__key="new").exists():
            make_lead(acme, "new")
            RollupState.objects.filter(company=acme).update(ready=False, next_month=None)

    assert rebuild(acme.pk, progress=empty) == 4
    assert state(acme).ready
    assert in_the_ledger(acme) == in_the_facts(acme)


def test_it_refuses_while_a_build_elsewhere_needs_the_marks(acme):
    make_lead(acme, "summer")
    RollupState.objects.create(company=acme, building_since=timezone.now())
    with pytest.raises(BuiltElsewhere, match="or give that build up: add --force"):
        rebuild(acme.pk)
    assert marks(acme) == 1
    rebuild(acme.pk, force=True)
    assert state(acme).building_since is None
    assert in_the_ledger(acme) == in_the_facts(acme)


def test_it_refuses_when_a_build_elsewhere_begins_in_the_middle(acme):
    def begin(month, last):
        make_lead(acme, "summer")
        RollupState.objects.filter(company=acme).update(building_since=timezone.now())

    with pytest.raises(BuiltElsewhere):
        rebuild(acme.pk, progress=begin)
    assert marks(acme) == 1


def test_a_company_outside_the_scope_is_refused(acme):
    with scope.company_scope([]), pytest.raises(scope.OutOfCompanyScope):
        rebuild(acme.pk)


# Killed


class Database:
    """What the processes share with the test; a file of its own on SQLite."""

    def __init__(self, folder, migrated):
        self.path = folder / "shared.sqlite3"
        if connection.vendor == "postgresql":
            self.name = connection.settings_dict["NAME"]
        else:
            self.name = str(shutil.copy(migrated, self.path))
        assert self.child("prepare") == 0

    def child(self, what):
        return ended(start(self.name, main, what))

    def ask(self, sql):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall()
        with closing(sqlite3.connect(self.path, timeout=20)) as database:
            return database.execute(sql).fetchall()

    def tables(self):
        tables = [table._meta.db_table for book in BOOKS for table in book.tables.values()]
        return [sorted(self.ask(f"SELECT * FROM {table}")) for table in (*tables, "rollup_ledger")]


@pytest.mark.parametrize("point", ["begun", "stored"])
def test_a_killed_rebuild_goes_on(transactional_db, tmp_path, migrated, point):
    database = Database(tmp_path, migrated)
    wanted = database.tables()
    assert database.child("damage") == 0
    assert database.child(point) == -signal.SIGKILL
    ((ready, month),) = database.ask("SELECT ready, next_month FROM rollup_state")
    assert not ready
    assert str(month) == ("2026-03-01" if point == "begun" else "2026-04-01")
    assert database.child("whole") == 0
    assert database.tables() == wanted
    assert database.ask("SELECT count(*) FROM rollup_mark") == [(0,)]
    ((ready, month),) = database.ask("SELECT ready, next_month FROM rollup_state")
    assert (bool(ready), month) == (True, None)
