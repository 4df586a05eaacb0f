"""Entries of spend cost less to write: what they refer to is checked once a statement.

On PostgreSQL triggers take the place of three foreign keys (see `spend.triggers`). The models keep
them, and so does SQLite. Two indexes go, on both: what they were read for, other ones serve.
"""

import django.db.models.deletion
from django.db import migrations, models

from spend import triggers

REFERS_TO = {
    "company_id": "attribution_company",
    "campaign_id": "attribution_campaign",
    "cost_id": "spend_cost",
}
# The name that Django gives it follows from table and column.
CAMPAIGN_INDEX = "spend_spendentry_campaign_id_25367c63"


def replace_foreign_keys(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    for name in _foreign_keys(connection):
        schema_editor.execute(f'ALTER TABLE spend_spendentry DROP CONSTRAINT "{name}"')
    triggers.install(connection.alias)  # at once: no moment without either


def restore_foreign_keys(apps, schema_editor):
    """What the triggers kept right satisfies them."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for column, table in REFERS_TO.items():
        schema_editor.execute(
            f"ALTER TABLE spend_spendentry ADD CONSTRAINT spend_entry_{column}_fk FOREIGN KEY"
            f" ({column}) REFERENCES {table} (id) DEFERRABLE INITIALLY DEFERRED"
        )


def _foreign_keys(connection):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "spend_spendentry")
    return [
        name
        for name, one in found.items()
        if one["foreign_key"] and set(one["columns"]) <= set(REFERS_TO)
    ]


class Migration(migrations.Migration):

    dependencies = [
        ('attribution', '0008_files_of_rates'),
        ('spend', '0003_budgets'),
    ]

    operations = [
        migrations.RunPython(replace_foreign_keys, restore_foreign_keys),
        migrations.RemoveIndex(
            model_name='spendentry',
            name='spend_company_day',
        ),
        # By hand, as SQLite would make the whole table anew.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX IF EXISTS {CAMPAIGN_INDEX}",
                    f"CREATE INDEX {CAMPAIGN_INDEX} ON spend_spendentry (campaign_id)",
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name='spendentry',
                    name='campaign',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='attribution.campaign', verbose_name='campaign'),
                ),
            ],
        ),
    ]
