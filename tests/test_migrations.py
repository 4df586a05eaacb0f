"""Migrations run on databases in use: on SQLite no table can be copied that triggers speak of."""

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, AlterField, RemoveField, RenameField

from attribution.added_column import AddColumn

# Models whose tables a trigger watches or writes.
UNDER_TRIGGERS = {
    "attribution": {"lead", "touchpoint", "booking", "reading"},
    "reports": {"rollupmark", "rollupstate"},
    "spend": {"spendentry"},
}
CHECKED_AFTER = {"attribution": "0013", "reports": "0009", "spend": "0004"}
COPYING = (AddField, AlterField, RemoveField, RenameField)  # as SQLite does these


def test_no_table_under_triggers_is_copied():
    """A copy is renamed at last, and SQLite then finds triggers that speak of no table."""
    loader = MigrationLoader(None)
    found = [
        (app, name, operation.name)
        for (app, name), migration in loader.disk_migrations.items()
        if app in CHECKED_AFTER and name > CHECKED_AFTER[app]
        for operation in migration.operations
        if isinstance(operation, COPYING) and not isinstance(operation, AddColumn)
        if operation.model_name_lower in UNDER_TRIGGERS[app]
    ]
    assert found == []
