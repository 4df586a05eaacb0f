"""Bookings from before it was stored how long each took get it by migration.

On SQLite, where tables are made anew, with triggers in the way. From nothing forwards, in a process
and a database of its own: to go back and forth takes three times as long.
"""

import os
import subprocess
import sys

import pytest

from tests.shared_data import PROJECT

# Each step of a migration makes all models anew; to look which of the old ones may go takes a third
# of the time.
FORWARDS = """
import gc
gc.set_threshold(100_000, 10, 10)
from datetime import UTC, datetime, timedelta
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from attribution import scope
from attribution.models import Booking, Lead

FIRST = [("attribution", "0001_initial"), ("spend", "0001_initial"), ("reports", "0001_initial")]
old = MigrationExecutor(connection).migrate(FIRST).apps.get_model
at = datetime(2026, 3, 2, 12, 29, tzinfo=UTC)

with scope.all_companies():
    assert not hasattr(old("attribution", "Booking"), "slots_to_book")
    company = old("attribution", "Company").objects.create(name="Acme", slug="acme")
    slot = 20_000 * 48 + 24
    lead = old("attribution", "Lead").objects.create(
        company=company, external_id="A", received_at=at, day=at.date(), slot=slot,
        unattributed_reason="direct",
    )
    for name, days in (("after", 3), ("before", -3)):
        moment = at + timedelta(days=days)
        old("attribution", "Booking").objects.create(
            company=company, lead=lead, external_id=name, status="completed", value_minor=700,
            booked_at=moment, completed_at=moment, day=moment.date(), slot=slot + 48 * days,
        )

call_command("migrate", verbosity=0)
with scope.all_companies():
    took = dict(Booking.objects.values_list("external_id", "slots_to_book"))
    assert took == {"after": 144, "before": 0}, took
    # The triggers are there again.
    Booking.objects.filter(external_id="after").update(value_minor=900)
    assert Lead.objects.get().revenue_minor == 1600, Lead.objects.get().revenue_minor
"""


@pytest.mark.on_sqlite
def test_bookings_from_before_it_was_stored_get_it_by_migration(tmp_path):
    subprocess.run(
        [sys.executable, "-c", FORWARDS],
        cwd=PROJECT,
        env=os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'old.sqlite3'}"},
        check=True,
    )
