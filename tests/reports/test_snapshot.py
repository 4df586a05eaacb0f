"""One moment for all queries of a report, with and without room for temporary tables."""

import pytest
from django.conf import settings
from django.db import InternalError, connection
from django.db.utils import ConnectionHandler

from reports.snapshot import TookTooLong, no_longer_than, snapshot

TABLE = "CREATE TEMPORARY TABLE scratch (n bigint)"
ENDLESS = (
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers)"
    " SELECT n FROM numbers"
)


def execute(sql, on=connection):
    with on.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def two(db, tmp_path, monkeypatch):
    """Two connections to one database with a table of numbers; the first one is the snapshot's.

    On SQLite it is a file, as in production: in memory readers and writers wait for each other.
    """
    given = dict(connection.settings_dict)
    if connection.vendor == "sqlite":
        given = settings.DATABASES["default"] | {"NAME": tmp_path / "numbers.sqlite3"}
    both = [ConnectionHandler({"default": given})["default"] for _ in range(2)]
    execute("CREATE TABLE numbers_of_a_test (n bigint)", both[0])
    with monkeypatch.context() as patch:
        patch.setattr("reports.snapshot.connection", both[0])
        patch.setattr("django.db.transaction.get_connection", lambda using=None: both[0])
        yield both
    execute("DROP TABLE numbers_of_a_test", both[0])
    for one in both:
        one.close()


@pytest.mark.parametrize("scratch", [False, True])
def test_it_sees_nothing_that_others_save_and_holds_up_nobody(two, scratch):
    here, elsewhere = two
    count = "SELECT COUNT(*) FROM numbers_of_a_test"
    with snapshot(scratch=scratch):
        assert execute(count, here) == [(0,)]
        if scratch:
            execute(TABLE, here)
            execute("INSERT INTO scratch SELECT n FROM numbers_of_a_test", here)
        execute("INSERT INTO numbers_of_a_test VALUES (1)", elsewhere)
        assert execute(count, here) == [(0,)]
    assert execute(count, here) == [(1,)]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_without_scratch_nothing_can_be_written():
    with pytest.raises(InternalError, match="read-only"), snapshot():
        execute(TABLE)


@pytest.mark.django_db(transaction=True)
def test_one_that_is_stopped_while_it_fills_a_table_leaves_the_connection_as_it_was():
    with pytest.raises(TookTooLong), no_longer_than(1, scratch=True):
        execute(TABLE)
        execute(f"INSERT INTO scratch {ENDLESS}")
    with no_longer_than(0, scratch=True):
        execute("DROP TABLE IF EXISTS scratch")
        execute(TABLE)
    execute("DROP TABLE IF EXISTS scratch")
