"""An import that is killed leaves nothing or all; one that is confirmed twice is one import.

Other processes do the work, on a database that they can reach: a file for SQLite, the test
database itself for PostgreSQL.
"""

import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection

from attribution import scope
from attribution.imports import runs
from attribution.models import Company, ImportRun
from tests.attribution.import_child import POINTS
from tests.shared_data import PROJECT

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
        self.url = f"sqlite:///{self.path}"
        if connection.vendor == "postgresql":
            parts = urlsplit(os.environ["DATABASE_URL"])
            self.url = parts._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        else:
            shutil.copy(migrated, self.path)
        assert self.child("prepare").wait() == 0

    def child(self, what):
        return subprocess.Popen(
            [sys.executable, "-m", "tests.attribution.import_child", what, str(self.file)],
            cwd=PROJECT,
            env=os.environ
            | {
                "DATABASE_URL": self.url,
                "DJANGO_SETTINGS_MODULE": "campaignperf.settings.test",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

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
        assert database.child(point).wait() == -signal.SIGKILL, point
        assert database.counts() == (0, 0), point
    assert database.states()[-1] == "running"
    database.ask("UPDATE attribution_importrun SET alive_at = NULL")  # not heard of for a while
    out, _ = database.child("whole").communicate()
    assert out.split() == ["saved", str(ROWS)]
    assert database.counts() == (ROWS, 7)
    assert database.states() == ["interrupted"] * len(POINTS) + ["done"]
    out, _ = database.child("whole").communicate()
    assert out.split() == ["already", str(ROWS)]
    assert database.counts() == (ROWS, 7)


def test_three_confirmations_at_once_are_one_import(database):
    database.ask(
        f"""INSERT INTO attribution_importrun (company_id, kind, state, token, file_name, file_hash,
              options, rows, new, changed, same, error_count, report, started_at)
            SELECT id, 'leads', 'uploaded', '{secrets.token_urlsafe(32)}', 'leads.csv', '', '{{}}',
              0, 0, 0, 0, 0, '{{}}', created_at FROM attribution_company"""
    )
    children = [database.child("race") for _ in range(3)]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    answers = sorted(child.communicate()[0].split()[0] for child in children)
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
