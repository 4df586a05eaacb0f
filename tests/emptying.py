"""Tables that a test has filled for good are emptied after it.

Django's way empties every table, full or not, and then makes triggers, permissions and kinds of
content anew. That takes longer than most of these tests. What is here leaves the same behind: the
database as it was after its migrations.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from unittest import mock

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import TransactionTestCase

STAY = {model._meta.db_table for model in (ContentType, Permission)}


@contextmanager
def emptied_quickly() -> Iterator[None]:
    """Begins with the test database as it is before any test. Where one may not do without
    triggers (on a PostgreSQL as no superuser), Django's own way is left in place.
    """
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(":memory:", check_same_thread=False)) as copy:
            connection.connection.backup(copy)
            with teardown(lambda case: copy.backup(connection.connection)):
                yield
    elif superuser():
        before, django_s = triggers(), TransactionTestCase._fixture_teardown
        with teardown(lambda case: empty(case) if triggers() == before else django_s(case)):
            yield
    else:
        yield


def teardown(instead: Callable[[TransactionTestCase], None]) -> Any:
    def connected(self: TransactionTestCase) -> None:
        connection.ensure_connection()
        instead(self)

    return mock.patch.object(TransactionTestCase, "_fixture_teardown", connected)


def superuser() -> bool:
    return ask("SHOW is_superuser") == [("on",)]


def triggers() -> list[tuple[Any, ...]]:
    """A test that has taken one away has Django's own way, which makes all of them anew."""
    return ask(
        "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger"
        " WHERE NOT tgisinternal ORDER BY 1, 2"
    )


def empty(case: TransactionTestCase) -> None:
    """No trigger hears of it, nor is any order needed for keys."""
    tables = set(connection.introspection.django_table_names(only_existing=True)) - STAY
    quoted = {table: connection.ops.quote_name(table) for table in sorted(tables)}
    full = ask(
        " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM {name})" for table, name in quoted.items()
        )
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for (table,) in full:
            cursor.execute(f"DELETE FROM {quoted[table]}")


def ask(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
