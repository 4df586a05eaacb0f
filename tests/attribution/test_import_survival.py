"""An import that is killed leaves nothing or all; one that is confirmed twice is one import.

Other processes do the work, on a database that they can reach: a file for SQLite, the test
database itself for PostgreSQL.
"""

import secrets
import shutil
import signal
import sqlite3
from contextlib import closing
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from attribution import scope
from attribution.imports import runs
from attribution.models import Company, ImportRun
from tests.attribution.import_child import POINTS, main
from tests.processes import ended, pipe, start

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 1500


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "leads.csv"
    rows = "".join(f"{n},2026-03-01,campaign {n % 7}\n" for n in range(ROWS))
    path.write_text(f"id,received_at,campaign\n{rows}")
    return path


class Database:
    """What the processes share with the test."""

    def __init__(self, folder, file, migrated):
        self.file = file
        self.path = folder / "shared.sqlite3"
        if connection.vendor == "postgresql":
            self.name = connection.settings_dict["NAME"]
        else:
            self.name = str(shutil.copy(migrated, self.path))
        assert ended(self.child("prepare")[0]) == 0

    def child(self, what):
        """The process, and the end of a pipe on which it tells what came of it."""
        ours, its = pipe()
        process = start(self.name, main, what, self.file, its)
        its.close()
        return process, ours

    def whole(self):
        process, told = self.child("whole")
        answer = told.recv()
        assert ended(process) == 0
        return answer

    def ask(self, sql):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else None
        with closing(sqlite3.connect(self.path, timeout=20)) as database, database:
            return database.execute(sql).fetchall()

    def counts(self):
        tables = ("attribution_lead", "attribution_campaign")
        return tuple(self.ask(f"SELECT count(*) FROM {table}")[0][0] for table in tables)

    def states(self):
        return [row[0] for row in self.ask("SELECT state FROM attribution_importrun ORDER BY id")]


@pytest.fixture
def database(tmp_path, file, migrated):
    return Database(tmp_path, file, migrated)


def test_killed_anywhere_nothing_is_there_and_the_next_try_is_whole(database):
    for point in POINTS:
        assert ended(database.child(point)[0]) == -signal.SIGKILL, point
        assert database.counts() == (0, 0), point
    assert database.states()[-1] == "running"
    database.ask("UPDATE attribution_importrun SET alive_at = NULL")  # not heard of for a while
    assert database.whole() == ("saved", ROWS)
    assert database.counts() == (ROWS, 7)
    assert database.states() == ["interrupted"] * len(POINTS) + ["done"]
    assert database.whole() == ("already", ROWS)
    assert database.counts() == (ROWS, 7)


def test_three_confirmations_at_once_are_one_import(database):
    database.ask(
        f"""INSERT INTO attribution_importrun (company_id, kind, state, token, file_name, file_hash,
              options, rows, new, changed, same, error_count, report, started_at)
            SELECT id, 'leads', 'uploaded', '{secrets.token_urlsafe(32)}', 'leads.csv', '', '{{}}',
              0, 0, 0, 0, 0, '{{}}', created_at FROM attribution_company"""
    )
    children = [database.child("race") for _ in range(3)]
    for __, told in children:
        assert told.recv() == "ready"
    for __, told in children:
        told.send("go")
    answers = sorted(told.recv()[0] for __, told in children)
    assert [ended(process) for process, __ in children] == [0, 0, 0]
    assert answers == ["already", "already", "saved"]
    assert database.counts() == (ROWS, 7)
    assert database.states() == ["done"]


def test_a_run_that_was_killed_is_found_and_marked():
    with scope.all_companies():
        company = Company.objects.create(name="Acme", slug="acme")
        dead = ImportRun.objects.create(
            company=company, kind="leads", state="running", token="a", file_name="x.csv"
        )
    call_command("sweep_imports", stdout=(said := StringIO()))
    assert "interrupted: 1" in said.getvalue()
    with scope.all_companies():
        dead.refresh_from_db()
        assert dead.state == "interrupted"
        assert dead.finished_at
        assert runs.sweep(company) == 0
