"""What a database of an earlier version becomes: its months were one sum each, without totals."""

from importlib import import_module

from django.apps import apps
from django.db import connection

from reports.models import RollupMonth, RollupSpendMonth, RollupSpendYear, RollupYear
from reports.rollup.check import check
from tests.rollup_ops.kept import kept

migration = import_module("reports.migrations.0002_running_totals")


def test_totals_are_made_of_the_days_that_were_kept(acme):
    wanted = kept(acme)
    RollupMonth.objects.filter(company=acme).update(primary=1_000)
    for table in (RollupSpendMonth, RollupYear, RollupSpendYear):
        table.objects.all().delete()
    with connection.schema_editor(atomic=False) as editor:
        migration.build_totals(apps, editor)
    assert kept(acme) == wanted
    assert check(acme.pk) == []
