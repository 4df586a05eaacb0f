"""SQLite and PostgreSQL give the same reports, byte for byte."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine
from django.db import connection, transaction

from attribution import scope
from tests.effort import EFFORT
from tests.reports.histories import NOW, reports_as_json

PROJECT = Path(__file__).resolve().parents[2]
HISTORIES = 10 * EFFORT
ON_SQLITE = """
import sys
import django
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from attribution import scope
from tests.reports.histories import reports_as_json
import time_machine
# Tables as the models say: migrations take five times as long, and end in the same.
settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
call_command("migrate", run_syncdb=True, verbosity=0)
with time_machine.travel(sys.argv[1], tick=False), scope.all_companies():
    for text in reports_as_json(int(sys.argv[2])):
        sys.stdout.buffer.write(text.encode() + b"\\0")
"""


@pytest.mark.django_db
def test_both_engines_give_the_same_bytes(tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("about postgresql beside sqlite: it runs on PostgreSQL")
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'parity.sqlite3'}"}
    command = [sys.executable, "-c", ON_SQLITE, NOW.isoformat(), str(HISTORIES)]
    other = subprocess.run(
        command, cwd=PROJECT, env=environment, check=True, stdout=subprocess.PIPE
    ).stdout.split(b"\0")[:-1]
    with time_machine.travel(NOW, tick=False), scope.all_companies(), transaction.atomic():
        ours = [text.encode() for text in reports_as_json(HISTORIES)]
        transaction.set_rollback(True)
    assert len(ours) == len(other) == 2 * HISTORIES
    for number, (here, there) in enumerate(zip(ours, other, strict=True)):
        assert here == there, f"report {number}"
