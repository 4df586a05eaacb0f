"""Migrations of the test database without work that PostgreSQL has no use for.

Django makes the classes of a model, and of all that refer to it, anew for each index and constraint
that a migration adds or takes away, though the statement is made of the index alone: a third of
the time of all migrations. SQLite needs them, as it makes the whole table anew. What is in the
state is the same in the end.
"""

from typing import Any

from django.db import connection
from django.db.migrations.state import ProjectState


def migrate_quickly() -> None:
    if connection.vendor == "postgresql":
        ProjectState._append_option = _append
        ProjectState._remove_option = _remove


def _append(state: Any, app: str, model: str, option: str, added: Any) -> None:
    options = state.models[app, model].options
    options[option] = [*options[option], added]


def _remove(state: Any, app: str, model: str, option: str, name: str) -> None:
    options = state.models[app, model].options
    options[option] = [one for one in options[option] if one.name != name]
